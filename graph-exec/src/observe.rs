//! What is seen of a run while it goes on: by its observers, its recorder, `tracing`, and whoever
//! reads stderr.

pub(crate) mod attempts;
pub(crate) mod instrument;
#[cfg(not(feature = "progress"))]
pub(crate) mod no_progress;
pub(crate) mod observer;
#[cfg(feature = "progress")]
pub(crate) mod progress;
pub(crate) mod sampler;
#[cfg(feature = "tracing")]
mod tracing_spans;

#[cfg(not(feature = "progress"))]
pub(crate) use no_progress as progress;
