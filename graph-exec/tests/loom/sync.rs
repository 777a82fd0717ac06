//! What stands in for `src/sync.rs`.

pub(crate) use loom::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard,
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

/// A place that is written once. Loom has none; this one tells it of what is ordered by the real one.
pub(crate) struct OnceLock<T> {
    value: std::sync::OnceLock<T>,
    is_written: AtomicBool,
    writing: Mutex<()>,
}

impl<T> OnceLock<T> {
    pub(crate) fn new() -> Self {
        OnceLock {
            value: std::sync::OnceLock::new(),
            is_written: AtomicBool::new(false),
            writing: Mutex::new(()),
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        if self.is_written.load(Ordering::Acquire) { self.value.get() } else { None }
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        let _writing = lock(&self.writing);
        let set = self.value.set(value);
        self.is_written.store(true, Ordering::Release);
        set
    }

    pub(crate) fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let _writing = lock(&self.writing);
        let value = self.value.get_or_init(init);
        self.is_written.store(true, Ordering::Release);
        value
    }
}
