//! Stands in for progress without the feature `progress`: nobody can ask for any, so it does nothing.

use std::{sync::Arc, time::Instant};

use graph_core::Function;

use crate::limits::memory::budget::MemoryBudget;

/// The progress of one run, which nobody sees.
pub(crate) struct Progress;

impl Progress {
    pub(crate) fn new(_: Instant, _: usize, _: usize, _: Option<Arc<MemoryBudget>>) -> Self {
        Progress
    }

    pub(crate) fn grow(&self, _: usize) {}

    pub(crate) fn worker(&self, _: usize) -> WorkerProgress<'_> {
        WorkerProgress { _run: self }
    }
}

/// The progress of one worker of a run.
pub(crate) struct WorkerProgress<'a> {
    _run: &'a Progress,
}

impl WorkerProgress<'_> {
    pub(crate) fn begin(&mut self, _: fn() -> Function) {}

    pub(crate) fn settled(&mut self, _: usize) {}

    pub(crate) fn pause(&self) {}
}

pub(crate) mod thread {
    use super::{Arc, Progress};

    /// A thread that is never started.
    pub(crate) struct ProgressThread {
        _progress: Arc<Progress>,
    }

    impl ProgressThread {
        pub(crate) fn start(progress: Arc<Progress>) -> Self {
            ProgressThread { _progress: progress }
        }
    }
}
