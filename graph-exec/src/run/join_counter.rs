//! How many dependencies of one task have not ended: whoever ends the last one makes it ready.

use crate::sync::{AtomicU32, Ordering};

pub(crate) struct Countdown(AtomicU32);

impl Countdown {
    pub(crate) fn from(count: u32) -> Self {
        Countdown(AtomicU32::new(count))
    }

    /// Says whether it began at zero; not to be asked once the run has started.
    pub(crate) fn is_zero(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Counts one ended dependency. `true` for exactly one caller, the last, which sees all that
    /// the others did before.
    ///
    /// The last one needs no atomic decrement: nobody else will touch the count.
    #[inline]
    pub(crate) fn count_one(&self) -> bool {
        self.0.load(Ordering::Acquire) == 1 || self.0.fetch_sub(1, Ordering::AcqRel) == 1
    }
}
