//! A run that has ended: what it gives, and its record.

#![expect(unsafe_code, reason = "it asks what became of tasks whose handles it holds")]

use std::{
    num::NonZero,
    sync::{Arc, OnceLock},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use graph_core::{
    __run::{Plan, drop_quietly},
    Outputs,
};

use super::run_tasks::RunTasks;
use crate::{
    error::{Error, LateTask},
    limits::{memory::reservations::RunMemory, resources::run_limits::RunLimits},
    observe::instrument::Instrumentation,
    record::{
        outcome::RunOutcome,
        run_data::{
            RunData,
            failure::TaskFailure,
            memory::MemoryRecord,
            resources::{HeldBack, ResourceRecord},
        },
        run_record::RunRecord,
    },
    run::{
        Run,
        dynamic::SegmentNotes,
        failures::{Failures, Reason},
        nesting,
    },
    scheduler::{parallel::ParallelRun, serial::SerialRun},
};

/// How many cores the process may use; 1 when the system does not tell. Asked once, because the answer is
/// in several files.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Who ran the tasks.
pub(super) enum Scheduled {
    Parallel(Arc<ParallelRun>),
    Serial {
        serial: Arc<SerialRun>,
        /// How many tasks have no outcome, and will have none.
        unsettled: usize,
    },
}

impl Scheduled {
    pub(super) fn run(&self) -> &Run {
        match self {
            Scheduled::Parallel(parallel) => parallel.run(),
            Scheduled::Serial { serial, .. } => serial.run(),
        }
    }

    /// Present when memory was limited.
    pub(super) fn memory(&self) -> Option<&RunMemory> {
        match self {
            Scheduled::Parallel(parallel) => parallel.memory(),
            Scheduled::Serial { .. } => None,
        }
    }

    /// Present when a task of the run needed resources.
    pub(super) fn limits(&self) -> Option<&RunLimits> {
        match self {
            Scheduled::Parallel(parallel) => parallel.limits(),
            Scheduled::Serial { serial, .. } => serial.limits(),
        }
    }

    /// How many tasks have no outcome, and will have none.
    fn unsettled(&self) -> usize {
        match self {
            Scheduled::Parallel(parallel) => parallel.unsettled(),
            Scheduled::Serial { unsettled, .. } => *unsettled,
        }
    }
}

/// Present when the run was recorded.
fn recorder(instrument: Option<&Arc<Instrumentation>>) -> Option<&Instrumentation> {
    instrument.map(|instrument| &**instrument).filter(|instrument| instrument.is_recorded())
}

/// A run that has ended, with the handles that it was for.
pub(crate) struct Completed<H> {
    pub(super) outputs: H,
    pub(super) ended: EndedRun,
}

impl<H: Outputs> Completed<H> {
    /// What the run did; an empty record when it was not recorded. Whoever asks again gets the same.
    pub(crate) fn record(&self) -> RunRecord {
        self.ended.record()
    }

    /// [`record`](Self::record), for who asks for the last time: it is empty from then on.
    pub(crate) fn take_record(&mut self) -> RunRecord {
        self.ended.take_record()
    }

    /// The results, or the first failure.
    pub(crate) fn into_values(self) -> Result<H::Values, Error> {
        match self.ended.error() {
            None => Ok(self.outputs.values()),
            Some(error) => {
                // With the handles go results that nobody is given.
                drop_quietly(self);
                Err(error)
            }
        }
    }

    /// A result or an error for each output.
    pub(crate) fn into_results(self) -> H::Results<Error> {
        // All errors first: taking a result may drop handles that other errors still look at.
        let mut errors = self.ended.output_errors().into_iter();
        self.outputs.results(&mut || errors.next().flatten().map_or(Ok(()), Err))
    }
}

/// What a run has left. The handles that it was for outlive it.
pub(crate) struct EndedRun {
    pub(super) scheduled: Scheduled,
    pub(super) failures: Failures,
    /// The task that went on longest after the time was up.
    pub(super) late: Option<Box<LateTask>>,
    /// A token of the run was cancelled before the run had ended.
    pub(super) is_cancelled: bool,
    pub(super) workers: usize,
    pub(super) begin: Instant,
    /// When the first task could start.
    pub(super) planned: Instant,
    pub(super) wall: Duration,
    /// Present when the run was recorded or observed.
    pub(super) instrument: Option<Arc<Instrumentation>>,
    /// Present when the run was recorded or observed, or memory was limited.
    pub(super) details: Option<Box<RecordDetails>>,
}

/// What the record of a run has besides its tasks.
#[derive(Default)]
pub(super) struct RecordDetails {
    /// (number of a task in the record, why it failed); empty when the run was not recorded.
    pub(super) failed: Vec<(u32, Reason)>,
    /// On the tasks that tasks have made; empty when the run was not recorded.
    pub(super) notes: Vec<Arc<SegmentNotes>>,
    /// Present when memory was limited.
    pub(super) memory: Option<MemoryRecord>,
    /// When tasks waited for memory, in nanoseconds since the run began.
    pub(super) held_back: Vec<(u64, u64)>,
    /// What tasks of the run needed, and when they waited for it.
    pub(super) resources: (Vec<ResourceRecord>, Vec<HeldBack>),
    /// Empty until the record is first asked for.
    pub(super) record: OnceLock<RunRecord>,
}

impl EndedRun {
    /// Tells observers how the run has ended.
    pub(super) fn tell_observers(&self) {
        if let Some(instrument) = &self.instrument {
            instrument.finished(self.outcome(), self.error().as_ref(), self.wall);
        }
    }

    /// A task that has waited for this run hears of a cancellation by that.
    pub(crate) fn tell_task_if_cancelled(&self) {
        // One that goes on after failures says of each output by itself what became of it.
        let says_so = || {
            self.run().keeps_going()
                || matches!(self.outcome(), RunOutcome::Cancelled | RunOutcome::TimedOut)
        };
        if self.is_incomplete() && says_so() {
            nesting::is_task_cancelled();
        }
    }

    fn run(&self) -> &Run {
        self.scheduled.run()
    }

    fn plan(&self) -> &Plan {
        self.run().plan()
    }

    /// (index of the task in the record, why it failed), in the order of the record.
    fn failed_tasks(failed: &[(u32, Reason)], tasks: &RunTasks) -> Vec<(usize, TaskFailure)> {
        let failed = failed.iter().map(|(id, reason)| {
            let failure = match reason {
                Reason::Failure { failure, .. } => TaskFailure::Failed(failure.clone()),
                Reason::WouldDeadlock { task, built_at, wants } => TaskFailure::WouldDeadlock(
                    Error::WouldDeadlock {
                        task: task.clone(),
                        built_at: built_at.clone(),
                        wants: wants.clone(),
                    }
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
        self.run().first_error(&self.failures)
    }

    fn cancelled(&self) -> Error {
        let tasks = self.run().tasks();
        let ended = tasks - self.scheduled.unsettled();
        match self.run().nesting().time_limit_reached() {
            None => Error::Cancelled { ended, tasks },
            Some(limit) => {
                Error::TimedOut { limit: limit.length, ended, tasks, late: self.late.clone() }
            }
        }
    }

    /// The first failure; without one, the run was cancelled when tasks are left over, and also when
    /// none is: one of them may have seen the token and ended early.
    fn error(&self) -> Option<Error> {
        self.first_failure().or_else(|| self.is_incomplete().then(|| self.cancelled()))
    }

    /// Says whether some task has no outcome, or may have ended early.
    fn is_incomplete(&self) -> bool {
        self.is_cancelled || self.scheduled.unsettled() > 0
    }

    fn outcome(&self) -> RunOutcome {
        match self.error() {
            None => RunOutcome::Done,
            Some(Error::Cancelled { .. }) => RunOutcome::Cancelled,
            Some(Error::TimedOut { .. }) => RunOutcome::TimedOut,
            Some(_) => RunOutcome::Failed,
        }
    }

    /// What the run did; an empty record when it was not recorded. Whoever asks again gets the same.
    fn record(&self) -> RunRecord {
        let details = self.details.as_deref().zip(recorder(self.instrument.as_ref()));
        // Made once: that uses up what was noted, and asks every task without notes.
        let make = |(details, instrument): (&RecordDetails, _)| {
            details.record.get_or_init(|| self.make_record(details, instrument)).clone()
        };
        details.map_or_else(|| RunRecord::empty(self.workers), make)
    }

    /// [`record`](Self::record), for who asks for the last time: it is empty from then on.
    fn take_record(&mut self) -> RunRecord {
        let (details, instrument) = (self.details.take(), self.instrument.take());
        let Some((mut details, instrument)) = details.zip(recorder(instrument.as_ref())) else {
            return RunRecord::empty(self.workers);
        };
        details.record.take().unwrap_or_else(|| self.make_record(&details, instrument))
    }

    /// The record of a run that was recorded, whose notes nobody has taken.
    fn make_record(&self, details: &RecordDetails, instrument: &Instrumentation) -> RunRecord {
        let plan = self.plan();
        // SAFETY: asked of tasks that did not run in this run, or were put off and not tried again, and
        // the handles exist.
        let idle = |task| unsafe { (plan.signature(task), plan.state(task)) };
        let tasks = RunTasks::new(plan, instrument.take_notebooks(), &details.notes, idle);
        let failures = Self::failed_tasks(&details.failed, &tasks);
        let data = RunData {
            workers: self.workers,
            outcome: self.outcome(),
            planning: self.planned.saturating_duration_since(self.begin),
            wall: self.wall,
            entries: Arc::new(tasks.entries),
            dependencies: tasks.dependencies,
            order_edges: tasks.order_edges,
            memory: details.memory,
            samples: instrument.take_samples(),
            cores: cores(),
            began: SystemTime::now().checked_sub(self.begin.elapsed()).unwrap_or(UNIX_EPOCH),
            command_line: None,
            held_back: Vec::new(),
            resources: details.resources.0.clone(),
            held_back_by_resources: details.resources.1.clone(),
            failures,
            #[cfg(feature = "cluster")]
            cluster: None,
        };
        RunRecord::new(data.with_held_back(details.held_back.clone()))
    }

    /// Why an output has no result, for each.
    fn output_errors(&self) -> Vec<Option<Error>> {
        let plan = self.plan();
        let error = |&output: &u32| {
            let error = self.run().output_error(&self.failures, output);
            // SAFETY: the handles exist.
            let done = || unsafe { plan.output_is_done(output) };
            error.or_else(|| (!done()).then(|| self.cancelled()))
        };
        plan.outputs().iter().map(error).collect()
    }
}
