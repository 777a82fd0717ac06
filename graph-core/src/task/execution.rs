//! What a scheduler grants a task that it starts, and what the task reports back.

use std::{any::Any, sync::Arc};

/// One execution of a task, as its scheduler sees it.
pub struct Execution<'a> {
    /// Asked before each further attempt of a task with `retries`: may it go on?
    pub may_retry: &'a dyn Fn() -> bool,
    /// How many attempts were made. Written by tasks with `retries`; all others make one.
    pub attempts: u32,
    /// What the function given as `result_bytes` says of the result. Only tasks that were
    /// [reserved](crate::__run::Plan::reserve) are asked.
    pub result_bytes: Option<u64>,
    /// Kept with the result of a task that declares bytes, and is shared, until that result is
    /// freed. Left where it is by every other task, and by one that fails.
    pub charge: Option<Charge>,
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
