//! Runs lazy task graphs on all cores.
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! let parts: Vec<Delayed<i64>> = (0..8).map(|n| value(n).map(|n| n * n)).collect();
//! let sum = parts.into_iter().reduce(|a, b| a + b).unwrap();
//! assert_eq!(sum.compute()?, 140);
//! # Ok::<(), graph_exec::Error>(())
//! ```

#[cfg(feature = "cluster")]
pub mod cluster;
mod error;
mod executor;
mod memory;
mod observe;
mod quantities;
mod record;
mod report;
mod run;
mod save;
mod scheduler;
mod sync;
pub mod task;
mod trace;

#[doc(hidden)]
pub use graph_core as __core;

pub use error::{Error, TaskError};
pub use executor::{
    Executor, ExecutorBuilder, KeepGoing,
    compute::{Compute, ComputeShared, Flatten, compute},
};
// The types of graph-core in this crate's interface, for programs that depend on this crate alone.
pub use graph_core::{
    Cause, Collapse, ColourBy, Direction, DrawError, Failure, Function, GraphError, Measured,
    MeasuredTask, Outputs, Picture, SourceLocation, TaskState,
};
pub use observe::observer::{
    ObservedTask, Observer, RunFinished, RunStarted, TaskFinished, TaskStarted,
};
pub use record::{
    Finished, FunctionRecord, IdleTime, MemoryRecord, RunOutcome, RunRecord, TaskRecord,
};
pub use run::cancel::CancelToken;
pub use save::SaveError;

/// 2¹⁰ bytes.
pub const KIB: usize = 1 << 10;
/// 2²⁰ bytes.
pub const MIB: usize = 1 << 20;
/// 2³⁰ bytes.
pub const GIB: usize = 1 << 30;

/// Everything that a program which builds and runs graphs needs.
///
/// ```
/// use graph_exec::prelude::*;
///
/// assert_eq!(value(1).compute()?, 1);
/// # Ok::<(), graph_exec::Error>(())
/// ```
pub mod prelude {
    pub use crate::{Compute, ComputeShared, Executor, Flatten, GIB, KIB, MIB, compute};
    pub use graph_core::{Delayed, Graph, Handle, Shared, Visualize, defer, delayed, value};
}

/// The README's code, so that it cannot rot; part of it is for clusters.
#[cfg(all(doctest, feature = "cluster"))]
#[doc = include_str!("../../README.md")]
struct Readme;
