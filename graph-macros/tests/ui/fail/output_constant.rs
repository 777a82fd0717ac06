//! A constant among outputs.

use graph_exec::{Graph, value};

fn main() {
    drop(Graph::of(&(value(1), vec![2])));
}
