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
mod adjacency;
mod advice;
mod annotated;
mod argument;
mod call;
mod defer;
mod delayed;
#[cfg(feature = "draw")]
mod draw;
mod elsewhere;
mod error;
mod execution;
mod failure;
#[doc(hidden)]
pub mod format;
mod function;
mod graph;
mod input;
mod json;
mod operators;
mod order;
mod outputs;
mod plan;
mod reference;
#[cfg(feature = "remote")]
#[doc(hidden)]
pub mod remote;
mod slab;
mod slot;
mod snapshot;
mod state;
mod sync;
mod task;
mod template;
#[cfg(test)]
mod test_run;
mod unzip;
mod walk;

pub use adjacency::Adjacency;
pub use argument::IntoArg;
pub use call::Fallible;
pub use delayed::{Delayed, Handle, Shared, value};
#[cfg(feature = "draw")]
pub use draw::{
    Collapse, ColourBy, Direction, DrawError, Group, Measured, MeasuredTask, Picture, Quotient,
    Visualize, pictures,
};
pub use error::GraphError;
pub use failure::{Cause, Failure};
pub use function::Function;
pub use graph::{Edge, EdgeKind, Graph, Node, SourceLocation};
pub use graph_macros::delayed;
pub use input::{Borrowed, Cloned, Constant, Counted, Input, SharedValue};
pub use order::{Numbering, order};
pub use outputs::Outputs;
pub use reference::{IntoRef, Lend};
pub use state::TaskState;
