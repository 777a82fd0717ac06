//! Whose turn it is, of two runs.
//!
//! Nobody says how much a run needs, so what threads have spent on it stands for that: a run that has attained
//! little is likely to need little more. This is the rule "least attained service first", also called
//! foreground-background (Kleinrock, *Queueing Systems* II, 1976), with few levels instead of exact times, as in the
//! multi-level feedback queue of CTSS (Corbató and others, 1962), so that runs of about the same age do not change at
//! each task:
//!
//! ```text
//!  level │ 0      │ 1       │ 2       │ 3
//!        │ < 4 ms │ < 16 ms │ < 64 ms │ long      of all threads together
//! ```
//!
//! A short run waits once, for the end of a task, and then goes on as if it were alone, on every thread that it can
//! use. Long runs are all on the last level, and share.
//!
//! By itself the rule starves long runs while short ones keep coming. CFS, the scheduler that Linux had for long, also
//! runs whoever has attained least, and limits by how much one that comes or wakes is ahead of the others. Here the
//! time that short runs have while others wait comes out of a [ration](super::ration); when that is used up, levels do
//! not count for a while.

use std::cmp::Ordering::{Equal, Greater, Less};

use super::attained::Level;

/// What a run has to say for itself when it is decided whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The highest priority among its ready tasks.
    pub(crate) priority: i32,
    /// How many threads work for it.
    pub(crate) threads: usize,
    /// By how much threads have worked for it.
    pub(crate) level: Level,
}

impl Claim {
    /// Says whether a permit should go from a run with the claim `other` to one with this claim. Among equals the other
    /// one may keep it for a while, since it has waited for it. `levels_count` as long as short runs come first.
    pub(super) fn comes_before(self, other: Claim, keeps: bool, levels_count: bool) -> bool {
        let by_level = if levels_count { other.level.cmp(&self.level) } else { Equal };
        match self.priority.cmp(&other.priority).then(by_level) {
            Greater => true,
            Less => false,
            Equal => !keeps && (self.threads == 0 || self.threads + 1 < other.threads),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn claim(priority: i32, threads: usize, millis: u64) -> Claim {
        Claim { priority, threads, level: Level::of(Duration::from_millis(millis)) }
    }

    #[test]
    fn a_priority_decides_whatever_was_attained() {
        let (urgent, short) = (claim(1, 4, 10_000), claim(0, 0, 0));
        for (keeps, levels_count) in [(false, false), (false, true), (true, false), (true, true)] {
            assert!(urgent.comes_before(short, keeps, levels_count));
            assert!(!short.comes_before(urgent, keeps, levels_count));
        }
    }

    #[test]
    fn a_short_run_comes_before_a_long_one_also_with_more_threads() {
        let (short, long) = (claim(0, 3, 5), claim(0, 0, 10_000));
        assert!(short.comes_before(long, true, true), "also when the long one has waited");
        assert!(!long.comes_before(short, false, true));
        assert!(long.comes_before(short, false, false), "the ration is used up");
        assert!(!long.comes_before(short, true, false));
        assert!(!short.comes_before(long, false, false));
    }

    #[test]
    fn equals_share_the_threads_and_keep_what_they_have_waited_for() {
        let (none, one, three) = (claim(0, 0, 100), claim(0, 1, 70), claim(0, 3, 90));
        for levels_count in [false, true] {
            assert!(none.comes_before(one, false, levels_count));
            assert!(one.comes_before(three, false, levels_count));
            assert!(!one.comes_before(one, false, levels_count));
            assert!(!three.comes_before(one, false, levels_count));
            assert!(!none.comes_before(three, true, levels_count));
        }
    }
}
