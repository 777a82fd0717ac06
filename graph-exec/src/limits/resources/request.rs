//! What one task needs of an executor's resources.

use std::sync::Arc;

/// How much a task needs of one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Need {
    /// Its index among those of the executor.
    pub(crate) resource: usize,
    /// From 1 on.
    pub(crate) amount: u32,
}

/// All that a task needs, each resource once.
pub(crate) type Request = Arc<[Need]>;
