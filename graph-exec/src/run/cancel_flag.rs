//! Whether a token was cancelled: what the token and the runs that it cancels have in common.

use crate::sync::{AtomicBool, Ordering};

#[derive(Default)]
pub(crate) struct CancelFlag(AtomicBool);

impl CancelFlag {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
