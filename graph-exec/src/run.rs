//! One run of one plan: every transition of its tasks. It knows neither threads nor queues.
//!
//! ```text
//!  waiting ──last dependency done──► ready ──start──► running ──► done
//!     │                                │                 └──────► failed ──► dependents skipped
//!     └──────── a dependency failed, or the run stopped ──► cancelled
//! ```
//!
//! A task is waiting while its counter in `awaited` is above zero, and ready once it was handed to
//! the caller of [`Run::step`]. Every other state is the phase of the task itself, because it
//! outlives the run.

#![expect(unsafe_code, reason = "it starts tasks through a plan's pointers")]

pub(crate) mod cancel;
pub(crate) mod cancel_flag;
pub(crate) mod failures;
pub(crate) mod hooks;
mod join_counter;
pub(crate) mod nesting;
pub(crate) mod schedule;
pub(crate) mod stack;
pub(crate) mod subscription;
pub(crate) mod waiter;

use std::sync::{Arc, Mutex};

use graph_core::{
    __run::{Claimed, Ended, Execution, Plan, Ran, Signature},
    Adjacency, Function,
};

use self::{
    cancel::CancelToken,
    failures::{Failures, Reason},
    hooks::TaskHooks,
    join_counter::JoinCounter,
    nesting::Nesting,
    schedule::Schedule,
    subscription::{Subscribed, Subscriber},
};
use crate::{
    error::Error,
    sync::{AtomicBool, Ordering, lock},
};

/// What a failure means for the rest of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// No further task starts.
    FailFast,
    /// Every task that does not need the failed one still runs.
    KeepGoing,
}

/// A plan while it is run.
pub(crate) struct Run {
    plan: Plan,
    /// Task → its dependents; the one to start first comes last.
    dependents: Adjacency,
    /// Task → how many of its dependencies have not ended.
    awaited: Vec<JoinCounter>,
    policy: Policy,
    nesting: Arc<Nesting>,
    /// Nothing new may start.
    stopped: AtomicBool,
    failures: Mutex<Failures>,
    /// Whether there are any.
    has_failures: AtomicBool,
}

/// What became of a task.
pub(crate) enum Step {
    /// It has ended; the number of tasks settled by that: itself, and those skipped because of it. None
    /// when it was told that the run is cancelled.
    Settled(usize),
    /// Another run has started it; the subscriber is told when it has ended.
    Suspended,
}

/// In which order tasks start.
pub(crate) struct StartOrder {
    /// The tasks that wait for nothing, the first to start first.
    pub(crate) sources: Vec<u32>,
    /// Task → its position in the order that workers must keep to; `None` when they need not.
    pub(crate) ranks: Option<Vec<u32>>,
    /// Task → its priority; empty when all have 0.
    pub(crate) priorities: Vec<i32>,
}

impl Run {
    /// Prepares the run of a plan. With `strict`, workers start tasks in one order, whoever made
    /// them ready; a plan with priorities has such an order in any case. Each of `cancel` cancels the
    /// run. `is_short` says of which kinds of tasks it is known that they take microseconds at most.
    ///
    /// # Safety
    /// The handles that `plan` was made from outlive the last call of [`step`](Run::step) and of
    /// the methods that make errors.
    pub(crate) unsafe fn new(
        plan: Plan,
        policy: Policy,
        strict: bool,
        cancel: &[CancelToken],
        is_short: impl Fn(usize) -> bool,
    ) -> (Self, StartOrder) {
        // SAFETY: no task of the plan has been started, and the handles exist.
        let is_short = |task| is_short(unsafe { plan.kind(task) });
        let Schedule { dependents, awaited, sources, ranks, priorities } =
            Schedule::new(&plan, strict, is_short);
        let run = Run {
            plan,
            dependents,
            awaited,
            policy,
            nesting: Nesting::new(cancel.iter().map(|token| Arc::clone(token.flag())).collect()),
            stopped: AtomicBool::new(false),
            failures: Mutex::default(),
            has_failures: AtomicBool::new(false),
        };
        (run, StartOrder { sources, ranks, priorities })
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn nesting(&self) -> &Arc<Nesting> {
        &self.nesting
    }

    /// Says whether no further task may start.
    #[inline]
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Lets no further task start.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// The creation number of a task that is ready.
    #[inline]
    pub(crate) fn number(&self, task: u32) -> u64 {
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan.number(task) }
    }

    /// The function of a ready task.
    pub(crate) fn function(&self, task: u32) -> fn() -> Function {
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan.function(task) }
    }

    /// What tells tasks of different functions apart, of a ready task.
    #[inline]
    pub(crate) fn kind(&self, task: u32) -> usize {
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan.kind(task) }
    }

    /// Function, label and place of creation of a ready task.
    pub(crate) fn signature(&self, task: u32) -> Signature {
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan.signature(task) }
    }

    /// How many bytes a ready task declares; `None` when it declares none.
    pub(crate) fn reserve(&self, task: u32) -> Option<u64> {
        // SAFETY: the dependencies of a ready task have ended `Done`, and the handles exist
        // (`Run::new`).
        let (bytes, awaited) = unsafe { self.plan.reserve(task) }.bytes();
        if awaited {
            subscription::publish(self.number(task));
        }
        bytes
    }

    /// Runs a ready task.
    ///
    /// `subscriber` returns whom to tell when a task that another run has started ends; `ready` is
    /// called with each task that the step made ready. They are parameters of their own because a
    /// type around them costs instructions for each observed task.
    ///
    /// The caller passes each task once: a source, or a task that `ready` was called with; and
    /// again when the subscriber was told that a suspended task has ended.
    #[inline]
    pub(crate) fn step(
        &self,
        task: u32,
        execution: &mut Execution<'_>,
        hooks: &mut impl TaskHooks,
        subscriber: impl Fn() -> Arc<dyn Subscriber>,
        mut ready: impl FnMut(u32),
    ) -> Step {
        loop {
            // SAFETY: the handles exist (`Run::new`); `ready` is called once for each task, when
            // the last of its dependencies is done; the caller keeps the contract above; and `run`
            // follows.
            match unsafe { self.plan.claim(task) } {
                Claimed::Now => {
                    hooks.claimed(execution);
                    // SAFETY: claimed just now.
                    let Ran { ended, awaited } = unsafe { self.plan.run(task, execution) };
                    // Other runs hear of the end before observers do: an observer may compute what
                    // waits for this task.
                    if awaited {
                        subscription::publish(self.number(task));
                    }
                    hooks.ran(ended, execution);
                    return Step::Settled(self.end(task, ended, &mut ready));
                }
                Claimed::Before(ended) => return Step::Settled(self.end(task, ended, &mut ready)),
                Claimed::Busy => match self.suspend(task, subscriber()) {
                    Subscribed::Waiting => return Step::Suspended,
                    Subscribed::Ended => {}
                    Subscribed::WouldDeadlock => {
                        // SAFETY: a busy task is observed by the plan.
                        let (name, built_at) = unsafe { self.plan.describe(task) };
                        let reason = Reason::WouldDeadlock { task: name, built_at };
                        return Step::Settled(self.fail(task, reason));
                    }
                },
            }
        }
    }

    fn suspend(&self, task: u32, subscriber: Arc<dyn Subscriber>) -> Subscribed {
        subscription::subscribe(subscriber, task, self.number(task), || {
            // SAFETY: called for tasks that were busy just now.
            unsafe { self.plan.subscribe(task) }
        })
    }

    #[inline]
    fn end(&self, task: u32, ended: Ended, ready: &mut impl FnMut(u32)) -> usize {
        match ended {
            Ended::Done => {
                for &dependent in self.dependents.neighbours(task) {
                    if self.awaited[dependent as usize].decrement() {
                        ready(dependent);
                    }
                }
                1
            }
            Ended::Failed => {
                // SAFETY: the handles exist (`Run::new`), and the task has just ended `Failed`.
                let failure = unsafe { self.plan.failure(task) };
                let failure = failure.expect("a failed task keeps its error");
                self.fail(task, Reason::Failure(failure))
            }
            Ended::Cancelled => {
                self.stop();
                0
            }
        }
    }

    /// Settles a failed task and, unless the run stops, every task that needs it. Returns how many
    /// tasks that settles.
    #[cold]
    fn fail(&self, task: u32, reason: Reason) -> usize {
        let mut failures = lock(&self.failures);
        self.has_failures.store(true, Ordering::Release);
        failures.add(task, reason, self.nesting.is_cancelled());
        if self.policy == Policy::FailFast {
            self.stop();
            return 1;
        }
        let mut settled = 1;
        let mut without_result = vec![task];
        while let Some(next) = without_result.pop() {
            for &dependent in self.dependents.neighbours(next) {
                if failures.skip(dependent, task) {
                    settled += 1;
                    without_result.push(dependent);
                }
            }
        }
        settled
    }

    /// Takes the failures out at the end of the run. Their errors are the user's, and must not go with
    /// the thread that happens to be the last to have the run.
    pub(crate) fn take_failures(&self) -> Failures {
        if !self.has_failures.load(Ordering::Acquire) {
            return Failures::default();
        }
        std::mem::take(&mut lock(&self.failures))
    }

    /// The first failure, when there was one.
    pub(crate) fn first_error(&self, failures: &Failures) -> Option<Error> {
        // SAFETY: the handles exist (`Run::new`).
        unsafe { failures.first_error(&self.plan, &self.dependents) }
    }

    /// Why the output has no result; `None` when it has one, or when the run was cancelled before.
    pub(crate) fn output_error(&self, failures: &Failures, output: u32) -> Option<Error> {
        // SAFETY: the handles exist (`Run::new`).
        unsafe { failures.output_error(&self.plan, &self.dependents, output) }
    }
}
