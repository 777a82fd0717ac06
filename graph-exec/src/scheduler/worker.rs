//! A worker: one thread while it works for one run.
//!
//! In a run that nobody observes and that has no memory limit, nothing here reads a clock, tells an
//! observer or counts bytes.

use std::sync::Arc;

use graph_core::__run::Execution;

use super::{
    admission::{Admission, ReservedTask},
    parallel::ParallelRun,
    pool::Job,
    queue::LocalQueue,
    stall::Heartbeat,
};
use crate::{
    memory::reservations::TaskReservation,
    observe::{
        instrument::{Instrumentation, WorkerInstrumentation},
        progress::WorkerProgress,
    },
    run::{
        Step,
        nesting::{Frame, FrameGuard, Nesting},
        subscription::Subscriber,
    },
    sync::Ordering,
};

/// How often an idle worker looks again before it leaves.
const LOOKS_BEFORE_LEAVING: u32 = 64;

impl Job for ParallelRun {
    fn execute(self: Arc<Self>) {
        work(&self);
        self.leave();
    }

    fn nesting(&self) -> &Nesting {
        self.run.nesting()
    }
}

/// Works for a run until no task is ready. The calling thread is among the run's workers.
pub(super) fn work(parallel: &Arc<ParallelRun>) {
    let Some(queue) = parallel.queue.local_queue() else { return };
    parallel.termination.begin_work();
    if !parallel.run.is_stopped() {
        let instrument = parallel.instrument();
        let mut worker = Worker::new(parallel, queue, instrument.as_deref());
        while !parallel.run.is_stopped() {
            if !worker.work() && !wait_for_work(parallel) {
                break;
            }
        }
    }
    if parallel.termination.end_work() && parallel.run.is_stopped() {
        parallel.tell_caller();
    }
}

/// Waits a short while for work. Returns whether there is some.
fn wait_for_work(parallel: &ParallelRun) -> bool {
    for look in 0..LOOKS_BEFORE_LEAVING {
        if parallel.unsettled.load(Ordering::Relaxed) == 0 {
            return false;
        }
        if parallel.queue.has_work() {
            return true;
        }
        if look % 16 == 15 {
            std::thread::yield_now();
        } else {
            std::hint::spin_loop();
        }
    }
    false
}

/// One thread while it works for one run.
struct Worker<'a> {
    parallel: &'a Arc<ParallelRun>,
    queue: LocalQueue<'a>,
    frame: FrameGuard,
    heartbeat: Heartbeat<'a>,
    /// Present for a run under a memory limit.
    admission: Option<Admission<'a>>,
    /// Present when the run is recorded or observed.
    instrument: Option<WorkerInstrumentation<'a>>,
    /// Present when progress is shown.
    progress: Option<WorkerProgress<'a>>,
    /// How many tasks have been settled since that was last made known.
    settled: usize,
}

/// Takes what a task makes ready: one task may be kept to be run next, the others are queued.
struct MadeReady<'a> {
    queue: &'a LocalQueue<'a>,
    next: Option<u32>,
    queued: bool,
}

impl MadeReady<'_> {
    #[inline]
    fn add(&mut self, task: u32) {
        let for_the_queue =
            if self.queue.may_keep() { self.next.replace(task) } else { Some(task) };
        if let Some(task) = for_the_queue {
            self.queue.push(task);
            self.queued = true;
        }
    }
}

impl<'a> Worker<'a> {
    fn new(
        parallel: &'a Arc<ParallelRun>,
        queue: LocalQueue<'a>,
        instrument: Option<&'a Instrumentation>,
    ) -> Self {
        let (run, place) = (&parallel.run, queue.place());
        let admission = parallel.memory().zip(parallel.queue.priority());
        let admission = admission.map(|(memory, queue)| Admission { run, queue, memory });
        let budget = admission.as_ref().map(|admission| admission.memory.budget());
        Worker {
            parallel,
            frame: Frame::enter(run.nesting(), false, budget),
            instrument: instrument.map(|instrument| instrument.worker(place)),
            heartbeat: parallel.pool.heartbeat(),
            progress: parallel.progress.as_ref().map(|progress| progress.worker(place)),
            admission,
            queue,
            settled: 0,
        }
    }

    /// Runs ready tasks until there is none or the run stops. Returns whether there was one.
    fn work(&mut self) -> bool {
        let found = if self.admission.is_some() {
            self.run_admitted()
        } else if self.instrument.is_some() || self.progress.is_some() {
            self.run_ready(|worker, task| worker.run_observed(task, None))
        } else {
            let parallel = self.parallel;
            let may_retry = || !parallel.run.is_stopped();
            let frame = self.frame.frame();
            let execution = Execution::new(&may_retry);
            let mut execution = execution.with_told_cancelled(frame.told_cancelled());
            self.run_ready(|worker, task| worker.run_unobserved(task, &mut execution))
        };
        self.frame.set_task(None);
        self.pause();
        found
    }

    /// Runs ready tasks, and after each one what it made ready.
    #[inline]
    fn run_ready(&mut self, mut run_one: impl FnMut(&mut Self, u32) -> Option<u32>) -> bool {
        let parallel = self.parallel;
        let mut found = false;
        while let Some(mut task) = self.queue.next() {
            found = true;
            loop {
                self.set_task(task);
                let next = run_one(self, task);
                if parallel.run.is_stopped() {
                    return true;
                }
                match next {
                    Some(next) => task = next,
                    None => break,
                }
            }
        }
        found
    }

    /// Runs ready tasks for which there is memory.
    fn run_admitted(&mut self) -> bool {
        let parallel = self.parallel;
        let mut found = false;
        while let Some(admission) = &self.admission
            && let Some((task, reservation)) = admission.next(&self.queue, &self.frame)
        {
            found = true;
            self.set_task(task);
            self.run_observed(task, Some(reservation));
            if let Some(memory) = parallel.memory() {
                memory.budget().leave();
            }
            if parallel.run.is_stopped() {
                break;
            }
        }
        found
    }

    /// Notes which task the thread is inside now.
    #[inline]
    fn set_task(&self, task: u32) {
        let number = self.parallel.run.number(task);
        self.frame.set_task(Some(number));
        self.heartbeat.beat(number);
    }

    /// Runs a task that is neither observed nor reserves memory. Returns the task to run next.
    #[inline]
    fn run_unobserved(&mut self, task: u32, execution: &mut Execution<'_>) -> Option<u32> {
        let parallel = self.parallel;
        let mut made_ready = MadeReady { queue: &self.queue, next: None, queued: false };
        let subscriber = || Arc::clone(parallel) as Arc<dyn Subscriber>;
        let ready = |ready| made_ready.add(ready);
        let step = parallel.run.step(task, execution, &mut (), subscriber, ready);
        let MadeReady { next, queued, .. } = made_ready;
        self.stepped(step);
        if queued {
            parallel.submit_job();
        }
        next
    }

    /// Runs a task that is observed, or that reserves memory. Returns the task to run next.
    fn run_observed(&mut self, task: u32, reservation: Option<TaskReservation>) -> Option<u32> {
        let (parallel, run) = (self.parallel, &self.parallel.run);
        if let Some(progress) = &mut self.progress {
            progress.begin(run.function(task));
        }
        let instrument = self.instrument.as_ref().map(WorkerInstrumentation::run);
        let observed = self.instrument.as_mut().map(|instrument| {
            let bytes = match &reservation {
                None => run.reserve(task),
                Some(reservation) => reservation.bytes(),
            };
            instrument.task(task, run.signature(task), bytes)
        });
        let reserved = reservation
            .zip(parallel.memory())
            .map(|(reservation, memory)| ReservedTask::new(run, memory, task, reservation));
        let may_retry = || !run.is_stopped();
        let frame = self.frame.frame();
        let execution = Execution::new(&may_retry);
        let mut execution = execution.with_told_cancelled(frame.told_cancelled());
        let mut made_ready = MadeReady { queue: &self.queue, next: None, queued: false };
        let subscriber = || Arc::clone(parallel) as Arc<dyn Subscriber>;
        let ready = |ready| {
            if let Some(instrument) = instrument {
                instrument.ready(ready, || run.signature(ready));
            }
            made_ready.add(ready);
        };
        let step = run.step(task, &mut execution, &mut (observed, reserved), subscriber, ready);
        let MadeReady { next, queued, .. } = made_ready;
        let settled = self.stepped(step);
        if let Some(progress) = &mut self.progress {
            progress.settled(settled);
        }
        if queued {
            parallel.submit_job();
        }
        next
    }

    /// Counts what a step has settled, and returns how many tasks that are.
    #[inline]
    fn stepped(&mut self, step: Step) -> usize {
        let settled = match step {
            Step::Settled(count) => count,
            Step::Suspended => 0,
        };
        self.settled += settled;
        settled
    }

    /// Passes on what has been noted and settled, before the worker does something else.
    fn pause(&mut self) {
        if let Some(instrument) = &mut self.instrument {
            instrument.pause();
        }
        if let Some(progress) = &self.progress {
            progress.pause();
        }
        self.parallel.settle(std::mem::take(&mut self.settled));
    }
}
