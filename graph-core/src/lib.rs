//! Lazy, typed task graphs: the handles, the tasks behind them, the graph they form and its pictures.
//!
//! This crate knows no threads, no clock and no network: it builds graphs and describes them.
//! `graph-exec` runs them, and has everything that is here at its own root: a program depends on
//! `graph-exec` alone, which is why the examples say `graph_exec`.

// What docs.rs alone has: the feature that an item needs is written beside it.
#![cfg_attr(docsrs, feature(doc_cfg))]

// The code that `#[delayed]` writes says `::graph_core`, in this crate's own tests too.
extern crate self as graph_core;

#[doc(hidden)]
pub mod __private;
#[doc(hidden)]
pub mod __run;
#[cfg(feature = "save")]
#[doc(hidden)]
pub mod atomic_file;
mod construct;
#[cfg(feature = "draw")]
mod draw;
#[doc(hidden)]
pub mod escape;
mod fallible;
#[doc(hidden)]
pub mod format;
mod graph;
mod handle;
mod plan;
mod primitives;
#[doc(hidden)]
pub mod remote;
mod sync;
mod task;

/// What a task keeps for its parameters until it runs.
///
/// An argument becomes one of these: a value a [`Constant`](input::Constant), a shared handle
/// [`Cloned`](input::Cloned), [`Counted`](input::Counted) or [`Borrowed`](input::Borrowed), as the
/// parameter asks; a `Delayed` is kept as it is. They are named where [`IntoRef`] is implemented for a
/// type of your own, and where a static is passed, `total(Constant(&TABLE[..]))`.
pub mod input {
    pub use crate::construct::input::{
        Borrowed, Cloned, Constant, Converted, Counted, Input, SharedValue,
    };
}

/// Tuples and nested containers with handles inside, for functions of your own that pass them on.
///
/// `#[delayed]` asks for these traits by itself where a parameter's type is written as a tuple or as a
/// container of containers.
pub mod shape {
    pub use crate::construct::shape::{Each, IntoShapedArg, IntoShapedRef, One};
}

/// Bounds that say in an error message what to write instead.
///
/// Each holds for every type for which the plain bound holds that it stands for, `Send + 'static`,
/// `Sync` or `Clone`, so there is nothing to implement. They are named in generic functions that
/// build tasks:
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, bounds::{Keepable, TaskResult}, value};
///
/// fn measured<T: Keepable, U: TaskResult>(input: T, work: fn(T) -> U) -> Delayed<U> {
///     value(input).map(work).named("measured")
/// }
///
/// let length = measured("text", str::len);
/// # drop(length);
/// ```
pub mod bounds {
    pub use crate::construct::diagnostics::{
        CloneToPass, CloneToRetry, Keepable, ReportableError, Shareable, SharedClosure,
        TaskClosure, TaskResult,
    };
    pub use crate::construct::dynamic::GivesHandles;
    pub use crate::plan::outputs::borrowed::BorrowedOutputs;
}

pub use construct::{
    by_ref::{IntoRef, lend::Lend},
    by_value::IntoArg,
    combinators::{
        batched::{EmptyBatch, batched},
        value,
    },
    diagnostics::missing::delayed,
    dynamic::iterate,
    gather::{Gather, gather},
    reduce::{tree_reduce, tree_reduce_with},
};
#[cfg(feature = "draw")]
pub use draw::{
    Collapse, ColourBy, Direction, DrawError, Group, Measured, MeasuredTask, Picture, Quotient,
    Visualize, pictures,
};
pub use fallible::Fallible;
pub use graph::{
    Edge, EdgeKind, Graph, Node,
    adjacency::Adjacency,
    error::GraphError,
    order::{numbering::Numbering, order},
};
pub use graph_macros::{Handles, delayed};
pub use handle::{Delayed, Handle, Shared};
pub use plan::outputs::Outputs;
pub use task::{
    failure::{Cause, Failure},
    function::Function,
    location::SourceLocation,
    state::TaskState,
};
