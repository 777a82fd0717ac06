//! The trace of a run, for Perfetto and Chrome's own viewer: the Trace Event Format, as JSON.
//!
//! Each worker is a thread and each task a complete event on it, named by its function. Arrows lead from
//! task to task, and counters show running tasks, ready tasks and memory.

use std::{
    borrow::Cow,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use graph_core::TaskState;
use serde::Serialize;

use crate::{
    record::{analysis::fate::Fate, finished::Finished, run_record::RunRecord, task::TaskRecord},
    report::data::memory::Memory,
    save::{SaveError, write_whole},
};

/// The one process of a trace.
const PROCESS: u32 = 1;
/// The thread of worker 0. Perfetto takes thread 0 for the system's idle thread, and the thread with the
/// number of its process for the main thread, which no worker is.
const FIRST_THREAD: usize = PROCESS as usize + 1;
/// A run with more edges gets arrows along its critical path alone, and one with a longer critical path
/// none, because nobody could follow them.
const MOST_ARROWS: usize = 10_000;
/// A run with more tasks gets no counters of running and ready tasks, because they would double the file's
/// size.
const MOST_COUNTED: usize = 100_000;

impl RunRecord {
    /// Saves the run as a trace that Perfetto (`ui.perfetto.dev`) and `chrome://tracing` open:
    /// tasks by worker, named by their functions (those that failed with a cross before it), each with its label, where it was built, its state, its
    /// attempts, why it failed, and how long it was ready; arrows from task to task; and counters of running
    /// and ready tasks, declared memory, and the memory of the process.
    ///
    /// The file is written under a temporary name and renamed when it is complete. It replaces a file
    /// that was there before. It has about 300 bytes a task.
    ///
    /// # Errors
    /// [`SaveError`] when the file cannot be written.
    ///
    /// Format: Google's "Trace Event Format".
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("run.trace.json");
    /// let record = Executor::default().run(value(1) + value(2))?.into_record();
    /// record.trace(&path)?;
    /// assert!(std::fs::read_to_string(&path)?.contains(r#""ph":"X""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn trace(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        write_whole(path.as_ref(), |file| write(self, file))
    }
}

impl<V> Finished<V> {
    /// Saves the run as a trace; see [`RunRecord::trace`].
    ///
    /// # Errors
    /// [`SaveError`] when the file cannot be written.
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let run = Executor::default().run(value(1) + value(2))?;
    /// run.trace(folder.path().join("run.trace.json"))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn trace(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        self.record().trace(path)
    }
}

fn write(record: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"displayTimeUnit\":\"ms\",\"otherData\":")?;
    let counts = record.counts();
    serde_json::to_writer(
        &mut *out,
        &Summary {
            outcome: record.outcome().to_string(),
            verdict: record.verdict(),
            advice: record.advice(),
            failures: record.failures().iter().map(ToString::to_string).collect(),
            failed: counts.failed,
            cancelled: counts.cancelled,
            skipped: counts.skipped,
            not_started: counts.not_started,
        },
    )?;
    out.write_all(b",\"traceEvents\":[\n")?;
    let mut events = Events { out, first: true };
    write_names(record, &mut events)?;
    for task in record.tasks() {
        for (worker, start, duration) in task.earlier_attempts() {
            let name = Cow::Owned(format!("↻ {}", task.function().name));
            events.write(&Event {
                duration: Some(micros(duration)),
                category: Some("task,retried"),
                ..Event::new("X", name, worker, micros(start))
            })?;
        }
        if let Some(worker) = task.worker() {
            events.write(&Event::from_task(record, &task, worker))?;
        }
    }
    write_arrows(record, &mut events)?;
    write_counters(record, &mut events)?;
    out.write_all(b"\n]}\n")
}

/// Writes events, one a line.
struct Events<'a> {
    out: &'a mut dyn Write,
    first: bool,
}

impl Events<'_> {
    fn write(&mut self, event: &Event<'_>) -> io::Result<()> {
        if !std::mem::take(&mut self.first) {
            self.out.write_all(b",\n")?;
        }
        Ok(serde_json::to_writer(&mut *self.out, event)?)
    }
}

/// What the trace says of the whole run.
#[derive(Serialize)]
struct Summary {
    outcome: String,
    verdict: String,
    advice: Option<String>,
    /// Each distinct failure once.
    failures: Vec<String>,
    failed: usize,
    cancelled: usize,
    skipped: usize,
    not_started: usize,
}

/// An event, with the fields that its phase needs; the others are left out.
#[derive(Serialize)]
struct Event<'a> {
    name: Cow<'a, str>,
    #[serde(rename = "ph")]
    phase: &'static str,
    pid: u32,
    tid: usize,
    /// Microseconds since the run began.
    ts: f64,
    #[serde(rename = "dur", skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(rename = "cat", skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    /// `e` for the end of an arrow, which then points to the slice around it.
    #[serde(rename = "bp", skip_serializing_if = "Option::is_none")]
    binding: Option<&'static str>,
    #[serde(rename = "cname", skip_serializing_if = "Option::is_none")]
    colour: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<Arguments>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Arguments {
    Name { name: String },
    Order { sort_index: usize },
    Tasks { tasks: i64 },
    Bytes { bytes: u64 },
    Task(TaskArguments),
}

#[derive(Serialize)]
struct TaskArguments {
    task: usize,
    function: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    built_at: String,
    state: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    attempts: u32,
    /// How long the task has waited between its attempts, when it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    waited_between_attempts_us: Option<f64>,
    waited_us: f64,
}

impl<'a> Event<'a> {
    fn new(phase: &'static str, name: impl Into<Cow<'a, str>>, worker: usize, ts: f64) -> Self {
        Event {
            name: name.into(),
            phase,
            pid: PROCESS,
            tid: FIRST_THREAD + worker,
            ts,
            duration: None,
            category: None,
            id: None,
            binding: None,
            colour: None,
            args: None,
        }
    }

    fn from_task(record: &RunRecord, task: &TaskRecord<'a>, worker: usize) -> Self {
        let failed = task.state() == TaskState::Failed;
        let reason = if failed { record.reason_of(task.index()) } else { None };
        let name = task.function().name;
        // Perfetto looks at no colour but takes one from the name, so a failed task needs another name.
        let name = if failed { Cow::Owned(format!("✕ {name}")) } else { Cow::Borrowed(name) };
        Event {
            duration: Some(micros(task.duration())),
            category: Some(if failed { "task,failed" } else { "task" }),
            colour: failed.then_some("terrible"),
            args: Some(Arguments::Task(TaskArguments {
                task: task.index(),
                function: task.function().path(),
                label: task.label().map(str::to_owned),
                built_at: task.built_at().to_string(),
                state: match task.fate() {
                    Fate::Failed => "failed",
                    Fate::Cancelled => "cancelled",
                    _ => "done",
                },
                reason,
                attempts: task.attempts(),
                waited_between_attempts_us: Some(task.waited_between_attempts())
                    .filter(|waited| !waited.is_zero())
                    .map(micros),
                waited_us: micros(task.queue_wait()),
            })),
            ..Event::new("X", name, worker, micros(task.start()))
        }
    }
}

/// Writes the names of the process and of the workers' threads.
fn write_names(record: &RunRecord, events: &mut Events<'_>) -> io::Result<()> {
    let metadata =
        |name, worker, args| Event { args: Some(args), ..Event::new("M", name, worker, 0.0) };
    let name = "graph-exec".to_owned();
    events.write(&metadata("process_name", 0, Arguments::Name { name }))?;
    let highest = record.tasks().filter_map(|task| task.worker()).max();
    let lanes = record.workers().max(highest.map_or(0, |highest| highest + 1));
    for worker in 0..lanes {
        // The thread that asked for the run comes after the workers.
        let is_caller = worker >= record.workers();
        let name = if is_caller { "caller".to_owned() } else { format!("worker {worker}") };
        events.write(&metadata("thread_name", worker, Arguments::Name { name }))?;
        let order = Arguments::Order { sort_index: worker };
        events.write(&metadata("thread_sort_index", worker, order))?;
    }
    Ok(())
}

/// Writes an arrow from each task to each that took its result; of a run with too many edges, only those
/// along the critical path.
fn write_arrows(record: &RunRecord, events: &mut Events<'_>) -> io::Result<()> {
    let path: Vec<usize> = record.critical_tasks().map(|task| task.index()).collect();
    let mut critical: Vec<(usize, usize)> =
        path.windows(2).map(|pair| (pair[0], pair[1])).collect();
    critical.sort_unstable();
    let edges = record.tasks().map(|task| task.dependencies().len()).sum::<usize>();
    let mut arrows = critical.clone();
    if edges <= MOST_ARROWS {
        let of_task = |task: TaskRecord<'_>| {
            let to = task.index();
            task.dependencies().map(move |from| (from, to)).collect::<Vec<_>>()
        };
        arrows.extend(record.tasks().flat_map(of_task));
        arrows.sort_unstable();
        arrows.dedup();
    }
    if arrows.len() > MOST_ARROWS {
        return Ok(());
    }
    for (id, pair) in arrows.into_iter().enumerate() {
        let (from, to) = (record.task(pair.0), record.task(pair.1));
        let (Some(from_worker), Some(to_worker)) = (from.worker(), to.worker()) else { continue };
        let name = match critical.binary_search(&pair) {
            Ok(_) => "critical path",
            Err(_) => "result",
        };
        let arrow = |phase, worker, ts| Event {
            category: Some(name),
            id: Some(id),
            ..Event::new(phase, name, worker, ts)
        };
        // An arrow must start inside the slice that it leaves; the middle always is.
        let middle = from.start() + from.duration() / 2;
        events.write(&arrow("s", from_worker, micros(middle)))?;
        let end = Event { binding: Some("e"), ..arrow("f", to_worker, micros(to.start())) };
        events.write(&end)?;
    }
    Ok(())
}

/// Writes how many tasks run and how many are ready, whenever that changes, the declared bytes that live,
/// and the memory of the process.
fn write_counters(record: &RunRecord, events: &mut Events<'_>) -> io::Result<()> {
    // (when, change of running tasks, change of ready tasks)
    let ran = || record.tasks().filter(|task| task.worker().is_some());
    if ran().count() <= MOST_COUNTED {
        let running = ran().flat_map(|task| [(task.start(), 1), (task.end(), -1)]).collect();
        write_changes("running", |tasks| Arguments::Tasks { tasks }, running, events)?;
        let waited = ran().filter(|task| task.ready() < task.start());
        let ready = waited.flat_map(|task| [(task.ready(), 1), (task.start(), -1)]).collect();
        write_changes("ready", |tasks| Arguments::Tasks { tasks }, ready, events)?;
    }
    let mut counter = |name, at_ns: f64, bytes| {
        let args = Some(Arguments::Bytes { bytes });
        events.write(&Event { args, ..Event::new("C", name, 0, at_ns / 1000.0) })
    };
    if let Some(memory) = Memory::new(record) {
        let step_ns = record.wall().as_nanos() as f64 / memory.steps().len() as f64;
        let mut before = None;
        for (step, &bytes) in memory.steps().iter().enumerate() {
            if before.replace(bytes) != Some(bytes) {
                counter("declared memory", step as f64 * step_ns, bytes)?;
            }
        }
    }
    for sample in record.process() {
        counter("memory of the process", sample.at_ns as f64, sample.resident_bytes)?;
    }
    Ok(())
}

/// Writes the sum of changes whenever it changes.
fn write_changes(
    name: &str,
    arguments: impl Fn(i64) -> Arguments,
    mut changes: Vec<(Duration, i64)>,
    events: &mut Events<'_>,
) -> io::Result<()> {
    changes.sort_unstable();
    let mut sum = 0;
    for (index, &(when, change)) in changes.iter().enumerate() {
        sum += change;
        // Changes at the same moment are one event.
        if changes.get(index + 1).is_none_or(|&(next, _)| next != when) {
            let args = Some(arguments(sum));
            events.write(&Event { args, ..Event::new("C", name, 0, micros(when)) })?;
        }
    }
    Ok(())
}

/// Microseconds.
fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1000.0
}
