//! The serial scheduler, which parallel runs are compared with: it runs a plan's tasks one after
//! another on the calling thread, in creation order (urgent ones first).
//!
//! It shares with the parallel scheduler what a task is, not how a run is organised: it has no
//! ready queue, no join counters and no stealing. A plan lists a task before its dependencies, so
//! going through it backwards meets every dependency first.

#![expect(unsafe_code, reason = "it starts tasks through a plan's pointers")]

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use graph_core::{
    __run::{Claimed, Ended, Execution, Plan, Ran},
    Adjacency,
};

use crate::{
    error::Error,
    observe::{instrument::Instrumentation, progress::Progress},
    run::{
        Policy,
        cancel::CancelToken,
        failures::{Failures, Reason},
        hooks::TaskHooks,
        nesting::{Frame, FrameGuard, Nesting},
        schedule::effective_priorities,
        subscription,
        waiter::{Waited, Waiter},
    },
};

/// A run on the calling thread.
pub(crate) struct SerialRun {
    plan: Plan,
    /// Task → its dependents.
    dependents: Adjacency,
    failures: Failures,
    /// How many tasks have neither ended nor been skipped.
    unsettled: usize,
}

impl SerialRun {
    /// Runs everything.
    ///
    /// # Safety
    /// The handles that `plan` was made from outlive this call and those of the error methods.
    pub(crate) unsafe fn complete(
        plan: Plan,
        policy: Policy,
        instrument: Option<&Instrumentation>,
        progress: Option<&Progress>,
        cancel: &[CancelToken],
    ) -> Self {
        let mut awaited: HashMap<u32, Vec<u32>> = HashMap::new();
        for &(other, task) in plan.order_edges() {
            awaited.entry(task).or_default().push(other);
        }
        let edges = plan.dependencies().edges().map(|(task, dependency)| (dependency, task));
        let edges = edges.chain(plan.order_edges().iter().copied());
        let dependents = Adjacency::from_edges(plan.len(), edges);
        let unsettled = plan.len();
        let mut serial = SerialRun { plan, dependents, failures: Failures::default(), unsettled };
        let flags = cancel.iter().map(|token| Arc::clone(token.flag())).collect();
        let waiter = Waiter::new(Nesting::new(flags));
        let _registered: Vec<_> = cancel.iter().map(|token| token.register(&waiter)).collect();
        let frame = Frame::enter(waiter.nesting(), true, None);
        let mut instrument = instrument.map(|instrument| instrument.worker(0));
        let mut progress = progress.map(|progress| progress.worker(0));
        for task in sequence(&serial.plan) {
            if waiter.is_cancelled() {
                break;
            }
            let data = serial.plan.dependencies().neighbours(task);
            let culprit = data
                .iter()
                .chain(awaited.get(&task).into_iter().flatten())
                .find_map(|&other| serial.failures.culprit(other));
            if let Some(culprit) = culprit {
                serial.failures.skip(task, culprit);
                serial.unsettled -= 1;
                continue;
            }
            if let Some(progress) = &mut progress {
                // SAFETY: the task has not ended in this plan.
                progress.begin(unsafe { serial.plan.function(task) });
            }
            // SAFETY: the handles exist, no dependency is without result, and each task comes once.
            let outcome = unsafe {
                match &mut instrument {
                    None => run_one(&serial.plan, task, &mut (), &frame, &waiter),
                    Some(instrument) => {
                        let signature = serial.plan.signature(task);
                        instrument.run().ready(task, || signature.clone());
                        // The function that declares bytes is the user's, and may compute a graph.
                        frame.set_task(Some(serial.plan.number(task)));
                        let bytes = reserve(&serial.plan, task);
                        frame.set_task(None);
                        let mut hooks = instrument.task(task, signature, bytes);
                        run_one(&serial.plan, task, &mut hooks, &frame, &waiter)
                    }
                }
            };
            if let Some(progress) = &mut progress {
                progress.settled(1);
            }
            match outcome {
                Outcome::Cancelled => break,
                Outcome::Done => serial.unsettled -= 1,
                Outcome::Failed(reason) => {
                    serial.unsettled -= 1;
                    serial.failures.add(task, reason, waiter.nesting().is_cancelled());
                    if policy == Policy::FailFast {
                        break;
                    }
                }
            }
        }
        if let Some(instrument) = &mut instrument {
            instrument.pause();
        }
        serial
    }

    /// How many tasks have no outcome, and will have none.
    pub(crate) fn unsettled(&self) -> usize {
        self.unsettled
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn failures(&self) -> &Failures {
        &self.failures
    }

    /// The first failure; `None` when no task has failed.
    pub(crate) fn first_error(&self) -> Option<Error> {
        // SAFETY: the handles exist (`SerialRun::complete`).
        unsafe { self.failures.first_error(&self.plan, &self.dependents) }
    }

    /// Why the output has no result; `None` when it has one, or when the run was cancelled before.
    pub(crate) fn output_error(&self, output: u32) -> Option<Error> {
        // SAFETY: the handles exist (`SerialRun::complete`).
        unsafe { self.failures.output_error(&self.plan, &self.dependents, output) }
    }
}

/// The tasks in the order in which they were built, urgent ones first. A dependency of an urgent
/// task is as urgent and was built earlier, so it still comes first.
fn sequence(plan: &Plan) -> Vec<u32> {
    let mut sequence: Vec<u32> = (0..plan.len() as u32).rev().collect();
    if !plan.priorities().is_empty() {
        let own = plan.priorities().iter().copied();
        let urgency = effective_priorities(plan.dependencies(), plan.order_edges(), own);
        sequence.sort_by_key(|&task| Reverse(urgency[task as usize]));
    }
    sequence
}

/// How many bytes a task that may start declares; `None` when it declares none.
///
/// # Safety
/// As for [`Plan::reserve`].
unsafe fn reserve(plan: &Plan, task: u32) -> Option<u64> {
    // SAFETY: promised by the caller, and the task has not ended in this plan.
    let (reserved, number) = unsafe { (plan.reserve(task), plan.number(task)) };
    let (bytes, awaited) = reserved.bytes();
    if awaited {
        subscription::publish(number);
    }
    bytes
}

/// What became of one task.
enum Outcome {
    Done,
    Failed(Reason),
    /// The run was cancelled while another run had the task, or told the task so.
    Cancelled,
}

/// Runs one task, or waits until it has ended in another run.
///
/// # Safety
/// As for [`Plan::claim`].
unsafe fn run_one(
    plan: &Plan,
    task: u32,
    hooks: &mut impl TaskHooks,
    frame: &FrameGuard,
    waiter: &Arc<Waiter>,
) -> Outcome {
    // SAFETY: the task has not ended in this plan.
    let number = unsafe { plan.number(task) };
    loop {
        // SAFETY: promised by the caller.
        let ended = match unsafe { plan.claim(task) } {
            Claimed::Now => {
                let may_retry = || !waiter.is_cancelled();
                let told = frame.frame();
                let execution = Execution::new(&may_retry);
                let mut execution = execution.with_told_cancelled(told.told_cancelled());
                frame.set_task(Some(number));
                hooks.claimed(&mut execution);
                // SAFETY: claimed just now.
                let Ran { ended, awaited } = unsafe { plan.run(task, &mut execution) };
                // Other runs hear of the end before observers do: an observer may compute what waits
                // for this task.
                if awaited {
                    subscription::publish(number);
                }
                hooks.ran(ended, &execution);
                frame.set_task(None);
                ended
            }
            Claimed::Before(ended) => ended,
            Claimed::Busy => {
                // SAFETY: the task was busy just now.
                let announce = || unsafe { plan.subscribe(task) };
                if waiter.wait_for(number, announce) == Waited::WouldDeadlock {
                    // SAFETY: a busy task is observed by the plan.
                    let (name, built_at) = unsafe { plan.describe(task) };
                    return Outcome::Failed(Reason::WouldDeadlock { task: name, built_at });
                }
                if waiter.is_cancelled() {
                    return Outcome::Cancelled;
                }
                continue;
            }
        };
        match ended {
            Ended::Done => return Outcome::Done,
            Ended::Cancelled => return Outcome::Cancelled,
            Ended::Failed => {}
        }
        // SAFETY: it has just ended `Failed`, and the handles exist.
        let failure = unsafe { plan.failure(task) }.expect("a failed task keeps its error");
        return Outcome::Failed(Reason::Failure(failure));
    }
}
