//! How many threads may work for a run in the background.
//!
//! A run of tasks that are known to be short is worked for by one thread alone, the first that comes: a
//! worker, or the one that waits for it. When tasks take longer than was known, or wait, it is shared like
//! every other:
//!
//! ```text
//!  untouched ── the first thread ──► alone ── has to share, or is slow ──► shared
//! ```

use crate::sync::{AtomicUsize, Ordering};

const UNTOUCHED: usize = 0;
const ALONE: usize = 1;
const SHARED: usize = 2;

/// Which of the three it is.
pub(crate) struct Company(AtomicUsize);

impl Company {
    pub(crate) fn shared() -> Self {
        Company(AtomicUsize::new(SHARED))
    }

    /// Leaves the run to the first thread that comes. To be called before any can come.
    pub(crate) fn keep_for_one(&self) {
        self.0.store(UNTOUCHED, Ordering::SeqCst);
    }

    /// Says whether the calling thread is the first, and works for the run alone.
    pub(crate) fn begin_alone(&self) -> bool {
        self.0.compare_exchange(UNTOUCHED, ALONE, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Says whether a thread works for the run alone.
    pub(crate) fn is_alone(&self) -> bool {
        self.0.load(Ordering::SeqCst) == ALONE
    }

    /// Lets all threads work for the run. Whoever leaves because of [`is_alone`](Company::is_alone) counts itself
    /// out and looks again; whoever shares looks after this whether a worker is missing.
    pub(crate) fn share(&self) {
        self.0.store(SHARED, Ordering::SeqCst);
    }
}
