//! Handles in tuples, containers and structs, and the tasks that put many together: what they give
//! against plain code, and the graph that they build.

use graph_exec::{Graph, Outputs};

mod arguments;
mod gathered;
mod merged;
mod outputs;
mod owners;
mod shared_handles;
mod structs;

/// The number of tasks and of edges.
fn size(handles: &impl Outputs) -> (usize, usize) {
    let graph = Graph::of(handles).unwrap();
    graph.check().unwrap();
    (graph.nodes().len(), graph.edges().len())
}
