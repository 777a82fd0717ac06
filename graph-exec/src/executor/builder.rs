//! The options of an executor with threads of its own.

use super::{
    Executor,
    settings::{Settings, Workers},
};
use crate::{
    error::Error,
    limits::{
        memory::budget::MemoryBudget,
        resources::{error::ResourceError, limiter::Limiter},
    },
    scheduler::pool::WorkerPool,
};

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
    /// (name, how much of it there is), each name once.
    resources: Vec<(String, u32)>,
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
    /// task has started, one thread that computes goes on beyond this number, until the others go on too.
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
    /// When it is set, the thread that computes runs no tasks itself, since it may have less stack.
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

    /// Says how much there is of a resource that tasks share: graphics cards, licences, places at a service.
    /// It may be called for several resources; of two calls with one name, the last one counts.
    ///
    /// A task says what it needs with `#[delayed(resource("gpu", 2))]` or
    /// [`.resource("gpu", 2)`](crate::Delayed::resource), and never more of it is in use, over all runs of the
    /// executor. A task that waits holds no thread, and tasks that need nothing pass it. See
    /// [`guide::limits`](crate::guide::limits).
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// #[delayed(resource("gpu"))]
    /// fn infer(frame: u32) -> u32 {
    ///     frame + 1
    /// }
    ///
    /// let executor = Executor::builder().threads(8).resource("gpu", 2).build()?;
    /// let run = executor.run((0..16).map(infer).collect::<Vec<_>>())?;
    /// assert!(run.record().resources()[0].peak <= 2); // eight threads, two cards
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn resource(mut self, name: impl Into<String>, amount: u32) -> Self {
        let name = name.into();
        self.resources.retain(|(other, _)| *other != name);
        self.resources.push((name, amount));
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
    /// [`fuzz_schedules`](crate::fuzz_schedules) tries many seeds. There are no threads, so more than one of them,
    /// their stack size and a memory limit are refused by [`build`](Self::build).
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
    /// [`Error::NotInReplay`] for options that mean nothing beside [`replay`](Self::replay),
    /// [`Error::Resource`] for 0 of a resource, [`Error::Threads`] when the system refuses threads,
    /// [`Error::Environment`] when their number is
    /// left to a `DELAYED_NUM_WORKERS` that is none.
    ///
    /// ```
    /// # use graph_exec::Executor;
    /// assert!(Executor::builder().build().is_ok());
    /// ```
    pub fn build(self) -> Result<Executor, Error> {
        if let Some((resource, _)) = self.resources.iter().find(|&&(_, amount)| amount == 0) {
            return Err(ResourceError::Empty { resource: resource.clone() }.into());
        }
        if self.replay.is_some()
            && let Some(option) = self.of_threads()
        {
            return Err(Error::NotInReplay { option });
        }
        let limiter = Limiter::new(self.resources);
        if self.replay.is_some() {
            let settings = Settings::serial(limiter);
            let (seed, progress) = (self.replay, self.progress);
            return Ok(Executor { settings: Settings { seed, progress, ..settings } });
        }
        let pool = WorkerPool::new(self.threads, self.stack_size, limiter)?;
        let budget = self.memory_limit.map(|bytes| MemoryBudget::new(bytes as u64));
        let workers = Workers::Pool(Some(pool));
        let progress = self.progress;
        Ok(Executor { settings: Settings { budget, progress, ..Settings::new(workers) } })
    }

    /// The first option that only an executor with threads can honour.
    fn of_threads(&self) -> Option<&'static str> {
        let options = [
            ("threads", self.threads > 1),
            ("stack_size", self.stack_size.is_some_and(|bytes| bytes > 0)),
            ("memory_limit", self.memory_limit.is_some()),
        ];
        options.iter().find(|&&(_, is_set)| is_set).map(|&(option, _)| option)
    }
}
