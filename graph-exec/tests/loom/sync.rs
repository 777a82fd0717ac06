//! What stands in for `src/sync.rs`.

use std::{
    ops::{Add, AddAssign},
    time::Duration,
};

pub(crate) use loom::{
    cell::UnsafeCell,
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

/// Loom's own does not know `const`.
macro_rules! local_of_a_model {
    ($(#[$attribute:meta])* static $name:ident: $type:ty = const $value:block;) => {
        loom::thread_local! {
            $(#[$attribute])*
            static $name: $type = $value;
        }
    };
}
pub(crate) use local_of_a_model as thread_local;

/// Loom's own threads wake from waiting for a lock when they are unparked.
pub(crate) mod thread {
    use std::{sync::Arc, time::Duration};

    use loom::sync::{Condvar, Mutex};

    #[derive(Default)]
    struct Parking {
        is_unparked: Mutex<bool>,
        changed: Condvar,
    }

    loom::thread_local! {
        static PARKING: Arc<Parking> = Arc::default();
        /// Whether a wait of this thread has timed out.
        static HAS_TIMED_OUT: std::cell::Cell<bool> = std::cell::Cell::new(false);
    }

    pub(crate) struct Thread(Arc<Parking>);

    pub(crate) fn current() -> Thread {
        Thread(PARKING.with(Arc::clone))
    }

    impl Thread {
        pub(crate) fn unpark(&self) {
            *self.0.is_unparked.lock().unwrap() = true;
            self.0.changed.notify_all();
        }
    }

    pub(crate) fn park() {
        let Thread(parking) = current();
        let mut is_unparked = parking.is_unparked.lock().unwrap();
        while !*is_unparked {
            is_unparked = parking.changed.wait(is_unparked).unwrap();
        }
        *is_unparked = false;
    }

    /// The first time it does not wait, and then there is no limit: nobody may rely on one.
    pub(crate) fn park_timeout(_: Duration) {
        if HAS_TIMED_OUT.with(|has| has.replace(true)) {
            park();
        }
    }
}

std::thread_local! {
    /// Of all threads of a model, which loom runs on one of the system's.
    static LOOKS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// A clock that goes on by a millisecond whenever somebody looks, so that each try of a model is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Self {
        let looks = LOOKS.get() + 1;
        LOOKS.set(looks);
        Instant(Duration::from_millis(looks.into()))
    }

    /// Lets so much time pass, for all threads of a model.
    pub(crate) fn pass(time: Duration) {
        let millis = u32::try_from(time.as_millis()).expect("no model waits for weeks");
        LOOKS.set(LOOKS.get() + millis);
    }

    pub(crate) fn duration_since(&self, earlier: Instant) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    pub(crate) fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, more: Duration) -> Instant {
        Instant(self.0 + more)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, more: Duration) {
        self.0 += more;
    }
}

/// Loom takes sequentially consistent accesses for weaker ones, but not fences.
pub(crate) fn fence_for_models() {
    fence(Ordering::SeqCst);
}

/// Loom knows no fences that work on other threads.
pub(crate) fn has_light_fences() -> bool {
    true
}

pub(crate) fn prepare_light_fences() {}

pub(crate) fn light_fence() {
    fence(Ordering::SeqCst);
}

pub(crate) fn heavy_fence() {
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
