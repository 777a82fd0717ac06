//! A worker: one thread while it works for one run.
//!
//! In a run that nobody observes and that has no limits, nothing here reads a clock, tells an
//! observer or counts bytes.

use std::sync::Arc;

use graph_core::__run::{Execution, Plan};

use super::{
    admission::{Admission, Admitted, ReservedTask, Taken},
    durations::learning::Learning,
    parallel::ParallelRun,
    queue::LocalQueue,
    stall::Heartbeat,
};
use crate::{
    limits::memory::reservations::{RunMemory, TaskReservation},
    observe::{
        attempts::ObservedAttempts,
        instrument::{Instrumentation, NextTask, WorkerInstrumentation},
        progress::WorkerProgress,
    },
    run::{
        Step,
        ending::late::CurrentTask,
        nesting::{Frame, FrameGuard},
        step::ReadyTasks,
        subscription::Subscriber,
    },
    sync::Ordering,
};

/// How often an idle worker looks again before it leaves.
const LOOKS_BEFORE_LEAVING: u32 = 64;

/// Where a thread comes from that is to work for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comes {
    /// It is a worker with nothing beneath on its stack.
    FromPool,
    /// It waits inside a task that this run belongs to.
    FromTask,
    /// It has asked for the run.
    ToCompute,
}

/// Works for a run until no task is ready, or its turn is over; says whether it is. The calling thread is
/// among the run's workers.
pub(super) fn work(parallel: &Arc<ParallelRun>, comes: Comes) -> bool {
    let Some(queue) = parallel.queue.local_queue() else { return false };
    let Some(_at_work) = parallel.begin_work() else { return false };
    let instrument = parallel.instrument();
    let mut worker = Worker::new(parallel, queue, instrument.as_deref(), comes);
    while !parallel.run.is_stopped() && !worker.leaves {
        if !worker.work() && !wait_for_work(parallel) {
            break;
        }
    }
    if parallel.run.is_stopped() {
        parallel.withdraw_requests();
    }
    worker.leaves
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
    /// Present when the thread holds a permit, and has nothing beneath on its stack.
    heartbeat: Option<Heartbeat<'a>>,
    comes: Comes,
    /// Present as long as it learns how long functions take.
    learning: Option<Learning<'a>>,
    /// The task of the last step waits for its future.
    awaits: bool,
    /// It leaves the run, because its turn is over.
    leaves: bool,
    /// The run has a time limit.
    is_limited: bool,
    /// The task that it is inside, in a run with a time limit.
    current: CurrentTask,
    /// Present for a run under a memory limit, and once a task of the run may need resources.
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
        comes: Comes,
    ) -> Self {
        let (run, place) = (&parallel.run, queue.place());
        let budget = parallel.memory().map(RunMemory::budget);
        let needs_admission = budget.is_some() || run.is_limited();
        let frame = Frame::enter(run.nesting(), budget);
        let permits = parallel.pool.permits();
        let learning = Learning::new(parallel.pool.durations());
        Worker {
            parallel,
            instrument: instrument.map(|instrument| instrument.worker(place)),
            heartbeat: if frame.is_outermost() { permits.heartbeat() } else { None },
            frame,
            comes,
            learning: Some(learning),
            awaits: false,
            leaves: false,
            is_limited: run.has_time_limit(),
            current: CurrentTask::default(),
            progress: parallel.progress.as_ref().map(|progress| progress.worker(place)),
            admission: needs_admission.then_some(Admission(parallel)),
            queue,
            settled: 0,
        }
    }

    /// Runs ready tasks until there is none or the run stops. Returns whether there was one.
    fn work(&mut self) -> bool {
        if self.parallel.run.is_limited() && self.admission.is_none() {
            self.admission = Some(Admission(self.parallel));
        }
        let found = if self.admission.is_some() {
            self.run_admitted()
        } else if self.instrument.is_some() || self.progress.is_some() {
            self.run_ready(|worker, task| worker.run_observed(task, None))
        } else {
            let parallel = self.parallel;
            let frame = self.frame.frame();
            let execution = Execution::new(&parallel.run);
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
                if parallel.run.is_limited() {
                    // A task has made one that needs resources.
                    self.queue.push(task);
                    return true;
                }
                self.set_task(task);
                if let Some(learning) = &mut self.learning {
                    learning.begin(parallel.run.kind(task));
                }
                let next = run_one(self, task);
                if self.learning.as_mut().is_some_and(Learning::end) {
                    self.learning = None;
                }
                if parallel.run.is_stopped() {
                    self.note_late();
                    return true;
                }
                if self.must_leave() {
                    next.into_iter().for_each(|next| self.queue.push(next));
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

    /// Runs ready tasks that are admitted.
    fn run_admitted(&mut self) -> bool {
        let parallel = self.parallel;
        let mut found = false;
        while let Some(admission) = &self.admission
            && let Some(taken) = admission.next(&self.queue, &self.frame)
        {
            found = true;
            match taken {
                Taken::Admitted(Admitted { task, reservation, hold }) => {
                    self.set_task(task);
                    let next = self.run_observed(task, reservation);
                    let awaits = std::mem::take(&mut self.awaits);
                    hold.into_iter().for_each(|hold| hold.stepped(awaits));
                    next.into_iter().for_each(|next| self.queue.push(next));
                }
                Taken::Refused(task, reason) => {
                    let settled = parallel.run.refuse(task, reason);
                    self.stepped(Step::Settled(settled));
                }
            }
            self.admission.iter().for_each(Admission::leave);
            if parallel.run.is_stopped() {
                self.note_late();
                break;
            }
            if self.must_leave() {
                break;
            }
        }
        found
    }

    /// Says, after a task, whether the thread is to leave the run although there may be more to do.
    #[inline]
    fn must_leave(&mut self) -> bool {
        if self.parallel.pool.permits().are_wanted() && !self.leaves {
            let is_caller = self.comes != Comes::FromPool;
            self.leaves = self.parallel.pool.permits().is_turn_over(self.parallel, is_caller);
        }
        if self.frame.takes_other_permit() && self.heartbeat.is_some() {
            self.heartbeat = self.parallel.pool.permits().heartbeat();
        }
        self.leaves
    }

    /// Notes which task the thread is inside now.
    #[inline(always)]
    fn set_task(&mut self, task: u32) {
        if self.is_limited {
            self.parallel.run.note_current(task, &mut self.current);
        }
        self.frame.set_running(self.parallel.run.identity(task));
        if let Some(heartbeat) = &self.heartbeat {
            heartbeat.beat();
        }
    }

    /// Notes the task that has ended, if the time of the run was up before.
    fn note_late(&mut self) {
        self.parallel.run.note_late(&mut self.current);
    }

    /// Runs a task that is neither observed nor reserves memory. Returns the task to run next.
    #[inline]
    fn run_unobserved(&mut self, task: u32, execution: &mut Execution<'_>) -> Option<u32> {
        let parallel = self.parallel;
        let mut made_ready = MadeReady { queue: &self.queue, next: None, queued: false };
        let subscriber = || Arc::clone(parallel) as Arc<dyn Subscriber>;
        let ready = ReadyTasks::shared(|ready| made_ready.add(ready));
        let grow = |made: &Plan| parallel.grow(made);
        let hooks = &mut self.learning;
        let step = parallel.run.step(task, execution, hooks, subscriber, grow, ready);
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
        let attempts = ObservedAttempts::new(run, self.instrument.as_ref(), task);
        let instrument = self.instrument.as_ref().map(WorkerInstrumentation::run);
        let observed = self.instrument.as_mut().map(|instrument| {
            let bytes = match &reservation {
                None => run.reserve(task),
                Some(reservation) => reservation.bytes(),
            };
            instrument.task(NextTask {
                id: run.id(task),
                signature: run.signature(task),
                bytes,
                is_dynamic: run.is_dynamic(task),
                was_put_off: run.was_put_off(task),
            })
        });
        let reserved = reservation
            .zip(parallel.memory())
            .map(|(reservation, memory)| ReservedTask::new(run, memory, task, reservation));
        let frame = self.frame.frame();
        let execution = Execution::new(&attempts);
        let mut execution = execution.with_told_cancelled(frame.told_cancelled());
        let mut made_ready = MadeReady { queue: &self.queue, next: None, queued: false };
        let subscriber = || Arc::clone(parallel) as Arc<dyn Subscriber>;
        let ready = ReadyTasks::shared(|ready| {
            if let Some(instrument) = instrument {
                self.frame.forget_running();
                instrument.ready(|| (run.id(ready), run.signature(ready)));
            }
            made_ready.add(ready);
        });
        let grow = |made: &Plan| parallel.grow(made);
        let mut hooks = ((observed, reserved), &mut self.learning);
        let step = run.step(task, &mut execution, &mut hooks, subscriber, grow, ready);
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
    #[inline(always)]
    fn stepped(&mut self, step: Step) -> usize {
        let Step::Settled(count) = step else {
            self.goes_on_later(step);
            return 0;
        };
        self.settled += count;
        count
    }

    /// Sees to it that a task goes on for which a step has settled nothing.
    #[cold]
    fn goes_on_later(&mut self, step: Step) {
        match step {
            Step::Settled(_) | Step::Suspended => {}
            Step::Awaits { .. } => self.awaits = true,
            Step::PutOff(next) => self.parallel.put_off(next.task, next.wait),
        }
    }

    /// Passes on what has been noted and settled, before the worker does something else.
    fn pause(&mut self) {
        if let Some(instrument) = &mut self.instrument {
            instrument.pause();
        }
        if let Some(progress) = &self.progress {
            progress.pause();
        }
        let is_caller = self.comes == Comes::ToCompute;
        self.parallel.settle(std::mem::take(&mut self.settled), is_caller);
    }
}
