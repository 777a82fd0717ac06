//! Whether all who may run tasks have stalled.
//!
//! A thread without a permit leaves its run to those who have one. All of them may be inside tasks
//! that wait for this very thread, in ways that the pool cannot see: the thread was spawned by the
//! task, or belongs to a pool that the task installed something in.
//!
//! ```text
//!  worker 1 │ task ── pool.install ── waits ────────┐
//!  other    │          compute ── waits for a permit ┘
//! ```
//!
//! So such a thread watches the heartbeats. When nobody has come for its run, and no holder of a permit has
//! gone on to another task for a while, it goes on without one. It cannot tell a stall from tasks that simply take
//! long; then more tasks run at once than there are permits. But each new task is a heartbeat, so that adds
//! only one thread in each such while.

use std::time::Duration;

use crossbeam_utils::CachePadded;

use crate::sync::{AtomicU64, Instant, Ordering};

/// After so long without a heartbeat, a thread goes on without a permit.
pub(crate) const STALLED_AFTER: Duration = Duration::from_secs(1);
/// After so long without a heartbeat, a task starts without the memory that it needs. It is longer, since
/// one that exceeds the limit for nothing does more harm.
pub(crate) const STALLED_WITHOUT_MEMORY_AFTER: Duration = Duration::from_secs(5);
/// How often the heartbeats are looked at.
pub(crate) const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// How many tasks the holders of each permit have started, at the bottom of their stacks. What they start
/// further up is part of the task at the bottom, which may wait all the same.
pub(crate) struct Heartbeats(Box<[CachePadded<AtomicU64>]>);

impl Heartbeats {
    pub(crate) fn new(permits: usize) -> Self {
        Heartbeats((0..permits).map(|_| CachePadded::new(AtomicU64::new(0))).collect())
    }

    /// The heartbeat of whoever holds the permit with this number.
    pub(crate) fn of(&self, permit: usize) -> Heartbeat<'_> {
        Heartbeat(&self.0[permit])
    }

    /// How many tasks the holders of the permit with this number have started.
    pub(crate) fn count(&self, permit: usize) -> u64 {
        self.0[permit].load(Ordering::Relaxed)
    }

    fn read(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().map(|last| last.load(Ordering::Relaxed))
    }
}

/// Where one thread shows that it goes on.
pub(crate) struct Heartbeat<'a>(&'a AtomicU64);

impl Heartbeat<'_> {
    /// Shows that the thread has gone on to another task.
    #[inline]
    pub(crate) fn beat(&self) {
        // Whoever holds the permit is the only one to count.
        self.0.store(self.0.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

/// Notices when those who may run tasks have stalled.
#[derive(Default)]
pub(crate) struct StallDetector {
    /// The heartbeats when they last changed.
    seen: Vec<u64>,
    /// When that was seen; `None` while nothing is watched.
    since: Option<Instant>,
}

impl StallDetector {
    /// Says whether no heartbeat has changed for so long.
    pub(crate) fn is_stalled(&mut self, heartbeats: &Heartbeats, patience: Duration) -> bool {
        let now = Instant::now();
        let unchanged = heartbeats.read().eq(self.seen.iter().copied());
        match self.since {
            Some(since) if unchanged => now.duration_since(since) >= patience,
            _ => {
                self.seen = heartbeats.read().collect();
                self.since = Some(now);
                false
            }
        }
    }

    /// Forgets what was seen, because somebody has come.
    pub(crate) fn reset(&mut self) {
        self.since = None;
    }
}
