//! The trace of a run, for Perfetto and Chrome's own viewer: the Trace Event Format, as JSON.
//!
//! Each worker is a thread and each task a complete event on it. Arrows lead along the critical path,
//! and a counter shows how many tasks run.

use std::{
    io::{self, Write},
    path::Path,
    time::Duration,
};

use graph_core::TaskState;
use serde::Serialize;

use crate::{
    record::{finished::Finished, run_record::RunRecord, task::TaskRecord},
    save::{SaveError, write_whole},
};

/// The one process of a trace.
const PROCESS: u32 = 1;
/// The thread of worker 0. Perfetto takes thread 0 for the system's idle thread, and the thread with the
/// number of its process for the main thread, which no worker is.
const FIRST_THREAD: usize = PROCESS as usize + 1;
/// A critical path with more arrows gets none, because nobody could follow them.
const MOST_ARROWS: usize = 10_000;
/// A run with more tasks gets no counter of running tasks, because it would double the file's size.
const MOST_COUNTED: usize = 100_000;

impl RunRecord {
    /// Saves the run as a trace that Perfetto (`ui.perfetto.dev`) and `chrome://tracing` open:
    /// tasks by worker, each with its function, where it was built, its state, its attempts, and how long
    /// it was ready.
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
    let tasks = |state| record.tasks().filter(|task| task.state() == state).count();
    serde_json::to_writer(
        &mut *out,
        &Summary {
            verdict: record.verdict(),
            advice: record.advice(),
            failed: tasks(TaskState::Failed),
            not_started: tasks(TaskState::Cancelled),
        },
    )?;
    out.write_all(b",\"traceEvents\":[\n")?;
    let mut events = Events { out, first: true };
    write_names(record, &mut events)?;
    for task in record.tasks() {
        if let Some(worker) = task.worker() {
            events.write(&Event::from_task(&task, worker))?;
        }
    }
    write_arrows(record, &mut events)?;
    write_counter(record, &mut events)?;
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
    verdict: String,
    advice: Option<String>,
    failed: usize,
    not_started: usize,
}

/// An event, with the fields that its phase needs; the others are left out.
#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
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
    Running { tasks: i64 },
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
    attempts: u32,
    waited_us: f64,
}

impl<'a> Event<'a> {
    fn new(phase: &'static str, name: &'a str, worker: usize, ts: f64) -> Self {
        Event {
            name,
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

    fn from_task(task: &TaskRecord<'a>, worker: usize) -> Self {
        let failed = task.state() == TaskState::Failed;
        Event {
            duration: Some(micros(task.duration())),
            category: Some(if failed { "task,failed" } else { "task" }),
            colour: failed.then_some("terrible"),
            args: Some(Arguments::Task(TaskArguments {
                task: task.index(),
                function: task.function().path(),
                label: task.label().map(str::to_owned),
                built_at: task.built_at().to_string(),
                state: if failed { "failed" } else { "done" },
                attempts: task.attempts(),
                waited_us: micros(task.queue_wait()),
            })),
            ..Event::new(
                "X",
                task.label().unwrap_or(task.function().name),
                worker,
                micros(task.start()),
            )
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

/// Writes an arrow from each task of the critical path to the next.
fn write_arrows(record: &RunRecord, events: &mut Events<'_>) -> io::Result<()> {
    let path: Vec<TaskRecord<'_>> = record.critical_tasks().collect();
    if path.len() > MOST_ARROWS {
        return Ok(());
    }
    for (id, pair) in path.windows(2).enumerate() {
        let (Some(from), Some(to)) = (pair[0].worker(), pair[1].worker()) else { continue };
        let arrow = |phase, worker, ts| Event {
            category: Some("critical path"),
            id: Some(id),
            ..Event::new(phase, "critical path", worker, ts)
        };
        // An arrow must start inside the slice that it leaves; the middle always is.
        let middle = pair[0].start() + pair[0].duration() / 2;
        events.write(&arrow("s", from, micros(middle)))?;
        let end = Event { binding: Some("e"), ..arrow("f", to, micros(pair[1].start())) };
        events.write(&end)?;
    }
    Ok(())
}

/// Writes how many tasks run, whenever that changes.
fn write_counter(record: &RunRecord, events: &mut Events<'_>) -> io::Result<()> {
    let mut changes: Vec<(Duration, i64)> = record
        .tasks()
        .filter(|task| task.worker().is_some())
        .flat_map(|task| [(task.start(), 1), (task.end(), -1)])
        .collect();
    if changes.len() > 2 * MOST_COUNTED {
        return Ok(());
    }
    changes.sort_unstable();
    let mut tasks = 0;
    for (index, &(when, change)) in changes.iter().enumerate() {
        tasks += change;
        // Changes at the same moment are one event.
        if changes.get(index + 1).is_none_or(|&(next, _)| next != when) {
            let args = Some(Arguments::Running { tasks });
            events.write(&Event { args, ..Event::new("C", "running", 0, micros(when)) })?;
        }
    }
    Ok(())
}

/// Microseconds.
fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1000.0
}
