//! What a task can ask about the run that it belongs to.
//!
//! A task is never interrupted. One that takes long asks from time to time whether its run was cancelled,
//! and ends early. What it returns then might not be whole, so it is dropped, whatever it is: the task
//! gives **no result** once it was told here that its run is cancelled or its own time is up, or by a look at the run's own
//! [`CancelToken`](crate::CancelToken), or by a nested run that ended with
//! [`Error::Cancelled`](crate::Error::Cancelled).
//!
//! Such a task waits for another run that wants it, when it still has its inputs: one with
//! `#[delayed(retries = n)]` does, since it clones them for every attempt but the last. Every other task
//! has used them up and fails with [`Cause::Cancelled`](crate::Cause::Cancelled).
//!
//! Ask on the thread that runs the task. Where a task has split up its work, say with rayon, others may
//! look at the token, and the task itself asks [`check`] when they are done.
//!
//! ```
//! use graph_exec::{CancelToken, Error, Executor, prelude::*, task};
//!
//! #[delayed(retries = 1)]
//! fn sum(upto: u64) -> Result<u64, task::Cancelled> {
//!     let mut sum = 0;
//!     for n in 1..=upto {
//!         task::check()?;
//!         sum += n;
//!     }
//!     Ok(sum)
//! }
//!
//! let token = CancelToken::new();
//! let stop = token.clone();
//! let sum = sum(value(100).map(move |n| { stop.cancel(); n })).shared();
//! let cancelled = Executor::default().with_cancel(&token).compute(&sum);
//! assert!(matches!(cancelled, Err(Error::Cancelled { .. })));
//! # let cancelled = Executor::default().with_cancel(&token).compute(&sum);
//! assert_eq!(*sum.compute()?, 5050);
//! # Ok::<(), graph_exec::Error>(())
//! ```

use std::time::Instant;

use crate::run::nesting;

/// The run of the current task was cancelled, or the time of the task is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the run was cancelled, or the time of the task is up")]
pub struct Cancelled;

/// Says whether the run that runs the current task was cancelled, or one around it: a graph that a task
/// computes is part of that task. Also whether the time of this attempt, or of a task around it, is up, which
/// `#[delayed(timeout = …)]` limits. `false` outside tasks.
///
/// Once it has said `true`, the task gives no result; see the [module](self).
///
/// ```
/// assert!(!graph_exec::task::is_cancelled());
/// ```
pub fn is_cancelled() -> bool {
    nesting::is_task_cancelled()
}

/// [`is_cancelled`] as a `Result`, for `?` in a task that may fail.
///
/// # Errors
/// [`Cancelled`] when the run was cancelled, or the time of the task is up.
///
/// ```
/// use graph_exec::{prelude::*, task};
///
/// #[delayed]
/// fn longest(lines: Vec<String>) -> Result<usize, task::Cancelled> {
///     let mut longest = 0;
///     for line in lines {
///         task::check()?;
///         longest = longest.max(line.len());
///     }
///     Ok(longest)
/// }
///
/// assert_eq!(longest(vec!["a".to_owned(), "bcd".to_owned()]).compute()?, 3);
/// # Ok::<(), graph_exec::Error>(())
/// ```
pub fn check() -> Result<(), Cancelled> {
    if is_cancelled() { Err(Cancelled) } else { Ok(()) }
}

/// When the time of the current task is up: the end of its attempt, by `#[delayed(timeout = …)]`, or the earliest
/// deadline of its run, and of tasks and runs around it, set by
/// [`Executor::with_timeout`](crate::Executor::with_timeout), [`Executor::with_deadline`](crate::Executor::with_deadline) or
/// [`CancelToken::with_deadline`](crate::CancelToken::with_deadline). `None` without one, and outside tasks. To be passed
/// on to what waits for others, say as the timeout of a request.
///
/// ```
/// use graph_exec::{Executor, prelude::*, task};
/// use std::time::Duration;
///
/// assert_eq!(task::deadline(), None);
/// let executor = Executor::default().with_timeout(Duration::from_secs(60));
/// let is_limited = value(0).map(|_| task::deadline().is_some());
/// assert!(executor.compute(is_limited)?);
/// # Ok::<(), graph_exec::Error>(())
/// ```
pub fn deadline() -> Option<Instant> {
    nesting::deadline()
}
