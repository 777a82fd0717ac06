//! Observers: they are told what happens while a graph runs.

use std::{fmt, time::Duration};

use graph_core::{__run::Signature, Cause, Function, SourceLocation, TaskState};

use crate::{error::Error, record::outcome::RunOutcome};

/// Is told what happens in the runs of each executor that it was given to.
///
/// The methods are called on the worker on which the event happens, possibly on several workers at
/// once, and outside any lock; they should be quick. An observer that panics is told nothing more of
/// that run but `finished`, and the run goes on.
///
/// Every run begins with `started` and ends with `finished`; each task that runs gives `ready`,
/// `task_started` and `task_finished`, in this order, with `task_retried` in between for each attempt that
/// has failed and is not the last. What a task makes for the run to go on with, as
/// `.flatten()` does, is among these tasks; the task itself is ready again when it is done, and what is
/// told of its start and end is its last part. A graph that a task computes is another run,
/// and its executor has its own observers.
///
/// ```
/// use graph_exec::{Executor, Observer, TaskFinished, prelude::*};
/// use std::sync::{Arc, Mutex};
///
/// #[derive(Default)]
/// struct Log(Mutex<Vec<String>>);
///
/// impl Observer for Log {
///     fn task_finished(&self, event: &TaskFinished<'_>) {
///         self.0.lock().unwrap().push(format!("{} {:?}", event.task.name(), event.state));
///     }
/// }
///
/// let log = Arc::new(Log::default());
/// let executor = Executor::default().with_observer(log.clone());
/// executor.compute(value(1).map(|n| n + 1))?;
/// assert_eq!(*log.0.lock().unwrap(), ["value Done", "map Done"]);
/// # Ok::<(), graph_exec::Error>(())
/// ```
pub trait Observer: Send + Sync {
    /// A run begins.
    fn started(&self, event: &RunStarted) {
        let _ = event;
    }

    /// The last dependency of a task is done, or the task has none.
    fn ready(&self, task: &ObservedTask<'_>) {
        let _ = task;
    }

    /// A worker begins a task. Of one that waits between attempts, the first attempt.
    fn task_started(&self, event: &TaskStarted<'_>) {
        let _ = event;
    }

    /// An attempt of a task has failed, and there is to be another; there is none if the run ends before. The
    /// last attempt is told by `task_finished`, whatever comes of it. Not told of tasks on a cluster.
    ///
    /// ```
    /// use graph_exec::{Executor, Observer, TaskRetried, prelude::*};
    /// use std::sync::{Arc, Mutex, atomic::{AtomicU32, Ordering}};
    ///
    /// static CALLS: AtomicU32 = AtomicU32::new(0);
    ///
    /// #[delayed(retries = 3)]
    /// fn fetch(station: u32) -> Result<u32, String> {
    ///     match CALLS.fetch_add(1, Ordering::Relaxed) {
    ///         0 | 1 => Err(format!("station {station} is busy")),
    ///         _ => Ok(station),
    ///     }
    /// }
    ///
    /// #[derive(Default)]
    /// struct Log(Mutex<Vec<String>>);
    ///
    /// impl Observer for Log {
    ///     fn task_retried(&self, event: &TaskRetried<'_>) {
    ///         let (task, attempt) = (event.task.name(), event.attempt);
    ///         self.0.lock().unwrap().push(format!("{task}, attempt {attempt}: {}", event.cause));
    ///     }
    /// }
    ///
    /// let log = Arc::new(Log::default());
    /// assert_eq!(Executor::default().with_observer(log.clone()).compute(fetch(7))?, 7);
    /// let expected = ["fetch, attempt 1: station 7 is busy", "fetch, attempt 2: station 7 is busy"];
    /// assert_eq!(*log.0.lock().unwrap(), expected);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    fn task_retried(&self, event: &TaskRetried<'_>) {
        let _ = event;
    }

    /// A task has ended. Of one that waits between attempts, the last attempt.
    fn task_finished(&self, event: &TaskFinished<'_>) {
        let _ = event;
    }

    /// The run is over; no other event of it follows. Whoever waits for the run in here, or for a graph whose task
    /// does, gets [`Error::WouldDeadlock`]: a run has its results when all observers have returned.
    fn finished(&self, event: &RunFinished<'_>) {
        let _ = event;
    }
}

/// A run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunStarted {
    /// How many tasks its outputs need, with those that have their results already. What tasks make
    /// while the run goes on comes on top.
    pub tasks: usize,
    /// How many tasks can run at once.
    pub workers: usize,
}

/// A task, as an observer sees it.
#[derive(Clone, Copy)]
pub struct ObservedTask<'a> {
    index: usize,
    signature: &'a Signature,
}

impl<'a> ObservedTask<'a> {
    pub(crate) fn new(index: usize, signature: &'a Signature) -> Self {
        ObservedTask { index, signature }
    }

    /// Its place among the tasks of the run in the order in which they were built, from 0: the
    /// same as in the run's record, unless tasks have made tasks (as `.flatten()` does). Those come
    /// behind all others here, and before the task that waited for them in the record.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The function it runs.
    pub fn function(&self) -> Function {
        (self.signature.function)()
    }

    /// The label that `.named` gave it; `None` without one.
    pub fn label(&self) -> Option<&'a str> {
        self.signature.label.as_deref()
    }

    /// Where it was built.
    pub fn built_at(&self) -> SourceLocation {
        self.signature.built_at()
    }

    /// Its name for people: function, and label if there is one.
    pub fn name(&self) -> String {
        named(self.function(), self.label())
    }
}

/// `function (label)`.
pub(crate) fn named(function: Function, label: Option<&str>) -> String {
    match label {
        Some(label) => format!("{} ({label})", function.name),
        None => function.name.to_owned(),
    }
}

impl fmt::Debug for ObservedTask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.name(), self.built_at())
    }
}

/// A worker begins a task.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct TaskStarted<'a> {
    /// The task.
    pub task: ObservedTask<'a>,
    /// Number of the worker, from 0.
    pub worker: usize,
    /// When it starts, since the run began.
    pub at: Duration,
}

/// An attempt of a task has failed, and there is to be another.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct TaskRetried<'a> {
    /// The task.
    pub task: ObservedTask<'a>,
    /// Number of the worker, from 0.
    pub worker: usize,
    /// Number of the attempt that has failed, from 1.
    pub attempt: u32,
    /// Why it failed.
    pub cause: &'a Cause,
    /// How long the task waits before the next attempt, as `backoff` says; zero without.
    pub wait: Duration,
}

/// A task has ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct TaskFinished<'a> {
    /// The task.
    pub task: ObservedTask<'a>,
    /// Number of the worker, from 0.
    pub worker: usize,
    /// When it started, since the run began; after a wait between attempts, when the last one did.
    pub start: Duration,
    /// Time from its start to its end.
    pub duration: Duration,
    /// How it ended: `Done`, `Failed`, or `Cancelled` when it was told that the run is cancelled.
    pub state: TaskState,
    /// How often it was tried: 1, or more when it has `retries`.
    pub attempts: u32,
}

/// A run is over.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RunFinished<'a> {
    /// How it ended.
    pub outcome: RunOutcome,
    /// The first failure, or the cancellation; `None` when all went well.
    pub error: Option<&'a Error>,
    /// Time from the beginning of the run to its end.
    pub wall: Duration,
}
