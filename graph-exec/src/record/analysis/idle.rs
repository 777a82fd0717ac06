//! How much time workers spent outside tasks, and why.

use std::{collections::BTreeMap, time::Duration};

#[cfg(feature = "cluster")]
use crate::record::cluster::ClusterRecord;
use crate::record::run_data::RunData;

/// Time that workers spent outside tasks, summed over all workers.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// // One worker never waits for another.
/// let record = Executor::serial().run(value(1).map(|n| n + 1))?.into_record();
/// assert!(record.idle().nothing_ready < record.wall());
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct IdleTime {
    /// The tasks were collected and ordered; no task could start yet.
    pub planning: Duration,
    /// No task was ready, so the graph itself left workers idle.
    pub nothing_ready: Duration,
    /// No task was ready, and some waited for their futures.
    pub futures: Duration,
    /// No task was ready, and some waited for another attempt, as `backoff` says.
    pub between_attempts: Duration,
    /// A task was ready that no worker had picked up yet, because scheduling takes time.
    pub not_picked_up: Duration,
    /// Tasks were ready, but the memory limit held them back.
    pub memory_limit: Duration,
    /// Tasks were ready, but what they need of a resource, or of the limit of their function, was in use.
    pub resource: Duration,
    /// The inputs of a task were on their way to the worker; only on a cluster.
    pub network: Duration,
}

/// What changes at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Change {
    at_ns: u64,
    ready: i32,
    running: i32,
    /// Tasks that the memory limit holds back.
    held_back: i32,
    /// Tasks that wait for resources.
    without_resource: i32,
    /// Workers that wait for inputs.
    fetching: i32,
    /// Tasks that wait for futures.
    waiting: i32,
    /// Tasks that wait for another attempt.
    between_attempts: i32,
}

/// Splits the idle time by its reason. `ready_ns` says when each task was ready.
///
/// It goes through the run's events in the order of time: at each moment, as many idle workers as
/// there are ready tasks could have picked one up, unless the memory limit held a task back, or the tasks
/// waited for resources. Time O(|V| log |V|).
pub(super) fn split(data: &RunData, ready_ns: &[u64]) -> IdleTime {
    let mut changes: Vec<Change> = Vec::with_capacity(3 * data.entries.len());
    let at = |at_ns| Change { at_ns, ..Change::default() };
    for index in 0..data.entries.len() {
        if let Some((from, to)) = data.entries.wait(index) {
            changes.push(Change { waiting: 1, ..at(from) });
            changes.push(Change { waiting: -1, ..at(to) });
        }
    }
    for (from, to) in data.entries.between_attempts() {
        changes.push(Change { between_attempts: 1, ..at(from) });
        changes.push(Change { between_attempts: -1, ..at(to) });
    }
    for (index, entry) in data.entries.attempts() {
        // A task that waits for another attempt is not ready.
        let earlier = data.entries.earlier(index).first();
        let is_first = earlier.is_none_or(|(_, first)| first.start_ns == entry.start_ns);
        let ready = ready_ns[index];
        if is_first && ready < entry.start_ns {
            changes.push(Change { ready: 1, ..at(ready) });
            changes.push(Change { ready: -1, running: 1, ..at(entry.start_ns) });
        } else {
            changes.push(Change { running: 1, ..at(entry.start_ns) });
        }
        changes.push(Change { running: -1, ..at(entry.end_ns) });
    }
    for &(from, to) in data.held_back.iter().chain(&too_large(data, ready_ns)) {
        changes.push(Change { held_back: 1, ..at(from) });
        changes.push(Change { held_back: -1, ..at(to) });
    }
    for held_back in &data.held_back_by_resources {
        changes.push(Change { without_resource: 1, ..at(held_back.from_ns) });
        changes.push(Change { without_resource: -1, ..at(held_back.to_ns) });
    }
    #[cfg(feature = "cluster")]
    for transfer in data.cluster.iter().flat_map(ClusterRecord::transfers) {
        changes.push(Change { fetching: 1, ..at(transfer.start.as_nanos() as u64) });
        changes.push(Change { fetching: -1, ..at(transfer.end.as_nanos() as u64) });
    }
    changes.sort_unstable();
    let (planned_ns, wall_ns) = (data.planning.as_nanos() as u64, data.wall.as_nanos() as u64);
    changes.push(at(wall_ns));
    let [mut planning, mut nothing, mut futures, mut attempts, mut not_picked_up] = [0; 5];
    let [mut memory, mut resource, mut network] = [0; 3];
    let mut now = at(0);
    for change in changes {
        let idle = (data.workers as i64 - i64::from(now.running)).max(0) as u64;
        let elapsed = change.at_ns.min(wall_ns).saturating_sub(now.at_ns);
        let planned = elapsed.min(planned_ns.saturating_sub(now.at_ns));
        let elapsed = elapsed - planned;
        planning += idle * planned;
        let fetching = idle.min(now.fetching.max(0) as u64);
        network += fetching * elapsed;
        let idle = idle - fetching;
        if now.held_back > 0 {
            memory += idle * elapsed;
        } else {
            let without_resource = now.without_resource.max(0) as u64;
            let could_run = idle.min((now.ready.max(0) as u64).saturating_sub(without_resource));
            not_picked_up += could_run * elapsed;
            let idle = idle - could_run;
            let waits = idle.min(without_resource);
            resource += waits * elapsed;
            let without_work = match now {
                Change { waiting: 1.., .. } => &mut futures,
                Change { between_attempts: 1.., .. } => &mut attempts,
                _ => &mut nothing,
            };
            *without_work += (idle - waits) * elapsed;
        }
        now = Change {
            at_ns: now.at_ns.max(change.at_ns),
            ready: now.ready + change.ready,
            running: now.running + change.running,
            held_back: now.held_back + change.held_back,
            without_resource: now.without_resource + change.without_resource,
            fetching: now.fetching + change.fetching,
            waiting: now.waiting + change.waiting,
            between_attempts: now.between_attempts + change.between_attempts,
        };
    }
    IdleTime {
        planning: Duration::from_nanos(planning),
        nothing_ready: Duration::from_nanos(nothing),
        futures: Duration::from_nanos(futures),
        between_attempts: Duration::from_nanos(attempts),
        not_picked_up: Duration::from_nanos(not_picked_up),
        memory_limit: Duration::from_nanos(memory),
        resource: Duration::from_nanos(resource),
        network: Duration::from_nanos(network),
    }
}

/// A moment at which declared bytes change. Of events at one moment, those that free bytes come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct MemoryEvent {
    at_ns: u64,
    kind: MemoryEventKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MemoryEventKind {
    /// The last task that took a result of so many bytes has ended.
    Freed(u64),
    /// A task of so many bytes has ended, and its result has so many.
    Ended(u64, u64),
    Ready(u64),
    Started(u64),
}

/// The times in which tasks were ready and even the smallest of them did not fit beside the bytes in use.
/// A run that few workers look at does not ask for each of them, and so does not note that.
fn too_large(data: &RunData, ready_ns: &[u64]) -> Vec<(u64, u64)> {
    let Some(limit) = data.memory.map(|memory| memory.limit) else { return Vec::new() };
    let count = data.entries.len();
    let wall_ns = data.wall.as_nanos() as u64;
    let mut needed_until: Vec<Option<u64>> = vec![None; count];
    for (task, dependency) in data.dependencies.edges() {
        let [task, dependency] = [task, dependency].map(|place| count - 1 - place as usize);
        let end = Some(data.entries[task].end_ns).filter(|_| data.entries[task].ran());
        needed_until[dependency] = needed_until[dependency].max(end);
    }
    let mut events: Vec<MemoryEvent> = Vec::new();
    for (index, entry) in data.entries.iter().enumerate().filter(|(_, entry)| entry.ran()) {
        let detail = data.entries.detail(index);
        let bytes = detail.and_then(|detail| detail.bytes).unwrap_or(0);
        let result = detail.and_then(|detail| detail.result_bytes).unwrap_or(bytes);
        let until_ns = needed_until[index].unwrap_or(wall_ns).max(entry.end_ns);
        events.push(MemoryEvent { at_ns: ready_ns[index], kind: MemoryEventKind::Ready(bytes) });
        events.push(MemoryEvent { at_ns: entry.start_ns, kind: MemoryEventKind::Started(bytes) });
        events
            .push(MemoryEvent { at_ns: entry.end_ns, kind: MemoryEventKind::Ended(bytes, result) });
        events.push(MemoryEvent { at_ns: until_ns, kind: MemoryEventKind::Freed(result) });
    }
    events.sort_unstable();
    let mut ready: BTreeMap<u64, usize> = BTreeMap::new();
    let (mut used, mut since, mut times) = (0u64, None, Vec::new());
    for MemoryEvent { at_ns, kind } in events {
        match kind {
            MemoryEventKind::Freed(bytes) => used = used.saturating_sub(bytes),
            MemoryEventKind::Ended(bytes, result) => used = used.saturating_sub(bytes) + result,
            MemoryEventKind::Ready(bytes) => *ready.entry(bytes).or_default() += 1,
            MemoryEventKind::Started(bytes) => {
                used = used.saturating_add(bytes);
                match ready.get_mut(&bytes) {
                    Some(1) => drop(ready.remove(&bytes)),
                    Some(tasks) => *tasks -= 1,
                    None => {}
                }
            }
        }
        let smallest = ready.first_key_value().map(|(&bytes, _)| bytes);
        let fits = smallest.is_none_or(|bytes| bytes.saturating_add(used) <= limit);
        match (fits, since) {
            (false, None) => since = Some(at_ns),
            (true, Some(from)) => {
                times.push((from, at_ns));
                since = None;
            }
            _ => {}
        }
    }
    times
}
