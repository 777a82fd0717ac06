//! The timings of a run on a cluster: what the scheduler noted of each task, and the record made of it.

#![expect(unsafe_code, reason = "it names tasks through a plan's pointers")]

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use graph_core::{
    __run::{Ended, Plan, Signature},
    Function, TaskState,
};

use super::{
    protocol::{self, Timings},
    submission::{Claims, Submission},
};
use crate::record::{
    cluster::{ClusterRecord, RemovedFile, Transfer},
    entries::Entries,
    outcome::RunOutcome,
    recorder::{Detail, Notebook, Span},
    run_data::RunData,
    run_record::RunRecord,
};

/// The signature of each task of a plan, and whether the run has claimed it.
pub(super) struct TaskIdentities(Vec<(Signature, bool)>);

impl TaskIdentities {
    /// Empty when no record is asked for.
    pub(super) fn new(claims: &Claims<'_>, recorded: bool) -> Self {
        let tasks = if recorded { claims.plan().len() as u32 } else { 0 };
        let identity = |index| {
            // SAFETY: the claims keep every task, and the handles live.
            (unsafe { claims.plan().signature(index) }, claims.is_claimed(index))
        };
        TaskIdentities((0..tasks).map(identity).collect())
    }
}

/// A run on the cluster that has ended, with what its record is made from.
pub(super) struct EndedRun<'a> {
    pub(super) plan: &'a Plan,
    pub(super) submission: &'a Submission,
    pub(super) identities: TaskIdentities,
    pub(super) timings: &'a Timings,
    /// What the connection has removed, if no record has told of it yet.
    pub(super) removed: Vec<RemovedFile>,
    pub(super) begin: Instant,
    /// When the graph was about to be sent.
    pub(super) planned: Instant,
    /// From the beginning of the run to its end.
    pub(super) wall: Duration,
    pub(super) outcome: RunOutcome,
}

impl EndedRun<'_> {
    /// The record of the run.
    pub(super) fn into_record(self) -> RunRecord {
        let EndedRun {
            plan,
            submission,
            identities,
            timings,
            removed,
            begin,
            planned,
            wall,
            outcome,
        } = self;
        let workers = RecordWorkers::new(timings);
        let last: HashMap<u32, &protocol::TaskTiming> =
            timings.spans.iter().map(|span| (span.index, span)).collect();
        let mut attempts: HashMap<u32, u32> = HashMap::new();
        timings.spans.iter().for_each(|span| *attempts.entry(span.index).or_default() += 1);
        let since_begin = |seconds: f64| {
            let sent = planned.saturating_duration_since(begin);
            (sent + Duration::try_from_secs_f64(seconds - timings.begin).unwrap_or_default())
                .min(wall)
        };
        let mut notebook = Notebook::default();
        let mut transfers = Vec::new();
        for span in last.values() {
            let Some(&place) = submission.places.get(span.index as usize) else { continue };
            let (signature, _) = &identities.0[place as usize];
            let worker = workers.number(span);
            let (start, end) = (since_begin(span.start), since_begin(span.stop));
            notebook.spans.push(Span {
                task: place,
                worker: worker as u32,
                start_ns: start.as_nanos() as u64,
                end_ns: end.as_nanos() as u64,
                function: signature.function,
                caller: signature.caller,
                attempts: attempts[&span.index],
                ended: if span.failed { Ended::Failed } else { Ended::Done },
            });
            let detail = Detail { label: signature.label.clone(), ..Detail::default() };
            if detail.label.is_some() {
                notebook.details.push((place, detail));
            }
            let task = plan.len() - 1 - place as usize;
            transfers.extend(span.transfers.iter().map(|&(start, end)| Transfer {
                task,
                worker,
                start: since_begin(start),
                end: since_begin(end),
            }));
        }
        end_before_next(&mut notebook.spans);
        transfers.sort_by_key(|transfer| (transfer.start, transfer.task));
        let (bytes_on_edges, bytes_moved) = traffic(submission, &last, &workers);
        let done = outcome == RunOutcome::Done;
        let idle = |task: u32| {
            let (signature, claimed) = identities.0[task as usize].clone();
            (signature, if claimed && !done { TaskState::Cancelled } else { TaskState::Done })
        };
        let timed: HashSet<u32> = notebook.spans.iter().map(|span| span.task).collect();
        let untimed = |task: &u32| done && identities.0[*task as usize].1 && !timed.contains(task);
        // A plan begins with the newest task.
        let places: Vec<u32> = (0..plan.len() as u32).rev().filter(untimed).collect();
        let functions = places.iter().map(|&place| identities.0[place as usize].0.function);
        let untimed_functions = counted_by_path(functions);
        let untimed = places.iter().map(|&place| plan.len() - 1 - place as usize).collect();
        let count = workers.addresses.len();
        RunRecord::new(RunData {
            outcome,
            planning: planned.saturating_duration_since(begin),
            wall,
            entries: Arc::new(Entries::new(plan.len(), vec![notebook], idle)),
            dependencies: plan.dependencies().clone(),
            order_edges: plan.order_edges().to_vec(),
            cluster: Some(ClusterRecord {
                addresses: workers.addresses,
                transfers,
                bytes_on_edges,
                bytes_moved,
                set_aside: timings.set_aside.clone(),
                removed,
                untimed_functions,
                untimed,
            }),
            ..RunData::empty(count)
        })
    }
}

/// Lets each task of a thread end before the next one starts. A worker corrects its clock while tasks run, so
/// what it says of two tasks may overlap by some milliseconds.
fn end_before_next(spans: &mut [Span]) {
    spans.sort_unstable_by_key(|span| (span.worker, span.start_ns, span.end_ns));
    for index in 1..spans.len() {
        let (next_worker, next_start_ns) = (spans[index].worker, spans[index].start_ns);
        let span = &mut spans[index - 1];
        if span.worker == next_worker {
            span.end_ns = span.end_ns.min(next_start_ns);
        }
    }
}

/// Functions by path, each with how often it comes, those that come most often first.
fn counted_by_path(functions: impl Iterator<Item = fn() -> Function>) -> Vec<(String, usize)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    functions.for_each(|function| *counts.entry(function().path()).or_default() += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// The workers of the record: one for each thread of each dask worker.
struct RecordWorkers {
    /// Worker → address of its dask worker.
    addresses: Vec<String>,
    /// Thread, as timings number them → worker.
    numbers: Vec<usize>,
}

impl RecordWorkers {
    fn new(timings: &Timings) -> Self {
        let mut order: Vec<usize> = (0..timings.threads.len()).collect();
        order.sort_unstable_by_key(|&thread| &timings.threads[thread]);
        let mut numbers = vec![0; order.len()];
        order.iter().enumerate().for_each(|(worker, &thread)| numbers[thread] = worker);
        let address = |&thread: &usize| timings.threads[thread].0.clone();
        let mut addresses: Vec<String> = order.iter().map(address).collect();
        // Threads that ran no task are workers too.
        let mut workers: Vec<_> = timings.workers.iter().collect();
        workers.sort_unstable_by_key(|(address, _)| *address);
        for (address, worker) in workers {
            let busy = timings.threads.iter().filter(|(busy, _)| busy == address).count();
            let idle = worker.threads.saturating_sub(busy);
            addresses.extend(std::iter::repeat_n(address.clone(), idle));
        }
        if addresses.is_empty() {
            addresses.push(String::new());
        }
        RecordWorkers { addresses, numbers }
    }

    fn number(&self, span: &protocol::TaskTiming) -> usize {
        self.numbers.get(span.thread).copied().unwrap_or(0)
    }

    /// Address of the dask worker that ran a task.
    fn address(&self, span: &protocol::TaskTiming) -> &str {
        &self.addresses[self.number(span)]
    }
}

/// Returns the bytes on edges, and how many of them went to another worker. A result counts once for
/// each worker that it went to.
fn traffic(
    submission: &Submission,
    spans: &HashMap<u32, &protocol::TaskTiming>,
    workers: &RecordWorkers,
) -> (u64, u64) {
    let mut moved_to = HashSet::new();
    let (mut on_edges, mut moved) = (0, 0);
    for (index, task) in (0..).zip(&submission.tasks) {
        let Some(consumer) = spans.get(&index) else { continue };
        for source in &task.results {
            let Some(producer) = spans.get(source) else { continue };
            on_edges += producer.bytes;
            let to = workers.address(consumer);
            if workers.address(producer) != to && moved_to.insert((*source, to)) {
                moved += producer.bytes;
            }
        }
    }
    (on_edges, moved)
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;

    #[test]
    fn tasks_of_one_thread_do_not_overlap() {
        let span = |worker, start_ns, end_ns| Span {
            task: 0,
            worker,
            start_ns,
            end_ns,
            function: || Function { module: "", name: "inc", file: "", line: 0, column: 0 },
            caller: Location::caller(),
            attempts: 1,
            ended: Ended::Done,
        };
        let mut spans = [span(0, 401, 402), span(1, 300, 405), span(0, 94, 412)];
        end_before_next(&mut spans);
        let times = spans.map(|span| (span.worker, span.start_ns, span.end_ns));
        assert_eq!(times, [(0, 94, 401), (0, 401, 402), (1, 300, 405)]);
    }
}
