//! Who is to be woken when the future of a task has something to say: any number of runs may wait for
//! it, and a future wakes only who has polled it last.

use std::{
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Wake, Waker},
};

/// The wakers of the runs that wait for one future; itself what the future wakes.
#[derive(Default)]
pub struct WakerSet {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// How often the future has woken.
    wakes: u64,
    wakers: Vec<Waker>,
}

impl WakerSet {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often the future has woken; to be asked before it is polled.
    pub(crate) fn wakes(&self) -> u64 {
        self.lock().wakes
    }

    /// Adds a waker, unless the future has woken since it was polled. Says whether it was added.
    pub(crate) fn insert(&self, waker: &Waker, wakes_before_poll: u64) -> bool {
        let waker = waker.clone();
        let mut waiting = self.lock();
        let is_in_time = waiting.wakes == wakes_before_poll;
        if is_in_time {
            waiting.wakers.push(waker);
        }
        is_in_time
    }

    /// Removes a waker, if it has not been woken.
    pub fn remove(&self, waker: &Waker) {
        let mut waiting = self.lock();
        // `will_wake` may say no of a clone.
        let place = waiting.wakers.iter().position(|other| other.data() == waker.data());
        let removed = place.map(|place| waiting.wakers.swap_remove(place));
        drop(waiting);
        drop(removed);
    }
}

impl Wake for WakerSet {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let wakers = {
            let mut waiting = self.lock();
            waiting.wakes += 1;
            mem::take(&mut waiting.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl fmt::Debug for WakerSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WakerSet")
            .field("wakers", &self.lock().wakers.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Wake for Counting {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn all_who_wait_are_woken_once() {
        let (set, counters) =
            (Arc::new(WakerSet::default()), [(); 3].map(|()| Arc::<Counting>::default()));
        let wakers = counters.clone().map(Waker::from);
        for waker in &wakers {
            assert!(set.insert(waker, set.wakes()));
        }
        set.remove(&wakers[1].clone());
        let waker = Waker::from(Arc::clone(&set));
        waker.wake_by_ref();
        waker.wake();
        assert_eq!(counters.map(|counter| counter.0.load(Ordering::SeqCst)), [1, 0, 1]);
        assert!(set.lock().wakers.is_empty());
    }

    #[test]
    fn who_comes_after_the_future_has_woken_does_not_wait() {
        let set = Arc::new(WakerSet::default());
        let before = set.wakes();
        set.wake_by_ref();
        assert!(!set.insert(Waker::noop(), before) && set.lock().wakers.is_empty());
        assert!(set.insert(Waker::noop(), set.wakes()));
    }
}
