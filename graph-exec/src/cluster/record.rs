//! The record of a run on a cluster, from what the scheduler noted of each task.

#![expect(unsafe_code, reason = "it names tasks through a plan's pointers")]

use std::{
    collections::{HashMap, HashSet},
    fmt,
    time::{Duration, Instant},
};

use graph_core::{
    __run::{Plan, Signature},
    TaskState,
};

use super::{
    departure::{Claims, Submission},
    protocol::{self, Notes},
};
use crate::{
    Error, RunOutcome, RunRecord,
    record::{Course, Detail, Notebook, Span},
};

/// What only a run on a cluster has: where its data went. Part of a [`RunRecord`].
///
/// ```no_run
/// # use graph_exec::{cluster::Cluster, prelude::*};
/// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
/// let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
/// let cluster = record.cluster().unwrap();
/// println!("{cluster}"); // "0 B of 0 B on edges went from worker to worker"
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClusterRecord {
    rows: Vec<String>,
    transfers: Vec<Transfer>,
    bytes_on_edges: u64,
    bytes_moved: u64,
}

/// A task's inputs on their way from other workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Index of the task in the record.
    pub task: usize,
    /// Number of the record's worker that ran the task.
    pub worker: usize,
    /// Since the run began.
    pub start: Duration,
    /// Since the run began.
    pub end: Duration,
}

impl ClusterRecord {
    /// Address of the dask worker that a worker of the record is a thread of.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// # let cluster = record.cluster().unwrap();
    /// assert!(cluster.address(0).unwrap().starts_with("tcp://"));
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn address(&self, worker: usize) -> Option<&str> {
        self.rows.get(worker).map(String::as_str)
    }

    /// When inputs were fetched from other workers.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// # let cluster = record.cluster().unwrap();
    /// let waited: Vec<_> = cluster.transfers().iter().map(|one| one.end - one.start).collect();
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// The sizes of all results that tasks took, each as often as it was taken.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// # let cluster = record.cluster().unwrap();
    /// assert!(cluster.bytes_on_edges() >= cluster.bytes_moved());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn bytes_on_edges(&self) -> u64 {
        self.bytes_on_edges
    }

    /// The sizes of the results that had to go to another worker, once for each.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// # let cluster = record.cluster().unwrap();
    /// println!("{} bytes went over the network", cluster.bytes_moved());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn bytes_moved(&self) -> u64 {
        self.bytes_moved
    }
}

impl fmt::Display for ClusterRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (moved, all) = (size(self.bytes_moved), size(self.bytes_on_edges));
        write!(f, "{moved} of {all} on edges went from worker to worker")
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// When a run began, was sent, and how long it took.
pub(super) struct Times {
    pub(super) begin: Instant,
    pub(super) planned: Instant,
    pub(super) wall: Duration,
}

/// Who the tasks of a plan are.
pub(super) struct People(Vec<(Signature, bool)>);

impl People {
    /// Nobody, when no record is asked for.
    pub(super) fn of(claims: &Claims<'_>, recorded: bool) -> Self {
        let tasks = if recorded { claims.plan().len() as u32 } else { 0 };
        let person = |index| {
            // SAFETY: the claims keep every task, and the handles live.
            (unsafe { claims.plan().signature(index) }, claims.is_claimed(index))
        };
        People((0..tasks).map(person).collect())
    }
}

/// Puts together what is known.
pub(super) fn record(
    plan: &Plan,
    submission: &Submission,
    people: People,
    notes: &Notes,
    times: Times,
    outcome: &Result<(), Error>,
) -> RunRecord {
    let rows = Rows::of(notes);
    let last: HashMap<u32, &protocol::Span> =
        notes.spans.iter().map(|span| (span.index, span)).collect();
    let mut attempts: HashMap<u32, u32> = HashMap::new();
    notes.spans.iter().for_each(|span| *attempts.entry(span.index).or_default() += 1);
    let since_begin = |seconds: f64| {
        let sent = times.planned.saturating_duration_since(times.begin);
        (sent + Duration::try_from_secs_f64(seconds - notes.begin).unwrap_or_default())
            .min(times.wall)
    };
    let mut notebook = Notebook::default();
    let mut transfers = Vec::new();
    for span in last.values() {
        let Some(&place) = submission.places.get(span.index as usize) else { continue };
        let (signature, _) = &people.0[place as usize];
        let worker = rows.row(span);
        let (start, end) = (since_begin(span.start), since_begin(span.stop));
        notebook.spans.push(Span {
            task: place,
            worker: worker as u32,
            start_ns: start.as_nanos() as u64,
            end_ns: end.as_nanos() as u64,
            function: signature.function,
            caller: signature.caller,
            attempts: attempts[&span.index],
            failed: span.failed,
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
    transfers.sort_by_key(|transfer| (transfer.start, transfer.task));
    let (bytes_on_edges, bytes_moved) = traffic(submission, &last);
    let done = outcome.is_ok();
    let course = Course {
        workers: rows.addresses.len(),
        outcome: match outcome {
            Ok(()) => RunOutcome::Done,
            Err(Error::Cancelled { .. }) => RunOutcome::Cancelled,
            Err(_) => RunOutcome::Failed,
        },
        begin: times.begin,
        planned: times.planned,
        wall: times.wall,
        memory: None,
        dependencies: plan.dependencies().clone(),
        order_edges: plan.order_edges().to_vec(),
        notebooks: vec![notebook],
    };
    let mut record = RunRecord::new(course, |task| {
        let (signature, claimed) = people.0[task as usize].clone();
        (signature, if claimed && !done { TaskState::Cancelled } else { TaskState::Done })
    });
    let rows = rows.addresses;
    record.set_cluster(ClusterRecord { rows, transfers, bytes_on_edges, bytes_moved });
    record
}

/// The workers of the record: a row for each thread of each dask worker.
struct Rows {
    /// Row → address.
    addresses: Vec<String>,
    /// (address, thread) → row
    rows: HashMap<(String, String), usize>,
}

impl Rows {
    fn of(notes: &Notes) -> Self {
        let mut threads: Vec<(&str, &str)> = notes
            .spans
            .iter()
            .map(|span| (span.worker.as_str(), span.thread.as_str()))
            .collect::<HashSet<_>>()
            .into_iter()
            .collect();
        threads.sort_unstable();
        let mut addresses: Vec<String> = threads.iter().map(|(a, _)| (*a).to_owned()).collect();
        let rows = threads.iter().enumerate();
        let rows = rows.map(|(row, (a, t))| (((*a).to_owned(), (*t).to_owned()), row)).collect();
        // Threads that had nothing to do were there all the same.
        let mut workers: Vec<_> = notes.workers.iter().collect();
        workers.sort_unstable_by_key(|(address, _)| *address);
        for (address, worker) in workers {
            let busy = threads.iter().filter(|(busy, _)| busy == address).count();
            let idle = worker.threads.saturating_sub(busy);
            addresses.extend(std::iter::repeat_n(address.clone(), idle));
        }
        if addresses.is_empty() {
            addresses.push(String::new());
        }
        Rows { addresses, rows }
    }

    fn row(&self, span: &protocol::Span) -> usize {
        self.rows.get(&(span.worker.clone(), span.thread.clone())).copied().unwrap_or(0)
    }
}

/// Bytes on edges, and of those moved: each result counts once for each other worker it went to.
fn traffic(submission: &Submission, spans: &HashMap<u32, &protocol::Span>) -> (u64, u64) {
    let mut moved_to = HashSet::new();
    let (mut on_edges, mut moved) = (0, 0);
    for (index, task) in (0..).zip(&submission.tasks) {
        let Some(consumer) = spans.get(&index) else { continue };
        for source in &task.results {
            let Some(producer) = spans.get(source) else { continue };
            on_edges += producer.bytes;
            if producer.worker != consumer.worker
                && moved_to.insert((*source, consumer.worker.as_str()))
            {
                moved += producer.bytes;
            }
        }
    }
    (on_edges, moved)
}
