//! Termination detection for one run: no ready task is overlooked, and the end is not missed.
//!
//! **No task is overlooked.** A worker that finds nothing leaves in the order: *count myself out,
//! then look once more*. Work is added in the order: *add, then look whether a worker is missing*.
//! At least one of the two threads sees the other. So it is with a worker that waits inside a task: *let
//! another come, then look*.
//!
//! **No task starts after the end.** A thread that is about to work does so in the order: *count
//! myself in, then look whether the run has stopped*. The caller returns when it has seen: *the run
//! has stopped, then no thread is counted in*. The last one that counts itself out looks once more
//! whether the run has stopped, and tells the caller.
//!
//! In the first pair of steps there is a sequentially consistent fence between the two, because queues need
//! weaker accesses; in the second, all four accesses are sequentially consistent themselves. Their order
//! decides who sees whom, whoever stopped the run: a task that failed, or another thread.

use crate::sync::{AtomicUsize, Ordering, fence, fence_for_models};

pub(crate) struct TerminationDetector {
    /// How many workers there can be.
    most_workers: usize,
    /// Jobs that wait in the pool, and threads that have come to work.
    workers: AtomicUsize,
    /// Threads that may be inside a task.
    busy: AtomicUsize,
    /// Threads that wait inside a task, and have left their places to others.
    paused: AtomicUsize,
}

impl TerminationDetector {
    pub(crate) fn new(most_workers: usize) -> Self {
        TerminationDetector {
            most_workers,
            workers: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            paused: AtomicUsize::new(0),
        }
    }

    /// Lets one more worker come; to be called before looking for work for it.
    pub(crate) fn pause_worker(&self) {
        self.paused.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    /// A worker goes on that had paused.
    pub(crate) fn resume_worker(&self) {
        self.paused.fetch_sub(1, Ordering::SeqCst);
    }

    /// To be called after adding work. `true`: a worker was missing and is counted in, and the
    /// caller submits a job.
    pub(crate) fn add_missing_worker(&self) -> bool {
        fence(Ordering::SeqCst);
        let paused = self.paused.load(Ordering::SeqCst);
        let most = self.most_workers + if cfg!(planted = "uncalled_worker") { 0 } else { paused };
        let mut workers = self.workers.load(Ordering::SeqCst);
        while workers < most {
            match self.workers.compare_exchange_weak(
                workers,
                workers + 1,
                Ordering::SeqCst,
                Ordering::SeqCst,
            ) {
                Ok(_) => return true,
                Err(now) => workers = now,
            }
        }
        false
    }

    /// Counts in a thread that comes without a job.
    pub(crate) fn add_worker(&self) {
        self.workers.fetch_add(1, Ordering::SeqCst);
    }

    /// Counts out a worker that found nothing to do, then looks whether work is left. `true`: it
    /// is, another worker is counted in for it, and the caller submits a job.
    pub(crate) fn remove_worker(&self, is_work_left: impl FnOnce() -> bool) -> bool {
        self.workers.fetch_sub(1, Ordering::SeqCst);
        if cfg!(planted = "lost_wake_up") {
            return false;
        }
        fence(Ordering::SeqCst);
        is_work_left() && self.add_missing_worker()
    }

    /// To be called before looking, with sequential consistency, whether the run has stopped, and starting a
    /// task.
    pub(crate) fn begin_work(&self) {
        self.busy.fetch_add(1, Ordering::SeqCst);
        fence_for_models();
    }

    /// Returns `true` to the last thread at work: if the run has stopped, it tells the caller.
    pub(crate) fn end_work(&self) -> bool {
        let before = self.busy.fetch_sub(1, Ordering::SeqCst);
        fence_for_models();
        before == 1
    }

    /// How many threads may be inside tasks.
    pub(crate) fn busy(&self) -> usize {
        self.busy.load(Ordering::Relaxed)
    }

    /// Says whether no thread is at work; to be asked after seeing, with sequential consistency, that the run
    /// has stopped.
    pub(crate) fn is_idle(&self) -> bool {
        fence_for_models();
        self.busy.load(Ordering::SeqCst) == 0
    }
}
