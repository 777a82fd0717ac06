//! The serial scheduler, which parallel runs are compared with: it runs tasks one after another on the
//! calling thread.
//!
//! It starts what became ready last first, and sources in an order that goes depth first, so that few
//! results live at once; urgent tasks come first. What a task is, and what its end means for others, it
//! has in common with the parallel scheduler.

#![expect(unsafe_code, reason = "it starts tasks through a plan's pointers")]

mod put_off;
mod ready_stack;

use std::{
    sync::{Arc, Condvar, OnceLock, PoisonError, Weak},
    time::{Duration, Instant},
};

use graph_core::__run::{Execution, Plan};

use self::{put_off::PutOff, ready_stack::ReadyStack};
use super::{
    permits::paused::Paused,
    stall::{BETWEEN_LOOKS, STALLED_AFTER},
};
use crate::{
    limits::{
        resources::{
            current::CurrentLimiter,
            error::ResourceError,
            limiter::Limiter,
            requests::Requests,
            run_limits::{Asked, RunLimits},
        },
        unpark::{Unpark, WaitsFor},
    },
    observe::{
        attempts::ObservedAttempts,
        instrument::{Instrumentation, NextTask, WorkerInstrumentation},
        progress::{Progress, WorkerProgress},
    },
    run::{
        Run, RunOptions, StartOrder, Step,
        cancel::Cancellable,
        ending::late::CurrentTask,
        nesting::{Frame, FrameGuard, Nesting, WaitGuard},
        step::ReadyTasks,
        subscription::{self, Subscriber},
    },
    sync::{Mutex, lock},
};

/// A run on the calling thread.
pub(crate) struct SerialRun {
    run: Run,
    /// The resources of its executor.
    limiter: Arc<Limiter>,
    /// Empty until a task of the run asks for resources.
    limits: OnceLock<Box<RunLimits>>,
    signal: Mutex<Signal>,
    /// Notified when the signal changes.
    changed: Condvar,
}

/// What other threads have told the run.
#[derive(Default)]
struct Signal {
    /// Suspended tasks that have ended in another run.
    resumed: Vec<u32>,
    /// Tasks that have waited for resources.
    unparked: Vec<u32>,
}

/// What observes a serial run.
#[derive(Clone, Copy)]
pub(crate) struct Observation<'a> {
    /// Present when the run is recorded or observed.
    pub(crate) instrument: Option<&'a Instrumentation>,
    /// Present when progress is shown.
    pub(crate) progress: Option<&'a Progress>,
}

impl SerialRun {
    /// Runs everything, and returns how many tasks have no outcome, and will have none. The tasks make these
    /// `requests` of the limiter.
    ///
    /// # Safety
    /// The handles that `plan` was made from outlive this call and those of the error methods.
    pub(crate) unsafe fn complete(
        plan: Plan,
        options: &RunOptions<'_>,
        observation: Observation<'_>,
        (limiter, requests): (Arc<Limiter>, Requests),
    ) -> (Arc<Self>, usize) {
        // SAFETY: promised by the caller.
        let (run, order) = unsafe { Run::new(plan, options, requests) };
        let (limits, signal) = (OnceLock::new(), Mutex::default());
        let serial = SerialRun { run, limiter, limits, signal, changed: Condvar::new() };
        let serial = Arc::new(serial);
        let _registered: Vec<_> =
            options.cancel.iter().map(|token| token.register(&serial)).collect();
        let unsettled = serial.work(order, options.seed, observation);
        if unsettled > 0 {
            subscription::withdraw(&(Arc::clone(&serial) as Arc<dyn Subscriber>));
        }
        (serial, unsettled)
    }

    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// The run at the resources of its executor; `None` until a task of the run asks for some.
    pub(crate) fn limits(&self) -> Option<&RunLimits> {
        self.limits.get().map(|limits| &**limits)
    }

    fn limits_to_ask(self: &Arc<Self>) -> &RunLimits {
        self.limits.get_or_init(|| {
            let this = Arc::downgrade(self) as Weak<dyn Unpark>;
            let nesting = Arc::clone(self.run.nesting());
            Box::new(RunLimits::new(Arc::clone(&self.limiter), this, nesting))
        })
    }

    /// What the tasks need that a task has made.
    fn requests(&self, made: &Plan) -> Result<Requests, ResourceError> {
        // SAFETY: the task holds the handles that it has made, and none of these tasks was started.
        unsafe { Requests::new(made, &self.limiter) }
    }

    /// Runs tasks until none is left or the run stops. Returns how many are not settled.
    fn work(
        self: &Arc<Self>,
        order: StartOrder,
        seed: Option<u64>,
        observation: Observation<'_>,
    ) -> usize {
        let Observation { instrument, progress } = observation;
        let run = &self.run;
        if let Some(instrument) = instrument {
            let ready = |&task: &u32| instrument.ready(|| (run.id(task), run.signature(task)));
            order.sources.iter().for_each(ready);
        }
        let mut worker = SerialWorker {
            serial: self,
            ready: ReadyStack::new(order, seed),
            frame: Frame::enter_serial(run.nesting(), seed),
            instrument: instrument.map(|instrument| instrument.worker(0)),
            progress: progress.map(|progress| (progress, progress.worker(0))),
            suspended: 0,
            parked: 0,
            put_off: PutOff::new(seed),
            settled: 0,
        };
        let _entered = CurrentLimiter::enter(&self.limiter);
        let frame = worker.frame.frame();
        let execution = Execution::new(run);
        let mut execution = execution.with_told_cancelled(frame.told_cancelled());
        let is_observed = worker.instrument.is_some() || worker.progress.is_some();
        let is_limited = run.has_time_limit();
        let mut current = CurrentTask::default();
        while !run.is_stopped() {
            match worker.ready.pop() {
                Some(task) => {
                    if is_limited {
                        run.note_current(task, &mut current);
                    }
                    if run.is_limited() {
                        if !worker.run_admitted(task) {
                            current = CurrentTask::default();
                        }
                    } else if is_observed {
                        worker.run_observed(task);
                    } else {
                        worker.run_unobserved(task, &mut execution);
                    }
                }
                None if worker.suspended + worker.parked > 0 || !worker.put_off.is_empty() => {
                    worker.pause();
                    current = CurrentTask::default();
                    let signal = self.wait(worker.put_off.due());
                    worker.resume(signal);
                }
                None => break,
            }
        }
        // Others need not wait for what waits here.
        self.limits().into_iter().for_each(RunLimits::withdraw);
        if run.is_stopped() {
            run.note_late(&mut current);
        }
        worker.frame.set_task(None);
        worker.pause();
        run.tasks() - worker.settled
    }

    /// Waits until a suspended task has ended, a parked one may ask again, the time has come or the run was
    /// cancelled.
    fn wait(&self, until: Option<Instant>) -> Signal {
        // The thread may be inside a task of a run on a pool.
        let (_paused, _waiting) = (Paused::begin(), WaitGuard::begin());
        let mut signal = lock(&self.signal);
        let mut waited = BETWEEN_LOOKS;
        while signal.resumed.is_empty() && signal.unparked.is_empty() && !self.run.is_stopped() {
            let rest = until.map(|until| until.saturating_duration_since(Instant::now()));
            if rest == Some(Duration::ZERO) {
                break;
            }
            let Some(limits) = self.limits() else {
                signal = match rest {
                    None => self.changed.wait(signal).unwrap_or_else(PoisonError::into_inner),
                    Some(rest) => {
                        let woken = self.changed.wait_timeout(signal, rest);
                        woken.unwrap_or_else(PoisonError::into_inner).0
                    }
                };
                continue;
            };
            drop(signal);
            limits.look_for_circles();
            if waited > STALLED_AFTER {
                limits.let_overtake();
            }
            waited += BETWEEN_LOOKS;
            signal = lock(&self.signal);
            if signal.resumed.is_empty() && signal.unparked.is_empty() && !self.run.is_stopped() {
                let pause = rest.map_or(BETWEEN_LOOKS, |rest| rest.min(BETWEEN_LOOKS));
                let woken = self.changed.wait_timeout(signal, pause);
                (signal, _) = woken.unwrap_or_else(PoisonError::into_inner);
            }
        }
        std::mem::take(&mut *signal)
    }
}

impl Cancellable for SerialRun {
    fn cancel(self: Arc<Self>) {
        self.run.stop();
        // Whoever is about to wait has seen that, or holds the lock until it waits.
        drop(lock(&self.signal));
        self.changed.notify_all();
    }
}

impl Unpark for SerialRun {
    fn unpark(self: Arc<Self>, tasks: &[u32], _: WaitsFor) {
        lock(&self.signal).unparked.extend(tasks);
        self.changed.notify_all();
    }
}

impl Subscriber for SerialRun {
    fn task_ended(self: Arc<Self>, index: u32) {
        lock(&self.signal).resumed.push(index);
        self.changed.notify_all();
    }

    fn nesting(&self) -> &Nesting {
        self.run.nesting()
    }
}

/// The thread of a serial run.
struct SerialWorker<'a> {
    serial: &'a Arc<SerialRun>,
    ready: ReadyStack,
    frame: FrameGuard,
    /// Present when the run is recorded or observed.
    instrument: Option<WorkerInstrumentation<'a>>,
    /// Present when progress is shown.
    progress: Option<(&'a Progress, WorkerProgress<'a>)>,
    /// How many tasks other runs have started.
    suspended: usize,
    /// How many tasks wait for resources that other runs of the executor hold, or have been called since.
    parked: usize,
    /// Those that are to be tried again.
    put_off: PutOff,
    /// How many tasks have ended or were skipped.
    settled: usize,
}

impl<'a> SerialWorker<'a> {
    /// Runs a task of a run in which some need resources, unless it has to wait for them or can never have them.
    /// Says whether it ran.
    #[inline(never)]
    fn run_admitted(&mut self, task: u32) -> bool {
        let (serial, run) = (self.serial, &self.serial.run);
        let request = run.request(task);
        match request.map(|request| serial.limits_to_ask().ask(run, task, &request, 0)) {
            None | Some(Asked::Ended) => {
                self.run_observed(task);
                true
            }
            Some(Asked::Taken(hold)) => {
                let awaits = self.run_observed(task);
                hold.stepped(awaits);
                true
            }
            Some(Asked::Parked) => {
                self.parked += 1;
                false
            }
            Some(Asked::Never(circle)) => {
                self.settled += run.refuse(task, circle.into_reason(run.describe(task)));
                false
            }
        }
    }

    /// Runs a task that nobody observes.
    #[inline]
    fn run_unobserved(&mut self, task: u32, execution: &mut Execution<'_>) {
        let run = &self.serial.run;
        self.frame.set_running(run.identity(task));
        let subscriber = || Arc::clone(self.serial) as Arc<dyn Subscriber>;
        let ready = ReadyTasks::alone(|next| self.ready.push(next));
        let requests = |made: &Plan| self.serial.requests(made);
        match run.step(task, execution, &mut (), subscriber, requests, ready) {
            Step::Settled(count) => self.settled += count,
            other => _ = self.stepped(other),
        }
    }

    /// Runs a task, whoever observes it. Says whether it waits for its future.
    fn run_observed(&mut self, task: u32) -> bool {
        let run = &self.serial.run;
        self.frame.set_running(run.identity(task));
        let attempts = ObservedAttempts::new(run, self.instrument.as_ref(), task);
        let instrument = self.instrument.as_ref().map(WorkerInstrumentation::run);
        let progress = self.progress.as_ref().map(|(run, _)| *run);
        if let Some((_, worker)) = &mut self.progress {
            worker.begin(run.function(task));
        }
        let mut hooks = self.instrument.as_mut().map(|instrument| {
            instrument.task(NextTask {
                id: run.id(task),
                signature: run.signature(task),
                bytes: run.reserve(task),
                is_dynamic: run.is_dynamic(task),
                was_put_off: run.was_put_off(task),
            })
        });
        let frame = self.frame.frame();
        let execution = Execution::new(&attempts);
        let mut execution = execution.with_told_cancelled(frame.told_cancelled());
        let subscriber = || Arc::clone(self.serial) as Arc<dyn Subscriber>;
        let grow = |made: &Plan| {
            let requests = self.serial.requests(made)?;
            progress.into_iter().for_each(|progress| progress.grow(made.len()));
            Ok(requests)
        };
        let (stack, frame) = (&mut self.ready, &self.frame);
        let ready = ReadyTasks::alone(|next| {
            if let Some(instrument) = instrument {
                frame.forget_running();
                instrument.ready(|| (run.id(next), run.signature(next)));
            }
            stack.push(next);
        });
        let step = run.step(task, &mut execution, &mut hooks, subscriber, grow, ready);
        if let (Step::Settled(count), Some((_, worker))) = (&step, &mut self.progress) {
            worker.settled(*count);
        }
        let awaits = self.stepped(step);
        self.frame.set_task(None);
        awaits
    }

    /// Counts what a step has settled, and what is to go on later. Says whether the task waits for its future.
    #[cold]
    fn stepped(&mut self, step: Step) -> bool {
        match step {
            Step::Settled(count) => self.settled += count,
            Step::Suspended => self.suspended += 1,
            Step::Awaits { is_ready } => {
                self.suspended += usize::from(!is_ready);
                return true;
            }
            Step::PutOff(next) => self.put_off.push(next.task, next.wait),
        }
        false
    }

    /// Passes on what has been noted, before the thread does something else.
    fn pause(&mut self) {
        if let Some(instrument) = &mut self.instrument {
            instrument.pause();
        }
    }

    fn resume(&mut self, Signal { resumed, unparked }: Signal) {
        self.suspended -= resumed.len();
        self.parked -= unparked.len();
        let ready = resumed.into_iter().chain(unparked).chain(self.put_off.pop_due());
        ready.for_each(|task| self.ready.push(task));
    }
}
