//! When workers waited inside tasks.

use crate::record::run_data::samples::Wait;

/// A time in which a worker waited inside a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WaitInterval {
    pub(crate) worker: u32,
    pub(crate) from_ns: u64,
    pub(crate) to_ns: u64,
    pub(crate) wait: Wait,
}

/// Adds an interval, or makes the last one longer when it goes on.
pub(super) fn add_wait(waits: &mut Vec<WaitInterval>, more: WaitInterval) {
    match waits.last_mut() {
        Some(last)
            if last.worker == more.worker
                && last.wait == more.wait
                && last.to_ns == more.from_ns =>
        {
            last.to_ns = more.to_ns;
        }
        _ if more.from_ns < more.to_ns => waits.push(more),
        _ => {}
    }
}
