//! How many dependencies of one task have not ended: whoever ends the last one makes it ready.

use crate::sync::{AtomicU32, Ordering};

pub(crate) struct JoinCounter(AtomicU32);

impl JoinCounter {
    pub(crate) fn new(count: u32) -> Self {
        JoinCounter(AtomicU32::new(count))
    }

    /// Says whether it began at zero; not to be called once the run has started.
    pub(crate) fn is_zero(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// [`decrement`](Self::decrement) in a run that one thread alone works for.
    #[inline]
    pub(crate) fn decrement_alone(&self) -> bool {
        let left = self.0.load(Ordering::Relaxed) - 1;
        self.0.store(left, Ordering::Relaxed);
        left == 0
    }

    /// Counts one ended dependency. Returns `true` to exactly one caller, the last, which sees all
    /// that the others did before.
    ///
    /// The last one needs no atomic decrement: no other thread will touch the counter.
    #[inline]
    pub(crate) fn decrement(&self) -> bool {
        self.0.load(Ordering::Acquire) == 1 || self.0.fetch_sub(1, Ordering::AcqRel) == 1
    }
}
