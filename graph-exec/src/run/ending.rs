//! What the end of a task means for others: who is ready now, and who will never be; and what the end of an
//! attempt means for the task.

#![expect(unsafe_code, reason = "it asks for errors through a plan's pointers")]

pub(crate) mod late;

use std::{sync::Arc, time::Duration};

use graph_core::{
    __run::{AttemptRun, Attempts, Backoff, Ended, Execution, Overrun, Signature},
    TaskState,
};

use super::{
    NextAttempt, Policy, Run, Step,
    attempts::PutOff,
    dynamic::{Dynamic, Place, Segment},
    failures::Reason,
    nesting,
    step::ReadyTasks,
};
use crate::sync::{Ordering, lock};

impl Run {
    /// Lets a ready task fail that was not started. Returns how many tasks that settles.
    #[cold]
    pub(crate) fn refuse(&self, task: u32, reason: Reason) -> usize {
        let is_main = self.is_main(task);
        let place = if is_main { Place::main(task) } else { self.dynamic().take(task) };
        self.fail(&place, reason)
    }

    /// Counts a task as done. Returns how many tasks that settles.
    #[inline]
    pub(super) fn done<A>(
        &self,
        place: &Place,
        ready: &mut ReadyTasks<impl Fn() -> Option<A>, impl FnMut(u32)>,
    ) -> usize {
        if self.strict {
            self.part(place).note_end(place.index);
        }
        match &place.segment {
            None => {
                self.main.done(place.index, &ready.alone, &mut ready.add);
                1
            }
            Some(segment) => self.done_in(segment, place.index, ready),
        }
    }

    /// Counts a task of a segment as done; the outer task is ready when it was the last.
    fn done_in<A>(
        &self,
        segment: &Arc<Segment>,
        task: u32,
        ready: &mut ReadyTasks<impl Fn() -> Option<A>, impl FnMut(u32)>,
    ) -> usize {
        segment.note(task, TaskState::Done);
        let ReadyTasks { alone, add } = ready;
        segment.part.done(task, &*alone, |dependent| add(self.token_in(segment, dependent)));
        if !segment.settle(1) {
            return 1;
        }
        self.dynamic().end(segment);
        // SAFETY: the outer task waits.
        match unsafe { segment.reason() } {
            None => {
                if !cfg!(planted = "lost_outer") {
                    add(self.dynamic().token(segment.outer().clone()));
                }
                1
            }
            Some(reason) => 1 + self.fail_up(segment.outer().clone(), reason),
        }
    }

    /// Settles a failed task and, unless the run stops, every task that needs it. Returns how many
    /// tasks that settles.
    #[cold]
    pub(super) fn fail(&self, place: &Place, reason: Reason) -> usize {
        self.has_failures.store(true, Ordering::Release);
        if self.recorded {
            lock(&self.failed).push((Dynamic::id(place), reason.clone()));
        }
        self.note_first(place, &reason);
        self.fail_up(place.clone(), reason)
    }

    /// Settles a failed task, what needs it in its plan and, when that was the rest of a segment, the
    /// task that waits for the segment, and so on.
    fn fail_up(&self, mut place: Place, mut reason: Reason) -> usize {
        if self.policy == Policy::FailFast {
            self.stop();
            if let Some(segment) = &place.segment {
                segment.note(place.index, TaskState::Failed);
            }
            self.part(&place).add_failure(place.index, reason);
            return 1;
        }
        let mut settled = 0;
        loop {
            let count = self.part(&place).fail(place.index, reason);
            settled += count;
            let Some(segment) = &place.segment else { return settled };
            segment.note(place.index, TaskState::Failed);
            if !segment.settle(count) {
                return settled;
            }
            self.dynamic().end(segment);
            // SAFETY: the outer task waits.
            let found = unsafe { segment.reason() };
            let outer = segment.outer().clone();
            (place, reason) = (outer, found.expect("a task of the segment has failed"));
        }
    }

    /// Notes the first failure, as that of the task of the main plan that waits for it.
    fn note_first(&self, place: &Place, reason: &Reason) {
        if self.nesting.is_cancelled() || lock(&self.main.failures).has_first() {
            return;
        }
        let (mut place, mut reason) = (place.clone(), reason.clone());
        while let Some(segment) = &place.segment {
            // SAFETY: the outer task waits.
            reason = unsafe { segment.lift(&reason, place.index) };
            place = segment.outer().clone();
        }
        lock(&self.main.failures).set_first(place.index, reason);
    }
}

impl Run {
    /// Goes on after a task that has just ended here without a result.
    #[cold]
    pub(super) fn not_done(
        &self,
        place: &Place,
        ended: Ended,
        execution: &mut Execution<'_>,
    ) -> Step {
        match ended {
            Ended::PutOff => self.put_off(place, execution),
            Ended::Failed => {
                let failure = execution.failure.take();
                let failure = failure.expect("a task that fails gives its error");
                Step::Settled(self.fail(place, Reason::from_failure(failure)))
            }
            Ended::Done | Ended::Cancelled => {
                self.stop();
                Step::Settled(0)
            }
        }
    }

    /// Keeps what was tried of a task that was just put off. It is to be handed to [`Run::step`] again after
    /// the wait.
    fn put_off(&self, place: &Place, execution: &mut Execution<'_>) -> Step {
        let wait = self.put_off_tasks().add(Dynamic::id(place), execution);
        let task = match place.segment {
            None => place.index,
            Some(_) => self.dynamic().token(place.clone()),
        };
        Step::PutOff(Box::new(NextAttempt { task, wait }))
    }

    /// How long a task waits after an attempt.
    pub(crate) fn wait(&self, place: &Place, backoff: Backoff, attempt: u32) -> Duration {
        self.put_off_tasks().wait(backoff, Dynamic::id(place), attempt)
    }

    /// The number that a running task has in the record, and what names it.
    pub(crate) fn running(&self, place: &Place) -> (u32, Signature) {
        // SAFETY: a running task has not ended in this plan, and the handles exist (`Run::new`).
        let signature = unsafe { self.plan_of(place).signature(place.index) };
        (Dynamic::id(place), signature)
    }

    fn put_off_tasks(&self) -> &PutOff {
        self.put_off.get_or_init(|| Box::new(PutOff::new(self.jitter_seed)))
    }

    /// Says whether a ready task has been tried before in this run.
    pub(crate) fn was_put_off(&self, task: u32) -> bool {
        self.put_off.get().is_some_and(|put_off| put_off.has(self.number(task)))
    }
}

impl AttemptRun for Run {
    fn may_retry(&self) -> bool {
        !self.is_stopped()
    }

    fn resume(&self, task: u64) -> Attempts {
        self.put_off.get().map(|put_off| put_off.remove(task)).unwrap_or_default()
    }

    fn begin(&self, limit: Duration) {
        nesting::begin_attempt(limit);
    }

    fn end(&self) -> Option<Overrun> {
        nesting::end_attempt()
    }
}
