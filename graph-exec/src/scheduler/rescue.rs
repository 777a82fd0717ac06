//! Runs in the background that nobody comes for.
//!
//! A thread that waits for its run gets a spare permit when all who hold one have stalled (see
//! [`stall`](super::stall)). For a run that is awaited as a future, or left alone, no thread waits that could:
//!
//! ```text
//!  only permit │ task ── joins a thread ────────────────────┐
//!  thread      │          awaits a run ─── its task is ready ┴ but nobody has a permit
//!  timer       │                       looks ─ looks ─ lends the run a thread
//! ```
//!
//! So such a run is watched once it has had to wait, by a call of the timer now and then. When none of its threads
//! is at work, and no holder of a permit of the executor's own has gone on to another task for a while, it is lent a
//! thread beside the pool's, with a spare permit. That one leaves when those with a permit of the executor's own go
//! on.
//!
//! Others may go on, and nobody comes all the same: every worker is inside a task that waits, and those who go on have
//! called `compute`. Then the run is lent a thread that waits for it as a caller does, and gets a permit in its turn.
//!
//! A stall cannot be told from tasks that take long, and runs in the background may be many, so each thread that is
//! out adds to the wait for the next one half of what the first one waits. Tasks that take a minute are joined by 13
//! threads so, and those that take an hour by 118, however many runs there are. And a chain of runs, each of which waits
//! for the next in ways that cannot be seen, comes to its end: one of ten in half a minute, one of fifty in eleven
//! minutes. Had each thread doubled the wait, ten would take a quarter of an hour, and fifty would never end; were the
//! wait always the same, tasks of an hour would be joined by thousands of threads.

mod run;

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use super::{
    permits::Permits,
    stall::{
        BETWEEN_LOOKS, STALLED_AFTER, STALLED_WITHOUT_MEMORY_AFTER, STALLED_WITHOUT_RELEASE_AFTER,
        StallDetector,
    },
};
use crate::{
    sync::{Instant, Mutex, lock},
    timer::{self, Timed},
};

/// A run that may have to be lent a thread.
pub(super) trait Stranded: Send + Sync {
    /// What it waits for that nobody seems to bring.
    fn wants(&self) -> Wants;
    /// Lets a thread work for it until `lent` is dropped, for want of this.
    fn lend(self: Arc<Self>, wanted: Wants, lent: Lent);
    /// Lets a thread wait for its turn to work for it, for want of this, until the run is over.
    fn join(self: Arc<Self>, wanted: Wants, lent: Lent);
    /// How many times memory of the executor's limit was given back.
    fn releases(&self) -> u64;
    /// Lets its tasks overtake others that wait for the same resources, and may be waiting for this run.
    fn let_overtake(&self);
}

/// What a run waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    /// Nothing any more: it is over.
    Over,
    /// Nothing that somebody else has not to bring.
    Nothing,
    /// A thread, for tasks that are ready.
    Thread,
    /// Memory.
    Memory,
    /// Resources of the executor.
    Resources,
}

/// The runs of one pool that are watched.
pub(crate) struct Rescue {
    permits: Arc<Permits>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    watched: Vec<Watched>,
    /// The timer is going to call.
    is_armed: bool,
    stall: StallDetector,
    /// The same of those alone who have a permit of the executor's own.
    own_stall: StallDetector,
    /// How many threads are out.
    lent: u32,
}

struct Watched {
    run: Weak<dyn Stranded>,
    /// Since when nobody seems to come for it; `None` while it wants nothing.
    since: Option<Instant>,
    /// Notices when nobody gives memory back.
    memory_stall: StallDetector,
}

/// What a run is given that has waited too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Help {
    /// A permit, and a thread for it.
    Permit(Wants),
    /// A thread that waits for a permit in its turn.
    Turn(Wants),
    /// The right to overtake others.
    Overtake,
}

/// A thread that was lent, until this is dropped.
pub(super) struct Lent(Arc<Rescue>);

impl Drop for Lent {
    fn drop(&mut self) {
        lock(&self.0.state).lent -= 1;
    }
}

impl Rescue {
    pub(super) fn new(permits: Arc<Permits>) -> Arc<Self> {
        Arc::new(Rescue { permits, state: Mutex::default() })
    }

    /// Watches a run until it is over. To be called once for each.
    pub(super) fn watch(self: &Arc<Self>, run: Weak<dyn Stranded>) {
        let mut state = lock(&self.state);
        state.watched.push(Watched { run, since: None, memory_stall: StallDetector::default() });
        self.arm(&mut state);
    }

    /// Has the timer call, unless it is going to.
    fn arm(self: &Arc<Self>, state: &mut State) {
        if !state.is_armed && !state.watched.is_empty() {
            let this: Weak<dyn Timed> = Arc::downgrade(self) as _;
            // When there is no thread for that now, the next run that waits tries again.
            state.is_armed =
                timer::call_at(std::time::Instant::now() + BETWEEN_LOOKS, this).is_ok();
        }
    }

    /// Looks at all runs. Returns those that want something that they have waited for too long; of those that
    /// want a thread the first one alone.
    fn stranded(&self) -> Vec<(Arc<dyn Stranded>, Help)> {
        let mut gone = Vec::new();
        let mut stranded = Vec::new();
        let mut state = lock(&self.state);
        let State { watched, stall, own_stall, lent, .. } = &mut *state;
        let (now, heartbeats) = (Instant::now(), self.permits.heartbeats());
        let own = || std::iter::once(heartbeats.of_own_permits());
        let mut is_stalled = |wants, patience| match wants {
            // Who has a spare permit comes for another run. New callers may get such permits for ever.
            Wants::Thread => own_stall.is_unchanged(own(), patience),
            _ => stall.is_stalled(heartbeats, patience),
        };
        let mut may_lend = true;
        watched.retain_mut(|watched| {
            let Some(run) = watched.run.upgrade() else { return false };
            let wants = run.wants();
            match patience(wants, *lent) {
                None => {
                    watched.since = None;
                    watched.memory_stall.reset();
                }
                Some(patience) => {
                    let since = *watched.since.get_or_insert(now);
                    let has_starved = match wants {
                        Wants::Memory => watched.memory_stall.is_unchanged(
                            std::iter::once(run.releases()),
                            STALLED_WITHOUT_RELEASE_AFTER,
                        ),
                        _ => now.duration_since(since) >= STALLED_WITHOUT_RELEASE_AFTER,
                    };
                    let is_first = wants == Wants::Resources || may_lend;
                    if is_first
                        && now.duration_since(since) >= patience
                        && let Some(help) = help(wants, is_stalled(wants, patience), has_starved)
                    {
                        watched.since = None;
                        watched.memory_stall.reset();
                        may_lend &= wants == Wants::Resources;
                        stranded.push((Arc::clone(&run), help));
                    }
                }
            }
            // Nothing of a run is dropped under the lock.
            gone.push(run);
            wants != Wants::Over
        });
        // What is seen of the heartbeats must be from now on when the next run begins to wait.
        is_stalled(Wants::Thread, Duration::MAX);
        is_stalled(Wants::Memory, Duration::MAX);
        if !may_lend {
            *lent += 1;
            stall.reset();
            own_stall.reset();
        }
        drop(state);
        drop(gone);
        stranded
    }
}

/// How long a run waits that wants this, when so many threads are out; `None` when it does not wait.
fn patience(wants: Wants, lent: u32) -> Option<Duration> {
    let at_first = match wants {
        Wants::Over | Wants::Nothing => return None,
        Wants::Thread | Wants::Resources => STALLED_AFTER,
        Wants::Memory => STALLED_WITHOUT_MEMORY_AFTER,
    };
    Some(at_first.saturating_add((at_first / 2).saturating_mul(lent)))
}

/// What helps a run that has waited too long for this; `None` when others go on, and will bring it. `has_starved` says
/// that it did not, for much longer.
fn help(wants: Wants, is_stalled: bool, has_starved: bool) -> Option<Help> {
    match wants {
        Wants::Thread if !is_stalled => Some(Help::Turn(wants)),
        Wants::Thread | Wants::Memory if is_stalled => Some(Help::Permit(wants)),
        Wants::Memory if has_starved => Some(Help::Turn(wants)),
        Wants::Resources if is_stalled || has_starved => Some(Help::Overtake),
        _ => None,
    }
}

impl Timed for Rescue {
    fn due(self: Arc<Self>) {
        for (run, help) in self.stranded() {
            match help {
                Help::Permit(wanted) => run.lend(wanted, Lent(Arc::clone(&self))),
                Help::Turn(wanted) => run.join(wanted, Lent(Arc::clone(&self))),
                Help::Overtake => run.let_overtake(),
            }
        }
        let mut state = lock(&self.state);
        state.is_armed = false;
        self.arm(&mut state);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn until_lent(wants: Wants, threads: u32) -> Duration {
        (0..threads).map(|lent| patience(wants, lent).unwrap()).sum()
    }

    #[test]
    fn a_run_waits_only_for_what_others_may_have_to_bring() {
        for (wants, waits) in [
            (Wants::Over, None),
            (Wants::Nothing, None),
            (Wants::Thread, Some(STALLED_AFTER)),
            (Wants::Resources, Some(STALLED_AFTER)),
            (Wants::Memory, Some(STALLED_WITHOUT_MEMORY_AFTER)),
        ] {
            assert_eq!(patience(wants, 0), waits);
        }
    }

    #[test]
    fn every_thread_that_is_out_makes_the_wait_longer() {
        for wants in [Wants::Thread, Wants::Resources, Wants::Memory] {
            let waits: Vec<_> = (0..1000).map(|lent| patience(wants, lent).unwrap()).collect();
            assert!(waits.is_sorted_by(|one, next| one < next));
            assert!(patience(wants, u32::MAX).unwrap() > waits[999]);
        }
    }

    #[test]
    fn long_tasks_are_joined_by_few_threads_and_long_chains_end() {
        let minute = Duration::from_secs(60);
        assert!(until_lent(Wants::Thread, 15) > minute);
        assert!(until_lent(Wants::Thread, 120) > 60 * minute);
        assert!(until_lent(Wants::Thread, 50) < 12 * minute);
    }
}
