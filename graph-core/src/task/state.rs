//! The states a task can be in: one enum for scheduler, pictures and reports.

use std::fmt;

use serde::Serialize;

/// The state of a task.
///
/// `Waiting`, `Ready`, `Running` and `Cancelled` belong to one run; `Done` and `Failed` stay with
/// the task, because its result (or its error) does.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::TaskState;
///
/// assert!(TaskState::Done.is_final());
/// assert!(!TaskState::Running.is_final());
/// assert_eq!(TaskState::Running.to_string(), "running");
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

impl fmt::Display for TaskState {
    /// The state in small letters, as pictures and JSON have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            TaskState::Waiting => "waiting",
            TaskState::Ready => "ready",
            TaskState::Running => "running",
            TaskState::Done => "done",
            TaskState::Failed => "failed",
            TaskState::Cancelled => "cancelled",
        })
    }
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

    /// Returns the word for the state.
    pub(crate) fn name(self) -> &'static str {
        match self {
            TaskState::Waiting => "waiting",
            TaskState::Ready => "ready",
            TaskState::Running => "running",
            TaskState::Done => "done",
            TaskState::Failed => "failed",
            TaskState::Cancelled => "cancelled",
        }
    }
}
