//! The only place in this crate that names atomics, and the locks, queues, threads and clocks of those parts
//! whose interleavings a model checker tries (`tests/loom`): there, another file stands in for this one.

mod asymmetric_fence;

pub(crate) use std::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard, OnceLock,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
    },
    thread, thread_local,
    time::Instant,
};

pub(crate) use self::asymmetric_fence::{
    has_light_fences, heavy_fence, light_fence, prepare_light_fences,
};
pub(crate) use crossbeam_deque::{Steal, Stealer, Worker as Deque};

/// Locks a mutex whose data stays valid even if a thread panicked while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Nothing: the accesses around it are sequentially consistent. A model checker that takes those for
/// weaker ones than they are has a fence here.
#[inline]
pub(crate) fn fence_for_models() {}

/// What several threads may touch, one after the other; which of them may is up to others.
#[derive(Debug)]
pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(crate) fn new(value: T) -> Self {
        UnsafeCell(std::cell::UnsafeCell::new(value))
    }

    #[inline]
    pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        read(self.0.get())
    }

    #[inline]
    pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        write(self.0.get())
    }
}
