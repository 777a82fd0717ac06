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
//! gone on to another task for a while, it gets a spare permit (`permits/spares.rs`). It cannot tell a stall from
//! tasks that simply take long; then more tasks run at once than there are permits. But whoever has a spare permit
//! has a heartbeat too, so that adds only one thread in each such while.

use std::{sync::OnceLock, time::Duration};

use crossbeam_utils::CachePadded;

use crate::sync::{AtomicU64, Instant, Ordering};

/// After so long without a heartbeat, a thread gets a spare permit.
pub(crate) const STALLED_AFTER: Duration = Duration::from_secs(1);
/// After so long without a heartbeat, a task starts without the memory that it needs. It is longer, since
/// one that exceeds the limit for nothing does more harm.
pub(crate) const STALLED_WITHOUT_MEMORY_AFTER: Duration = Duration::from_secs(5);
/// After so long in which nobody has given memory back, a task starts without, however busy others are that need
/// none: those who have the memory may wait for the task. It is longer still, for they may be at work. And a task that
/// has waited so long for resources may overtake others.
pub(crate) const STALLED_WITHOUT_RELEASE_AFTER: Duration = Duration::from_secs(30);
/// How often the heartbeats are looked at.
pub(crate) const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// How many tasks the holders of each permit have started, at the bottom of their stacks. What they start
/// further up is part of the task at the bottom, which may wait all the same.
pub(crate) struct Heartbeats {
    /// Of the permits that the executor has.
    own: Counts,
    /// Of spare permits, which are numbered from there: each row is twice as long as the one before. Empty until one
    /// is needed.
    spare: [OnceLock<Counts>; ROWS],
}

type Counts = Box<[CachePadded<AtomicU64>]>;

/// Enough for more spare permits than a process can have threads.
const ROWS: usize = 24;

fn counts(length: usize) -> Counts {
    (0..length).map(|_| CachePadded::new(AtomicU64::new(0))).collect()
}

impl Heartbeats {
    pub(crate) fn new(permits: usize) -> Self {
        Heartbeats { own: counts(permits), spare: std::array::from_fn(|_| OnceLock::new()) }
    }

    fn get(&self, permit: usize) -> &AtomicU64 {
        match self.own.get(permit) {
            Some(count) => count,
            None => {
                // Rows begin at 1, 2, 4, and so on.
                let spare = permit - self.own.len() + 1;
                let row = spare.ilog2();
                let counts = self.spare[row as usize].get_or_init(|| counts(1 << row));
                &counts[spare - (1 << row)]
            }
        }
    }

    /// The heartbeat of whoever holds the permit with this number.
    pub(crate) fn of(&self, permit: usize) -> Heartbeat<'_> {
        Heartbeat(self.get(permit))
    }

    /// How many tasks the holders of the permit with this number have started.
    pub(crate) fn count(&self, permit: usize) -> u64 {
        self.get(permit).load(Ordering::Relaxed)
    }

    /// How many tasks have been started with the permits that the executor has.
    pub(crate) fn of_own_permits(&self) -> u64 {
        self.own.iter().fold(0, |sum, count| sum.wrapping_add(count.load(Ordering::Relaxed)))
    }

    fn read(&self) -> impl Iterator<Item = u64> + Clone + '_ {
        let spare = self.spare.iter().filter_map(OnceLock::get);
        let all = self.own.iter().chain(spare.flat_map(|counts| counts.iter()));
        all.map(|count| count.load(Ordering::Relaxed))
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

/// Notices when those who are counted have stalled.
#[derive(Default)]
pub(crate) struct StallDetector {
    /// The counts when they last changed.
    seen: Vec<u64>,
    /// When that was seen; `None` while nothing is watched.
    since: Option<Instant>,
}

impl StallDetector {
    /// Says whether no heartbeat has changed for so long.
    pub(crate) fn is_stalled(&mut self, heartbeats: &Heartbeats, patience: Duration) -> bool {
        self.is_unchanged(heartbeats.read(), patience)
    }

    /// Says whether no count has changed for so long.
    pub(crate) fn is_unchanged(
        &mut self,
        counts: impl Iterator<Item = u64> + Clone,
        patience: Duration,
    ) -> bool {
        let now = Instant::now();
        let unchanged = counts.clone().eq(self.seen.iter().copied());
        match self.since {
            Some(since) if unchanged => now.duration_since(since) >= patience,
            _ => {
                self.seen = counts.collect();
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
