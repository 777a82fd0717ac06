//! A run that has ended, with the handles it was for: they live as long as anything looks at the
//! tasks behind them.

#![expect(unsafe_code, reason = "it vouches that the handles outlive the run")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use graph_core::{__run::Plan, Outputs};

use crate::{
    Error, RunRecord,
    crew::Crew,
    parallel::Parallel,
    record::{Names, Recorder, Span},
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

enum Course {
    Parallel(Arc<Parallel>),
    Serial(Box<Serial>),
}

pub(crate) struct Completed<H> {
    outputs: H,
    course: Course,
    workers: usize,
    begin: Instant,
    wall: Duration,
    /// There when the run is recorded.
    names: Option<Names>,
}

impl<H: Outputs> Completed<H> {
    /// Runs what `outputs` need.
    pub(crate) fn run(
        outputs: H,
        workers: &Workers,
        policy: Policy,
        recorded: bool,
    ) -> Result<Self, Error> {
        let begin = Instant::now();
        let plan = Plan::of(&outputs)?;
        // SAFETY: nothing of the plan has started, and `outputs` holds it.
        let names = recorded.then(|| unsafe { Names::of(&plan) });
        let course = match workers {
            Workers::Crew(crew) if !plan.is_empty() => {
                let crew = crew.clone().map_or_else(Crew::current, Ok)?;
                // SAFETY: `outputs` lives in this function and then in `Completed`; `complete`
                // returns when no task is running, and none starts later.
                let (run, sources) = unsafe { Run::new(plan, policy) };
                let recorder = recorded.then(Recorder::new);
                let parallel = Parallel::new(run, sources, crew, recorder);
                parallel.complete();
                Course::Parallel(parallel)
            }
            // SAFETY: as above.
            _ => Course::Serial(Box::new(unsafe { Serial::complete(plan, policy, recorded) })),
        };
        let workers = workers.count();
        Ok(Completed { outputs, course, workers, begin, wall: begin.elapsed(), names })
    }

    /// What the run did, when it was recorded.
    pub(crate) fn take_record(&mut self) -> RunRecord {
        let (plan, spans): (&Plan, Vec<Span>) = match &mut self.course {
            Course::Parallel(parallel) => (parallel.run().plan(), parallel.spans()),
            Course::Serial(serial) => {
                let spans = serial.take_spans();
                (serial.plan(), spans)
            }
        };
        let names = self.names.take().unwrap_or_default();
        RunRecord::new(self.workers, self.begin, self.wall, plan, names, spans)
    }

    /// The results, or the first failure.
    pub(crate) fn into_values(self) -> Result<H::Values, Error> {
        let error = match &self.course {
            Course::Parallel(parallel) => parallel.run().first_error(),
            Course::Serial(serial) => serial.first_error(),
        };
        error.map_or_else(|| Ok(self.outputs.values()), Err)
    }

    /// A result or an error for each output.
    pub(crate) fn into_results(self) -> H::Results<Error> {
        let plan = match &self.course {
            Course::Parallel(parallel) => parallel.run().plan(),
            Course::Serial(serial) => serial.plan(),
        };
        // All errors first: taking a result may drop handles that other errors still look at.
        let mut errors = plan
            .outputs()
            .iter()
            .map(|&output| match &self.course {
                Course::Parallel(parallel) => parallel.run().output_error(output),
                Course::Serial(serial) => serial.output_error(output),
            })
            .collect::<Vec<_>>()
            .into_iter();
        self.outputs.results(&mut || errors.next().flatten().map_or(Ok(()), Err))
    }
}
