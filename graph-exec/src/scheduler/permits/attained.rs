//! For how long threads have worked for a run.

use std::time::Duration;

use crate::sync::{Instant, Mutex, lock};

/// Until when a run is on each of the levels but the last one: the next one has four times as much. With fewer and
/// longer steps, runs that need little would wait for those that need four times as much, and with more and
/// shorter ones they would change more often.
const LEVELS: [Duration; 3] =
    [Duration::from_millis(4), Duration::from_millis(16), Duration::from_millis(64)];

/// By how much a run has attained: the less, the lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Level(usize);

impl Level {
    /// How many there are.
    pub(super) const COUNT: usize = LEVELS.len() + 1;

    /// From the lowest to the highest.
    pub(super) fn all() -> impl Iterator<Item = Level> {
        (0..Self::COUNT).map(Level)
    }

    /// Below [`COUNT`](Self::COUNT).
    pub(super) fn index(self) -> usize {
        self.0
    }

    pub(crate) fn of(attained: Duration) -> Self {
        Level(LEVELS.iter().take_while(|&&level| level <= attained).count())
    }

    /// Says whether a run on this level comes before long ones.
    pub(crate) fn is_short(self) -> bool {
        self.0 < LEVELS.len()
    }
}

/// The time that threads have spent at work for a run, added up over the threads.
#[derive(Default)]
pub(crate) struct Attained(Mutex<State>);

#[derive(Default)]
struct State {
    /// Up to `at`.
    time: Duration,
    /// How many threads are at work since then.
    threads: u32,
    /// When a thread came or left last; `None` before.
    at: Option<Instant>,
}

impl State {
    fn up_to(&self, now: Instant) -> Duration {
        let since = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        self.time + since * self.threads
    }

    fn add_up(&mut self, now: Instant) {
        self.time = self.up_to(now);
        self.at = Some(now);
    }
}

impl Attained {
    /// A thread begins to work for the run.
    pub(crate) fn begin(&self, now: Instant) {
        let mut state = lock(&self.0);
        state.add_up(now);
        state.threads += 1;
    }

    /// One of them leaves it.
    pub(crate) fn end(&self, now: Instant) {
        let mut state = lock(&self.0);
        state.add_up(now);
        state.threads -= 1;
    }

    /// Adds what a thread has spent that was not counted.
    pub(crate) fn add(&self, time: Duration) {
        lock(&self.0).time += time;
    }

    pub(crate) fn level(&self, now: Instant) -> Level {
        Level::of(lock(&self.0).up_to(now))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// ```text
    ///  thread 1 │ 10 ms │ 10 ms │       │ 10 ms
    ///  thread 2 │       │ 10 ms │       │
    /// ```
    #[test]
    fn the_time_of_all_threads_counts_and_waiting_does_not() {
        let (attained, begin) = (Attained::default(), Instant::now());
        let at = |millis| begin + Duration::from_millis(millis);
        let so_far = |millis| lock(&attained.0).up_to(at(millis)).as_millis();
        attained.begin(at(0));
        assert_eq!(so_far(10), 10);
        attained.begin(at(10));
        assert_eq!(so_far(15), 20);
        attained.end(at(20));
        attained.end(at(20));
        assert_eq!((so_far(20), so_far(500)), (30, 30));
        attained.begin(at(500));
        assert_eq!(so_far(510), 40);
        attained.add(Duration::from_millis(5));
        assert_eq!(so_far(510), 45);
    }

    #[test]
    fn levels_rise_with_what_was_attained_and_the_last_one_is_not_short() {
        let level = |millis| Level::of(Duration::from_millis(millis));
        assert_eq!((level(0), level(4)), (level(3), level(15)));
        assert!(level(3) < level(4) && level(15) < level(16) && level(63) < level(64));
        assert!(level(63).is_short() && !level(64).is_short());
        assert_eq!(level(64), level(1_000_000));
    }
}
