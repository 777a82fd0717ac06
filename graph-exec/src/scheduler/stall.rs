//! Whether the workers of a pool have stalled.
//!
//! A thread that is not a worker leaves its run to the workers. All of them may be inside tasks
//! that wait for this very thread, in ways that the pool cannot see: the thread was spawned by the
//! task, or belongs to a pool that the task installed something in.
//!
//! ```text
//!  worker 1 │ task ── pool.install ── waits ────────┐
//!  other    │          compute ── waits for a worker ┘
//! ```
//!
//! So such a caller watches the heartbeats of the workers. When no worker has come for its run, and
//! none of them has gone on to another task for a while, the caller works for the run itself. It
//! cannot tell a stall from tasks that simply take long; then more tasks run at once than there are
//! workers. But each new task is a heartbeat, so that adds only one task in each such while.

use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use crate::sync::{AtomicU64, Ordering};

/// After so long without a heartbeat, the workers count as stalled.
const STALLED_AFTER: Duration = Duration::from_secs(1);
/// How often the heartbeats are looked at.
pub(crate) const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// What each thread of a pool has started last: creation numbers of tasks, 0 before the first.
pub(crate) struct Heartbeats {
    workers: Vec<CachePadded<AtomicU64>>,
    /// Shared by all threads that are not workers.
    others: CachePadded<AtomicU64>,
}

impl Heartbeats {
    pub(crate) fn new(workers: usize) -> Self {
        let none = || CachePadded::new(AtomicU64::new(0));
        Heartbeats { workers: (0..workers).map(|_| none()).collect(), others: none() }
    }

    /// The heartbeat of a worker, or the one of all other threads.
    pub(crate) fn of(&self, worker: Option<usize>) -> Heartbeat<'_> {
        Heartbeat(worker.and_then(|index| self.workers.get(index)).unwrap_or(&self.others))
    }

    fn read(&self) -> impl Iterator<Item = u64> + '_ {
        self.workers.iter().chain([&self.others]).map(|last| last.load(Ordering::Relaxed))
    }
}

/// Where one thread shows that it goes on.
pub(crate) struct Heartbeat<'a>(&'a AtomicU64);

impl Heartbeat<'_> {
    /// Shows that the thread has gone on to another task.
    #[inline]
    pub(crate) fn beat(&self, task: u64) {
        self.0.store(task, Ordering::Relaxed);
    }
}

/// Notices when the workers of a pool have stalled.
#[derive(Default)]
pub(crate) struct StallDetector {
    /// The heartbeats when they last changed.
    seen: Vec<u64>,
    /// When that was seen; `None` while nothing is watched.
    since: Option<Instant>,
}

impl StallDetector {
    /// Says whether no heartbeat has changed for so long that the workers count as stalled.
    pub(crate) fn is_stalled(&mut self, heartbeats: &Heartbeats) -> bool {
        let now = Instant::now();
        let unchanged = heartbeats.read().eq(self.seen.iter().copied());
        match self.since {
            Some(since) if unchanged => now.duration_since(since) >= STALLED_AFTER,
            _ => {
                self.seen = heartbeats.read().collect();
                self.since = Some(now);
                false
            }
        }
    }

    /// Forgets what was seen, because a worker has come.
    pub(crate) fn reset(&mut self) {
        self.since = None;
    }
}
