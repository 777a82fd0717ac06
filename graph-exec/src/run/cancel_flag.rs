//! Whether a token was cancelled: what the token and the runs that it cancels have in common.

use std::time::{Duration, Instant};

use crate::sync::{AtomicBool, Ordering};

#[derive(Default)]
pub(crate) struct CancelFlag {
    is_set: AtomicBool,
    /// It was set because the time was up.
    is_late: AtomicBool,
    /// `None` without a time limit.
    limit: Option<TimeLimit>,
}

/// How long something may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimit {
    /// When the time is up.
    pub(crate) deadline: Instant,
    /// How long that was at the beginning.
    pub(crate) length: Duration,
}

impl CancelFlag {
    pub(crate) fn with_limit(limit: TimeLimit) -> Self {
        CancelFlag { limit: Some(limit), ..CancelFlag::default() }
    }

    pub(crate) fn set(&self) {
        self.is_set.store(true, Ordering::SeqCst);
    }

    /// Sets it because the time is up.
    pub(crate) fn set_late(&self) {
        if !self.is_set() {
            self.is_late.store(true, Ordering::SeqCst);
            self.set();
        }
    }

    pub(crate) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::SeqCst)
    }

    /// Says whether it is set, or its time is up, and then sets it. `has_come` says so of a time; it is asked only
    /// where there is a limit.
    pub(crate) fn is_set_by_now(&self, has_come: &mut impl FnMut(Instant) -> bool) -> bool {
        if !self.is_set() && self.limit.is_some_and(|limit| has_come(limit.deadline)) {
            self.set_late();
        }
        self.is_set()
    }

    /// The time limit, whether or not it is reached.
    pub(crate) fn limit(&self) -> Option<TimeLimit> {
        self.limit
    }

    /// The limit that was reached; `None` when it was not, or when it was cancelled before.
    pub(crate) fn reached(&self) -> Option<TimeLimit> {
        self.limit.filter(|_| self.is_set() && self.is_late.load(Ordering::SeqCst))
    }
}
