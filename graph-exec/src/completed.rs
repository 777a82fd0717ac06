//! A run that has ended, with the handles it was for: they live as long as anything looks at the
//! tasks behind them.

#![expect(unsafe_code, reason = "it vouches that the handles outlive the run")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use graph_core::{__run::Plan, Outputs};

use crate::{
    Error, MemoryRecord, Observer, RunOutcome, RunRecord,
    cancel::CancelToken,
    crew::Crew,
    memory::{Account, RunMemory},
    observe::{
        instrument::Instrumentation,
        progress::{Progress, thread::ProgressThread},
    },
    parallel::Parallel,
    record::{entries::Entries, run_data::RunData},
    run::{Policy, Run},
    serial::Serial,
};

/// Who runs the tasks.
#[derive(Clone)]
pub(crate) enum Workers {
    /// The given crew, or the current one.
    Crew(Option<Arc<Crew>>),
    CallingThread,
}

impl Workers {
    pub(crate) fn count(&self) -> usize {
        match self {
            Workers::Crew(Some(crew)) => crew.threads(),
            Workers::Crew(None) => Crew::current().map_or(1, |crew| crew.threads()),
            Workers::CallingThread => 1,
        }
    }
}

/// How an executor runs what it is given.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) workers: Workers,
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    pub(crate) cancel: Vec<CancelToken>,
    /// There when memory is limited.
    pub(crate) account: Option<Arc<Account>>,
    /// Shown on stderr.
    pub(crate) progress: bool,
}

impl Settings {
    pub(crate) fn new(workers: Workers) -> Self {
        Settings {
            workers,
            observers: Vec::new(),
            cancel: Vec::new(),
            account: None,
            progress: false,
        }
    }
}

enum Course {
    Parallel(Arc<Parallel>),
    Serial(Box<Serial>),
}

pub(crate) struct Completed<H> {
    outputs: H,
    course: Course,
    workers: usize,
    begin: Instant,
    /// When the first task could start.
    planned: Instant,
    wall: Duration,
    /// There when memory was limited.
    memory: Option<MemoryRecord>,
    /// There when somebody looked on.
    watch: Option<Arc<Instrumentation>>,
}

impl<H: Outputs> Completed<H> {
    /// Runs what `outputs` need.
    pub(crate) fn run(
        outputs: H,
        settings: &Settings,
        policy: Policy,
        recorded: bool,
    ) -> Result<Self, Error> {
        let begin = Instant::now();
        let plan = Plan::of(&outputs)?;
        let crew = match &settings.workers {
            Workers::Crew(crew) if !plan.is_empty() => {
                Some(crew.clone().map_or_else(Crew::current, Ok)?)
            }
            _ => None,
        };
        let workers = settings.workers.count();
        let watch =
            Instrumentation::new(begin, plan.len(), recorded, &settings.observers).map(Arc::new);
        if let Some(watch) = &watch {
            watch.started(workers);
        }
        let board = settings
            .progress
            .then(|| Arc::new(Progress::new(begin, plan.len(), workers, settings.account.clone())));
        let ticker = board.clone().map(ProgressThread::start);
        let planned;
        let course = match crew {
            Some(crew) => {
                // SAFETY: `outputs` lives in this function and then in `Completed`; `complete`
                // returns when no task is running, and none starts later.
                let (run, turns) = unsafe { Run::new(plan, policy, settings.account.is_some()) };
                let account = settings.account.clone();
                let parallel = Parallel::new(run, turns, crew, account, watch.clone(), board);
                settings.cancel.iter().for_each(|token| token.watch_over(&parallel));
                planned = Instant::now();
                parallel.complete();
                Course::Parallel(parallel)
            }
            None => {
                planned = Instant::now();
                // SAFETY: as above.
                Course::Serial(Box::new(unsafe {
                    let (watch, board) = (watch.as_deref(), board.as_deref());
                    Serial::complete(plan, policy, watch, board, &settings.cancel)
                }))
            }
        };
        let wall = begin.elapsed();
        // The bar goes before anybody hears of the end.
        drop(ticker);
        let memory = match &course {
            Course::Parallel(parallel) => parallel.memory().map(RunMemory::finish),
            Course::Serial(_) => None,
        };
        let completed = Completed { outputs, course, workers, begin, planned, wall, memory, watch };
        if let Some(watch) = &completed.watch {
            watch.finished(completed.outcome(), completed.error().as_ref(), wall);
        }
        Ok(completed)
    }

    fn plan(&self) -> &Plan {
        match &self.course {
            Course::Parallel(parallel) => parallel.run().plan(),
            Course::Serial(serial) => serial.plan(),
        }
    }

    fn unsettled(&self) -> usize {
        match &self.course {
            Course::Parallel(parallel) => parallel.unsettled(),
            Course::Serial(serial) => serial.unsettled(),
        }
    }

    fn first_failure(&self) -> Option<Error> {
        match &self.course {
            Course::Parallel(parallel) => parallel.run().first_error(),
            Course::Serial(serial) => serial.first_error(),
        }
    }

    fn cancelled(&self) -> Error {
        let tasks = self.plan().len();
        Error::Cancelled { ended: tasks - self.unsettled(), tasks }
    }

    /// The first failure; without one, and with tasks left over, the run was cancelled.
    fn error(&self) -> Option<Error> {
        self.first_failure().or_else(|| (self.unsettled() > 0).then(|| self.cancelled()))
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
        let notebooks = self.watch.as_ref().map(|watch| watch.take_notebooks()).unwrap_or_default();
        // SAFETY: asked of tasks that did not run in this run, and the handles exist.
        let idle = |task| unsafe { (plan.signature(task), plan.state(task)) };
        RunRecord::new(RunData {
            workers: self.workers,
            outcome: self.outcome(),
            planning: self.planned.saturating_duration_since(self.begin),
            wall: self.wall,
            entries: Arc::new(Entries::new(plan.len(), notebooks, idle)),
            dependencies: plan.dependencies().clone(),
            order_edges: plan.order_edges().to_vec(),
            memory: self.memory,
            #[cfg(feature = "cluster")]
            cluster: None,
        })
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
                let error = match &self.course {
                    Course::Parallel(parallel) => parallel.run().output_error(output),
                    Course::Serial(serial) => serial.output_error(output),
                };
                // SAFETY: the handles exist.
                let done = || unsafe { plan.output_is_done(output) };
                error.or_else(|| (!done()).then(|| self.cancelled()))
            })
            .collect::<Vec<_>>()
            .into_iter();
        self.outputs.results(&mut || errors.next().flatten().map_or(Ok(()), Err))
    }
}
