//! How a run ended.

/// How a run ended.
///
/// ```
/// use graph_exec::{Executor, RunOutcome, prelude::*};
///
/// let finished = Executor::default().run(value(1))?;
/// assert_eq!(finished.record().outcome(), RunOutcome::Done);
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
}
