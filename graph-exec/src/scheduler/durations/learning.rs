//! How a worker learns how long functions take, from the tasks that it runs.

use std::time::{Duration, Instant};

use super::{Durations, WORTH_ORDERING};
use crate::run::Run;

/// Of so many tasks a worker learns how long their functions take, each time that it comes for a run; of
/// as many again while they are long.
const TASKS_TO_LEARN_FROM: u32 = 256;

/// Measures the tasks of functions that are not known to be short.
pub(crate) struct Learning<'a> {
    durations: &'a Durations,
    /// Of how many more tasks it learns.
    tasks: u32,
    /// The kind of the last task that was known to be short; 0 before.
    short_kind: usize,
    /// The kind of the running task and when it began; `None` when it is known to be short.
    begun: Option<(usize, Instant)>,
    /// One of the last tasks was so long that a look at the clock is nothing beside it.
    goes_on: bool,
}

impl<'a> Learning<'a> {
    pub(crate) fn new(durations: &'a Durations) -> Self {
        Learning {
            durations,
            tasks: TASKS_TO_LEARN_FROM,
            short_kind: 0,
            begun: None,
            goes_on: false,
        }
    }

    #[inline]
    pub(crate) fn begin(&mut self, run: &Run, task: u32) {
        let kind = run.kind(task);
        if kind == self.short_kind {
            return;
        }
        if self.durations.is_short(kind) {
            self.short_kind = kind;
        } else {
            self.begun = Some((kind, Instant::now()));
        }
    }

    /// Ends a task. Says whether it has learned enough.
    #[inline]
    pub(crate) fn end(&mut self) -> bool {
        if let Some((kind, begun)) = self.begun.take() {
            let took = begun.elapsed();
            self.durations.note(kind, took);
            self.goes_on |= took >= Duration::from_micros(WORTH_ORDERING);
        }
        self.tasks -= 1;
        self.tasks == 0 && !self.begin_again()
    }

    /// Learns from as many tasks again, if they are long.
    #[cold]
    fn begin_again(&mut self) -> bool {
        self.tasks = TASKS_TO_LEARN_FROM;
        std::mem::take(&mut self.goes_on)
    }
}
