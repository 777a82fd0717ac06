//! Lazy, typed task graphs: the handles, the tasks behind them, the graph they form and its pictures.
//!
//! This crate knows no threads, no clock and no network: it builds graphs and describes them.
//! `graph-exec` runs them.

mod collapse;
mod draw;
mod error;
mod graph;
mod json;
mod layout;
mod state;

pub use collapse::{Group, Quotient};
pub use draw::DrawError;
pub use error::GraphError;
pub use graph::{Edge, EdgeKind, Graph, Node, SourceLocation};
pub use state::TaskState;
