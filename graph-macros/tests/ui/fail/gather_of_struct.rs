use graph_exec::{gather, value};

struct Row(i64);

fn main() {
    drop(gather((value(1), Row(2))));
}
