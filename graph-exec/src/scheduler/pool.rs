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
//! job that does not end while the pool lives: a loop that takes up runs (see [`permits`](super::permits))
//! and, when there is none, lets rayon use the thread for the work that tasks have split up inside.

use std::{
    cell::{Cell, RefCell},
    error::Error as _,
    io, mem,
    num::NonZero,
    sync::{Arc, Barrier, Mutex, OnceLock, Weak},
    thread,
};

use super::{durations::Durations, permits::Permits, rescue::Rescue};
use crate::{
    environment, error::Error, limits::resources::limiter::Limiter, run::stack, sync::lock,
};

/// How many bytes of stack a thread has unless the user says otherwise. They are only reserved: memory
/// is used for what a thread has touched. Tasks that hold large arrays by value, and graphs that are
/// computed inside tasks of graphs that are computed inside tasks, need more than a thread usually has.
const STACK_SIZE: usize = if usize::BITS >= 64 { 64 << 20 } else { 4 << 20 };

/// How many bytes of stack a caller must have left to run tasks itself.
const CALLERS_STACK: usize = 512 << 10;

/// A rayon pool, and the permits to run tasks on it.
pub(crate) struct WorkerPool {
    pool: rayon::ThreadPool,
    permits: Arc<Permits>,
    rescue: Arc<Rescue>,
    durations: Arc<Durations>,
    limiter: Arc<Limiter>,
    /// How many bytes of stack each thread has.
    stack_size: usize,
    /// The user has said how much stack tasks need, so only the workers run them.
    has_own_stack_size: bool,
}

/// The pool whose tasks a thread runs.
struct OfThread {
    /// That pool, or the last one.
    pool: RefCell<Weak<WorkerPool>>,
    /// Whether the thread runs its tasks now. One that has left a pool often enters the same one next.
    is_entered: Cell<bool>,
}

thread_local! {
    static POOL: OfThread = const {
        OfThread { pool: RefCell::new(Weak::new()), is_entered: Cell::new(false) }
    };
    /// The address of the pool that this thread is a worker of, or was started beside; 0 for any other thread.
    static WORKER_OF: Cell<usize> = const { Cell::new(0) };
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
    /// Starts `threads` threads; 0 means as many as the environment says, or one for each core. Each
    /// has `stack_size` bytes of stack; `None` and 0 mean [`STACK_SIZE`].
    /// `limiter` has its resources.
    pub(crate) fn new(
        threads: usize,
        stack_size: Option<usize>,
        limiter: Arc<Limiter>,
    ) -> Result<Arc<Self>, Error> {
        let threads = if threads == 0 { default_threads()? } else { threads };
        let stack_size = stack_size.filter(|&bytes| bytes > 0);
        let has_own_stack_size = stack_size.is_some();
        let stack_size = stack_size.unwrap_or(STACK_SIZE);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .stack_size(stack_size)
            .thread_name(|index| format!("worker-{index}"))
            .build()
            .map_err(|error| Error::Threads { threads, source: Arc::new(system_error(&error)) })?;
        let threads = pool.current_num_threads();
        let (permits, durations) = (Permits::new(threads), Arc::new(Durations::new(threads)));
        let pool = Arc::new(WorkerPool {
            pool,
            rescue: Rescue::new(Arc::clone(&permits)),
            permits,
            durations,
            limiter,
            stack_size,
            has_own_stack_size,
        });
        // No loop starts before every thread has one, so each thread gets exactly one, at the
        // bottom of its stack.
        let all_started = Arc::new(Barrier::new(pool.threads()));
        for _ in 0..pool.threads() {
            let (permits, pool_of_thread) = (Arc::clone(&pool.permits), Arc::downgrade(&pool));
            let all_started = Arc::clone(&all_started);
            pool.pool.spawn(move || {
                all_started.wait();
                begin_thread(pool_of_thread, stack_size);
                permits.work(|| rayon::yield_now() == Some(rayon::Yield::Executed));
            });
        }
        Ok(pool)
    }

    /// Does something on a thread beside the workers, like those but for that rayon knows nothing of it. For what
    /// must not wait until a worker is free.
    ///
    /// # Errors
    /// That of the system when the thread cannot be started.
    pub(crate) fn spawn_spare(
        self: &Arc<Self>,
        work: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        let (pool, stack_size) = (Arc::downgrade(self), self.stack_size);
        let thread = thread::Builder::new().name("spare-worker".to_owned()).stack_size(stack_size);
        thread.spawn(move || {
            begin_thread(pool, stack_size);
            work();
        })?;
        Ok(())
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
        environment::scheduler()?;
        let pool = Self::new(0, None, Arc::default())?;
        Ok(Arc::clone(DEFAULT.get_or_init(|| pool)))
    }

    fn of_this_thread() -> Option<Arc<Self>> {
        // A thread that is ending works for no pool any more.
        let pool = |of_thread: &OfThread| {
            if of_thread.is_entered.get() { of_thread.pool.borrow().upgrade() } else { None }
        };
        POOL.try_with(pool).ok().flatten()
    }

    /// How many tasks run at once.
    pub(crate) fn threads(&self) -> usize {
        self.permits.count()
    }

    pub(crate) fn permits(&self) -> &Arc<Permits> {
        &self.permits
    }

    /// Looks after runs in the background that have to wait.
    pub(super) fn rescue(&self) -> &Arc<Rescue> {
        &self.rescue
    }

    /// The resources that its tasks share.
    pub(crate) fn limiter(&self) -> &Arc<Limiter> {
        &self.limiter
    }

    /// What is known of how long functions take.
    pub(crate) fn durations(&self) -> &Arc<Durations> {
        &self.durations
    }

    /// Says whether the calling thread, which computes a graph on this pool, may run the graph's tasks.
    ///
    /// A thread of a rayon pool of the user's may not: while it waits inside a task, it would take up
    /// whatever else that pool has to do. Nor one with little stack, or where tasks need much: those of
    /// this pool have more.
    pub(crate) fn may_run_here(&self, needs_stack: bool) -> bool {
        // An ending thread has no place any more to note what it works for.
        let Ok(worker_of) = WORKER_OF.try_with(Cell::get) else { return false };
        let fits = worker_of != 0 || (rayon::current_thread_index().is_none() && !needs_stack);
        if self.has_own_stack_size && worker_of == std::ptr::from_ref(self).addr() {
            // The user has said how much tasks need, which may be little.
            let least = CALLERS_STACK.min(self.stack_size / 2);
            return stack::bytes_left().is_some_and(|bytes| bytes >= least);
        }
        fits && !self.has_own_stack_size && Self::is_stack_enough_here()
    }

    /// Says whether the calling thread is known to have enough stack for usual tasks.
    pub(crate) fn is_stack_enough_here() -> bool {
        stack::bytes_left().is_some_and(|bytes| bytes >= CALLERS_STACK)
    }

    /// Makes this the pool whose tasks the calling thread runs, until the guard is dropped.
    pub(crate) fn enter(self: &Arc<Self>) -> Entered {
        let enter = |of_thread: &OfThread| {
            let was_entered = of_thread.is_entered.replace(true);
            let mut pool = of_thread.pool.borrow_mut();
            let is_same = std::ptr::eq(pool.as_ptr(), Arc::as_ptr(self));
            let outer = (!is_same).then(|| mem::replace(&mut *pool, Arc::downgrade(self)));
            Entered { outer: outer.filter(|_| was_entered), was_entered }
        };
        POOL.try_with(enter).unwrap_or_else(|_| Entered { outer: None, was_entered: false })
    }
}

/// Notes that the calling thread belongs to a pool.
fn begin_thread(pool: Weak<WorkerPool>, stack_size: usize) {
    stack::begin_worker(stack_size);
    WORKER_OF.set(pool.as_ptr().addr());
    POOL.with(|of_thread| {
        of_thread.pool.replace(pool);
        of_thread.is_entered.set(true);
    });
}

/// Restores the thread's pool when dropped.
pub(crate) struct Entered {
    /// The pool that the thread ran tasks of before; `None` when it was the same, or when it ran none.
    outer: Option<Weak<WorkerPool>>,
    was_entered: bool,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let outer = self.outer.take();
        let _ = POOL.try_with(|of_thread| {
            of_thread.is_entered.set(self.was_entered);
            outer.map(|outer| of_thread.pool.replace(outer))
        });
    }
}

/// How many threads a pool has when nobody says: as many as `DELAYED_NUM_WORKERS` or `RAYON_NUM_THREADS`,
/// or one for each core.
fn default_threads() -> Result<usize, Error> {
    if let Some(threads) = environment::workers()? {
        return Ok(threads);
    }
    let of_rayon = std::env::var("RAYON_NUM_THREADS").ok().and_then(|text| text.parse().ok());
    let cores = || thread::available_parallelism().map_or(1, NonZero::get);
    Ok(of_rayon.filter(|&threads| threads > 0).unwrap_or_else(cores))
}

impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.permits.close();
    }
}
