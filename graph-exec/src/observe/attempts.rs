//! Tells observers of the attempts of one task that have failed.

use std::time::Duration;

use graph_core::{
    __run::{AttemptRun, Attempts, Backoff, Overrun},
    Cause,
};

use super::instrument::{Instrumentation, WorkerInstrumentation};
use crate::run::{Run, dynamic::Place};

/// Whom an observed task asks about its attempts: its run, and the observers hear of it.
pub(crate) struct ObservedAttempts<'a> {
    run: &'a Run,
    /// `None` when nobody observes the run.
    instrument: Option<&'a Instrumentation>,
    place: Place,
    worker: usize,
}

impl<'a> ObservedAttempts<'a> {
    /// Of a ready task, on the worker whose instrumentation this is.
    pub(crate) fn new(
        run: &'a Run,
        instrument: Option<&WorkerInstrumentation<'a>>,
        task: u32,
    ) -> Self {
        let worker = instrument.map_or(0, WorkerInstrumentation::number);
        let instrument = instrument.map(WorkerInstrumentation::run);
        ObservedAttempts { run, instrument, place: run.place(task), worker }
    }
}

impl AttemptRun for ObservedAttempts<'_> {
    fn may_retry(&self) -> bool {
        self.run.may_retry()
    }

    fn resume(&self, task: u64) -> Attempts {
        self.run.resume(task)
    }

    fn retried(&self, attempt: u32, cause: &Cause, backoff: Option<Backoff>) {
        let Some(instrument) = self.instrument else { return };
        let wait = |backoff| self.run.wait(&self.place, backoff, attempt);
        let wait = backoff.map_or(Duration::ZERO, wait);
        let task = || self.run.running(&self.place);
        instrument.retried(task, self.worker, attempt, cause, wait);
    }

    fn begin(&self, limit: Duration) {
        self.run.begin(limit);
    }

    fn end(&self) -> Option<Overrun> {
        self.run.end()
    }
}
