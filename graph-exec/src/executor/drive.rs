//! Driving a run from its handles to their results: the handles live as long as anything looks at
//! the tasks behind them.

#![expect(unsafe_code, reason = "it vouches that the handles outlive the run")]

use std::{
    num::NonZero,
    sync::{Arc, OnceLock},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use graph_core::{__run::Plan, Outputs};

use super::{
    run_tasks::RunTasks,
    settings::{Settings, Workers},
};
use crate::{
    error::Error,
    memory::reservations::RunMemory,
    observe::{
        instrument::Instrumentation,
        progress::{Progress, thread::ProgressThread},
    },
    record::{
        outcome::RunOutcome,
        run_data::{RunData, failure::TaskFailure, memory::MemoryRecord},
        run_record::RunRecord,
    },
    run::{
        Policy, Run, RunOptions,
        dynamic::SegmentNotes,
        failures::{Failures, Reason},
        nesting, stack,
    },
    scheduler::{
        caller,
        parallel::{ParallelRun, RunResources},
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

impl RunDriver<'_> {
    /// Runs what `outputs` need, and returns when no task of the run is running any more.
    pub(crate) fn run<H: Outputs>(&self, outputs: H) -> Result<Completed<H>, Error> {
        check_depth()?;
        let settings = self.settings;
        let begin = Instant::now();
        let plan = Plan::new(&outputs)?;
        let has_tasks = !plan.is_empty();
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
        // Who asks for no times pays for no clock.
        let now = || if instrument.is_some() { Instant::now() } else { begin };
        let planned;
        let options = RunOptions {
            policy: self.policy,
            strict: pool.is_some() && settings.budget.is_some(),
            alone: pool.is_none(),
            cancel: &settings.cancel,
            recorded: self.recorded,
        };
        let ending = match pool {
            Some(pool) => {
                let budget = settings.budget.clone();
                let is_short = |kind| pool.durations().is_short(kind);
                // SAFETY: `outputs` lives in this function and then in `Completed`; `complete`
                // returns when no task is running, and none starts later.
                let (run, order) = unsafe { Run::new(plan, &options, Some(is_short)) };
                let resources = RunResources {
                    pool,
                    budget,
                    instrument: instrument.as_ref().map(Arc::downgrade),
                    progress,
                };
                let parallel = ParallelRun::new(run, order, resources);
                let _registered: Vec<_> =
                    settings.cancel.iter().map(|token| token.register(&parallel)).collect();
                planned = now();
                caller::complete(&parallel, instrument.as_deref(), begin);
                let (failures, notes) = (parallel.run().take_failures(), parallel.run().finish());
                let failed = parallel.run().take_failed();
                let unsettled = parallel.unsettled();
                let scheduled = Scheduled::Parallel(parallel);
                Ending { scheduled, failures, failed, notes, unsettled }
            }
            None => {
                planned = now();
                let (instrument, progress) = (instrument.as_deref(), progress.as_deref());
                let observation = Observation { instrument, progress };
                // SAFETY: as above.
                let (serial, unsettled) =
                    unsafe { SerialRun::complete(plan, &options, observation) };
                let (failures, notes) = (serial.run().take_failures(), serial.run().finish());
                let failed = serial.run().take_failed();
                let scheduled = Scheduled::Serial(serial);
                Ending { scheduled, failures, failed, notes, unsettled }
            }
        };
        let wall = now() - begin;
        let is_cancelled = has_tasks && settings.cancel.iter().any(|token| token.flag().is_set());
        // The bar goes before anybody hears of the end.
        drop(progress_thread);
        let memory = match &ending.scheduled {
            Scheduled::Parallel(run) => run.memory().map(RunMemory::finish),
            Scheduled::Serial(_) => None,
        };
        let held_back = match &ending.scheduled {
            Scheduled::Parallel(run) => run.memory(),
            Scheduled::Serial(_) => None,
        };
        let held_back = held_back.map(|memory| memory.take_held_back(begin)).unwrap_or_default();
        let completed = Completed {
            outputs,
            ending,
            is_cancelled,
            workers,
            begin,
            planned,
            wall,
            memory,
            held_back,
            instrument,
        };
        if completed.is_incomplete() && completed.outcome() == RunOutcome::Cancelled {
            // A task that has computed this graph hears of a cancellation by that.
            nesting::is_task_cancelled();
        }
        if let Some(instrument) = &completed.instrument {
            instrument.finished(completed.outcome(), completed.error().as_ref(), wall);
        }
        Ok(completed)
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

/// Refuses a run inside so many tasks that the thread could run out of stack, or that the errors of
/// all of them, one inside another, could not be shown on a usual thread.
fn check_depth() -> Result<(), Error> {
    let depth = nesting::depth();
    if depth == 0 {
        stack::begin_outermost();
        return Ok(());
    }
    let is_short = || stack::bytes_left().is_some_and(|bytes| bytes < LEAST_STACK);
    if depth >= DEEPEST || is_short() { Err(Error::NestedTooDeep { depth }) } else { Ok(()) }
}

/// How many cores the process may use; 1 when the system does not tell. Asked once, because the answer is
/// in several files.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

enum Scheduled {
    Parallel(Arc<ParallelRun>),
    Serial(Arc<SerialRun>),
}

/// What a run has left.
struct Ending {
    scheduled: Scheduled,
    failures: Failures,
    /// (number of a task in the record, why it failed); empty when the run was not recorded.
    failed: Vec<(u32, Reason)>,
    /// On the tasks that tasks have made; empty when the run was not recorded.
    notes: Vec<Arc<SegmentNotes>>,
    /// How many tasks have no outcome, and will have none.
    unsettled: usize,
}

impl Ending {
    fn run(&self) -> &Run {
        match &self.scheduled {
            Scheduled::Parallel(parallel) => parallel.run(),
            Scheduled::Serial(serial) => serial.run(),
        }
    }
}

/// A run that has ended, with the handles that it was for.
pub(crate) struct Completed<H> {
    outputs: H,
    ending: Ending,
    /// A token of the run was cancelled before the run had ended.
    is_cancelled: bool,
    workers: usize,
    begin: Instant,
    /// When the first task could start.
    planned: Instant,
    wall: Duration,
    /// Present when memory was limited.
    memory: Option<MemoryRecord>,
    /// When tasks waited for memory, in nanoseconds since the run began.
    held_back: Vec<(u64, u64)>,
    /// Present when the run was recorded or observed.
    instrument: Option<Arc<Instrumentation>>,
}

impl<H: Outputs> Completed<H> {
    fn plan(&self) -> &Plan {
        self.ending.run().plan()
    }

    /// (index of the task in the record, why it failed), in the order of the record.
    fn failed_tasks(&self, tasks: &RunTasks) -> Vec<(usize, TaskFailure)> {
        let failed = self.ending.failed.iter().map(|(id, reason)| {
            let failure = match reason {
                Reason::Failure { failure, .. } => TaskFailure::Failed(Arc::clone(failure)),
                Reason::WouldDeadlock { task, built_at } => TaskFailure::WouldDeadlock(
                    Error::WouldDeadlock { task: task.clone(), built_at: built_at.clone() }
                        .to_string(),
                ),
            };
            (tasks.index(*id), failure)
        });
        let mut failed: Vec<_> = failed.collect();
        failed.sort_by_key(|&(task, _)| task);
        failed.dedup_by_key(|&mut (task, _)| task);
        failed
    }

    fn first_failure(&self) -> Option<Error> {
        self.ending.run().first_error(&self.ending.failures)
    }

    fn cancelled(&self) -> Error {
        let tasks = self.ending.run().tasks();
        Error::Cancelled { ended: tasks - self.ending.unsettled, tasks }
    }

    /// The first failure; without one, the run was cancelled when tasks are left over, and also when
    /// none is: one of them may have seen the token and ended early.
    fn error(&self) -> Option<Error> {
        self.first_failure().or_else(|| self.is_incomplete().then(|| self.cancelled()))
    }

    /// Says whether some task has no outcome, or may have ended early.
    fn is_incomplete(&self) -> bool {
        self.is_cancelled || self.ending.unsettled > 0
    }

    fn outcome(&self) -> RunOutcome {
        match self.error() {
            None => RunOutcome::Done,
            Some(Error::Cancelled { .. }) => RunOutcome::Cancelled,
            Some(_) => RunOutcome::Failed,
        }
    }

    /// What the run did, when it was recorded.
    pub(crate) fn record(&self) -> RunRecord {
        let plan = self.plan();
        let notebooks = self
            .instrument
            .as_ref()
            .map(|instrument| instrument.take_notebooks())
            .unwrap_or_default();
        // SAFETY: asked of tasks that did not run in this run, and the handles exist.
        let idle = |task| unsafe { (plan.signature(task), plan.state(task)) };
        let tasks = RunTasks::new(plan, notebooks, &self.ending.notes, idle);
        let failures = self.failed_tasks(&tasks);
        let data = RunData {
            workers: self.workers,
            outcome: self.outcome(),
            planning: self.planned.saturating_duration_since(self.begin),
            wall: self.wall,
            entries: Arc::new(tasks.entries),
            dependencies: tasks.dependencies,
            order_edges: tasks.order_edges,
            memory: self.memory,
            samples: self.instrument.as_ref().and_then(|instrument| instrument.take_samples()),
            cores: cores(),
            began: SystemTime::now().checked_sub(self.begin.elapsed()).unwrap_or(UNIX_EPOCH),
            command_line: None,
            held_back: Vec::new(),
            failures,
            #[cfg(feature = "cluster")]
            cluster: None,
        };
        RunRecord::new(data.with_held_back(self.held_back.clone()))
    }

    /// The results, or the first failure.
    pub(crate) fn into_values(self) -> Result<H::Values, Error> {
        self.error().map_or_else(|| Ok(self.outputs.values()), Err)
    }

    /// A result or an error for each output.
    pub(crate) fn into_results(self) -> H::Results<Error> {
        let plan = self.plan();
        // All errors first: taking a result may drop handles that other errors still look at.
        let mut errors = plan
            .outputs()
            .iter()
            .map(|&output| {
                let error = self.ending.run().output_error(&self.ending.failures, output);
                // SAFETY: the handles exist.
                let done = || unsafe { plan.output_is_done(output) };
                error.or_else(|| (!done()).then(|| self.cancelled()))
            })
            .collect::<Vec<_>>()
            .into_iter();
        self.outputs.results(&mut || errors.next().flatten().map_or(Ok(()), Err))
    }
}
