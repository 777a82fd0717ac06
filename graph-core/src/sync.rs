//! The only place in this crate that names atomics, and the locks that they are used together with, so that a
//! model checker can stand in for them.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(not(loom))]
pub(crate) use std::sync::{Mutex, MutexGuard};

#[cfg(loom)]
pub(crate) use loom::thread::yield_now;
#[cfg(not(loom))]
pub(crate) use std::thread::yield_now;

/// Memory that may be used again only after everybody who used it is done, which a model checker
/// verifies.
#[cfg(not(loom))]
pub(crate) struct Watched;

#[cfg(not(loom))]
impl Watched {
    pub(crate) fn new() -> Self {
        Watched
    }
    /// Notes that the caller has used the memory, up to now.
    #[inline]
    pub(crate) fn used(&self) {}
    /// Notes that the caller uses the memory anew, so that nobody else may use it any more.
    #[inline]
    pub(crate) fn overwritten(&self) {}
}

#[cfg(loom)]
pub(crate) struct Watched(loom::alloc::Track<loom::cell::UnsafeCell<()>>);

#[cfg(loom)]
impl Watched {
    pub(crate) fn new() -> Self {
        Watched(loom::alloc::Track::new(loom::cell::UnsafeCell::new(())))
    }
    pub(crate) fn used(&self) {
        self.0.get_ref().with(|_| ());
    }
    pub(crate) fn overwritten(&self) {
        self.0.get_ref().with_mut(|_| ());
    }
}
