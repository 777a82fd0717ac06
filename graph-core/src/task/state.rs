//! The states a task can be in: one enum for scheduler, pictures and reports.

use serde::Serialize;

/// The state of a task.
///
/// `Waiting`, `Ready`, `Running` and `Cancelled` belong to one run; `Done` and `Failed` stay with
/// the task, because its result (or its error) does.
///
/// ```
/// use graph_core::TaskState;
///
/// assert!(TaskState::Done.is_final());
/// assert!(!TaskState::Running.is_final());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    /// Some of its dependencies have no result yet.
    #[default]
    Waiting,
    /// Every dependency has its result; a worker may start it.
    Ready,
    /// A worker is running it.
    Running,
    /// It has its result, or had it until the last dependent took it.
    Done,
    /// It returned an error or panicked.
    Failed,
    /// The run ended before it started, or it was told that the run is cancelled and gave no result.
    Cancelled,
}

impl TaskState {
    /// Says whether the task has its result or its error, in every run.
    ///
    /// ```
    /// # use graph_core::TaskState;
    /// assert!(TaskState::Failed.is_final());
    /// ```
    pub fn is_final(self) -> bool {
        matches!(self, TaskState::Done | TaskState::Failed)
    }
}
