//! A result that is no handle has nothing inside to be computed.

use graph_core::value;

fn main() {
    let rows = value(vec![1, 2, 3]).flatten();
    drop(rows);
}
