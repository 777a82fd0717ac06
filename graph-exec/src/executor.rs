//! The executor: its options, and the ways to run a graph.

pub(crate) mod as_completed;
pub(crate) mod background;
pub(crate) mod builder;
mod completed;
pub(crate) mod compute;
pub(crate) mod defaults;
mod drive;
#[cfg(feature = "tokio")]
pub(crate) mod from_future;
pub(crate) mod replay;
mod run_tasks;
mod settings;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use graph_core::Outputs;

use self::{background::Running, completed::Completed, drive::RunDriver, settings::Settings};
use crate::{
    error::Error,
    observe::observer::Observer,
    record::{Finished, RunRecord},
    run::{Policy, cancel::CancelToken},
};

/// Runs graphs: on the threads that all graphs of the program share, on threads of its own, or on
/// the calling thread.
///
/// The threads are those of a rayon pool, so that rayon code inside a task uses them too. It is
/// never a pool that the program made itself: a thread of that pool which waits inside rayon would
/// start tasks on top of its own work, and the two could come to wait for each other.
///
/// Threads learn how long functions take, so that later runs on them start first what the longest chain of tasks
/// begins with ([how](crate::guide::performance#what-starts-first)).
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let executor = Executor::builder().threads(4).build()?;
/// assert_eq!(executor.compute(value(20) + value(22))?, 42);
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Clone)]
pub struct Executor {
    settings: Settings,
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Executor").field(&self.settings).finish()
    }
}

impl Executor {
    /// Runs one task after another on the calling thread: those with a higher
    /// [priority](crate::Delayed::priority) first, and of others what became ready last, so that few
    /// results live at once. Parallel runs can be compared with it. Runs nested in its tasks are serial
    /// too.
    ///
    /// Tasks have the stack of that thread, 2 MiB unless it was started with more: a program whose
    /// tasks hold large arrays by value starts a thread for them, with
    /// [`stack_size`](std::thread::Builder::stack_size).
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(Executor::serial().compute(value(1))?, 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn serial() -> Self {
        Executor { settings: Settings::serial(Arc::default()) }
    }

    /// How many tasks can run at once.
    ///
    /// ```
    /// # use graph_exec::Executor;
    /// assert_eq!(Executor::serial().threads(), 1);
    /// ```
    pub fn threads(&self) -> usize {
        self.settings.workers.count()
    }

    /// Computes handles and returns their results, in the shape of the handles. The first failure
    /// stops the run: no further task starts, and running tasks are waited for.
    ///
    /// It blocks the thread, in an async function the runtime's: write `executor.spawn(handles).await` there.
    ///
    /// # Errors
    /// [`Error::Task`] for the first task that failed, [`Error::Cancelled`] after a token was cancelled,
    /// [`Error::TimedOut`] when the time was up,
    /// [`Error::WouldDeadlock`] when a running task needs itself, [`Error::NestedTooDeep`] when too many
    /// tasks compute graphs inside each other, [`Error::Graph`] for a graph that is not sound,
    /// [`Error::Threads`] when the threads cannot be started.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let (a, b) = Executor::default().compute((value(1), value("x")))?;
    /// assert_eq!((a, b), (1, "x"));
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn compute<H: Outputs>(&self, outputs: H) -> Result<H::Values, Error> {
        self.drive(outputs, Policy::FailFast, false)?.into_values()
    }

    /// [`compute`](Executor::compute), with a record of what ran when.
    ///
    /// It blocks the thread, in an async function the runtime's: await
    /// [`executor.spawn_recorded(handles)`](Executor::spawn_recorded) there, which keeps its [record](Running::record).
    ///
    /// # Errors
    /// As for [`compute`](Executor::compute).
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let finished = Executor::default().run(value(1))?;
    /// assert_eq!(finished.record().tasks().len(), 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn run<H: Outputs>(&self, outputs: H) -> Result<Finished<H::Values>, Error> {
        let mut completed = self.drive(outputs, Policy::FailFast, true)?;
        let record = completed.take_record();
        Ok(Finished::new(completed.into_values()?, record))
    }

    /// [`run`](Executor::run), with the record also of a run that failed or was cancelled.
    ///
    /// It blocks the thread, in an async function the runtime's: await
    /// [`executor.spawn_recorded(handles)`](Executor::spawn_recorded) there, which keeps its [record](Running::record).
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let number = value("forty-two").and_then(|text| text.parse::<i32>());
    /// let attempt = Executor::default().attempt(number);
    /// assert!(attempt.record().verdict().contains("1 failed"));
    /// assert!(attempt.into_result().is_err());
    /// ```
    pub fn attempt<H: Outputs>(&self, outputs: H) -> Finished<Result<H::Values, Error>> {
        match self.drive(outputs, Policy::FailFast, true) {
            Ok(mut completed) => {
                let record = completed.take_record();
                Finished::new(completed.into_values(), record)
            }
            Err(error) => Finished::new(Err(error), RunRecord::empty(self.threads())),
        }
    }

    /// Lets what the handles need run in the background, on the threads of the executor, and returns at once.
    /// The run has the handles until it ends, of a `&Shared` a clone.
    ///
    /// What goes wrong, also before the first task, is the error of [`Running::wait`]. On an
    /// [`Executor::serial`] everything is over when this returns.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let executor = Executor::builder().threads(2).build()?;
    /// let running = executor.spawn(value(20) + value(22));
    /// assert_eq!(running.wait()?, 42);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn spawn<H>(&self, outputs: H) -> Running<H::Values>
    where
        H: Outputs<Values: 'static, Owned: Send + 'static>,
    {
        self.spawn_with(Policy::FailFast, false, outputs.into_owned(), Completed::into_values)
    }

    /// [`spawn`](Executor::spawn), with a record of what ran when: [`Running::record`] and
    /// [`Running::attempt`].
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let finished = Executor::default().spawn_recorded(value(1)).attempt();
    /// assert_eq!(finished.record().tasks().len(), 1);
    /// ```
    pub fn spawn_recorded<H>(&self, outputs: H) -> Running<H::Values>
    where
        H: Outputs<Values: 'static, Owned: Send + 'static>,
    {
        self.spawn_with(Policy::FailFast, true, outputs.into_owned(), Completed::into_values)
    }

    /// The same executor, with runs that `token` cancels.
    ///
    /// ```
    /// # use graph_exec::{CancelToken, Error, Executor, prelude::*};
    /// let token = CancelToken::new();
    /// let executor = Executor::default().with_cancel(&token);
    /// assert_eq!(executor.compute(value(1))?, 1);
    /// token.cancel();
    /// assert!(matches!(executor.compute(value(1)), Err(Error::Cancelled { ended: 0, tasks: 1 })));
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn with_cancel(mut self, token: &CancelToken) -> Self {
        self.settings.cancel.push(token.clone());
        self
    }

    /// The same executor, with runs that end with [`Error::TimedOut`] when their time is up: no further task
    /// starts then, and the running ones are waited for. A task that takes long asks
    /// [`task::check`](crate::task::check), which tells it.
    ///
    /// ```
    /// # use graph_exec::{Error, Executor, prelude::*, task};
    /// use std::time::{Duration, Instant};
    ///
    /// let endless = value(1).and_then(|_| -> Result<(), task::Cancelled> { loop { task::check()? } });
    /// let deadline = Instant::now() + Duration::from_millis(20);
    /// let error = Executor::default().with_deadline(deadline).compute(endless).unwrap_err();
    /// assert!(matches!(error, Error::TimedOut { tasks: 2, .. }));
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn with_deadline(self, deadline: Instant) -> Self {
        self.with_cancel(&CancelToken::with_deadline(deadline))
    }

    /// The same executor, with runs that may take so long, each from its beginning; see
    /// [`with_deadline`](Executor::with_deadline).
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// use std::time::Duration;
    ///
    /// let executor = Executor::default().with_timeout(Duration::from_secs(60));
    /// assert_eq!(executor.compute(value(1))?, 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = Some(timeout);
        self
    }

    /// The same executor, with runs whose tasks wait for the same times between their attempts whenever the
    /// same graph is run; see `backoff` of [`#[delayed]`](macro@crate::delayed#options). They wait for random
    /// times otherwise, so that what has failed together is not tried again together. With
    /// [`replay`](crate::ExecutorBuilder::replay), its seed is this one too, unless another is given here.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// use std::time::Duration;
    ///
    /// #[delayed(retries = 2, backoff = "1ms..20ms")]
    /// fn busy(x: u32) -> Result<u32, String> {
    ///     Err(format!("busy with {x}"))
    /// }
    ///
    /// let executor = Executor::serial().with_jitter_seed(7);
    /// let waited = || executor.attempt(busy(1)).record().task(0).waited_between_attempts();
    /// assert_eq!(waited(), waited());
    /// ```
    #[must_use]
    pub fn with_jitter_seed(mut self, seed: u64) -> Self {
        self.settings.jitter_seed = Some(seed);
        self
    }

    /// The same executor, with one more observer of its runs.
    ///
    /// ```
    /// # use graph_exec::{Executor, Observer, RunFinished, prelude::*};
    /// struct Timer;
    ///
    /// impl Observer for Timer {
    ///     fn finished(&self, event: &RunFinished<'_>) {
    ///         println!("took {:?}", event.wall);
    ///     }
    /// }
    ///
    /// Executor::default().with_observer(std::sync::Arc::new(Timer)).compute(value(1))?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.settings.observers.push(observer);
        self
    }

    /// The same executor, with runs that go on with every task that does not need a failed one.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let numbers = ["1", "two"].map(|text| value(text).and_then(|text| text.parse::<i32>()));
    /// let [one, two] = Executor::default().keep_going().compute(numbers)?;
    /// assert_eq!(one?, 1);
    /// assert!(two.is_err());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn keep_going(&self) -> KeepGoing<'_> {
        KeepGoing { executor: self }
    }

    /// Runs what `outputs` need.
    fn drive<H: Outputs>(
        &self,
        outputs: H,
        policy: Policy,
        recorded: bool,
    ) -> Result<Completed<H>, Error> {
        if self.settings.timeout.is_none() {
            return RunDriver { settings: &self.settings, policy, recorded }.run(outputs);
        }
        let settings = self.settings.for_run([]);
        RunDriver { settings: &settings, policy, recorded }.run(outputs)
    }

    fn spawn_with<H: Outputs + Send + 'static, T: 'static>(
        &self,
        policy: Policy,
        recorded: bool,
        outputs: H,
        into_result: fn(Completed<H>) -> Result<T, Error>,
    ) -> Running<T> {
        background::spawn(&self.settings, policy, recorded, outputs, into_result)
    }
}

/// An [`Executor`] that goes on after a failure; every output gets a `Result` of its own.
///
/// Made by [`Executor::keep_going`].
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let numbers = ["1", "two"].map(|text| value(text).and_then(|text| text.parse::<i32>()));
/// let [one, two] = Executor::default().keep_going().compute(numbers)?;
/// assert!(one.is_ok() && two.is_err());
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct KeepGoing<'a> {
    executor: &'a Executor,
}

impl KeepGoing<'_> {
    /// Computes handles; each gets its result or the error of the task that it needed.
    ///
    /// # Errors
    /// [`Error::Graph`] for a graph that is not sound; failed tasks are in the results.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let (one, two) = Executor::serial().keep_going().compute((value(1), value(2)))?;
    /// assert_eq!(one? + two?, 3);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn compute<H: Outputs>(&self, outputs: H) -> Result<H::Results<Error>, Error> {
        let completed = self.executor.drive(outputs, Policy::KeepGoing, false)?;
        Ok(completed.into_results())
    }

    /// Lets what the handles need run in the background; see [`Executor::spawn`].
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let numbers = ["1", "two"].map(|text| value(text).and_then(|text| text.parse::<i32>()));
    /// let [one, two] = Executor::default().keep_going().spawn(numbers).wait()?;
    /// assert!(one.is_ok() && two.is_err());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn spawn<H>(&self, outputs: H) -> Running<<H::Owned as Outputs>::Results<Error>>
    where
        H: Outputs<Values: 'static, Owned: Send + 'static>,
    {
        let into_results = |completed: Completed<H::Owned>| Ok(completed.into_results());
        self.executor.spawn_with(Policy::KeepGoing, false, outputs.into_owned(), into_results)
    }

    /// [`compute`](KeepGoing::compute), with a record of what ran when.
    ///
    /// # Errors
    /// As for [`compute`](KeepGoing::compute).
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let finished = Executor::serial().keep_going().run(value(1))?;
    /// assert_eq!(finished.record().tasks().len(), 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn run<H: Outputs>(&self, outputs: H) -> Result<Finished<H::Results<Error>>, Error> {
        let mut completed = self.executor.drive(outputs, Policy::KeepGoing, true)?;
        let record = completed.take_record();
        Ok(Finished::new(completed.into_results(), record))
    }
}
