//! The options of an executor, as a run reads them.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    limits::{memory::budget::MemoryBudget, resources::limiter::Limiter},
    observe::observer::Observer,
    run::cancel::CancelToken,
    scheduler::pool::WorkerPool,
};

/// Which threads run the tasks.
#[derive(Clone)]
pub(crate) enum Workers {
    /// Those of the given pool, or else of the one that the calling thread belongs to, or of the
    /// pool that the whole program shares.
    Pool(Option<Arc<WorkerPool>>),
    CallingThread,
}

impl Workers {
    /// How many tasks can run at once.
    pub(crate) fn count(&self) -> usize {
        match self {
            Workers::Pool(Some(pool)) => pool.threads(),
            Workers::Pool(None) => WorkerPool::current().map_or(1, |pool| pool.threads()),
            Workers::CallingThread => 1,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) workers: Workers,
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    /// Each of them cancels the runs.
    pub(crate) cancel: Vec<CancelToken>,
    /// How long each run may take; `None` for as long as it likes.
    pub(crate) timeout: Option<Duration>,
    /// Present when memory is limited.
    pub(crate) budget: Option<Arc<MemoryBudget>>,
    /// The resources that tasks share; `None` for those of the pool, on which runs do not happen on the calling
    /// thread.
    pub(crate) limiter: Option<Arc<Limiter>>,
    /// Says whether progress is shown on stderr.
    pub(crate) progress: bool,
    /// By what tasks are chosen among those that are ready, when the calling thread runs them; `None` for
    /// the order of the schedule.
    pub(crate) seed: Option<u64>,
    /// What the waits of tasks that are tried again are made of; `None` for others each time.
    pub(crate) jitter_seed: Option<u64>,
}

impl Settings {
    /// Those of an executor that runs tasks on the calling thread.
    pub(crate) fn serial(limiter: Arc<Limiter>) -> Self {
        Settings { limiter: Some(limiter), ..Settings::new(Workers::CallingThread) }
    }

    pub(crate) fn new(workers: Workers) -> Self {
        Settings {
            workers,
            observers: Vec::new(),
            cancel: Vec::new(),
            timeout: None,
            budget: None,
            limiter: None,
            progress: false,
            seed: None,
            jitter_seed: None,
        }
    }
}

impl Settings {
    /// The settings of one run that begins now and that `tokens` cancel too.
    pub(crate) fn for_run(&self, tokens: impl IntoIterator<Item = CancelToken>) -> Self {
        let mut settings = self.clone();
        settings.cancel.extend(tokens);
        settings.cancel.extend(self.timeout.map(CancelToken::with_timeout));
        settings
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let workers = match &self.workers {
            Workers::Pool(Some(_)) => "its own",
            Workers::Pool(None) => "the program's",
            Workers::CallingThread => "the calling thread",
        };
        f.debug_struct("Settings")
            .field("workers", &workers)
            .field("memory_limit", &self.budget.as_deref().map(MemoryBudget::limit))
            .field("progress", &self.progress)
            .field("seed", &self.seed)
            .field("jitter_seed", &self.jitter_seed)
            .field("observers", &self.observers.len())
            .field("cancel", &self.cancel.len())
            .field("timeout", &self.timeout)
            .finish()
    }
}
