//! What a run in the background has from its beginning to its end, and then for whoever takes the result.

use std::{
    mem,
    sync::{Arc, Mutex},
};

use graph_core::{__run::drop_quietly, Outputs};

use super::completion::Completion;
use crate::{
    error::Error,
    executor::{
        completed::{Completed, Scheduled},
        drive::Begun,
    },
    record::RunRecord,
    run::cancel::{CancelToken, Registration},
    scheduler::parallel::{EndOfRun, ParallelRun},
    sync::lock,
};

/// What a run gave, and what it did, when it was recorded.
pub(super) type Outcome<T> = (Result<T, Error>, Option<RunRecord>);

/// A run in the background, whatever its handles are.
pub(super) trait BackgroundRun<T>: Send + Sync {
    fn completion(&self) -> &Completion;
    /// Takes what the run gave; it has ended.
    fn take(&self) -> Outcome<T>;
    /// What the run did, when it has ended and was recorded.
    fn record(&self) -> Option<RunRecord>;
    /// The result is dropped as soon as it is there. Until the run has ended it keeps itself: while all that it
    /// waits for is a time, or what others hold, nobody else may have it.
    fn abandon(&self, parallel: Arc<ParallelRun>);
}

/// How the results of a run are made of its end.
pub(super) type IntoResult<H, T> = fn(Completed<H>) -> Result<T, Error>;

pub(super) struct Background<H, T> {
    stage: Mutex<Stage<H>>,
    completion: Completion,
    into_result: IntoResult<H, T>,
    is_recorded: bool,
}

struct Stage<H> {
    /// The handles, and what the end needs of the beginning; `None` once the run has ended.
    begun: Option<(H, Begun)>,
    /// Each of them cancels the run.
    cancel: Vec<CancelToken>,
    /// That the tokens know of the run; empty until they do.
    registered: Vec<Registration>,
    /// `None` before, and when it was taken.
    completed: Option<Completed<H>>,
    /// Nobody wants the result.
    is_abandoned: bool,
    /// The run itself, when nobody waits for it; `None` before, and once it has ended.
    itself: Option<Arc<ParallelRun>>,
}

impl<H, T> Background<H, T> {
    /// A run that each of `cancel` cancels, and that has not begun.
    pub(super) fn new(
        cancel: Vec<CancelToken>,
        into_result: IntoResult<H, T>,
        is_recorded: bool,
    ) -> Self {
        let stage = Stage {
            begun: None,
            cancel,
            registered: Vec::new(),
            completed: None,
            is_abandoned: false,
            itself: None,
        };
        let completion = Completion::default();
        Background { stage: Mutex::new(stage), completion, into_result, is_recorded }
    }

    /// Keeps the handles until the end, from before the first task starts.
    pub(super) fn begin(&self, outputs: H, begun: Begun) {
        lock(&self.stage).begun = Some((outputs, begun));
    }

    /// Keeps the registrations until the end, unless that has come.
    pub(super) fn keep(&self, mut registered: Vec<Registration>) {
        let mut stage = lock(&self.stage);
        if stage.begun.is_some() {
            mem::swap(&mut stage.registered, &mut registered);
        }
        drop(stage);
        drop(registered);
    }
}

impl<H: Outputs + Send + 'static, T: 'static> EndOfRun for Background<H, T> {
    fn end(self: Arc<Self>, run: &Arc<ParallelRun>) {
        let (begun, registered, cancel) = {
            let mut stage = lock(&self.stage);
            let registered = mem::take(&mut stage.registered);
            // Whoever ends the run has it too, so nothing is dropped under the lock.
            stage.itself = None;
            (stage.begun.take(), registered, mem::take(&mut stage.cancel))
        };
        if let Some((outputs, begun)) = begun {
            let ended = {
                let _end = begun.instrument().map(|_| run.run().nesting().enter_end());
                begun.end(Scheduled::Parallel(Arc::clone(run)), &cancel)
            };
            let completed = Completed { outputs, ended };
            drop(registered);
            let mut stage = lock(&self.stage);
            let unwanted = if stage.is_abandoned {
                Some(completed)
            } else {
                stage.completed = Some(completed);
                None
            };
            drop(stage);
            drop_quietly(unwanted);
        }
        self.completion.finish();
    }
}

impl<H: Outputs + Send + 'static, T: 'static> BackgroundRun<T> for Background<H, T> {
    fn completion(&self) -> &Completion {
        &self.completion
    }

    fn take(&self) -> Outcome<T> {
        let completed = lock(&self.stage).completed.take();
        let mut completed = completed.expect("the result of a run that has ended is taken once");
        completed.ended.tell_task_if_cancelled();
        let record = self.is_recorded.then(|| completed.take_record());
        ((self.into_result)(completed), record)
    }

    fn record(&self) -> Option<RunRecord> {
        let stage = lock(&self.stage);
        stage.completed.as_ref().filter(|_| self.is_recorded).map(Completed::record)
    }

    fn abandon(&self, parallel: Arc<ParallelRun>) {
        let mut itself = Some(parallel);
        let mut stage = lock(&self.stage);
        stage.is_abandoned = true;
        if stage.begun.is_some() {
            stage.itself = itself.take();
        }
        let unwanted = stage.completed.take();
        drop(stage);
        drop_quietly(unwanted);
    }
}
