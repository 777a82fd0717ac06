//! What a scheduler gives a task that it runs, and what the task reports back.

use std::{any::Any, fmt, sync::Arc};

/// One execution of a task, as its scheduler sees it.
pub struct Execution<'a> {
    /// Asked before each further attempt of a task with `retries`; `false` ends the attempts.
    pub may_retry: &'a dyn Fn() -> bool,
    /// How many attempts were made: 1 for a task without `retries`.
    pub attempts: u32,
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
    pub fn new(may_retry: &'a dyn Fn() -> bool) -> Self {
        Execution { may_retry, attempts: 1, result_bytes: None, charge: None }
    }
}
