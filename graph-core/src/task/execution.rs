//! What a scheduler gives a task that it runs, and what the task reports back.

pub(crate) mod attempts;
pub(crate) mod waker_set;

use std::{any::Any, cell::Cell, fmt, sync::Arc, time::Duration};

use crate::task::failure::Failure;

use self::attempts::{AttemptOptions, AttemptRun, Backoff};

/// One execution of a task, as its scheduler sees it.
pub struct Execution<'a> {
    /// Whom a task asks that is tried more than once, or whose time is limited.
    pub(crate) run: &'a dyn AttemptRun,
    /// The creation number of the task. Set only for one with options.
    pub(crate) task: u64,
    /// What was said for the task alone. Set only for one with options.
    pub(crate) options: AttemptOptions,
    /// Set when the task is told that its run is cancelled. What it then returns might not be whole, so
    /// it gives no result. `None` when nobody tells it.
    told_cancelled: Option<&'a Cell<bool>>,
    /// How many attempts were made in this run: 1 for a task without `retries`.
    pub attempts: u32,
    /// How long the task has waited between them.
    pub waited: Duration,
    /// The error of a task that has failed. Its run takes it.
    pub failure: Option<Arc<Failure>>,
    /// Set when the task is to be tried again after a wait. Its run takes it.
    pub put_off: Option<Backoff>,
    /// What the function given as `result_bytes` says of the result, in bytes. `None` without one,
    /// and for a task that was not [reserved](crate::__run::Plan::reserve).
    pub result_bytes: Option<u64>,
    /// Taken by a task that declares bytes and is shared, which keeps it until its result is freed.
    /// Every other task, and one that fails, leaves it here.
    pub charge: Option<Charge>,
}

impl fmt::Debug for Execution<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution")
            .field("attempts", &self.attempts)
            .field("result_bytes", &self.result_bytes)
            .field("charge", &self.charge)
            .finish_non_exhaustive()
    }
}

/// Whatever a scheduler wants dropped when a result is freed.
pub type Charge = Arc<dyn Any + Send + Sync>;

impl<'a> Execution<'a> {
    /// An execution without a charge.
    #[inline]
    pub fn new(run: &'a dyn AttemptRun) -> Self {
        Execution {
            run,
            task: 0,
            options: AttemptOptions::default(),
            told_cancelled: None,
            attempts: 1,
            waited: Duration::ZERO,
            failure: None,
            put_off: None,
            result_bytes: None,
            charge: None,
        }
    }

    /// The same, with a place that is set when a task is told that its run is cancelled, and that is
    /// not set when the task starts.
    #[inline]
    pub fn with_told_cancelled(self, told_cancelled: &'a Cell<bool>) -> Self {
        Execution { told_cancelled: Some(told_cancelled), ..self }
    }

    /// The creation number of the task, after it has run; for a task with options alone.
    pub fn task(&self) -> u64 {
        self.task
    }

    /// Says whether the task was told that its run is cancelled.
    #[inline]
    pub fn is_told_cancelled(&self) -> bool {
        self.told_cancelled.is_some_and(Cell::get)
    }

    /// Forgets that anybody was told, because it was not the task.
    pub fn forget_told_cancelled(&self) {
        if let Some(told_cancelled) = self.told_cancelled {
            told_cancelled.set(false);
        }
    }
}
