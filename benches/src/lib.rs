//! What the benchmarks share: the graph shapes and the libraries that build and run them.

pub mod ours;
pub mod shapes;
