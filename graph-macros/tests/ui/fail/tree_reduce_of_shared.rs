//! Shared parts, and a merge that may fail.

use graph_exec::{Shared, tree_reduce, value};

fn main() {
    let parts: Vec<Shared<u8>> = (0..8_u8).map(|n| value(n).shared()).collect();
    drop(tree_reduce(parts.iter(), |a, b| a + b));
    let parts = (0..8_u8).map(value);
    drop(tree_reduce(parts, |a: u8, b: u8| a.checked_add(b).ok_or("overflow")));
}
