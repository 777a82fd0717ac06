//! Driving a run from its handles to their results: the handles live as long as anything looks at
//! the tasks behind them.

#![expect(unsafe_code, reason = "it vouches that the handles outlive the run")]

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use graph_core::{
    __run::{Plan, drop_quietly},
    Outputs,
};

use super::{
    completed::{Completed, EndedRun, RecordDetails, Scheduled},
    settings::{Settings, Workers},
};
use crate::{
    error::Error,
    limits::{
        memory::reservations::RunMemory,
        resources::{requests::Requests, run_limits::RunLimits},
    },
    observe::{
        instrument::Instrumentation,
        progress::{Progress, thread::ProgressThread},
    },
    run::{
        Policy, RunOptions,
        cancel::{CancelToken, Registration},
        dynamic::SegmentNotes,
        nesting, stack,
    },
    scheduler::{
        caller,
        parallel::{EndOfRun, ParallelRun, RunResources},
        pool::WorkerPool,
        serial::{Observation, SerialRun},
    },
};

/// How many tasks may compute graphs inside each other.
const DEEPEST: usize = 2000;
/// How many bytes of stack must be left for a graph that is computed inside a task.
const LEAST_STACK: usize = 128 << 10;

/// Runs what handles need.
pub(crate) struct RunDriver<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) policy: Policy,
    /// Says whether the run is recorded.
    pub(crate) recorded: bool,
}

/// What the end of a run needs of its beginning.
pub(crate) struct Begun {
    has_tasks: bool,
    workers: usize,
    begin: Instant,
    /// When the first task could start.
    planned: Instant,
    /// Present when the run is recorded or observed.
    instrument: Option<Arc<Instrumentation>>,
    /// Present when progress is shown.
    progress: Option<Arc<Progress>>,
    progress_thread: Option<ProgressThread>,
}

impl RunDriver<'_> {
    /// Runs what `outputs` need, and returns when no task of the run is running any more.
    pub(crate) fn run<H: Outputs>(&self, outputs: H) -> Result<Completed<H>, Error> {
        match self.run_outputs(&outputs) {
            Ok(ended) => Ok(Completed { outputs, ended }),
            Err(error) => {
                drop_quietly(outputs);
                Err(error)
            }
        }
    }

    /// [`run`](Self::run), without the handles. They must outlive what this returns.
    #[inline]
    fn run_outputs<H: Outputs>(&self, outputs: &H) -> Result<EndedRun, Error> {
        let begin = Instant::now();
        check_depth()?;
        self.arm()?;
        let plan = Plan::new(outputs)?;
        // SAFETY: `run` has the handles, which go into `Completed`, or are dropped after this has failed.
        unsafe { self.run_plan(begin, plan) }
    }

    /// Runs a plan, and returns when no task of the run is running any more.
    ///
    /// # Safety
    /// The handles that `plan` was made from outlive this call, and the [`EndedRun`].
    #[inline]
    unsafe fn run_plan(&self, begin: Instant, plan: Plan) -> Result<EndedRun, Error> {
        let pool = self.pool(&plan)?;
        // SAFETY: promised by the caller.
        let requests = unsafe { self.requests(&plan, pool.as_ref()) }?;
        let begun = self.begin(begin, &plan);
        // SAFETY: promised by the caller.
        Ok(unsafe { self.complete(begun, plan, requests, pool) })
    }

    /// Tells observers of a run that begins.
    pub(crate) fn begin(&self, begin: Instant, plan: &Plan) -> Begun {
        let settings = self.settings;
        let workers = settings.workers.count();
        let instrument =
            Instrumentation::new(begin, plan.len(), workers, self.recorded, &settings.observers)
                .map(Arc::new);
        if let Some(instrument) = &instrument {
            instrument.started(workers);
        }
        let progress = settings
            .progress
            .then(|| Arc::new(Progress::new(begin, plan.len(), workers, settings.budget.clone())));
        let progress_thread = progress.clone().map(ProgressThread::start);
        Begun {
            has_tasks: !plan.is_empty(),
            workers,
            begin,
            planned: begin,
            instrument,
            progress,
            progress_thread,
        }
    }

    /// Runs what was planned, and returns when no task of the run is running any more. Without a pool, the
    /// calling thread runs it.
    ///
    /// # Safety
    /// The handles that `plan` was made from outlive this call, and the [`EndedRun`].
    pub(crate) unsafe fn complete(
        &self,
        mut begun: Begun,
        plan: Plan,
        requests: Requests,
        pool: Option<Arc<WorkerPool>>,
    ) -> EndedRun {
        let cancel = &self.settings.cancel;
        let scheduled = match pool {
            Some(pool) => {
                // SAFETY: promised by the caller.
                let parallel = unsafe { self.parallel(&begun, plan, requests, pool, None) };
                let is_cancellable = !self.settings.cancel.is_empty();
                let _registered = is_cancellable.then(|| self.register(&parallel));
                begun.note_planned();
                caller::complete(&parallel, begun.instrument.as_deref(), begun.begin);
                Scheduled::Parallel(parallel)
            }
            None => {
                begun.note_planned();
                let (instrument, progress) =
                    (begun.instrument.as_deref(), begun.progress.as_deref());
                let observation = Observation { instrument, progress };
                let options = self.options(true, false, false);
                let limiter = self.settings.limiter.clone().unwrap_or_default();
                let limits = (limiter, requests);
                // SAFETY: promised by the caller.
                let (serial, unsettled) =
                    unsafe { SerialRun::complete(plan, &options, observation, limits) };
                Scheduled::Serial { serial, unsettled }
            }
        };
        let ended = begun.end(scheduled, cancel);
        ended.tell_task_if_cancelled();
        ended
    }

    /// Prepares the run of a plan on a pool. `end` is called at its end, when no thread waits for that.
    ///
    /// # Safety
    /// The handles that `plan` was made from live until no task of the run is running and none starts any
    /// more, and until nobody asks for errors and the record any more.
    pub(crate) unsafe fn parallel(
        &self,
        begun: &Begun,
        plan: Plan,
        requests: Requests,
        pool: Arc<WorkerPool>,
        end: Option<Arc<dyn EndOfRun>>,
    ) -> Arc<ParallelRun> {
        let options = self.options(false, end.is_some(), !requests.is_empty());
        let resources = RunResources {
            pool,
            budget: self.settings.budget.clone(),
            instrument: begun.instrument.as_ref().map(Arc::downgrade),
            progress: begun.progress.clone(),
            end,
        };
        // SAFETY: promised by the caller.
        unsafe { ParallelRun::new(plan, &options, requests, resources) }
    }

    fn options(&self, alone: bool, in_background: bool, is_limited: bool) -> RunOptions<'_> {
        RunOptions {
            policy: self.policy,
            strict: !alone && (self.settings.budget.is_some() || is_limited),
            seed: self.settings.seed,
            jitter_seed: self.settings.jitter_seed.or(self.settings.seed),
            in_background,
            cancel: &self.settings.cancel,
            recorded: self.recorded,
            durations: None,
        }
    }

    /// Sees to it that the tokens of the run know when their time is up.
    pub(crate) fn arm(&self) -> Result<(), Error> {
        CancelToken::arm_all(&self.settings.cancel).map_err(Error::from_refused_thread)
    }

    /// Lets each token of the run tell it of a cancellation.
    pub(crate) fn register(&self, parallel: &Arc<ParallelRun>) -> Vec<Registration> {
        self.settings.cancel.iter().map(|token| token.register(parallel)).collect()
    }

    /// What the tasks of a plan need of the executor's resources, before any of them starts.
    ///
    /// # Safety
    /// The handles that `plan` was made from exist.
    pub(crate) unsafe fn requests(
        &self,
        plan: &Plan,
        pool: Option<&Arc<WorkerPool>>,
    ) -> Result<Requests, Error> {
        if plan.limited().is_empty() {
            return Ok(Requests::default());
        }
        let limiter = pool.map(|pool| pool.limiter()).or(self.settings.limiter.as_ref());
        let Some(limiter) = limiter else { return Ok(Requests::default()) };
        // SAFETY: promised by the caller.
        Ok(unsafe { Requests::new(plan, limiter) }?)
    }

    /// The pool to run on; `None` when the calling thread does, or when there is nothing to run.
    pub(crate) fn pool(&self, plan: &Plan) -> Result<Option<Arc<WorkerPool>>, Error> {
        match &self.settings.workers {
            Workers::Pool(pool) if !plan.is_empty() => {
                pool.clone().map_or_else(WorkerPool::current, Ok).map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl Begun {
    /// Notes that the first task can start now.
    pub(crate) fn note_planned(&mut self) {
        self.planned = self.now();
    }

    /// Who asks for no times pays for no clock.
    fn now(&self) -> Instant {
        if self.instrument.is_some() { Instant::now() } else { self.begin }
    }

    /// Present when the run is recorded or observed.
    pub(crate) fn instrument(&self) -> Option<Arc<Instrumentation>> {
        self.instrument.clone()
    }

    /// Takes down a run of which no task is running, and none starts any more. Each of `cancel` cancels it.
    pub(crate) fn end(self, scheduled: Scheduled, cancel: &[CancelToken]) -> EndedRun {
        let run = scheduled.run();
        let (failures, notes, late) = (run.take_failures(), run.finish(), run.take_late());
        let wall = self.now() - self.begin;
        let is_cancelled = self.has_tasks && cancel.iter().any(|token| token.flag().is_set());
        // The bar goes before anybody hears of the end.
        drop(self.progress_thread);
        scheduled.limits().into_iter().for_each(RunLimits::end);
        // Who asks for no record pays for none.
        let details = if self.instrument.is_some() || scheduled.memory().is_some() {
            Some(Box::new(details(&scheduled, self.begin, notes)))
        } else {
            None
        };
        let ended = EndedRun {
            scheduled,
            failures,
            late,
            is_cancelled,
            workers: self.workers,
            begin: self.begin,
            planned: self.planned,
            wall,
            instrument: self.instrument,
            details,
        };
        ended.tell_observers();
        ended
    }
}

/// What the record of a run that has ended tells besides its tasks; `notes` are on those that tasks have made.
#[cold]
fn details(scheduled: &Scheduled, begin: Instant, notes: Vec<Arc<SegmentNotes>>) -> RecordDetails {
    let memory = scheduled.memory();
    RecordDetails {
        failed: scheduled.run().take_failed(),
        notes,
        held_back: memory.map(|memory| memory.take_held_back(begin)).unwrap_or_default(),
        memory: memory.map(RunMemory::finish),
        resources: scheduled.limits().map(|limits| limits.take_records(begin)).unwrap_or_default(),
        record: OnceLock::new(),
    }
}

/// Refuses a run inside so many tasks that the thread could run out of stack, or that the errors of
/// all of them, one inside another, could not be shown on a usual thread.
pub(crate) fn check_depth() -> Result<(), Error> {
    let depth = nesting::depth();
    if depth == 0 {
        stack::begin_outermost();
        return Ok(());
    }
    let is_short = || stack::bytes_left().is_some_and(|bytes| bytes < LEAST_STACK);
    if depth >= DEEPEST || is_short() { Err(Error::NestedTooDeep { depth }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
