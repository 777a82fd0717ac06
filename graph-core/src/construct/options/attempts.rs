//! The attempts of a task: when there is another, how long one may take, and what comes of the last.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use super::returned::ReturnKind;
use crate::{
    fallible::Fallible,
    task::{
        execution::{
            Execution,
            attempts::{AttemptSettings, Backoff},
        },
        failure::{Cause, drop_quietly},
    },
};

/// How a task is tried, as `#[delayed]` says.
pub struct AttemptRules<Taken, Returned> {
    /// Makes an attempt, and leaves the inputs for another. `None` for a task that is tried once.
    pub attempt: Option<fn(&Taken) -> Returned>,
    /// How often it may be tried again after a failure.
    pub retries: u8,
    /// Whether all attempts are made so, and a failed task keeps its inputs.
    pub resettable: bool,
    /// Says whether it is tried again after what it has returned. `None`: after every failure.
    pub retry_if: Option<fn(&Returned) -> bool>,
    /// How long it waits before another attempt: (the shortest, the longest). `None`: not at all.
    pub backoff: Option<(Duration, Duration)>,
    /// How long an attempt may take. `None`: as long as it likes.
    pub timeout: Option<Duration>,
}

impl<Taken, Returned> fmt::Debug for AttemptRules<Taken, Returned> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptRules").field("settings", &self.settings()).finish_non_exhaustive()
    }
}

impl<Taken, Returned> AttemptRules<Taken, Returned> {
    pub(super) fn settings(&self) -> AttemptSettings {
        AttemptSettings {
            retries: self.attempt.map(|_| self.retries),
            // `retries = 0` is no option.
            are_retries_said: self.retries > 0,
            is_resettable: self.resettable,
            backoff: self.backoff.map(|(first, last)| Backoff { first, last }),
            has_retry_if: self.retry_if.is_some(),
            timeout: self.timeout,
        }
    }
}

/// Asks the user's function whether an error is worth another attempt.
#[inline]
pub fn is_retried<R: Fallible>(returned: &R, retry_if: impl FnOnce(&R::Error) -> bool) -> bool {
    returned.error().is_some_and(retry_if)
}

/// What came of the attempts that leave a task its inputs.
pub(super) enum Tried<T> {
    /// The task has a result.
    Done(T),
    /// It is not tried again. It still has its inputs.
    Failed(Cause),
    /// One attempt is left, which may use the inputs up; it may take so long.
    UseUp(Option<Duration>),
    /// The run has stopped, and another may want the task; or it is to be tried again after a wait.
    Kept,
}

/// Makes attempts that borrow the inputs until the task ends, waits, or has one attempt left.
pub(super) fn try_often<O: ReturnKind, T>(
    taken: &T,
    rules: &AttemptRules<T, O::Returned>,
    execution: &mut Execution<'_>,
) -> Tried<O::Value> {
    let AttemptSettings { retries, backoff, timeout, .. } =
        rules.settings().with(execution.options);
    let retries = u32::from(retries.unwrap_or(0));
    let before = backoff.map(|_| execution.run.resume(execution.task)).unwrap_or_default();
    execution.waited = before.waited;
    for made in before.made + 1.. {
        execution.attempts = made;
        let is_last = made > retries;
        let Some(attempt) = rules.attempt.filter(|_| !is_last || rules.resettable) else { break };
        let outcome = match timeout {
            Some(limit) => limited(limit, execution, || attempt(taken)),
            None => catch_unwind(AssertUnwindSafe(|| attempt(taken))).map_err(Cause::panic),
        };
        if execution.is_told_cancelled() {
            // What it returned might not be whole.
            drop_quietly(outcome);
            return Tried::Kept;
        }
        let cause = match judge::<O, T>(outcome, rules) {
            (Ok(value), _) => return Tried::Done(value),
            (Err(cause), true) if !is_last => cause,
            (Err(cause), _) => return Tried::Failed(cause),
        };
        let again = execution.run.may_retry();
        if again {
            execution.run.retried(made, &cause, backoff);
            // Whoever was told may have looked at a token; the task has not.
            execution.forget_told_cancelled();
        }
        drop_quietly(cause);
        if !again {
            return Tried::Kept;
        }
        if backoff.is_some() {
            execution.put_off = backoff;
            return Tried::Kept;
        }
    }
    Tried::UseUp(timeout)
}

/// Says what an attempt has given, and whether a failure is worth another one.
fn judge<O: ReturnKind, T>(
    outcome: Result<O::Returned, Cause>,
    rules: &AttemptRules<T, O::Returned>,
) -> (Result<O::Value, Cause>, bool) {
    let returned = match outcome {
        Ok(returned) => returned,
        // The predicate knows errors. Another attempt may be faster; one that panics has a fault.
        Err(cause) => {
            let again = rules.retry_if.is_none() || !matches!(cause, Cause::Panic(_));
            return (Err(cause), again);
        }
    };
    let Some(retry_if) = rules.retry_if else { return (result::<O>(returned), true) };
    match catch_unwind(AssertUnwindSafe(|| retry_if(&returned))) {
        Ok(again) => (result::<O>(returned), again),
        Err(payload) => {
            drop_quietly(returned);
            let message = match Cause::panic(payload) {
                Cause::Panic(message) => message,
                other => other.to_string(),
            };
            (Err(Cause::Panic(format!("{message} (in the function given as `retry_if`)"))), false)
        }
    }
}

/// The result. Making one of an error of the user's may run code of the user's, which may panic.
fn result<O: ReturnKind>(returned: O::Returned) -> Result<O::Value, Cause> {
    catch_unwind(AssertUnwindSafe(|| O::result(returned)))
        .unwrap_or_else(|payload| Err(Cause::panic(payload)))
}

/// Makes an attempt that may take so long. What it gives later than that does not count.
pub(super) fn limited<R>(
    limit: Duration,
    execution: &Execution<'_>,
    attempt: impl FnOnce() -> R,
) -> Result<R, Cause> {
    execution.run.begin(limit);
    let outcome = catch_unwind(AssertUnwindSafe(attempt));
    match execution.run.end() {
        None => outcome.map_err(Cause::panic),
        Some(overrun) => {
            drop_quietly(outcome);
            let (elapsed, was_told) = (overrun.elapsed, overrun.was_told);
            Err(Cause::TimedOut { limit, elapsed, was_told })
        }
    }
}
