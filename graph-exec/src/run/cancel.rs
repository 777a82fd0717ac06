//! Stopping runs from outside, or when their time is up.

use std::{
    fmt, io,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    cancel_flag::{CancelFlag, TimeLimit},
    nesting,
};
use crate::{
    sync::{Mutex, lock},
    timer::{self, Timed},
};

/// Stops the runs of the executors that have it: no further task starts, and running tasks are
/// waited for.
///
/// A run whose token was cancelled before its last task had ended, or failed, ends with
/// [`Error::Cancelled`](crate::Error::Cancelled) when its running tasks have ended. A task is never
/// interrupted; one that takes long may ask [`task::check`](crate::task::check), or a clone of the token,
/// and end early, without a result. What did not run can be computed by another run. A token stays
/// cancelled.
///
/// A graph that a task computes inside is part of that task, and goes on unless its own executor
/// has the token too.
///
/// ```
/// use graph_exec::{CancelToken, Error, Executor, prelude::*};
///
/// let token = CancelToken::new();
/// let executor = Executor::default().with_cancel(&token);
/// let stop = token.clone();
/// let first = value(1).map(move |n| { stop.cancel(); n }).shared();
/// let second = first.map(|n| n + 1);
/// let error = executor.compute(second).unwrap_err();
/// assert!(matches!(error, Error::Cancelled { .. }));
/// assert_eq!(*first.compute()?, 1); // it ran, and its result was kept
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct CancelToken {
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    flag: Arc<CancelFlag>,
    /// The timer knows of the time limit.
    is_armed: AtomicBool,
    /// Runs that have not ended and have not been told.
    runs: Mutex<Vec<Weak<dyn Cancellable>>>,
}

/// A run that can be told to start no further task.
pub(crate) trait Cancellable: Send + Sync {
    /// The calling thread may have to end the run, and to tell those who wait for it.
    fn cancel(self: Arc<Self>);

    /// The same because the time is up, on the thread that tells all runs of the process so: it runs no code of
    /// the user's and waits for nothing.
    fn expire(self: Arc<Self>) {
        self.cancel();
    }
}

impl CancelToken {
    /// A token that is not cancelled.
    ///
    /// ```
    /// assert!(!graph_exec::CancelToken::new().is_cancelled());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that cancels itself at that time. Runs that it stops end with
    /// [`Error::TimedOut`](crate::Error::TimedOut).
    ///
    /// ```
    /// # use graph_exec::{CancelToken, Error, Executor, prelude::*};
    /// use std::time::{Duration, Instant};
    ///
    /// let token = CancelToken::with_deadline(Instant::now() + Duration::from_secs(60));
    /// let executor = Executor::default().with_cancel(&token);
    /// assert_eq!(executor.compute(value(1))?, 1);
    /// assert!(!token.is_cancelled());
    ///
    /// let late = CancelToken::with_deadline(Instant::now());
    /// let error = Executor::default().with_cancel(&late).compute(value(1)).unwrap_err();
    /// assert!(matches!(error, Error::TimedOut { .. }));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_deadline(deadline: Instant) -> Self {
        let length = deadline.saturating_duration_since(Instant::now());
        Self::with_limit(TimeLimit { deadline, length })
    }

    /// A token that cancels itself when so much time has passed; a time that no clock can tell is no limit.
    ///
    /// ```
    /// # use graph_exec::CancelToken;
    /// use std::time::Duration;
    ///
    /// assert!(CancelToken::with_timeout(Duration::ZERO).is_cancelled());
    /// assert!(!CancelToken::with_timeout(Duration::MAX).is_cancelled());
    /// ```
    pub fn with_timeout(timeout: Duration) -> Self {
        match Instant::now().checked_add(timeout) {
            Some(deadline) => Self::with_limit(TimeLimit { deadline, length: timeout }),
            None => Self::new(),
        }
    }

    fn with_limit(limit: TimeLimit) -> Self {
        let flag = Arc::new(CancelFlag::with_limit(limit));
        CancelToken { state: Arc::new(State { flag, ..State::default() }) }
    }

    /// When it cancels itself; `None` for one that does not.
    ///
    /// ```
    /// assert_eq!(graph_exec::CancelToken::new().deadline(), None);
    /// ```
    pub fn deadline(&self) -> Option<Instant> {
        self.state.flag.limit().map(|limit| limit.deadline)
    }

    /// Sees to it that the tokens of a run cancel themselves in time. To be called before anything is
    /// [registered](Self::register).
    ///
    /// # Errors
    /// That of the system when the thread that looks at the clock cannot be started.
    pub(crate) fn arm_all(tokens: &[CancelToken]) -> io::Result<()> {
        tokens.iter().try_for_each(CancelToken::arm)
    }

    /// Sees to it that it cancels itself in time, also when nobody looks.
    fn arm(&self) -> io::Result<()> {
        let Some(limit) = self.state.flag.limit() else { return Ok(()) };
        self.look_at_the_clock();
        if self.state.flag.is_set() || self.state.is_armed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let state = Arc::downgrade(&self.state) as Weak<dyn Timed>;
        timer::call_at(limit.deadline, state)?;
        self.state.is_armed.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Cancels it if its time is up.
    fn look_at_the_clock(&self) {
        if !self.state.flag.is_set()
            && self.deadline().is_some_and(|deadline| deadline <= Instant::now())
        {
            Arc::clone(&self.state).due();
        }
    }

    /// Stops every run that has the token, now and later. May be called from any thread, a task
    /// too, and does not wait. It takes a lock, so a signal handler must leave it to a thread.
    ///
    /// ```
    /// # use graph_exec::{CancelToken, Executor, prelude::*};
    /// let token = CancelToken::new();
    /// token.cancel();
    /// assert!(Executor::serial().with_cancel(&token).compute(value(1)).is_err());
    /// ```
    pub fn cancel(&self) {
        // The token is marked first, so that whoever sees a run cancelled sees the token cancelled.
        self.state.flag.set();
        self.state.take_runs().for_each(Cancellable::cancel);
    }

    /// Says whether it was cancelled. A task of a run that the token cancels gives no result after it was
    /// told so here, as after [`task::is_cancelled`](crate::task::is_cancelled).
    ///
    /// ```
    /// # let token = graph_exec::CancelToken::new();
    /// token.cancel();
    /// assert!(token.is_cancelled());
    /// ```
    pub fn is_cancelled(&self) -> bool {
        self.look_at_the_clock();
        let is_cancelled = self.state.flag.is_set();
        if is_cancelled {
            nesting::tell_task(&self.state.flag);
        }
        is_cancelled
    }

    /// What says whether it was cancelled, without a task being told.
    pub(crate) fn flag(&self) -> &Arc<CancelFlag> {
        &self.state.flag
    }

    /// Makes sure that `run` is told of the cancellation, even when that was before, until the guard is
    /// dropped.
    #[must_use]
    pub(crate) fn register(&self, run: &Arc<impl Cancellable + 'static>) -> Registration {
        let registered: Weak<dyn Cancellable> = Arc::downgrade(run) as _;
        lock(&self.state.runs).push(Weak::clone(&registered));
        // `cancel` marks the token before it reads the list, so one of the two sees the other.
        if self.state.flag.is_set() {
            Arc::clone(run).cancel();
        }
        Registration { token: self.clone(), run: registered }
    }
}

impl State {
    /// The runs that are to be told.
    fn take_runs(&self) -> impl Iterator<Item = Arc<dyn Cancellable>> {
        let runs = std::mem::take(&mut *lock(&self.runs));
        runs.into_iter().filter_map(|run| run.upgrade())
    }
}

impl Timed for State {
    fn due(self: Arc<Self>) {
        self.flag.set_late();
        self.take_runs().for_each(Cancellable::expire);
    }
}

/// A run that a token knows of, until this is dropped.
pub(crate) struct Registration {
    token: CancelToken,
    run: Weak<dyn Cancellable>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        lock(&self.token.state.runs).retain(|run| !run.ptr_eq(&self.run));
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken").field("cancelled", &self.state.flag.is_set()).finish()
    }
}
