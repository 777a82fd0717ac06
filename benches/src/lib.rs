//! What the benchmarks share: the graph shapes, the libraries that build and run them, and the
//! measuring.

pub mod conversion;
pub mod measure;
pub mod ours;
pub mod pairs;
pub mod peers;
pub mod program;
pub mod row;
pub mod shapes;
pub mod who;
