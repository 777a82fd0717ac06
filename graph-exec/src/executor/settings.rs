//! How an executor runs what it is given.

use std::sync::Arc;

use crate::{
    memory::budget::Account, observer::Observer, run::cancel::CancelToken, scheduler::pool::Crew,
};

/// Who runs the tasks.
#[derive(Clone)]
pub(crate) enum Workers {
    /// The given pool, or the current one.
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

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) workers: Workers,
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    pub(crate) cancel: Vec<CancelToken>,
    /// Present when memory is limited.
    pub(crate) account: Option<Arc<Account>>,
    /// Says whether progress is shown on stderr.
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
