//! What the benchmarks share: the graph shapes, the libraries that build and run them, and the
//! measuring.

pub mod measure;
pub mod ours;
pub mod peers;
pub mod row;
pub mod shapes;
pub mod who;
