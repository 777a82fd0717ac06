//! The threads: a rayon pool whose workers take up runs only at the bottom of their stacks.
//!
//! A rayon thread that waits inside `join` takes up any job of its pool. Were our work such jobs,
//! a thread that helps task S (it has stolen half of S's `par_iter`) could start task T on top of
//! that half, T could compute something that needs S, and both would wait for ever:
//!
//! ```text
//!  worker 1 │ S ── join ── waits for the stolen half
//!  worker 2 │ half of S ── join ── T ── compute ── waits for S
//! ```
//!
//! So what is to be done for a run is not a rayon job. Each worker is given one rayon job when the
//! pool is made, which never ends while the pool lives: a *resident* loop that takes *tickets*
//! (invitations to work for a run) from a queue of our own, and, when there is none, lets rayon
//! use the thread for the work that tasks have split up inside.

use std::{
    cell::RefCell,
    collections::VecDeque,
    sync::{Arc, Barrier, Condvar, LazyLock, Mutex, PoisonError, Weak},
    time::Duration,
};

use super::stall::{Post, Posts};
use crate::{error::Error, run::nesting::Lineage, sync::lock};

/// How long an idle worker sleeps before it asks rayon for work again: at first, while some run is
/// on its way, and while there is none.
const SHORTEST_NAP: Duration = Duration::from_micros(50);
const LONGEST_NAP: Duration = Duration::from_millis(1);
const LONGEST_IDLE_NAP: Duration = Duration::from_millis(100);

/// Work that a worker of the pool takes up at the bottom of its stack.
pub(crate) trait Job: Send + Sync {
    /// Works as long as there is something to do.
    fn execute(self: Arc<Self>);
    /// Where the run that the work is for was started.
    fn lineage(&self) -> &Lineage;
}

/// A rayon pool and the tickets that wait for its workers.
pub(crate) struct Crew {
    pool: rayon::ThreadPool,
    tickets: Arc<Tickets>,
    posts: Posts,
}

struct Tickets {
    queue: Mutex<Queue>,
    added: Condvar,
}

#[derive(Default)]
struct Queue {
    tickets: VecDeque<Arc<dyn Job>>,
    /// How many runs are on their way.
    runs: usize,
    closed: bool,
}

thread_local! {
    /// The crew that this thread belongs to.
    static CREW: RefCell<Weak<Crew>> = const { RefCell::new(Weak::new()) };
}

static DEFAULT: LazyLock<Result<Arc<Crew>, Error>> = LazyLock::new(|| Crew::new(0));

impl Crew {
    /// Starts `threads` threads; 0 means one for each core, or what `RAYON_NUM_THREADS` says.
    pub(crate) fn new(threads: usize) -> Result<Arc<Self>, Error> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("worker-{index}"))
            .build()
            .map_err(|error| Error::Threads { threads, message: error.to_string() })?;
        let tickets = Arc::new(Tickets { queue: Mutex::default(), added: Condvar::new() });
        let posts = Posts::new(pool.current_num_threads());
        let crew = Arc::new(Crew { pool, tickets, posts });
        // Nobody goes on before everybody is there, so each resident lands on a worker of its own,
        // and a new worker's stack is empty.
        let everybody = Arc::new(Barrier::new(crew.threads()));
        for _ in 0..crew.threads() {
            let (tickets, crew_of_thread) = (Arc::clone(&crew.tickets), Arc::downgrade(&crew));
            let everybody = Arc::clone(&everybody);
            crew.pool.spawn(move || {
                everybody.wait();
                tickets.reside(crew_of_thread);
            });
        }
        Ok(crew)
    }

    /// The crew of the calling thread, or else the one that all programs share.
    pub(crate) fn current() -> Result<Arc<Self>, Error> {
        Self::of_this_thread().map_or_else(|| DEFAULT.clone(), Ok)
    }

    fn of_this_thread() -> Option<Arc<Self>> {
        CREW.with_borrow(Weak::upgrade)
    }

    pub(crate) fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Says whether the calling thread is one of the crew's.
    pub(crate) fn contains_this_thread(&self) -> bool {
        self.pool.current_thread_index().is_some()
    }

    /// What everybody is at.
    pub(crate) fn posts(&self) -> &Posts {
        &self.posts
    }

    /// Where the calling thread shows what it is at.
    pub(crate) fn post(&self) -> Post<'_> {
        self.posts.of(self.pool.current_thread_index())
    }

    /// Hands a ticket to whichever worker is free next.
    pub(crate) fn submit(&self, job: Arc<dyn Job>) {
        lock(&self.tickets.queue).tickets.push_back(job);
        self.tickets.added.notify_one();
    }

    /// Notes that a run is on its way, until the guard goes.
    pub(crate) fn begin_run(&self) -> RunGuard {
        lock(&self.tickets.queue).runs += 1;
        RunGuard(Arc::clone(&self.tickets))
    }

    /// Takes up, on a thread that waits inside a task, a ticket of a run that the awaited one
    /// waits for itself. Any other work could need the very task beneath it.
    pub(crate) fn help_within(awaited: &Lineage) -> bool {
        let Some(crew) = Self::of_this_thread() else { return false };
        let ticket = {
            let mut queue = lock(&crew.tickets.queue);
            let place = queue.tickets.iter().position(|run| run.lineage().is_within(awaited));
            place.and_then(|place| queue.tickets.remove(place))
        };
        ticket.map(|run| run.execute()).is_some()
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        lock(&self.tickets.queue).closed = true;
        self.tickets.added.notify_all();
    }
}

/// Counts a run out when dropped.
pub(crate) struct RunGuard(Arc<Tickets>);

impl Drop for RunGuard {
    fn drop(&mut self) {
        lock(&self.0.queue).runs -= 1;
    }
}

impl Tickets {
    /// A worker's life.
    fn reside(&self, crew: Weak<Crew>) {
        CREW.set(crew);
        let mut nap = SHORTEST_NAP;
        loop {
            let mut queue = lock(&self.queue);
            if let Some(run) = queue.tickets.pop_front() {
                drop(queue);
                run.execute();
                nap = SHORTEST_NAP;
                continue;
            }
            if queue.closed {
                return;
            }
            drop(queue);
            if rayon::yield_now() == Some(rayon::Yield::Executed) {
                nap = SHORTEST_NAP;
                continue;
            }
            let queue = lock(&self.queue);
            if queue.tickets.is_empty() && !queue.closed {
                let longest = if queue.runs > 0 { LONGEST_NAP } else { LONGEST_IDLE_NAP };
                nap = (nap * 2).min(longest);
                let woken = self.added.wait_timeout(queue, nap);
                drop(woken.unwrap_or_else(PoisonError::into_inner));
            }
        }
    }
}
