//! What is seen of a run while it goes on: by its observers, its recorder, `tracing`, and whoever
//! reads stderr.

pub(crate) mod instrument;
pub(crate) mod observer;
pub(crate) mod progress;
#[cfg(feature = "tracing")]
mod tracing_spans;
