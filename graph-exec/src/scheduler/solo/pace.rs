//! Whether the tasks of a caller that works alone are as short as they were known to be.
//!
//! It reads no clock itself, and is told the time every few tasks.

use std::time::{Duration, Instant};

use crate::scheduler::durations::LONG;

/// When tasks take so long on average, it pays to share them: handing one to another thread costs about a
/// tenth.
const WORTH_SHARING: Duration = Duration::from_nanos(500);
/// Nobody is called because a few tasks took less than this.
const WORTH_CALLING: Duration = Duration::from_micros(10);
/// After so many tasks, their average counts.
pub(super) const MANY: u32 = 64;
/// The clock is looked at after so many tasks: it costs as much as a third of a short one.
const USUALLY: u32 = 32;
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

/// The last looks at the clock.
pub(super) struct PaceDetector {
    last: Instant,
    /// The last one that was for the average of many tasks.
    last_of_many: Instant,
    /// The last look said that tasks take long. It may have been an interruption, so the next one decides.
    is_in_doubt: bool,
}

impl PaceDetector {
    pub(super) fn new(now: Instant) -> Self {
        PaceDetector { last: now, last_of_many: now, is_in_doubt: false }
    }

    /// Says whether to look at the clock after so many tasks.
    #[inline]
    pub(super) fn is_due(&self, tasks: u32) -> bool {
        match self.is_in_doubt {
            false => tasks.is_multiple_of(USUALLY),
            true => tasks.is_multiple_of(IN_DOUBT),
        }
    }

    /// Looks, when that [is due](Self::is_due) after so many tasks.
    pub(super) fn look(&mut self, now: Instant, tasks: u32) -> Pace {
        let passed = now - std::mem::replace(&mut self.last, now);
        if std::mem::take(&mut self.is_in_doubt) {
            self.last_of_many = now;
            let average = passed / IN_DOUBT;
            return if average >= WORTH_SHARING { Pace::Slow { average } } else { Pace::Short };
        }
        self.is_in_doubt = passed >= (WORTH_SHARING * USUALLY).max(WORTH_CALLING);
        if tasks.is_multiple_of(MANY) {
            let passed = now - std::mem::replace(&mut self.last_of_many, now);
            self.is_in_doubt |= passed >= WORTH_SHARING * MANY;
        }
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
        for interrupted in 1..200 {
            let duration = |task| if task == interrupted { 1_000_000 } else { 100 };
            assert_eq!(shares_after(10_000, duration), None, "task {interrupted}");
        }
    }

    #[test]
    fn tasks_that_are_long_from_some_point_on_are_shared_soon() {
        for first in 1..200 {
            let duration = |task| if task >= first { 20_000 } else { 100 };
            let (after, pace) = shares_after(10_000, duration).expect("they take long");
            assert!(after < first + USUALLY + IN_DOUBT, "first {first}, after {after}");
            assert!(pace.is_long());
        }
    }

    #[test]
    fn tasks_of_a_microsecond_are_shared_but_not_long() {
        let (after, pace) = shares_after(10_000, |_| 1000).expect("they are worth sharing");
        assert!(after <= USUALLY + IN_DOUBT, "{after}");
        assert!(!pace.is_long());
    }

    #[test]
    fn many_tasks_count_where_few_take_too_little_to_call_anybody_for() {
        let (after, _) = shares_after(10_000, |_| 600).expect("they are worth sharing");
        assert!(after <= MANY + IN_DOUBT, "{after}");
    }
}
