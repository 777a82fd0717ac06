//! A step is a graph: it gives a handle, not a value.

use graph_exec::iterate;

fn main() {
    let ten = iterate(1, |n| n + 1, |n| *n == 10);
    drop(ten);
}
