//! A merge that builds a task goes to the other function.

use graph_exec::{delayed, tree_reduce, value};

#[delayed]
fn merge(a: u64, b: u64) -> u64 {
    a + b
}

fn main() {
    let parts: Vec<_> = (0..8_u64).map(value).collect();
    drop(tree_reduce(parts, merge));
}
