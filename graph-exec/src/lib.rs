//! Lazy, typed task graphs that run on all cores.
//!
//! Write `#[delayed]` above plain functions. Calling them then runs nothing: a call makes a task and
//! returns its handle, and handles are passed on as if they were results. That builds a graph, whose
//! every edge the compiler has checked. `compute` runs what is needed, each task once, in parallel.
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::{io, num::ParseFloatError, path::Path};
//!
//! #[delayed]
//! fn load(path: &Path) -> io::Result<String> {
//!     std::fs::read_to_string(path)
//! }
//!
//! #[delayed]
//! fn parse(text: &str) -> Result<Vec<f64>, ParseFloatError> {
//!     text.lines().map(str::parse).collect()
//! }
//!
//! #[delayed]
//! fn mean(series: &[Vec<f64>]) -> f64 {
//!     let prices: Vec<f64> = series.concat();
//!     prices.iter().sum::<f64>() / prices.len() as f64
//! }
//!
//! fn report(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
//!     // Load each file, transform its text, combine them all. Nothing runs yet.
//!     let read = |name: &str| parse(load(folder.join(name)).named(name));
//!     let series: Vec<Delayed<Vec<f64>>> = ["ibm.txt", "msft.txt"].into_iter().map(read).collect();
//!     let mean = mean(series);
//!
//!     // The picture: .svg .png .pdf .html .mmd .dot by extension, or text for a terminal.
//!     mean.visualize(folder.join("mean.svg"))?;
//!     println!("{}", Graph::of(&mean)?.to_text());
//!     # assert_eq!(Graph::of(&mean)?.to_text(), "5 tasks; below each what it needs\nmean\n├─ parse\n│  ↑ load ibm.txt\n└─ parse\n   ↑ load msft.txt\n");
//!
//!     assert_eq!(mean.compute()?, 75.0); // on all cores
//!
//!     // An error stops only what needs it. It names the task, the place and the cause.
//!     let error = read("broken.txt").map(|prices| prices.len()).compute().unwrap_err();
//!     println!("{error:#}");
//!     # let text = format!("{error:#}");
//!     # assert!(text.starts_with("task `parse`, built at ") && text.ends_with("failed (needed by map): invalid float literal"), "{text}");
//!     Ok(())
//! }
//! # let folder = tempfile::tempdir()?;
//! # std::fs::write(folder.path().join("ibm.txt"), "118.5\n121.5")?;
//! # std::fs::write(folder.path().join("msft.txt"), "30\n30")?;
//! # std::fs::write(folder.path().join("broken.txt"), "30\nunknown")?;
//! # report(folder.path())?;
//! # assert!(std::fs::read_to_string(folder.path().join("mean.svg"))?.starts_with("<svg"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With prices in `ibm.txt` and `msft.txt`, and a word among those in `broken.txt`, it prints:
//!
//! ```text
//! 5 tasks; below each what it needs
//! mean
//! ├─ parse
//! │  ↑ load ibm.txt
//! └─ parse
//!    ↑ load msft.txt
//!
//! task `parse`, built at src/main.rs:22:29, failed (needed by map): invalid float literal
//! ```
//!
//! # The map
//!
//! | what you want | where it is |
//! |---|---|
//! | make a task of a function | [`#[delayed]`](macro@delayed); [`defer!`] for functions of others |
//! | … of a closure, a constant, an operator | [`Delayed::map`], [`Delayed::and_then`], [`value`]; `a + b` on handles |
//! | know what a call takes | [`IntoArg`] for a parameter `T`, [`IntoRef`] for `&T` |
//! | use a result more than once | [`Delayed::shared`] makes a [`Shared`] |
//! | split a tuple or an array; make a pair | [`Delayed::unzip`]; [`Delayed::zip`] |
//! | pass many handles at once, as a list, tuple, map or struct | in the same list, tuple or map; [`derive(Handles)`](derive@Handles); [`gather`](gather()); [`guide::gathering`] |
//! | add up, reduce, do many small things in one task | `.sum()`, `+=`; [`tree_reduce`]; [`batched`] |
//! | name a task, hurry it, order it | [`Delayed::named`], [`priority`](Delayed::priority), [`after`](Delayed::after) |
//! | run | `.compute()` ([`Compute`], [`ComputeShared`]); [`compute()`] for several at once |
//! | go on meanwhile, or `.await` | [`Compute::spawn`], [`Executor::spawn`]: a [`Running`] |
//! | wait for something in async code inside a graph (feature `tokio`) | `from_future`, `defer_async!`; [`guide::services`] |
//! | take results as they end, stop early | [`as_completed`](fn@as_completed) |
//! | decide in a task what to run next, loop, recurse | [`Delayed::flatten`], [`Delayed::map_each`], [`iterate`]; [`guide::dynamic`] |
//! | choose threads, limit memory, show progress | [`Executor::builder`] |
//! | share graphics cards, licences, places at a service | [`ExecutorBuilder::resource`], [`Delayed::resource`], [`at_most`](macro@delayed#resources-and-limits); [`guide::limits`] |
//! | run one task after another, to compare | [`Executor::serial`], or `DELAYED_SCHEDULER=serial` |
//! | find out whether results depend on the order of tasks | [`fuzz_schedules`], [`ExecutorBuilder::replay`] |
//! | choose once for a program, or a part of it | [`Executor::set_default`], [`Executor::scope`] |
//! | give up after a while | [`Executor::with_timeout`], [`Executor::with_deadline`], [`timeout`](macro@delayed#timeout), [`task::deadline`] |
//! | go on after a failure, try again, stop | [`Executor::keep_going`], [`retries`](macro@delayed#retries), [`Shared::reset`], [`CancelToken`], [`task::check`] |
//! | know why it failed | [`Error`], [`TaskError`], [`Failure`] |
//! | see the graph | [`Visualize`], [`Graph`], [`Picture`]; [`pictures`] tells of formats and options |
//! | know what a run did | [`Executor::run`] gives a [`RunRecord`]; [`Finished::report`] makes a page of it; [`guide::records`] says how to read them |
//! | be told while it runs | [`Observer`] |
#![cfg_attr(
    feature = "cluster",
    doc = "| run the same graph on many machines | [`cluster`](mod@cluster) |"
)]
//! | write a first graph; take a ready piece | [`guide::first_graph`]; [`guide::cookbook`] |
//! | find what Dask calls otherwise | [`guide::from_dask`] |
//! | read on | [`guide`]: sharing, errors, memory, performance and more |
//!
//! Programs begin with `use graph_exec::prelude::*;` ([`prelude`]); everything else is at the root.

// What docs.rs alone has: the feature that an item needs is written beside it.
#![cfg_attr(docsrs, feature(doc_cfg))]
// The front page and the guide link to what these features add.
#![cfg_attr(not(all(feature = "draw", feature = "report")), allow(rustdoc::broken_intra_doc_links))]

// The code that `#[delayed]` writes says `::graph_exec`, in this crate too.
extern crate self as graph_exec;

mod causes;
#[cfg(feature = "cluster")]
pub mod cluster;
mod environment;
mod error;
mod executor;
pub mod guide;
mod limits;
mod observe;
mod record;
#[cfg(feature = "report")]
mod report;
mod run;
#[cfg(feature = "report")]
mod save;
mod scheduler;
mod sync;
pub mod task;
mod timer;
#[cfg(feature = "report")]
mod trace;

/// What the code that macros write speaks to. No stability is promised for anything here.
#[doc(hidden)]
pub mod __private {
    pub use crate::__compute_fields as compute_fields;
    #[cfg(feature = "tokio")]
    pub use crate::executor::from_future::{call_async, try_call_async};
    pub use graph_core::__private::*;
}
#[cfg(feature = "report")]
#[doc(hidden)]
pub use graph_core::__run::atomic_file as __atomic_file;
#[doc(hidden)]
pub use graph_core::__run::format as __format;

pub use error::{Error, LateTask, TaskError, WantedResource};
#[cfg(feature = "stream")]
pub use executor::as_completed::CompletedStream;
#[cfg(feature = "tokio")]
pub use executor::from_future::{RuntimeBlocked, RuntimeShutDown, from_future, try_from_future};
pub use executor::{
    Executor, KeepGoing,
    as_completed::{AsCompleted, as_completed},
    background::Running,
    builder::ExecutorBuilder,
    compute::{Compute, ComputeShared, compute},
    defaults::DefaultIsSet,
    replay::{ScheduleFault, fuzz_schedules},
};
// All of graph-core's interface, for programs that depend on this crate alone.
pub use graph_core::{
    Adjacency, Cause, Delayed, Edge, EdgeKind, EmptyBatch, Failure, Fallible, Function, Gather,
    Graph, GraphError, Handle, Handles, IntoArg, IntoRef, Lend, Node, Numbering, Outputs, Shared,
    SourceLocation, TaskState, batched, bounds, defer, delayed, gather, input, iterate, order,
    shape, tree_reduce, tree_reduce_with, value,
};
#[cfg(feature = "draw")]
pub use graph_core::{
    Collapse, ColourBy, Direction, DrawError, Group, Measured, MeasuredTask, Picture, Quotient,
    Visualize, pictures,
};
pub use limits::resources::error::ResourceError;
pub use observe::observer::{
    ObservedTask, Observer, RunFinished, RunStarted, TaskFinished, TaskRetried, TaskStarted,
};
pub use record::{
    Comparison, FailureRecord, Fate, Finished, FunctionChange, FunctionRecord, IdleTime, Limit,
    MemoryRecord, Origin, ResourceKind, ResourceRecord, RunOutcome, RunRecord, TaskCounts,
    TaskRecord, TaskTime, Timeline,
};
pub use run::cancel::CancelToken;
#[cfg(feature = "report")]
pub use save::SaveError;
#[cfg(feature = "report")]
#[doc(hidden)]
pub use save::check_writable as __check_writable;

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
    #[cfg(feature = "tokio")]
    pub use crate::defer_async;
    pub use crate::{
        CancelToken, Compute, ComputeShared, Executor, GIB, KIB, MIB, as_completed, compute,
    };
    #[doc(hidden)]
    pub use graph_core::__private::MissingMethods as _;
    #[cfg(feature = "draw")]
    pub use graph_core::Visualize;
    pub use graph_core::{
        Delayed, Graph, Handle, Handles, IntoArg, IntoRef, Shared, batched, defer, delayed, gather,
        iterate, tree_reduce, tree_reduce_with, value,
    };
}

/// The README's code, so that it cannot rot. Together these features are all that it speaks of.
#[cfg(all(
    doctest,
    feature = "cluster",
    feature = "pdf",
    feature = "png",
    feature = "progress",
    feature = "report"
))]
#[doc = include_str!("../../README.md")]
struct Readme;
