//! Which executor's resources the serial runs on a thread take. Runs nested in their tasks take them too.

use std::{cell::RefCell, sync::Arc};

use super::limiter::Limiter;

thread_local! {
    /// The resources of the executor of the innermost serial run on this thread.
    static LIMITER: RefCell<Option<Arc<Limiter>>> = const { RefCell::new(None) };
}

/// The resources of the executor of the innermost serial run on this thread; `None` without one.
pub(crate) fn current_limiter() -> Option<Arc<Limiter>> {
    LIMITER.try_with(|limiter| limiter.borrow().clone()).ok().flatten()
}

/// While it lives, the thread works for a serial run with these resources.
pub(crate) struct CurrentLimiter {
    before: Option<Arc<Limiter>>,
}

impl CurrentLimiter {
    pub(crate) fn enter(limiter: &Arc<Limiter>) -> Self {
        let enter = |current: &RefCell<_>| current.replace(Some(Arc::clone(limiter)));
        CurrentLimiter { before: LIMITER.try_with(enter).ok().flatten() }
    }
}

impl Drop for CurrentLimiter {
    fn drop(&mut self) {
        let before = self.before.take();
        drop(LIMITER.try_with(|current| current.replace(before)));
    }
}
