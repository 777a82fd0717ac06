//! Running a ready task: it is claimed, called, and ends, or waits for another run, for tasks or for a future.

#![expect(unsafe_code, reason = "it starts tasks through a plan's pointers")]

pub(crate) mod hooks;

use std::sync::Arc;

use graph_core::__run::{Claimed, Ended, Execution, Plan, Ran};

use self::hooks::{Awaited, TaskHooks};
use super::{
    Run, Step,
    dynamic::Place,
    failures::Reason,
    subscription::{self, Subscribed, Subscriber},
};
use crate::limits::resources::{error::ResourceError, requests::Requests};

/// What is told of the tasks that a step makes ready.
pub(crate) struct ReadyTasks<A, R> {
    /// As long as what this returns lives, no other thread works for the run; `None` when others may.
    pub(crate) alone: A,
    /// Called with each task.
    pub(crate) add: R,
}

impl<R: FnMut(u32)> ReadyTasks<(), R> {
    /// In a run that other threads may work for.
    #[inline]
    pub(crate) fn shared(add: R) -> ReadyTasks<impl Fn() -> Option<()>, R> {
        ReadyTasks { alone: || None, add }
    }

    /// In a run that no other thread ever works for.
    #[inline]
    pub(crate) fn alone(add: R) -> ReadyTasks<impl Fn() -> Option<()>, R> {
        ReadyTasks { alone: || Some(()), add }
    }
}

impl Run {
    /// Runs a ready task.
    ///
    /// `subscriber` returns whom to tell when a task that another run has started ends; `grow` is called
    /// with the plan of what the task has made, before any of it is ready, and says what that needs; and `ready` is
    /// told of each task that the step made ready. They are parameters of their own because a
    /// type around them costs instructions for each observed task.
    ///
    /// The caller passes each task once: a source, or a task that `ready` was called with; and
    /// again when the subscriber was told that a suspended task has ended, by the index that it was told,
    /// or when a task that was put off has waited.
    #[inline]
    pub(crate) fn step<A>(
        &self,
        task: u32,
        execution: &mut Execution<'_>,
        hooks: &mut impl TaskHooks,
        subscriber: impl Fn() -> Arc<dyn Subscriber>,
        grow: impl Fn(&Plan) -> Result<Requests, ResourceError>,
        mut ready: ReadyTasks<impl Fn() -> Option<A>, impl FnMut(u32)>,
    ) -> Step {
        if self.is_main(task) {
            self.step_at(Place::main(task), execution, hooks, subscriber, grow, &mut ready)
        } else {
            self.step_in_segment(task, execution, hooks, subscriber, grow, &mut ready)
        }
    }

    #[inline(never)]
    fn step_in_segment<A>(
        &self,
        token: u32,
        execution: &mut Execution<'_>,
        hooks: &mut impl TaskHooks,
        subscriber: impl Fn() -> Arc<dyn Subscriber>,
        grow: impl Fn(&Plan) -> Result<Requests, ResourceError>,
        ready: &mut ReadyTasks<impl Fn() -> Option<A>, impl FnMut(u32)>,
    ) -> Step {
        let place = self.dynamic().take(token);
        self.step_at(place, execution, hooks, subscriber, grow, ready)
    }

    #[inline(always)]
    fn step_at<A>(
        &self,
        place: Place,
        execution: &mut Execution<'_>,
        hooks: &mut impl TaskHooks,
        subscriber: impl Fn() -> Arc<dyn Subscriber>,
        grow: impl Fn(&Plan) -> Result<Requests, ResourceError>,
        ready: &mut ReadyTasks<impl Fn() -> Option<A>, impl FnMut(u32)>,
    ) -> Step {
        let (plan, index) = (self.plan_of(&place), place.index);
        loop {
            // SAFETY: the handles exist (`Run::new`); `ready` is called once for each task, when
            // the last of its dependencies is done, and again when the tasks that it has made are; the
            // caller keeps the contract above; and `run` follows.
            match unsafe { plan.claim(index) } {
                Claimed::Now => {
                    hooks.claimed(execution);
                    // SAFETY: claimed just now, and `unfold` follows when it has to.
                    let Some(Ran { ended, awaited }) = (unsafe { plan.run(index, execution) })
                    else {
                        // SAFETY: the task is claimed, so it exists.
                        if unsafe { plan.has_future(index) } {
                            hooks.paused(Awaited::Future);
                            return self.park(&place, subscriber(), &mut ready.add);
                        }
                        hooks.paused(Awaited::Tasks);
                        return Step::Settled(self.unfold(&place, grow, &mut ready.add));
                    };
                    // Other runs hear of the end before observers do: an observer may compute what
                    // waits for this task.
                    if awaited {
                        // SAFETY: another run has met the task, so the plan observes it.
                        subscription::publish(unsafe { plan.number(index) });
                    }
                    hooks.ran(ended, execution);
                    return match ended {
                        Ended::Done => Step::Settled(self.done(&place, ready)),
                        other => self.not_done(&place, other, execution),
                    };
                }
                Claimed::Before(Ended::Failed) => {
                    // SAFETY: the handles exist (`Run::new`), and the task has ended `Failed`. When it was
                    // reset since then, it may be claimed again.
                    if let Some(failure) = unsafe { plan.failure(index) } {
                        return Step::Settled(self.fail(&place, Reason::from_failure(failure)));
                    }
                }
                Claimed::Before(_) => return Step::Settled(self.done(&place, ready)),
                Claimed::Busy => match self.suspend(&place, subscriber()) {
                    Subscribed::Waiting => return Step::Suspended,
                    Subscribed::Ended => {}
                    Subscribed::WouldDeadlock => {
                        // SAFETY: a busy task is observed by the plan.
                        let (name, built_at) = unsafe { plan.describe(index) };
                        let reason = Reason::WouldDeadlock { task: name, built_at, wants: None };
                        return Step::Settled(self.fail(&place, reason));
                    }
                },
            }
        }
    }

    fn suspend(&self, place: &Place, subscriber: Arc<dyn Subscriber>) -> Subscribed {
        let plan = self.plan_of(place);
        // SAFETY: called for tasks that were busy just now.
        let number = unsafe { plan.number(place.index) };
        let task = self.token_of(place);
        let subscribed = subscription::subscribe(subscriber, task, number, || {
            // SAFETY: as above.
            unsafe { plan.subscribe(place.index) }
        });
        if !matches!(subscribed, Subscribed::Waiting) && !self.is_main(task) {
            self.dynamic().take(task);
        }
        subscribed
    }
}
