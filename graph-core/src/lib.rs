//! Lazy, typed task graphs: the handles, the tasks behind them, the graph they form and its pictures.
//!
//! This crate knows no threads, no clock and no network: it builds graphs and describes them.
//! `graph-exec` runs them.

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

pub use construct::{
    by_ref::{IntoRef, lend::Lend},
    by_value::IntoArg,
    combinators::value,
    input::{Borrowed, Cloned, Constant, Counted, Input, SharedValue},
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
pub use graph_macros::delayed;
pub use handle::{Delayed, Handle, Shared};
pub use plan::outputs::Outputs;
pub use task::{
    failure::{Cause, Failure},
    function::Function,
    location::SourceLocation,
    state::TaskState,
};
