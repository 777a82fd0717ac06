//! Whether the graph or a limit left workers without work: one that holds tasks back leaves some idle in the
//! end, too, when no task is ready any more.

use std::time::Duration;

use crate::record::run_record::RunRecord;

/// From this share of the run on, a lower bound says why it was not shorter.
const NEARLY_ALL: f64 = 0.9;
/// A bound that is so much longer than another is really longer.
const LONGER: f64 = 1.05;

/// Idle time by what would have made the run shorter.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Explained {
    /// More parallel tasks.
    pub(super) graph: Duration,
    /// A higher memory limit.
    pub(super) memory: Duration,
    /// More of a resource.
    pub(super) resource: Duration,
    /// More cores.
    pub(super) cores: Duration,
}

impl RunRecord {
    /// Divides the time in which no task was ready or limits held tasks back. A limit explains it when the run
    /// would have been shorter without: when it bounds the run more than the graph, the workers and the cores
    /// do. It explains nothing when the run took hardly longer than it would have without.
    pub(super) fn explained(&self) -> Explained {
        let (idle, bounds) = (self.idle(), self.bounds());
        let graph = idle.nothing_ready + idle.between_attempts;
        let (memory, resource) = (idle.memory_limit, idle.resource);
        let explained = Explained { graph, memory, resource, cores: Duration::ZERO };
        if (memory + resource).is_zero() {
            return explained;
        }
        let without = bounds.without_limits();
        if without >= self.wall().mul_f64(NEARLY_ALL) {
            let all = graph + memory + resource;
            return match without {
                path if path == bounds.path => Explained { graph: all, ..Explained::default() },
                cores if cores == bounds.cores => Explained { cores: all, ..Explained::default() },
                // All workers had work nearly all the time.
                _ => Explained { graph, ..Explained::default() },
            };
        }
        if bounds.memory.max(bounds.resources) <= without.mul_f64(LONGER) {
            return explained;
        }
        // Without the limit these tasks would have run at the same time, and ended sooner.
        match bounds.memory > bounds.resources {
            true => Explained { graph: Duration::ZERO, memory: memory + graph, ..explained },
            false => Explained { graph: Duration::ZERO, resource: resource + graph, ..explained },
        }
    }
}
