//! What follows from when each task ran: when it could have started, and the critical path.

use std::time::Duration;

use graph_core::Adjacency;

use super::{IdleTime, RunRecord, idle};

#[derive(Debug, Clone)]
pub(crate) struct Analysis {
    /// When each task's last dependency was done, since the run began.
    pub(super) ready_ns: Vec<u64>,
    /// Longest time, ending with each task, along a path of tasks that wait for each other.
    pub(super) path_ns: Vec<u64>,
    pub(super) work: Duration,
    pub(super) critical_path: Duration,
    /// Indices along it, the first to start first.
    pub(super) critical: Vec<u32>,
    pub(super) idle: IdleTime,
}

/// No task.
const NONE: u32 = u32::MAX;

impl Analysis {
    /// Time O(|V| log |V| + |E|).
    pub(super) fn of(record: &RunRecord) -> Self {
        let count = record.entries.len();
        let planned_ns = record.planning.as_nanos() as u64;
        let before = Adjacency::from_edges(
            count,
            record.order_edges.iter().map(|&(before, after)| (after, before)),
        );
        let mut ready_ns = vec![planned_ns; count];
        let mut path_ns = vec![0; count];
        let mut came_from = vec![NONE; count];
        let (mut work_ns, mut last) = (0, NONE);
        for index in 0..count {
            let place = (count - 1 - index) as u32;
            let awaited =
                record.dependencies.neighbours(place).iter().chain(before.neighbours(place));
            for &other in awaited {
                let other = count - 1 - other as usize;
                if record.entries[other].ran() {
                    ready_ns[index] = ready_ns[index].max(record.entries[other].end_ns);
                }
                if path_ns[other] > path_ns[index] {
                    path_ns[index] = path_ns[other];
                    came_from[index] = other as u32;
                }
            }
            let entry = &record.entries[index];
            if entry.ran() {
                // A task that was tried before it was ready cannot have been: clocks may differ.
                ready_ns[index] = ready_ns[index].min(entry.start_ns);
                path_ns[index] += entry.duration_ns();
                work_ns += entry.duration_ns();
                if last == NONE || path_ns[index] > path_ns[last as usize] {
                    last = index as u32;
                }
            }
        }
        let mut critical = Vec::new();
        let mut next = last;
        while next != NONE {
            if record.entries[next as usize].ran() {
                critical.push(next);
            }
            next = came_from[next as usize];
        }
        critical.reverse();
        let longest_ns = critical.last().map_or(0, |&last| path_ns[last as usize]);
        let idle = idle::split(record, &ready_ns);
        Analysis {
            ready_ns,
            path_ns,
            work: Duration::from_nanos(work_ns),
            critical_path: Duration::from_nanos(longest_ns),
            critical,
            idle,
        }
    }
}
