#![doc = include_str!("../docs/cluster.md")]
//!
//! # Rooms
//!
//! ```text
//! builder ─► connection ─► adaptor (a Python process: frame, protocol) ═► Dask ═► child
//!                │                                                                 │
//!             one run: departure (tasks to bytes) … arrival (bytes to results) ◄═══╛
//! ```

mod adaptor;
mod arrival;
mod builder;
mod child;
mod connection;
mod departure;
mod error;
mod frame;
mod program;
mod protocol;
mod record;

pub use builder::{ClusterBuilder, Tls};
pub use child::init;
pub use connection::Cluster;
pub use error::{ClusterError, RefusedTask, RemoteError};
pub use record::{ClusterRecord, Transfer};

/// The functions with `remote` in this program, by path, each with its signature.
///
/// ```
/// use graph_exec::prelude::*;
///
/// #[delayed(remote)]
/// fn half(x: f64) -> f64 {
///     x / 2.0
/// }
///
/// let functions = graph_exec::cluster::functions();
/// assert!(functions.iter().any(|(path, signature)| {
///     path.ends_with("::half") && *signature == "(x: f64) -> f64"
/// }));
/// ```
pub fn functions() -> Vec<(&'static str, &'static str)> {
    graph_core::__run::names()
}
