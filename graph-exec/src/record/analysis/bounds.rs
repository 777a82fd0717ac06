//! The shortest times in which a run's tasks can be done, by what limits them.

use std::time::Duration;

use graph_core::Adjacency;

use super::task_time::MeasuredTime;
use crate::record::{entries::Entry, run_data::RunData};

/// What a run takes at least, by each of what limits it. Waiting for a core or a lock counts in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::record) struct Bounds {
    /// The work on all workers.
    pub(in crate::record) work: Duration,
    /// What was computed on all cores; zero when that is not known.
    pub(in crate::record) cores: Duration,
    /// The longest path.
    pub(in crate::record) path: Duration,
    /// What the memory limit lets run at once; zero without one.
    pub(in crate::record) memory: Duration,
    /// What the scarcest resource or limit of a function lets run at once; zero without one.
    pub(in crate::record) resources: Duration,
}

impl Bounds {
    /// No number of workers makes the run shorter.
    pub(in crate::record) fn shortest(self) -> Duration {
        self.without_limits().max(self.memory).max(self.resources)
    }

    /// The same, without the memory limit and without limits of resources and functions.
    pub(in crate::record) fn without_limits(self) -> Duration {
        self.work.max(self.cores).max(self.path)
    }
}

/// `before` has, for each task, those that `.after` puts before it. Time O(|V| + |E|).
pub(super) fn bounds(
    data: &RunData,
    before: &Adjacency,
    measured: Option<&MeasuredTime>,
    own_work: Duration,
) -> Bounds {
    let own_ns = |entry: &Entry| match measured {
        _ if !entry.ran() => 0,
        Some(measured) => measured.own_ns(entry.worker, entry.start_ns, entry.end_ns),
        None => entry.duration_ns(),
    };
    let computed = measured.map_or(Duration::ZERO, |measured| measured.time.computed);
    let path = Duration::from_nanos(longest_path(data, before, own_ns));
    let memory = Duration::from_nanos(memory_time(data, own_ns));
    let work_ns: u64 =
        data.entries.iter().filter(|entry| entry.ran()).map(Entry::duration_ns).sum();
    // What tasks hold while they wait for a core is not counted either.
    let own_share = (own_work.as_secs_f64() * 1e9 / work_ns.max(1) as f64).min(1.0);
    let resources = data.resources.iter().map(|one| one.used / one.capacity.max(1));
    let resources = resources.max().unwrap_or_default().mul_f64(own_share);
    let work = own_work / data.workers.max(1) as u32;
    let cores = computed / data.cores.max(1) as u32;
    Bounds { work, cores, path, memory, resources }
}

/// The longest time along a path of tasks that wait for each other.
fn longest_path(data: &RunData, before: &Adjacency, own_ns: impl Fn(&Entry) -> u64) -> u64 {
    let count = data.entries.len();
    let mut paths_ns = vec![0; count];
    for index in 0..count {
        let place = (count - 1 - index) as u32;
        let awaited = data.dependencies.neighbours(place).iter().chain(before.neighbours(place));
        let longest = awaited.map(|&other| paths_ns[count - 1 - other as usize]).max();
        // While a task waits for its future, those that need it wait too.
        let wait_ns = data.entries.wait(index).map_or(0, |(from, to)| to.saturating_sub(from));
        let own_ns = own_ns(&data.entries[index]) + data.entries.retried_ns(index);
        paths_ns[index] = longest.unwrap_or(0) + own_ns + wait_ns;
    }
    paths_ns.into_iter().max().unwrap_or(0)
}

/// The time that the tasks with declared bytes need when no more of them run at once than fit.
fn memory_time(data: &RunData, own_ns: impl Fn(&Entry) -> u64) -> u64 {
    let Some(limit) = data.memory.map(|memory| memory.limit).filter(|&limit| limit > 0) else {
        return 0;
    };
    let (mut time_ns, mut byte_time, mut smallest) = (0u64, 0.0, u64::MAX);
    for (index, entry) in data.entries.iter().enumerate().filter(|(_, entry)| entry.ran()) {
        let declared = data.entries.detail(index).and_then(|detail| detail.bytes);
        // A task beyond the limit runs alone.
        if let Some(bytes) = declared.filter(|&bytes| bytes > 0).map(|bytes| bytes.min(limit)) {
            time_ns += own_ns(entry);
            byte_time += own_ns(entry) as f64 * bytes as f64;
            smallest = smallest.min(bytes);
        }
    }
    let most_at_once = (limit / smallest).max(1);
    (time_ns / most_at_once).max((byte_time / limit as f64) as u64)
}
