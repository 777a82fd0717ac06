//! Why one task failed, as the run noted it.

use graph_core::__run::QuietFailure;

/// Why a task failed, as the run noted it.
#[derive(Debug, Clone)]
pub(crate) enum TaskFailure {
    Failed(QuietFailure),
    /// It would have waited for ever; the message says for what.
    WouldDeadlock(String),
}

impl TaskFailure {
    /// The reason with every cause once.
    pub(in crate::record) fn reason(&self) -> String {
        match self {
            TaskFailure::Failed(failure) => failure.cause.chain(),
            TaskFailure::WouldDeadlock(message) => message.clone(),
        }
    }
}
