//! Whether the tasks of a caller that works alone are as short as they were known to be.
//!
//! It reads no clock itself, and is told the time every few tasks.

use std::time::{Duration, Instant};

use crate::scheduler::durations::LONG;

/// When tasks take so long on average, it pays to share them: handing one to another thread costs about a
/// tenth.
const WORTH_SHARING: Duration = Duration::from_nanos(500);
/// The clock is looked at after so many tasks: it costs as much as a short one.
const FIRST: u32 = 32;
/// As long as they are short, after ever more, so many at most. The watch of the pool looks too, once a millisecond.
const MOST: u32 = 256;
/// And after so many when the last look was one of tasks that took long.
const IN_DOUBT: u32 = 4;

/// What a look at the clock has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// The tasks are short, or may be: an interruption looks like a long task, and comes once.
    Short,
    /// It pays to share what is left. The tasks between the last two looks took this much on average.
    Slow { average: Duration },
}

/// The last look at the clock.
pub(super) struct PaceDetector {
    at: Instant,
    /// After how many tasks it was.
    after: u32,
    /// After how many the next one is due.
    due: u32,
    /// It said that tasks take long. It may have been an interruption, so the next one decides.
    is_in_doubt: bool,
}

impl PaceDetector {
    pub(super) fn new(now: Instant) -> Self {
        PaceDetector { at: now, after: 0, due: FIRST, is_in_doubt: false }
    }

    /// Says whether to look at the clock after so many tasks.
    #[inline]
    pub(super) fn is_due(&self, tasks: u32) -> bool {
        tasks == self.due
    }

    /// Looks, when that [is due](Self::is_due) after so many tasks.
    pub(super) fn look(&mut self, now: Instant, tasks: u32) -> Pace {
        let passed = now - std::mem::replace(&mut self.at, now);
        let count = tasks.wrapping_sub(std::mem::replace(&mut self.after, tasks));
        let is_slow = passed >= WORTH_SHARING * count;
        if is_slow && self.is_in_doubt {
            return Pace::Slow { average: passed / count };
        }
        self.is_in_doubt = is_slow;
        let next = if is_slow { IN_DOUBT } else { (count * 4).clamp(FIRST, MOST) };
        self.due = tasks.wrapping_add(next);
        Pace::Short
    }
}

impl Pace {
    /// Says whether it is to be noted that tasks like these are long.
    pub(super) fn is_long(self) -> bool {
        matches!(self, Pace::Slow { average } if average >= LONG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many tasks it was found out that it pays to share, when task `i` takes `duration(i)`
    /// nanoseconds; `None` when it never was.
    fn shares_after(tasks: u32, duration: impl Fn(u32) -> u64) -> Option<(u32, Pace)> {
        let mut now = Instant::now();
        let mut pace = PaceDetector::new(now);
        (1..=tasks).find_map(|task| {
            now += Duration::from_nanos(duration(task));
            let found = if pace.is_due(task) { pace.look(now, task) } else { Pace::Short };
            (found != Pace::Short).then_some((task, found))
        })
    }

    #[test]
    fn short_tasks_are_never_shared() {
        assert_eq!(shares_after(10_000, |_| 400), None);
    }

    #[test]
    fn one_interruption_is_none_of_many() {
        for interrupted in 1..2000 {
            let duration = |task| if task == interrupted { 1_000_000 } else { 100 };
            assert_eq!(shares_after(10_000, duration), None, "task {interrupted}");
        }
    }

    #[test]
    fn tasks_that_are_long_from_some_point_on_are_shared_soon() {
        for first in 1..2000 {
            let duration = |task| if task >= first { 20_000 } else { 100 };
            let (after, pace) = shares_after(10_000, duration).expect("they take long");
            let most = if first < FIRST { FIRST } else { MOST.min(4 * first) };
            // A few long ones among many short ones are not noticed.
            assert!(after <= first + most + 2 * IN_DOUBT, "first {first}, after {after}");
            assert!(pace.is_long());
        }
    }

    #[test]
    fn tasks_of_a_microsecond_are_shared_but_not_long() {
        let (after, pace) = shares_after(10_000, |_| 1000).expect("they are worth sharing");
        assert_eq!(after, FIRST + IN_DOUBT);
        assert!(!pace.is_long());
    }

    #[test]
    fn the_clock_is_looked_at_less_often_the_longer_tasks_are_short() {
        let (mut now, mut looks) = (Instant::now(), Vec::new());
        let mut pace = PaceDetector::new(now);
        for tasks in 1..1000 {
            now += Duration::from_nanos(100);
            if pace.is_due(tasks) {
                assert_eq!(pace.look(now, tasks), Pace::Short);
                looks.push(tasks);
            }
        }
        assert_eq!(looks, [32, 160, 416, 672, 928]);
    }
}
