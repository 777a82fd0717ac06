//! What stands in for `src/sync.rs`.

pub(crate) use loom::{
    hint::spin_loop,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
    },
};

pub(crate) use crate::queues::{Deque, Steal, Stealer};

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

/// Loom takes sequentially consistent accesses for weaker ones, but not fences.
pub(crate) fn fence_for_models() {
    fence(Ordering::SeqCst);
}
