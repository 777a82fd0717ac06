//! How a worker learns how long functions take, from the tasks that it runs.

use std::time::{Duration, Instant};

use graph_core::__run::{Ended, Execution};

use super::{Durations, WORTH_ORDERING};
use crate::run::step::hooks::{Awaited, TaskHooks};

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

    /// A task of this kind is about to run.
    #[inline]
    pub(crate) fn begin(&mut self, kind: usize) {
        if kind == self.short_kind {
            return;
        }
        if self.durations.is_short(kind) {
            self.short_kind = kind;
        } else {
            self.begun = Some((kind, Instant::now()));
        }
    }

    /// Notes what the running task took, if that is not known to be short. What the worker does next, such as waking
    /// others for what the task has made ready, takes longer than most tasks, and is none of it.
    #[inline]
    fn note(&mut self) {
        if let Some((kind, begun)) = self.begun.take() {
            let took = begun.elapsed();
            self.durations.note(kind, took);
            self.goes_on |= took >= Duration::from_micros(WORTH_ORDERING);
        }
    }

    /// Goes on to the next task. Says whether it has learned enough.
    #[inline]
    pub(crate) fn end(&mut self) -> bool {
        self.begun = None;
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

impl TaskHooks for Learning<'_> {
    #[inline]
    fn claimed(&mut self, _: &mut Execution<'_>) {}

    fn paused(&mut self, _: Awaited) {
        self.note();
    }

    #[inline]
    fn ran(&mut self, _: Ended, _: &Execution<'_>) {
        self.note();
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::*;

    /// Says whether a task counts as short that begins, does `in_task`, and is followed by `behind`.
    fn is_short(in_task: fn(), behind: fn()) -> bool {
        // An interruption counts with the task that it comes in, so it is tried several times.
        (1..100).any(|kind| {
            let durations = Durations::new(2);
            let mut learning = Learning::new(&durations);
            learning.begin(kind);
            in_task();
            learning.note();
            behind();
            learning.end();
            durations.is_short(kind)
        })
    }

    #[test]
    fn what_follows_a_task_is_none_of_it() {
        let rest = || sleep(Duration::from_millis(1));
        assert!(is_short(|| {}, rest));
        assert!(!is_short(rest, || {}));
    }

    #[test]
    fn nothing_is_learned_of_a_task_that_another_run_has_started() {
        let durations = Durations::new(2);
        let mut learning = Learning::new(&durations);
        learning.begin(1);
        learning.end();
        assert_eq!(durations.microseconds(1), None);
    }
}
