//! The executor: its options, and the ways to run a graph.

pub(crate) mod as_completed;
pub(crate) mod background;
mod completed;
pub(crate) mod compute;
pub(crate) mod defaults;
mod drive;
pub(crate) mod replay;
mod run_tasks;
mod settings;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use graph_core::Outputs;

use self::{
    background::Running,
    completed::Completed,
    drive::RunDriver,
    settings::{Settings, Workers},
};
use crate::{
    error::Error,
    memory::budget::MemoryBudget,
    observe::observer::Observer,
    record::{Finished, RunRecord},
    run::{Policy, cancel::CancelToken},
    scheduler::pool::WorkerPool,
};

/// Runs graphs: on the threads that all graphs of the program share, on threads of its own, or on
/// the calling thread.
///
/// The threads are those of a rayon pool, so that rayon code inside a task uses them too. It is
/// never a pool that the program made itself: a thread of that pool which waits inside rayon would
/// start tasks on top of its own work, and the two could come to wait for each other.
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
    /// Options of an executor with threads of its own.
    ///
    /// ```
    /// # use graph_exec::Executor;
    /// assert_eq!(Executor::builder().threads(3).build()?.threads(), 3);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn builder() -> ExecutorBuilder {
        ExecutorBuilder::default()
    }

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
        Executor { settings: Settings::new(Workers::CallingThread) }
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
        let completed = self.drive(outputs, Policy::FailFast, true)?;
        let record = completed.record();
        Ok(Finished::new(completed.into_values()?, record))
    }

    /// [`run`](Executor::run), with the record also of a run that failed or was cancelled.
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
            Ok(completed) => {
                let record = completed.record();
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

/// Options of an [`Executor`] with threads of its own.
///
/// ```
/// use graph_exec::Executor;
///
/// let executor = Executor::builder().threads(2).build()?;
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ExecutorBuilder {
    threads: usize,
    /// In bytes; `None` for the default.
    stack_size: Option<usize>,
    memory_limit: Option<usize>,
    progress: bool,
    /// Present when the calling thread runs the tasks, in an order that this decides.
    replay: Option<u64>,
}

impl ExecutorBuilder {
    /// How many tasks can run at once; 0, the default, is as many as the environment variable
    /// `DELAYED_NUM_WORKERS` says, or `RAYON_NUM_THREADS`, or one for each core.
    ///
    /// So many threads are started, and a thread that computes a graph runs tasks of that graph itself,
    /// in place of one of them. Those that are not needed sleep: a graph of a few short tasks wakes nobody.
    /// The calling thread leaves all tasks to the others when it belongs to a rayon pool of your own, when it has
    /// little stack left, when tasks hold large values, or when [`stack_size`](Self::stack_size) is set.
    ///
    /// Runs that compute at the same time take turns: a task with a higher priority starts first, and
    /// between equals, threads change from the run that has most of them to one that has fewer, at the ends of
    /// tasks. So a small run beside a large one waits for about one task.
    ///
    /// A task that waits in `compute` makes room for another one. When it waits in other ways for a graph
    /// that is computed on the same executor, all could be waiting for each other; so when, for a second, no
    /// task has started, a thread that computes goes on beyond this number.
    ///
    /// ```
    /// # use graph_exec::Executor;
    /// assert!(Executor::builder().threads(0).build()?.threads() >= 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How many bytes of stack each thread has; 0, the default, is 64 MiB (4 MiB where addresses have 32
    /// bits). They are reserved, and cost no memory before a task uses them.
    ///
    /// When it is set, the thread that computes runs no tasks itself, since nobody knows how much stack it
    /// has.
    ///
    /// A task needs more when it holds large arrays by value, or when it computes a graph whose tasks
    /// compute graphs, and so on. [`Executor::serial`] starts no thread: there, tasks have the stack of
    /// the thread that computes. A task whose result is a large array is also built on the stack of the
    /// thread that calls its function.
    ///
    /// ```
    /// # use graph_exec::{Executor, MIB, prelude::*};
    /// let executor = Executor::builder().stack_size(256 * MIB).build()?;
    /// assert_eq!(executor.compute(value(1))?, 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = Some(bytes);
        self
    }

    /// The most bytes that tasks may have declared to need at once, over all runs of the executor.
    ///
    /// A task declares with `#[delayed(bytes = …)]` what it needs, its result included; it starts
    /// when that fits beside the results that are still kept. When nothing else can go on, one task
    /// starts although it does not fit, so that a run always ends; the
    /// [record](crate::RunRecord::memory) counts such tasks. A task that declares nothing counts as
    /// needing nothing. Ready tasks are admitted in the order of the graph, and a source leaves room
    /// for the task that will take its result.
    ///
    /// A task that waits for another run by other means than `compute`, say by joining a thread that computes,
    /// counts as going on. When no task of the executor has started for five seconds, one is started
    /// beyond the limit, because all could be waiting for it.
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// fn size(rows: &usize) -> usize {
    ///     rows * size_of::<f64>()
    /// }
    ///
    /// #[delayed(bytes = size)]
    /// fn load(rows: usize) -> Vec<f64> {
    ///     vec![0.5; rows]
    /// }
    ///
    /// let executor = Executor::builder().memory_limit(MIB).build()?;
    /// let parts: Vec<Delayed<f64>> =
    ///     (0..8).map(|_| load(65_536).map(|part| part.iter().sum())).collect();
    /// let finished = executor.run(parts)?;
    /// let memory = finished.record().memory().unwrap();
    /// assert!(memory.peak <= memory.limit);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.memory_limit = Some(bytes);
        self
    }

    /// Shows on stderr how far each run is: a bar where stderr is a terminal, without colour when
    /// `NO_COLOR` is set, and a line every ten seconds elsewhere. The bar is gone before the run
    /// returns.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let executor = Executor::builder().progress(true).build()?;
    /// assert_eq!(executor.compute(value(1))?, 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[cfg(feature = "progress")]
    #[must_use]
    pub fn progress(mut self, progress: bool) -> Self {
        self.progress = progress;
        self
    }

    /// Runs one task after another on the calling thread, as [`Executor::serial`] does, but the next is any of
    /// those that are ready, as `seed` has it: always the same for the same graph and seed, and another order
    /// for another seed. Priorities count for nothing. Graphs that tasks compute inside run in the same way.
    ///
    /// It shows whether a graph depends on an order that it does not ask for: by side effects, say.
    /// [`fuzz_schedules`](crate::fuzz_schedules) tries many seeds. There are no threads, so the number of threads, their stack
    /// size and a memory limit mean nothing here.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// use std::sync::mpsc;
    ///
    /// let order = |seed| {
    ///     let (sender, receiver) = mpsc::channel();
    ///     let tasks = (0..20).map(|n| { let sender = sender.clone(); value(n).map(move |n| sender.send(n)) });
    ///     Executor::builder().replay(seed).build()?.compute(tasks.collect::<Vec<_>>())?;
    ///     drop(sender);
    ///     Ok::<_, graph_exec::Error>(receiver.iter().collect::<Vec<i32>>())
    /// };
    /// assert_eq!(order(1)?, order(1)?);
    /// assert_ne!(order(1)?, order(2)?);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn replay(mut self, seed: u64) -> Self {
        self.replay = Some(seed);
        self
    }

    /// Starts the threads.
    ///
    /// # Errors
    /// [`Error::Threads`] when the system refuses them, [`Error::Environment`] when their number is
    /// left to a `DELAYED_NUM_WORKERS` that is none.
    ///
    /// ```
    /// # use graph_exec::Executor;
    /// assert!(Executor::builder().build().is_ok());
    /// ```
    pub fn build(self) -> Result<Executor, Error> {
        if self.replay.is_some() {
            let settings = Settings::new(Workers::CallingThread);
            let (seed, progress) = (self.replay, self.progress);
            return Ok(Executor { settings: Settings { seed, progress, ..settings } });
        }
        let pool = WorkerPool::new(self.threads, self.stack_size)?;
        let budget = self.memory_limit.map(|bytes| MemoryBudget::new(bytes as u64));
        let workers = Workers::Pool(Some(pool));
        let progress = self.progress;
        Ok(Executor { settings: Settings { budget, progress, ..Settings::new(workers) } })
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
        let completed = self.executor.drive(outputs, Policy::KeepGoing, true)?;
        let record = completed.record();
        Ok(Finished::new(completed.into_results(), record))
    }
}
