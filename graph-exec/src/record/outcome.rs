//! How a run ended.

use std::fmt;

/// How a run ended.
///
/// ```
/// use graph_exec::{Executor, RunOutcome, prelude::*};
///
/// let finished = Executor::default().run(value(1))?;
/// assert_eq!(finished.record().outcome(), RunOutcome::Done);
/// assert_eq!(finished.record().outcome().to_string(), "done");
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunOutcome {
    /// Every task has its result.
    Done,
    /// A task failed.
    Failed,
    /// It was cancelled before every task had its result.
    Cancelled,
    /// Its time was up before every task had its result.
    TimedOut,
}

impl fmt::Display for RunOutcome {
    /// In small letters: `done`, `failed`, `cancelled`, `timed out`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            RunOutcome::Done => "done",
            RunOutcome::Failed => "failed",
            RunOutcome::Cancelled => "cancelled",
            RunOutcome::TimedOut => "timed out",
        })
    }
}
