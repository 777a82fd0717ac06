//! Whether a crew stands still.
//!
//! A thread that is not a worker leaves its run to the workers. All of them may be inside tasks that
//! wait for this very thread, in ways that nobody can see: the thread was spawned by the task, or
//! belongs to a pool that the task installed something in.
//!
//! ```text
//!  worker 1 │ task ── pool.install ── waits ────────┐
//!  other    │          compute ── waits for a worker ┘
//! ```
//!
//! So such a caller keeps an eye on the workers. When nobody has come for its run, and none of them
//! has gone on to another task for a while, it works for the run itself. It cannot tell this from
//! tasks that simply take long; then more tasks run at once than there are workers, but since each
//! new one is a change, only one more in each while.

use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use crate::sync::{AtomicU64, Ordering};

/// For how long nothing may change before somebody else works.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is looked whether something has.
pub(crate) const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// What the threads of a crew are at: creation numbers of tasks.
pub(crate) struct Posts {
    workers: Vec<CachePadded<AtomicU64>>,
    /// Of all who are not workers.
    guests: CachePadded<AtomicU64>,
}

impl Posts {
    pub(crate) fn new(workers: usize) -> Self {
        let post = || CachePadded::new(AtomicU64::new(0));
        Posts { workers: (0..workers).map(|_| post()).collect(), guests: post() }
    }

    /// The post of a worker, or the one for everybody else.
    pub(crate) fn of(&self, worker: Option<usize>) -> Post<'_> {
        Post(worker.and_then(|index| self.workers.get(index)).unwrap_or(&self.guests))
    }

    fn look(&self) -> impl Iterator<Item = u64> + '_ {
        self.workers.iter().chain([&self.guests]).map(|post| post.load(Ordering::Relaxed))
    }
}

/// Where one thread shows what it is at.
pub(crate) struct Post<'a>(&'a AtomicU64);

impl Post<'_> {
    /// Shows that the thread has gone on to another task.
    #[inline]
    pub(crate) fn show(&self, task: u64) {
        self.0.store(task, Ordering::Relaxed);
    }
}

/// Somebody's eye on the workers.
#[derive(Default)]
pub(crate) struct Vigil {
    seen: Vec<u64>,
    since: Option<Instant>,
}

impl Vigil {
    /// Says whether nothing has changed for so long that one should work oneself.
    pub(crate) fn stands_still(&mut self, posts: &Posts) -> bool {
        let now = Instant::now();
        let unchanged = posts.look().eq(self.seen.iter().copied());
        match self.since {
            Some(since) if unchanged => now.duration_since(since) >= PATIENCE,
            _ => {
                self.seen = posts.look().collect();
                self.since = Some(now);
                false
            }
        }
    }

    /// Begins anew: somebody has come.
    pub(crate) fn end(&mut self) {
        self.since = None;
    }
}
