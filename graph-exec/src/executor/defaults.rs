//! Which executor runs a graph when none is named.

use std::{cell::RefCell, fmt, sync::OnceLock};

use super::{
    Executor,
    settings::{Settings, Workers},
};
use crate::{
    environment::{self, Scheduler},
    limits::resources::current::current_limiter,
    run::nesting::{self, Serial},
};

/// The executor that the program has chosen; empty when it has not.
static CHOSEN: OnceLock<Executor> = OnceLock::new();

/// The serial executor that the environment asks for; one, so that the limits of functions hold over all its
/// runs.
static SERIAL: OnceLock<Executor> = OnceLock::new();

thread_local! {
    /// The scopes that the thread is inside, the innermost last.
    static SCOPES: RefCell<Vec<Scope>> = const { RefCell::new(Vec::new()) };
}

struct Scope {
    executor: Executor,
    /// How many tasks the thread was inside of when the scope began.
    depth: usize,
}

impl Default for Executor {
    /// The executor for graphs for which none is named: of these, the first that there is.
    ///
    /// 1. That of the innermost [`scope`](Executor::scope) or task that the calling thread is inside; of a task,
    ///    the threads and the memory limit.
    /// 2. That of [`Executor::set_default`].
    /// 3. What the environment variable `DELAYED_SCHEDULER` says: `serial` for [`Executor::serial`], or
    ///    `threads`, which is the same as nothing.
    /// 4. Threads that the whole program shares: as many as `DELAYED_NUM_WORKERS` says, or
    ///    `RAYON_NUM_THREADS`, or one for each core.
    ///
    /// A value of these variables that means nothing is the error of whatever is computed,
    /// [`Error::Environment`](crate::Error::Environment).
    fn default() -> Self {
        let of_scope = SCOPES.try_with(|scopes| {
            let scopes = scopes.borrow();
            let innermost = scopes.last().filter(|scope| scope.depth == nesting::depth());
            innermost.map(|scope| scope.executor.clone())
        });
        if let Ok(Some(executor)) = of_scope {
            return executor;
        }
        if let Some(Serial { seed }) = nesting::serial_task() {
            let limiter = current_limiter().unwrap_or_default();
            return Executor { settings: Settings { seed, ..Settings::serial(limiter) } };
        }
        if nesting::depth() == 0 {
            if let Some(executor) = CHOSEN.get() {
                return executor.clone();
            }
            if let Ok(Scheduler::Serial) = environment::scheduler() {
                return SERIAL.get_or_init(Executor::serial).clone();
            }
        }
        let budget = nesting::current_budget();
        Executor { settings: Settings { budget, ..Settings::new(Workers::Pool(None)) } }
    }
}

impl Executor {
    /// Makes this the executor for graphs for which none is named, in the whole program; for its `main`, and
    /// not for libraries. What is computed before runs on the threads that the program has otherwise. See
    /// [`Executor::default`] for what comes first, and [`scope`](Executor::scope) for a part of a program.
    ///
    /// # Errors
    /// [`DefaultIsSet`] when it was done before, with another executor or this one: two parts of a program
    /// that both choose would take it in turns to be surprised.
    ///
    /// ```standalone_crate
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// Executor::builder().threads(2).build()?.set_default()?;
    /// assert_eq!(Executor::default().threads(), 2);
    /// assert_eq!(value(1).compute()?, 1); // on those two threads
    /// assert!(Executor::serial().set_default().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_default(self) -> Result<(), DefaultIsSet> {
        CHOSEN.set(self).map_err(|_| DefaultIsSet(()))
    }

    /// Calls `body`; graphs for which it names no executor run on this one, with all its options. It concerns
    /// the calling thread alone, until `body` returns. Scopes may be inside each other, and inside tasks.
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// let total = Executor::serial().scope(|| {
    ///     assert_eq!(Executor::default().threads(), 1);
    ///     (value(1) + value(2)).compute()
    /// });
    /// assert_eq!(total?, 3);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn scope<R>(&self, body: impl FnOnce() -> R) -> R {
        let scope = Scope { executor: self.clone(), depth: nesting::depth() };
        let entered = SCOPES.try_with(|scopes| scopes.borrow_mut().push(scope)).is_ok();
        let _left = entered.then_some(LeavesScope);
        body()
    }
}

/// Leaves the innermost scope of the thread when dropped.
struct LeavesScope;

impl Drop for LeavesScope {
    fn drop(&mut self) {
        // The executor is dropped when nothing is borrowed: its observers are the user's.
        drop(SCOPES.try_with(|scopes| scopes.borrow_mut().pop()));
    }
}

/// The executor for graphs for which none is named was chosen before; see [`Executor::set_default`].
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the program's default executor was set before; set it once, at the start of `main`, and use \
     `executor.scope(|| …)` for another in a part of the program"
)]
pub struct DefaultIsSet(());

impl fmt::Debug for DefaultIsSet {
    /// The message: it is what `main` shows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
