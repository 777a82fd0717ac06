//! Driving a run from its handles to their results: the handles live as long as anything looks at
//! the tasks behind them.

#![expect(unsafe_code, reason = "it vouches that the handles outlive the run")]

use std::{sync::Arc, time::Instant};

use graph_core::{__run::Plan, Outputs};

use super::{
    completed::{Completed, Ending, Scheduled},
    settings::{Settings, Workers},
};
use crate::{
    error::Error,
    memory::reservations::RunMemory,
    observe::{
        instrument::Instrumentation,
        progress::{Progress, thread::ProgressThread},
    },
    run::{
        Policy, Run, RunOptions,
        cancel::{CancelToken, Registration},
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

/// A run whose plan is made, and what its end needs.
pub(crate) struct Begun<H> {
    outputs: H,
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
    /// Each of them cancels the run.
    cancel: Vec<CancelToken>,
}

/// What is to run, and on which pool; `None` when the calling thread does, or when there is nothing to run.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) pool: Option<Arc<WorkerPool>>,
}

impl RunDriver<'_> {
    /// Runs what `outputs` need, and returns when no task of the run is running any more.
    pub(crate) fn run<H: Outputs>(&self, outputs: H) -> Result<Completed<H>, Error> {
        check_depth()?;
        let (begun, planned) = self.plan(outputs)?;
        Ok(self.complete(begun, planned))
    }

    /// Plans what `outputs` need.
    pub(crate) fn plan<H: Outputs>(&self, outputs: H) -> Result<(Begun<H>, Planned), Error> {
        let settings = self.settings;
        let begin = Instant::now();
        let plan = Plan::new(&outputs)?;
        let pool = self.pool(&plan)?;
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
        let begun = Begun {
            outputs,
            has_tasks: !plan.is_empty(),
            workers,
            begin,
            planned: begin,
            instrument,
            progress,
            progress_thread,
            cancel: settings.cancel.clone(),
        };
        Ok((begun, Planned { plan, pool }))
    }

    /// Runs what was planned, and returns when no task of the run is running any more.
    pub(crate) fn complete<H: Outputs>(
        &self,
        mut begun: Begun<H>,
        planned: Planned,
    ) -> Completed<H> {
        let Planned { plan, pool } = planned;
        let scheduled = match pool {
            Some(pool) => {
                // SAFETY: `begun` has the handles, and goes into `Completed`; `complete` returns when no
                // task is running, and none starts later.
                let parallel = unsafe { self.parallel(&begun, plan, pool, None) };
                let _registered = self.register(&parallel);
                begun.note_planned();
                caller::complete(&parallel, begun.instrument.as_deref(), begun.begin);
                Scheduled::Parallel(parallel)
            }
            None => {
                begun.note_planned();
                let (instrument, progress) =
                    (begun.instrument.as_deref(), begun.progress.as_deref());
                let observation = Observation { instrument, progress };
                let options = self.options(&begun, true, false);
                // SAFETY: as above.
                let (serial, unsettled) =
                    unsafe { SerialRun::complete(plan, &options, observation) };
                Scheduled::Serial { serial, unsettled }
            }
        };
        let completed = begun.end(scheduled);
        completed.tell_task_if_cancelled();
        completed
    }

    /// Prepares the run of a plan on a pool. `end` is called at its end, when no thread waits for that.
    ///
    /// # Safety
    /// The handles of `begun` live until no task of the run is running and none starts any more, and until
    /// nobody asks for errors and the record any more.
    pub(crate) unsafe fn parallel<H>(
        &self,
        begun: &Begun<H>,
        plan: Plan,
        pool: Arc<WorkerPool>,
        end: Option<Arc<dyn EndOfRun>>,
    ) -> Arc<ParallelRun> {
        let options = self.options(begun, false, end.is_some());
        let is_short = |kind| pool.durations().is_short(kind);
        // SAFETY: promised by the caller.
        let (run, order) = unsafe { Run::new(plan, &options, Some(is_short)) };
        let resources = RunResources {
            pool,
            budget: self.settings.budget.clone(),
            instrument: begun.instrument.as_ref().map(Arc::downgrade),
            progress: begun.progress.clone(),
            end,
        };
        ParallelRun::new(run, order, resources)
    }

    fn options<'b, H>(
        &self,
        begun: &'b Begun<H>,
        alone: bool,
        in_background: bool,
    ) -> RunOptions<'b> {
        RunOptions {
            policy: self.policy,
            strict: !alone && self.settings.budget.is_some(),
            alone,
            in_background,
            cancel: &begun.cancel,
            recorded: self.recorded,
        }
    }

    /// Lets each token of the run tell it of a cancellation.
    pub(crate) fn register(&self, parallel: &Arc<ParallelRun>) -> Vec<Registration> {
        self.settings.cancel.iter().map(|token| token.register(parallel)).collect()
    }

    /// The pool to run on; `None` when the calling thread does, or when there is nothing to run.
    fn pool(&self, plan: &Plan) -> Result<Option<Arc<WorkerPool>>, Error> {
        match &self.settings.workers {
            Workers::Pool(pool) if !plan.is_empty() => {
                pool.clone().map_or_else(WorkerPool::current, Ok).map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl<H: Outputs> Begun<H> {
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

    /// Takes down a run of which no task is running, and none starts any more.
    pub(crate) fn end(self, scheduled: Scheduled) -> Completed<H> {
        let run = scheduled.run();
        let (failures, notes) = (run.take_failures(), run.finish());
        let failed = run.take_failed();
        let wall = self.now() - self.begin;
        let is_cancelled = self.has_tasks && self.cancel.iter().any(|token| token.flag().is_set());
        // The bar goes before anybody hears of the end.
        drop(self.progress_thread);
        let memory = scheduled.memory();
        let held_back = memory.map(|memory| memory.take_held_back(self.begin)).unwrap_or_default();
        let memory = memory.map(RunMemory::finish);
        let completed = Completed {
            outputs: self.outputs,
            ending: Ending { scheduled, failures, failed, notes },
            is_cancelled,
            workers: self.workers,
            begin: self.begin,
            planned: self.planned,
            wall,
            memory,
            held_back,
            instrument: self.instrument,
        };
        completed.tell_observers();
        completed
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
