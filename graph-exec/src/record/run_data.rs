//! What was measured of a run, before anything is worked out from it.

use std::{sync::Arc, time::Duration};

use graph_core::Adjacency;

#[cfg(feature = "cluster")]
use super::cluster::ClusterRecord;
use super::{entries::Entries, memory::MemoryRecord, outcome::RunOutcome};

/// The measurements that a record is made of.
#[derive(Debug, Clone)]
pub(crate) struct RunData {
    /// How many tasks could run at once; on a cluster, over all its workers.
    pub(crate) workers: usize,
    pub(crate) outcome: RunOutcome,
    /// From the beginning of the run until its first task could start.
    pub(crate) planning: Duration,
    /// From the beginning of the run to its end.
    pub(crate) wall: Duration,
    /// The tasks, in the order in which they were built.
    pub(crate) entries: Arc<Entries>,
    /// Task → the tasks whose results it took, numbered as in the plan, from the newest task down.
    pub(crate) dependencies: Adjacency,
    /// Edges without data as (before, after), numbered as in the plan.
    pub(crate) order_edges: Vec<(u32, u32)>,
    /// `None` when the executor has no memory limit.
    pub(crate) memory: Option<MemoryRecord>,
    /// `None` when the run was on this machine.
    #[cfg(feature = "cluster")]
    pub(crate) cluster: Option<ClusterRecord>,
}

impl RunData {
    /// The data of a run that could not begin.
    pub(crate) fn empty(workers: usize) -> Self {
        RunData {
            workers,
            outcome: RunOutcome::Failed,
            planning: Duration::ZERO,
            wall: Duration::ZERO,
            entries: Arc::default(),
            dependencies: Adjacency::default(),
            order_edges: Vec::new(),
            memory: None,
            #[cfg(feature = "cluster")]
            cluster: None,
        }
    }
}
