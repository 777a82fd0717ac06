//! Files of JSON lines to HDF5, as a graph of tasks, in a plain loop or on a cluster.
//!
//! ```text
//! cluster ─► sequential ─┐
//!            graph ──────┴─► inference ─► assemble ─► output
//!            up_to_date                               what exists already
//! ```
//! All of them take a `Conversion` and give a `Written` (`job.rs`).

pub(crate) mod assemble;
pub(crate) mod cluster;
mod explain;
pub(crate) mod graph;
pub(crate) mod inference;
pub(crate) mod job;
pub(crate) mod sequential;
pub(crate) mod up_to_date;
