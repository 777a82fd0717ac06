//! Collects what workers note while a graph runs, at the least cost a task.

use std::{panic::Location, sync::Mutex, time::Duration};

use graph_core::{__run::Ended, Function};

use crate::sync::lock;

/// When and where one task ran. It has 48 bytes, so that a million tasks can be recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// Its number in the plan, which begins with the newest task.
    pub(crate) task: u32,
    /// Number of the worker, from 0.
    pub(crate) worker: u32,
    /// Since the run began.
    pub(crate) start_ns: u64,
    /// Since the run began.
    pub(crate) end_ns: u64,
    pub(crate) function: fn() -> Function,
    /// Where the task was built.
    pub(crate) caller: &'static Location<'static>,
    /// How often it was tried.
    pub(crate) attempts: u32,
    pub(crate) ended: Ended,
}

/// What is noted of a task only when it has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Detail {
    pub(crate) label: Option<Box<str>>,
    /// Declared before the task started.
    pub(crate) bytes: Option<u64>,
    /// Declared for its result.
    pub(crate) result_bytes: Option<u64>,
    /// When it began to wait for its future, since the run began; the wait ends when the task starts. `None`
    /// when it has none.
    pub(crate) waits_since_ns: Option<u64>,
    /// How long it has waited between attempts.
    pub(crate) waited: Duration,
}

/// What was measured of the sampled tasks: the time inside them, and with it the time between tasks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sample {
    /// How many tasks were sampled.
    pub(crate) tasks: u64,
    /// From the end of the task before to the end of the sampled one, over all of them.
    pub(crate) whole_ns: u64,
    /// Inside the sampled tasks, over all of them.
    pub(crate) inside_ns: u64,
}

impl Sample {
    pub(crate) fn add(&mut self, other: Sample) {
        self.tasks += other.tasks;
        self.whole_ns += other.whole_ns;
        self.inside_ns += other.inside_ns;
    }
}

/// What one worker has noted since it last handed in its notes.
#[derive(Debug, Default)]
pub(crate) struct Notebook {
    pub(crate) spans: Vec<Span>,
    /// Attempts after which the task was put off.
    pub(crate) earlier: Vec<Span>,
    /// (number of the task in the plan, what it has)
    pub(crate) details: Vec<(u32, Detail)>,
    /// (number of the task in the plan, when it began or went on to wait for its future, since the run began)
    pub(crate) waits: Vec<(u32, u64)>,
    pub(crate) sample: Sample,
}

/// How many spans fill a notebook. A longer one would be copied as it grows, and each new page of
/// memory costs the process as much time as the notes on several tasks.
const FULL: usize = 1024;

impl Notebook {
    /// Says whether the notebook should be handed in.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.spans.len() >= FULL
    }
}

/// Keeps what the workers of a run have handed in.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    notebooks: Mutex<Vec<Notebook>>,
}

impl Recorder {
    /// Keeps a worker's notes and leaves the notebook empty. A full notebook is replaced by one with
    /// room for as many spans.
    pub(crate) fn hand_in(&self, notebook: &mut Notebook) {
        let Notebook { spans, earlier, waits, .. } = &*notebook;
        if !spans.is_empty() || !earlier.is_empty() || !waits.is_empty() {
            let room = if notebook.is_full() { FULL } else { 0 };
            let empty = Notebook { spans: Vec::with_capacity(room), ..Notebook::default() };
            let full = std::mem::replace(notebook, empty);
            lock(&self.notebooks).push(full);
        }
    }

    /// Takes everything that was handed in.
    pub(crate) fn take(&self) -> Vec<Notebook> {
        std::mem::take(&mut lock(&self.notebooks))
    }
}
