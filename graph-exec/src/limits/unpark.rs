//! Giving parked tasks back to their runs.

use std::sync::Arc;

/// What a parked task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    Memory,
    Resource,
}

/// A run with parked tasks.
pub(crate) trait Unpark: Send + Sync {
    /// What these tasks have waited for may be there now.
    fn unpark(self: Arc<Self>, tasks: &[u32], waited_for: WaitsFor);
}
