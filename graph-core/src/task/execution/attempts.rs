//! The attempts of a task: what a run knows of them, and how long the task waits between them.

use std::time::Duration;

use crate::task::failure::Cause;

/// How long a task waits before another attempt: for a random time, twice as long each time, but never
/// outside of these two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The shortest wait, and the one that the first is at least. Not zero.
    pub first: Duration,
    /// The longest wait. Not shorter than `first`.
    pub last: Duration,
}

impl Backoff {
    /// The shortest and the longest wait after the attempt with this number, the first being 1.
    pub fn range(self, attempt: u32) -> (Duration, Duration) {
        let factor = 2u32.saturating_pow(attempt);
        let longest = self.first.saturating_mul(factor).min(self.last);
        ((longest / 2).max(self.first), longest)
    }
}

/// What was said for one task with `.retries(…)` and its kind, where the function was built.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AttemptOptions {
    /// How often the task may be tried again; `None` for what the function says.
    pub retries: Option<u8>,
    /// `None` for what the function says.
    pub backoff: Option<Backoff>,
    /// How long an attempt may take; `None` for what the function says.
    pub timeout: Option<Duration>,
}

/// How a task is tried, by what its function and its handle say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttemptSettings {
    /// How often it may be tried again after a failure; `None` when it cannot be.
    pub retries: Option<u8>,
    /// Whether that number was said, for its function or for the task alone.
    pub are_retries_said: bool,
    /// Whether it keeps its inputs when it has failed.
    pub is_resettable: bool,
    /// `None` when it does not wait between attempts.
    pub backoff: Option<Backoff>,
    /// Whether a function says after which errors it is tried again.
    pub has_retry_if: bool,
    /// How long an attempt may take; `None` for as long as it likes.
    pub timeout: Option<Duration>,
}

impl AttemptSettings {
    /// The settings with what was said for one task.
    pub(crate) fn with(self, options: AttemptOptions) -> Self {
        AttemptSettings {
            retries: options.retries.or(self.retries),
            are_retries_said: options.retries.is_some() || self.are_retries_said,
            backoff: options.backoff.or(self.backoff),
            timeout: options.timeout.or(self.timeout),
            ..self
        }
    }
}

/// The attempts of a task in one run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    /// How many have been made.
    pub made: u32,
    /// How long the task has waited between them.
    pub waited: Duration,
}

/// An attempt that went on after its time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overrun {
    /// How long it took.
    pub elapsed: Duration,
    /// Whether it has asked and was told.
    pub was_told: bool,
}

/// The run of a task, as the task sees it between its attempts.
pub trait AttemptRun {
    /// Asked before each further attempt; after `false` the task waits again, for a run that still wants
    /// it, and none of its attempts count.
    fn may_retry(&self) -> bool;
    /// The attempts of the task with this creation number that the run has put off, which it forgets.
    fn resume(&self, task: u64) -> Attempts;
    /// The attempt with this number has failed, the first being 1, and there is to be another: after a wait, when
    /// there is a backoff.
    fn retried(&self, attempt: u32, cause: &Cause, backoff: Option<Backoff>) {
        let _ = (attempt, cause, backoff);
    }
    /// An attempt begins on this thread, which may take so long.
    fn begin(&self, limit: Duration);
    /// The attempt has ended. `None` when it did in time.
    fn end(&self) -> Option<Overrun>;
}

/// A closure says whether the run goes on. It puts nothing off, and knows no clock.
impl<F: Fn() -> bool> AttemptRun for F {
    fn may_retry(&self) -> bool {
        self()
    }
    fn resume(&self, _: u64) -> Attempts {
        Attempts::default()
    }
    fn begin(&self, _: Duration) {}
    fn end(&self) -> Option<Overrun> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_stay_between_the_first_and_the_last() {
        let ms = Duration::from_millis;
        let backoff = Backoff { first: ms(100), last: ms(1000) };
        let ranges = [1, 2, 3, 4, 99].map(|attempt| backoff.range(attempt));
        assert_eq!(ranges[..3], [(ms(100), ms(200)), (ms(200), ms(400)), (ms(400), ms(800))]);
        assert_eq!(ranges[3..], [(ms(500), ms(1000)); 2]);
        let constant = Backoff { first: ms(5), last: ms(5) };
        assert_eq!([constant.range(1), constant.range(u32::MAX)], [(ms(5), ms(5)); 2]);
    }
}
