//! One run of one plan: every transition of its tasks. It knows no threads and no queue.
//!
//! ```text
//!  waiting ──last dependency done──► ready ──start──► running ──► done
//!     │                                │                 └──────► failed ──► dependents skipped
//!     └──────── a dependency failed, or the run stopped ──► cancelled
//! ```
//!
//! "Waiting" is a count above zero in `awaited`; "ready" is being handed to the caller of
//! [`Run::step`]; the rest is the task's own phase, because it outlives the run.

#![expect(unsafe_code, reason = "it starts tasks through a plan's pointers")]

pub(crate) mod cancel;
pub(crate) mod failures;
mod join_counter;
pub(crate) mod nesting;
pub(crate) mod schedule;
pub(crate) mod subscription;
pub(crate) mod waiter;

use std::sync::{Arc, Mutex};

use graph_core::{
    __run::{Claimed, Ended, Execution, Plan, Ran, Signature},
    Adjacency, Function,
};

use self::{
    failures::{Blame, Reason},
    join_counter::Countdown,
    nesting::Lineage,
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
    /// Nothing new starts.
    FailFast,
    /// Everything that does not need the failed task goes on.
    KeepGoing,
}

/// Is told when a step's task starts and ends; `()` is not interested.
pub(crate) trait Witness {
    /// The task is about to run here.
    fn claimed(&mut self, execution: &mut Execution<'_>);
    /// It has ended; its dependents do not know yet.
    fn ran(&mut self, ended: Ended, execution: &Execution<'_>);
}

/// Both are told, the first one first.
impl<A: Witness, B: Witness> Witness for (A, B) {
    fn claimed(&mut self, execution: &mut Execution<'_>) {
        self.0.claimed(execution);
        self.1.claimed(execution);
    }
    fn ran(&mut self, ended: Ended, execution: &Execution<'_>) {
        self.0.ran(ended, execution);
        self.1.ran(ended, execution);
    }
}

impl<W: Witness> Witness for Option<W> {
    fn claimed(&mut self, execution: &mut Execution<'_>) {
        self.iter_mut().for_each(|witness| witness.claimed(execution));
    }
    fn ran(&mut self, ended: Ended, execution: &Execution<'_>) {
        self.iter_mut().for_each(|witness| witness.ran(ended, execution));
    }
}

impl Witness for () {
    #[inline]
    fn claimed(&mut self, _: &mut Execution<'_>) {}
    #[inline]
    fn ran(&mut self, _: Ended, _: &Execution<'_>) {}
}

pub(crate) struct Run {
    plan: Plan,
    dependents: Adjacency,
    /// How many dependencies of each task have not ended.
    awaited: Vec<Countdown>,
    policy: Policy,
    lineage: Arc<Lineage>,
    stopped: AtomicBool,
    blame: Mutex<Blame>,
}

/// What became of a task.
pub(crate) enum Step {
    /// It has ended, and with it so many tasks are settled: itself and those skipped for it.
    Settled(usize),
    /// Another run has it; the subscriber will be told when to look again.
    PutAside,
}

/// What a step needs from the worker that takes it.
pub(crate) struct Callbacks<S, R> {
    /// Gives whom to tell of the end of a task that another run has started.
    pub(crate) subscriber: S,
    /// Is handed each task that the step made ready.
    pub(crate) ready: R,
}

/// Which task is whose turn.
pub(crate) struct Turns {
    /// The tasks that await nothing, the first to start first.
    pub(crate) sources: Vec<u32>,
    /// Task → its place in a strict order, when the run has one.
    pub(crate) ranks: Option<Vec<u32>>,
}

impl Run {
    /// `strict` asks for an order that the workers keep to, whoever made a task ready.
    ///
    /// # Safety
    /// The handles that `plan` was made from outlive the last call of [`step`](Run::step) and of
    /// the methods that make errors.
    pub(crate) unsafe fn new(plan: Plan, policy: Policy, strict: bool) -> (Self, Turns) {
        let Schedule { dependents, awaited, sources, ranks } = Schedule::of(&plan, strict);
        let run = Run {
            plan,
            dependents,
            awaited,
            policy,
            lineage: Lineage::of_new_run(),
            stopped: AtomicBool::new(false),
            blame: Mutex::default(),
        };
        (run, Turns { sources, ranks })
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn lineage(&self) -> &Arc<Lineage> {
        &self.lineage
    }

    /// Says whether nothing new may start.
    #[inline]
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Lets nothing new start.
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

    /// Who a ready task is.
    pub(crate) fn signature(&self, task: u32) -> Signature {
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan.signature(task) }
    }

    /// How many bytes a ready task declares, if it does.
    pub(crate) fn reserve(&self, task: u32) -> Option<u64> {
        // SAFETY: a ready task's dependencies have ended `Done`, and the handles exist (`Run::new`).
        let (bytes, awaited) = unsafe { self.plan.reserve(task) }.bytes();
        if awaited {
            subscription::publish(self.number(task));
        }
        bytes
    }

    /// Runs a ready task and hands what it made ready to `ready`.
    ///
    /// The caller hands each task in once, when it was a source or was handed to `ready`, or when
    /// the subscriber was told to look at it again.
    #[inline]
    pub(crate) fn step(
        &self,
        task: u32,
        execution: &mut Execution<'_>,
        witness: &mut impl Witness,
        callbacks: Callbacks<impl Fn() -> Arc<dyn Subscriber>, impl FnMut(u32)>,
    ) -> Step {
        let Callbacks { subscriber, mut ready } = callbacks;
        loop {
            // SAFETY: the handles exist (`Run::new`); `ready` is called once a task, when the last
            // of its dependencies is done; the caller keeps the contract above; and `run` follows.
            match unsafe { self.plan.claim(task) } {
                Claimed::Now => {
                    witness.claimed(execution);
                    // SAFETY: claimed just now.
                    let Ran { ended, awaited } = unsafe { self.plan.run(task, execution) };
                    witness.ran(ended, execution);
                    if awaited {
                        subscription::publish(self.number(task));
                    }
                    return Step::Settled(self.end(task, ended, &mut ready));
                }
                Claimed::Before(ended) => return Step::Settled(self.end(task, ended, &mut ready)),
                Claimed::Busy => match self.put_aside(task, subscriber()) {
                    Subscribed::Waiting => return Step::PutAside,
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

    fn put_aside(&self, task: u32, subscriber: Arc<dyn Subscriber>) -> Subscribed {
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
                    if self.awaited[dependent as usize].count_one() {
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
        }
    }

    /// Settles a failed task and whatever needs it. Returns how many tasks that settles.
    #[cold]
    fn fail(&self, task: u32, reason: Reason) -> usize {
        let mut blame = lock(&self.blame);
        blame.add(task, reason);
        if self.policy == Policy::FailFast {
            self.stop();
            return 1;
        }
        let mut settled = 1;
        let mut without_result = vec![task];
        while let Some(next) = without_result.pop() {
            for &dependent in self.dependents.neighbours(next) {
                if blame.skip(dependent, task) {
                    settled += 1;
                    without_result.push(dependent);
                }
            }
        }
        settled
    }

    /// The first failure, when there was one.
    pub(crate) fn first_error(&self) -> Option<Error> {
        // SAFETY: the handles exist (`Run::new`).
        unsafe { lock(&self.blame).first_error(&self.plan, &self.dependents) }
    }

    /// Why the output has no result; `None` when it has one, or none because of a cancellation.
    pub(crate) fn output_error(&self, output: u32) -> Option<Error> {
        // SAFETY: the handles exist (`Run::new`).
        unsafe { lock(&self.blame).output_error(&self.plan, &self.dependents, output) }
    }
}
