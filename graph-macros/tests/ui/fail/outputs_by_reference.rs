//! Handles that are used once, behind `&`.

use graph_exec::{Delayed, Graph, Outputs, value};

fn compute(outputs: impl Outputs) {
    drop(outputs);
}

fn main() {
    let world = value(1);
    let saved: Vec<Delayed<i64>> = (0..3).map(value).collect();
    drop(Graph::of(&(&world, &saved)));
    compute(&saved);
    compute(&world);
}
