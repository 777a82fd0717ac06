use graph_exec::{delayed, value};

#[delayed]
fn slowinc(x: i64) -> i64 {
    x + 1
}

fn main() {
    drop(slowinc(value(1.5)));
}
