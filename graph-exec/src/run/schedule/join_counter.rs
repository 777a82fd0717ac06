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

    /// Counts one ended dependency. Returns `true` to exactly one caller, the last, which sees all that the others did
    /// before. As long as what `alone` returns lives, no other thread calls this.
    #[inline]
    pub(crate) fn decrement<A>(&self, alone: impl FnOnce() -> Option<A>) -> bool {
        // Nobody but the last will touch the counter, so that one need not write it.
        if self.0.load(Ordering::Acquire) == 1 {
            return true;
        }
        match alone() {
            Some(_alone) => {
                let left = self.0.load(Ordering::Relaxed) - 1;
                self.0.store(left, Ordering::Relaxed);
                left == 0
            }
            None => self.0.fetch_sub(1, Ordering::AcqRel) == 1,
        }
    }
}
