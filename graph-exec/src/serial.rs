//! The oracle: runs a plan's tasks one after another on the calling thread, in creation order.
//!
//! It shares with the parallel scheduler what a task is, not how a run is organised: no ready
//! queue, no counts, no stealing. A plan lists a task before its dependencies, so going through it
//! backwards meets every dependency first.

#![expect(unsafe_code, reason = "it starts tasks through a plan's pointers")]

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Instant,
};

use graph_core::{
    __run::{Ended, Execution, Plan, Started},
    Adjacency,
};

use crate::{
    Error,
    blame::{Blame, Reason},
    lineage::{Frame, FrameGuard, Lineage},
    record::Span,
    run::Policy,
    subscription::{self, Subscribed, Subscriber},
    sync::lock,
};

pub(crate) struct Serial {
    plan: Plan,
    dependents: Adjacency,
    blame: Blame,
    spans: Vec<Span>,
}

impl Serial {
    /// Runs everything.
    ///
    /// # Safety
    /// The handles that `plan` was made from outlive this call and those of the error methods.
    pub(crate) unsafe fn complete(plan: Plan, policy: Policy, recorded: bool) -> Self {
        let mut awaited: HashMap<u32, Vec<u32>> = HashMap::new();
        for &(other, task) in plan.order_edges() {
            awaited.entry(task).or_default().push(other);
        }
        let edges = plan.dependencies().edges().map(|(task, dependency)| (dependency, task));
        let edges = edges.chain(plan.order_edges().iter().copied());
        let dependents = Adjacency::from_edges(plan.len(), edges);
        let mut serial = Serial { plan, dependents, blame: Blame::default(), spans: Vec::new() };
        let waiter = Arc::new(Waiter::new(Lineage::of_new_run()));
        let frame = Frame::enter(&waiter.lineage, true);
        for task in (0..serial.plan.len() as u32).rev() {
            let data = serial.plan.dependencies().neighbours(task);
            let culprit = data
                .iter()
                .chain(awaited.get(&task).into_iter().flatten())
                .find_map(|&other| serial.blame.culprit(other));
            if let Some(culprit) = culprit {
                serial.blame.skip(task, culprit);
                continue;
            }
            let start = recorded.then(Instant::now);
            // SAFETY: the handles exist, no dependency is without result, and each task comes once.
            let reason = unsafe { run_one(&serial.plan, task, &frame, &waiter) };
            if let Some(start) = start {
                serial.spans.push(Span { task, worker: 0, start, end: Instant::now() });
            }
            if let Some(reason) = reason {
                serial.blame.add(task, reason);
                if policy == Policy::FailFast {
                    break;
                }
            }
        }
        serial
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn take_spans(&mut self) -> Vec<Span> {
        std::mem::take(&mut self.spans)
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

/// Runs one task, or waits while another run has it. Returns why it failed.
///
/// # Safety
/// As for [`Plan::start`].
unsafe fn run_one(
    plan: &Plan,
    task: u32,
    frame: &FrameGuard,
    waiter: &Arc<Waiter>,
) -> Option<Reason> {
    // SAFETY: the task has not ended in this plan.
    let number = unsafe { plan.number(task) };
    loop {
        frame.set_task(Some(number));
        // SAFETY: promised by the caller.
        let started = unsafe { plan.start(task, &mut Execution::new(&|| true)) };
        frame.set_task(None);
        let ended = match started {
            Started::Ran { ended, awaited } => {
                if awaited {
                    subscription::publish(number);
                }
                ended
            }
            Started::Before(ended) => ended,
            Started::Busy => {
                let subscriber = Arc::clone(waiter) as Arc<dyn Subscriber>;
                // SAFETY: the task was busy just now.
                let announce = || unsafe { plan.subscribe(task) };
                match subscription::subscribe(subscriber, task, number, announce) {
                    Subscribed::Waiting => waiter.wait(),
                    Subscribed::Ended => {}
                    Subscribed::WouldDeadlock => {
                        // SAFETY: a busy task is observed by the plan.
                        let (name, built_at) = unsafe { plan.describe(task) };
                        return Some(Reason::WouldDeadlock { task: name, built_at });
                    }
                }
                continue;
            }
        };
        return match ended {
            Ended::Done => None,
            // SAFETY: it has just ended `Failed`, and the handles exist.
            Ended::Failed => unsafe { plan.failure(task) }.map(Reason::Failure),
        };
    }
}

/// Lets the one thread wait for the task it needs next.
struct Waiter {
    lineage: Arc<Lineage>,
    told: Mutex<bool>,
    changed: Condvar,
}

impl Waiter {
    fn new(lineage: Arc<Lineage>) -> Self {
        Waiter { lineage, told: Mutex::new(false), changed: Condvar::new() }
    }

    fn wait(&self) {
        let mut told = lock(&self.told);
        while !std::mem::take(&mut *told) {
            told = self.changed.wait(told).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Subscriber for Waiter {
    fn task_ended(self: Arc<Self>, _: u32) {
        *lock(&self.told) = true;
        self.changed.notify_all();
    }

    fn lineage(&self) -> &Lineage {
        &self.lineage
    }
}
