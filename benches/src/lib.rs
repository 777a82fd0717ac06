//! What the benchmarks share: the graph shapes, the libraries that build and run them, and the
//! measuring.

pub mod conversion;
pub mod overhead;
pub mod peers;
pub mod samples;
pub mod wake_up;
