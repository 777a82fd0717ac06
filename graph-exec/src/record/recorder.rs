//! Collecting what happens while a graph runs, at the least cost a task.

use std::{panic::Location, sync::Mutex};

use graph_core::Function;

use crate::sync::lock;

/// One task that ran: 48 bytes, so that a million of them are no burden.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) task: u32,
    pub(crate) worker: u32,
    /// Since the run began.
    pub(crate) start_ns: u64,
    pub(crate) end_ns: u64,
    pub(crate) function: fn() -> Function,
    pub(crate) caller: &'static Location<'static>,
    pub(crate) attempts: u32,
    pub(crate) failed: bool,
}

/// What only some tasks have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Detail {
    pub(crate) label: Option<Box<str>>,
    /// Declared before the task started.
    pub(crate) bytes: Option<u64>,
    /// Declared of its result.
    pub(crate) result_bytes: Option<u64>,
}

/// The time of some tasks, measured apart from what it takes to get from one task to the next.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sample {
    pub(crate) tasks: u64,
    /// From the end of the task before to the end of the task.
    pub(crate) whole_ns: u64,
    /// Inside the task.
    pub(crate) inside_ns: u64,
}

impl Sample {
    pub(crate) fn add(&mut self, other: Sample) {
        self.tasks += other.tasks;
        self.whole_ns += other.whole_ns;
        self.inside_ns += other.inside_ns;
    }
}

/// What one worker has seen since it last handed it in.
#[derive(Debug, Default)]
pub(crate) struct Notebook {
    pub(crate) spans: Vec<Span>,
    pub(crate) details: Vec<(u32, Detail)>,
    pub(crate) sample: Sample,
}

/// A notebook with so many spans is full. A longer one would be moved as it grows, and every page
/// of memory that is new to the process costs as much as the notes on several tasks.
const FULL: usize = 1024;

impl Notebook {
    /// Says whether it is time to hand it in.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.spans.len() >= FULL
    }
}

/// What all workers have handed in.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    notebooks: Mutex<Vec<Notebook>>,
}

impl Recorder {
    /// Takes what is in a worker's notebook and leaves it empty, with room for as much again.
    pub(crate) fn hand_in(&self, notebook: &mut Notebook) {
        if !notebook.spans.is_empty() {
            let room = if notebook.is_full() { FULL } else { 0 };
            let empty = Notebook { spans: Vec::with_capacity(room), ..Notebook::default() };
            let full = std::mem::replace(notebook, empty);
            lock(&self.notebooks).push(full);
        }
    }

    pub(crate) fn take(&self) -> Vec<Notebook> {
        std::mem::take(&mut lock(&self.notebooks))
    }
}
