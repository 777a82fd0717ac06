//! The oracle: runs a plan's tasks one after another on the calling thread, in creation order
//! (urgent ones first).
//!
//! It shares with the parallel scheduler what a task is, not how a run is organised: no ready
//! queue, no counts, no stealing. A plan lists a task before its dependencies, so going through it
//! backwards meets every dependency first.

#![expect(unsafe_code, reason = "it starts tasks through a plan's pointers")]

use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use graph_core::{
    __run::{Claimed, Ended, Execution, Plan, Ran},
    Adjacency,
};

use crate::{
    Error,
    blame::{Blame, Reason},
    cancel::{CancelToken, Cancellable},
    lineage::{Frame, FrameGuard, Lineage},
    observe::{instrument::Instrumentation, progress::Progress},
    run::{Policy, Witness},
    schedule::effective_priorities,
    subscription::{self, Subscribed, Subscriber},
    sync::{AtomicBool, Ordering, lock},
};

pub(crate) struct Serial {
    plan: Plan,
    dependents: Adjacency,
    blame: Blame,
    /// How many tasks have neither ended nor been skipped.
    unsettled: usize,
}

impl Serial {
    /// Runs everything.
    ///
    /// # Safety
    /// The handles that `plan` was made from outlive this call and those of the error methods.
    pub(crate) unsafe fn complete(
        plan: Plan,
        policy: Policy,
        watch: Option<&Instrumentation>,
        board: Option<&Progress>,
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
        let mut serial = Serial { plan, dependents, blame: Blame::default(), unsettled };
        let waiter = Arc::new(Waiter::new(Lineage::of_new_run()));
        cancel.iter().for_each(|token| token.watch_over(&waiter));
        let frame = Frame::enter(&waiter.lineage, true, None);
        let mut watched = watch.map(|watch| watch.worker(0));
        let mut desk = board.map(|board| board.worker(0));
        for task in sequence(&serial.plan) {
            if waiter.is_cancelled() {
                break;
            }
            let data = serial.plan.dependencies().neighbours(task);
            let culprit = data
                .iter()
                .chain(awaited.get(&task).into_iter().flatten())
                .find_map(|&other| serial.blame.culprit(other));
            if let Some(culprit) = culprit {
                serial.blame.skip(task, culprit);
                serial.unsettled -= 1;
                continue;
            }
            if let Some(desk) = &mut desk {
                // SAFETY: the task has not ended in this plan.
                desk.begin(unsafe { serial.plan.function(task) });
            }
            // SAFETY: the handles exist, no dependency is without result, and each task comes once.
            let outcome = unsafe {
                match &mut watched {
                    None => run_one(&serial.plan, task, &mut (), &frame, &waiter),
                    Some(watched) => {
                        let signature = serial.plan.signature(task);
                        watched.run().ready(task, || signature.clone());
                        // The user's own function says how many bytes, and may compute a graph.
                        frame.set_task(Some(serial.plan.number(task)));
                        let bytes = reserve(&serial.plan, task);
                        frame.set_task(None);
                        let mut witness = watched.task(task, signature, bytes);
                        run_one(&serial.plan, task, &mut witness, &frame, &waiter)
                    }
                }
            };
            if let Some(desk) = &mut desk {
                desk.settled(1);
            }
            match outcome {
                Outcome::Cancelled => break,
                Outcome::Done => serial.unsettled -= 1,
                Outcome::Failed(reason) => {
                    serial.unsettled -= 1;
                    serial.blame.add(task, reason);
                    if policy == Policy::FailFast {
                        break;
                    }
                }
            }
        }
        if let Some(watched) = &mut watched {
            watched.pause();
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

    /// The first failure, when there was one.
    pub(crate) fn first_error(&self) -> Option<Error> {
        // SAFETY: the handles exist (`Serial::complete`).
        unsafe { self.blame.first_error(&self.plan, &self.dependents) }
    }

    /// Why the output has no result; `None` when it has one.
    pub(crate) fn output_error(&self, output: u32) -> Option<Error> {
        // SAFETY: the handles exist (`Serial::complete`).
        unsafe { self.blame.output_error(&self.plan, &self.dependents, output) }
    }
}

/// The tasks in the order in which they were built, urgent ones first. What an urgent task needs
/// is as urgent and older, so it still comes before it.
fn sequence(plan: &Plan) -> Vec<u32> {
    let mut sequence: Vec<u32> = (0..plan.len() as u32).rev().collect();
    if !plan.priorities().is_empty() {
        let own = plan.priorities().iter().copied();
        let urgency = effective_priorities(plan.dependencies(), plan.order_edges(), own);
        sequence.sort_by_key(|&task| Reverse(urgency[task as usize]));
    }
    sequence
}

/// How many bytes a task that may start declares, if it does.
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
    /// The run was cancelled while another one had the task.
    Cancelled,
}

/// Runs one task, or waits while another run has it.
///
/// # Safety
/// As for [`Plan::claim`].
unsafe fn run_one(
    plan: &Plan,
    task: u32,
    witness: &mut impl Witness,
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
                let mut execution = Execution::new(&may_retry);
                witness.claimed(&mut execution);
                frame.set_task(Some(number));
                // SAFETY: claimed just now.
                let Ran { ended, awaited } = unsafe { plan.run(task, &mut execution) };
                frame.set_task(None);
                witness.ran(ended, &execution);
                if awaited {
                    subscription::publish(number);
                }
                ended
            }
            Claimed::Before(ended) => ended,
            Claimed::Busy => {
                let subscriber = Arc::clone(waiter) as Arc<dyn Subscriber>;
                // SAFETY: the task was busy just now.
                let announce = || unsafe { plan.subscribe(task) };
                match subscription::subscribe(subscriber, task, number, announce) {
                    Subscribed::Waiting => waiter.wait(),
                    Subscribed::Ended => {}
                    Subscribed::WouldDeadlock => {
                        // SAFETY: a busy task is observed by the plan.
                        let (name, built_at) = unsafe { plan.describe(task) };
                        return Outcome::Failed(Reason::WouldDeadlock { task: name, built_at });
                    }
                }
                if waiter.is_cancelled() {
                    return Outcome::Cancelled;
                }
                continue;
            }
        };
        if ended == Ended::Done {
            return Outcome::Done;
        }
        // SAFETY: it has just ended `Failed`, and the handles exist.
        let failure = unsafe { plan.failure(task) }.expect("a failed task keeps its error");
        return Outcome::Failed(Reason::Failure(failure));
    }
}

/// Lets the one thread wait for the task it needs next.
struct Waiter {
    lineage: Arc<Lineage>,
    told: Mutex<bool>,
    changed: Condvar,
    cancelled: AtomicBool,
}

impl Waiter {
    fn new(lineage: Arc<Lineage>) -> Self {
        Waiter {
            lineage,
            told: Mutex::new(false),
            changed: Condvar::new(),
            cancelled: AtomicBool::new(false),
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    fn tell(&self) {
        *lock(&self.told) = true;
        self.changed.notify_all();
    }

    fn wait(&self) {
        let mut told = lock(&self.told);
        while !std::mem::take(&mut *told) {
            told = self.changed.wait(told).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Cancellable for Waiter {
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.tell();
    }
}

impl Subscriber for Waiter {
    fn task_ended(self: Arc<Self>, _: u32) {
        self.tell();
    }

    fn lineage(&self) -> &Lineage {
        &self.lineage
    }
}
