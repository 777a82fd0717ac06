use graph_exec::{defer, value};

fn slowinc(x: i64) -> i64 {
    x + 1
}

fn main() {
    drop(defer!(slowinc(value("one"))));
}
