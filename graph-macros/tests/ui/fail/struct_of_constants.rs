//! Constants among the handles of a struct that is computed.

use graph_exec::{Handles, Outputs, value};

fn compute(outputs: impl Outputs) {
    drop(outputs);
}

#[derive(Handles)]
struct Job {
    size: usize,
    weight: f64,
}

fn main() {
    let job = JobHandles { size: 3_usize, weight: value(0.5) };
    compute(job);
}
