//! The threads: a rayon pool whose workers take up runs only at the bottom of their stacks.
//!
//! A rayon thread that waits inside `join` takes up any rayon job of its pool. If our work were
//! such jobs, a thread that helps task S (it has stolen half of S's `par_iter`) could start task T
//! on top of that half, T could compute something that needs S, and both would wait for ever:
//!
//! ```text
//!  worker 1 │ S ── join ── waits for the stolen half
//!  worker 2 │ half of S ── join ── T ── compute ── waits for S
//! ```
//!
//! So the work for a run is not a rayon job. When the pool is made, each worker is given one rayon
//! job that does not end while the pool lives: a loop that takes our own [`Job`]s from a queue
//! and, when there is none, lets rayon use the thread for the work that tasks have split up inside.

use std::{
    cell::RefCell,
    collections::VecDeque,
    error::Error as _,
    io,
    num::NonZero,
    sync::{Arc, Barrier, Condvar, Mutex, OnceLock, PoisonError, Weak},
    time::Duration,
};

use super::stall::{Heartbeat, Heartbeats};
use crate::{error::Error, run::nesting::Nesting, sync::lock};

/// How long an idle worker sleeps before it asks rayon for work again: at first, at most while
/// there are runs, and at most while there are none.
const SHORTEST_NAP: Duration = Duration::from_micros(50);
const LONGEST_NAP: Duration = Duration::from_millis(1);
const LONGEST_IDLE_NAP: Duration = Duration::from_millis(100);

/// Work for a run, which a worker of the pool takes up at the bottom of its stack.
pub(crate) trait Job: Send + Sync {
    /// Works as long as there is something to do.
    fn execute(self: Arc<Self>);
    /// Inside which tasks the run was started.
    fn nesting(&self) -> &Nesting;
}

/// A rayon pool, and the jobs that wait for its workers.
pub(crate) struct WorkerPool {
    pool: rayon::ThreadPool,
    jobs: Arc<JobQueue>,
    heartbeats: Heartbeats,
}

struct JobQueue {
    state: Mutex<State>,
    /// Notified when a job is added, and when the queue is closed.
    added: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Arc<dyn Job>>,
    /// How many runs have begun and not ended.
    runs: usize,
    /// The pool is gone, and its workers end.
    closed: bool,
}

thread_local! {
    /// The pool that this thread is a worker of.
    static POOL: RefCell<Weak<WorkerPool>> = const { RefCell::new(Weak::new()) };
}

/// The pool that the whole program shares; empty until its threads have started.
static DEFAULT: OnceLock<Arc<WorkerPool>> = OnceLock::new();
/// Held while the threads of [`DEFAULT`] are started.
static STARTING: Mutex<()> = Mutex::new(());

/// The system's error behind one of rayon, which is no part of this library's interface.
fn system_error(error: &rayon::ThreadPoolBuildError) -> io::Error {
    let system = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match system.and_then(io::Error::raw_os_error) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::other(error.to_string()),
    }
}

impl WorkerPool {
    /// Starts `threads` threads; 0 means one for each core, or as many as `RAYON_NUM_THREADS` says.
    pub(crate) fn new(threads: usize) -> Result<Arc<Self>, Error> {
        let threads = if threads == 0 { default_threads() } else { threads };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("worker-{index}"))
            .build()
            .map_err(|error| Error::Threads { threads, source: Arc::new(system_error(&error)) })?;
        let jobs = Arc::new(JobQueue { state: Mutex::default(), added: Condvar::new() });
        let heartbeats = Heartbeats::new(pool.current_num_threads());
        let pool = Arc::new(WorkerPool { pool, jobs, heartbeats });
        // No loop starts before every thread has one, so each thread gets exactly one, at the
        // bottom of its stack.
        let all_started = Arc::new(Barrier::new(pool.threads()));
        for _ in 0..pool.threads() {
            let (jobs, pool_of_thread) = (Arc::clone(&pool.jobs), Arc::downgrade(&pool));
            let all_started = Arc::clone(&all_started);
            pool.pool.spawn(move || {
                all_started.wait();
                jobs.work(pool_of_thread);
            });
        }
        Ok(pool)
    }

    /// The pool of the calling thread, or else the one that the whole program shares.
    pub(crate) fn current() -> Result<Arc<Self>, Error> {
        Self::of_this_thread().map_or_else(Self::of_the_program, Ok)
    }

    /// The pool that the whole program shares. When its threads cannot be started, the next call
    /// tries again.
    fn of_the_program() -> Result<Arc<Self>, Error> {
        if let Some(pool) = DEFAULT.get() {
            return Ok(Arc::clone(pool));
        }
        let _starting = lock(&STARTING);
        if let Some(pool) = DEFAULT.get() {
            return Ok(Arc::clone(pool));
        }
        let pool = Self::new(0)?;
        Ok(Arc::clone(DEFAULT.get_or_init(|| pool)))
    }

    fn of_this_thread() -> Option<Arc<Self>> {
        // A thread that is ending works for no pool any more.
        POOL.try_with(|pool| pool.borrow().upgrade()).ok().flatten()
    }

    pub(crate) fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Says whether the calling thread is one of the pool's.
    pub(crate) fn contains_this_thread(&self) -> bool {
        self.pool.current_thread_index().is_some()
    }

    /// The heartbeats of all threads.
    pub(crate) fn heartbeats(&self) -> &Heartbeats {
        &self.heartbeats
    }

    /// The heartbeat of the calling thread.
    pub(crate) fn heartbeat(&self) -> Heartbeat<'_> {
        self.heartbeats.of(self.pool.current_thread_index())
    }

    /// Leaves a job to the worker that is free next.
    pub(crate) fn submit(&self, job: Arc<dyn Job>) {
        lock(&self.jobs.state).jobs.push_back(job);
        self.jobs.added.notify_one();
    }

    /// Notes that the run that `job` works for has begun; it has ended when the guard is dropped.
    pub(crate) fn begin_run(&self, job: Arc<dyn Job>) -> RunGuard {
        lock(&self.jobs.state).runs += 1;
        RunGuard { queue: Arc::clone(&self.jobs), job }
    }

    /// Executes, on a worker that waits inside a task for the run with nesting `awaited`, a job of
    /// that run or of one that was started inside it. Any other job could need the very task that
    /// is beneath it on the stack. Returns whether there was one.
    pub(crate) fn help_within(awaited: &Nesting) -> bool {
        let Some(pool) = Self::of_this_thread() else { return false };
        let job = {
            let mut state = lock(&pool.jobs.state);
            let index = state.jobs.iter().position(|job| job.nesting().is_within(awaited));
            index.and_then(|index| state.jobs.remove(index))
        };
        job.map(Job::execute).is_some()
    }
}

/// How many threads a pool has when nobody says: as many as `RAYON_NUM_THREADS`, or one for each
/// core.
fn default_threads() -> usize {
    let wanted = std::env::var("RAYON_NUM_THREADS").ok().and_then(|text| text.parse().ok());
    let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
    wanted.filter(|&threads| threads > 0).unwrap_or_else(cores)
}

impl Drop for WorkerPool {
    fn drop(&mut self) {
        lock(&self.jobs.state).closed = true;
        self.jobs.added.notify_all();
    }
}

/// The run has ended when this is dropped; jobs of it that no worker has taken are withdrawn, since
/// all workers may be busy for long.
pub(crate) struct RunGuard {
    queue: Arc<JobQueue>,
    job: Arc<dyn Job>,
}

impl Drop for RunGuard {
    fn drop(&mut self) {
        let mut state = lock(&self.queue.state);
        state.runs -= 1;
        // This guard has the run too, so nothing is dropped under the lock.
        state.jobs.retain(|job| !Arc::ptr_eq(job, &self.job));
    }
}

impl JobQueue {
    /// The loop of a worker, until the pool is gone.
    fn work(&self, pool: Weak<WorkerPool>) {
        POOL.set(pool);
        let mut nap = SHORTEST_NAP;
        loop {
            let mut state = lock(&self.state);
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                job.execute();
                nap = SHORTEST_NAP;
                continue;
            }
            if state.closed {
                return;
            }
            drop(state);
            if rayon::yield_now() == Some(rayon::Yield::Executed) {
                nap = SHORTEST_NAP;
                continue;
            }
            let state = lock(&self.state);
            if state.jobs.is_empty() && !state.closed {
                let longest = if state.runs > 0 { LONGEST_NAP } else { LONGEST_IDLE_NAP };
                nap = (nap * 2).min(longest);
                let woken = self.added.wait_timeout(state, nap);
                drop(woken.unwrap_or_else(PoisonError::into_inner));
            }
        }
    }
}
