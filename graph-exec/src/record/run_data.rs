//! What was measured of a run, before anything is worked out from it.

pub(crate) mod failure;
mod intervals;
pub(crate) mod memory;
pub(crate) mod origin;
pub(crate) mod resources;
pub(crate) mod samples;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use graph_core::Adjacency;

use self::{
    failure::TaskFailure,
    intervals::covered,
    memory::MemoryRecord,
    resources::{HeldBack, ResourceRecord},
    samples::Samples,
};
#[cfg(feature = "cluster")]
use super::cluster::ClusterRecord;
use super::{entries::Entries, outcome::RunOutcome};

/// The measurements that a record is made of.
#[derive(Debug, Clone)]
pub(crate) struct RunData {
    /// How many tasks could run at once; on a cluster, over all its workers.
    pub(crate) workers: usize,
    pub(crate) outcome: RunOutcome,
    /// When the run began.
    pub(crate) began: SystemTime,
    /// The command line of the program; `None` unless it is to be shown.
    pub(crate) command_line: Option<String>,
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
    /// (index of the task, why it failed), in the order in which the tasks were built.
    pub(crate) failures: Vec<(usize, TaskFailure)>,
    /// `None` when the executor has no memory limit.
    pub(crate) memory: Option<MemoryRecord>,
    /// (from, to) of each ready task that had to wait for memory, in nanoseconds since the run began.
    pub(crate) held_back: Vec<(u64, u64)>,
    /// The resources and limits of functions that tasks of the run needed.
    pub(crate) resources: Vec<ResourceRecord>,
    /// When tasks had to wait for them.
    pub(crate) held_back_by_resources: Vec<HeldBack>,
    /// What was seen of the threads; `None` where the system does not tell, when the run was too short,
    /// and for a run on a cluster.
    pub(crate) samples: Option<Samples>,
    /// How many cores the process may use; on a cluster, one for each worker.
    pub(crate) cores: usize,
    /// `None` when the run was on this machine.
    #[cfg(feature = "cluster")]
    pub(crate) cluster: Option<ClusterRecord>,
}

impl RunData {
    /// Notes how long tasks had to wait for memory, which `held_back` says.
    pub(crate) fn with_held_back(mut self, held_back: Vec<(u64, u64)>) -> Self {
        if let Some(memory) = &mut self.memory {
            memory.held_back = held_back.len();
            memory.waited = Duration::from_nanos(covered(&held_back));
        }
        RunData { held_back, ..self }
    }

    /// Says whether a task ran of which nobody told when.
    pub(super) fn is_untimed(&self, index: usize) -> bool {
        #[cfg(feature = "cluster")]
        if let Some(cluster) = &self.cluster {
            return cluster.untimed.binary_search(&index).is_ok();
        }
        let _ = index;
        false
    }

    /// The data of a run that could not begin.
    pub(crate) fn empty(workers: usize) -> Self {
        RunData {
            workers,
            outcome: RunOutcome::Failed,
            began: SystemTime::now(),
            command_line: None,
            planning: Duration::ZERO,
            wall: Duration::ZERO,
            entries: Arc::default(),
            dependencies: Adjacency::default(),
            order_edges: Vec::new(),
            failures: Vec::new(),
            memory: None,
            held_back: Vec::new(),
            resources: Vec::new(),
            held_back_by_resources: Vec::new(),
            samples: None,
            cores: workers,
            #[cfg(feature = "cluster")]
            cluster: None,
        }
    }
}
