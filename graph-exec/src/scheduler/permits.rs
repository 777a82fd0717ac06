//! Which threads may run tasks: an executor has as many permits as it may run tasks at once.
//!
//! Whoever runs tasks holds a permit: a worker of the pool, or a thread that has called `compute` and
//! works for its own run. A thread that waits inside a task gives its permit up, and takes one again
//! before it goes on. While no permit is free, runs wait ([`waiting_runs`]); the thread at work that looks at them
//! next, at the end of a task, passes its permit on when it is another run's turn. What that costs does not depend on how
//! many wait.
//!
//! ```text
//!  free ──── taken by a caller, or by a worker for a waiting run ────► held
//!    ▲                                                                  │ turn over, nothing to do, waits
//!    └── nobody waits ◄── passed on to: a thread that returns to its task, or the best waiting run ◄──┘
//! ```
//!
//! The best run is the one with the most urgent ready task, then the shortest so far ([`claim`] says how that is
//! meant), then the one that the fewest threads work for, then the one that has waited longest. A permit is handed
//! over, never left for whoever comes first, and what short runs may have ahead of long ones is rationed, so nobody is
//! overtaken for ever.
//!
//! A thread that computes a small graph after another keeps its permit between them, [reserved]: it needs no lock then.
//!
//! A thread that waits inside a task for a graph gives its permit up, and tells the run of the task: others may
//! come for that in its place.

pub(crate) mod attained;
pub(crate) mod claim;
mod hand_over;
pub(crate) mod paused;
mod ration;
pub(crate) mod reserved;
mod spares;
mod waiting_runs;
mod waits;
mod watch;
mod workers;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    mem::ManuallyDrop,
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use crossbeam_utils::CachePadded;

use self::{
    claim::Claim,
    ration::Ration,
    reserved::reservation::Reservation,
    spares::numbers::Spares,
    waiting_runs::{Choice, Claimant, For, WaitingRuns},
    watch::Watch,
};
use super::stall::{Heartbeat, Heartbeats};
use crate::{
    run::nesting::Nesting,
    sync::{
        AtomicUsize, Condvar, Instant, Mutex, Ordering, lock,
        thread::{self, Thread},
        thread_local,
    },
};

/// How long a thread works for one run before it looks whether it is another run's turn. Changing costs
/// a few microseconds, so less would cost more than it is worth.
const TURN: Duration = Duration::from_micros(200);

/// A run that has waited for its turn has it for as long as it waited, but no longer than this. So a run of
/// short tasks gets as much time as one of long tasks, and is not sent to the end of the line after each.
const LONGEST_TURN: Duration = Duration::from_millis(50);

/// A run that wants threads.
pub(crate) trait Job: Send + Sync {
    /// Works as long as there is something to do and it is the run's turn. The thread holds a permit.
    fn execute(self: Arc<Self>);
    /// The same, on a thread that waits inside a task for this run or one around it.
    fn help(self: Arc<Self>);
    /// Takes a permit for the thread that has called `compute`, and tells it.
    fn grant(&self, permit: Permit);
    /// Inside which tasks the run was started. Its number is that of the run.
    fn nesting(&self) -> &Nesting;
    /// What decides whose turn it is. It gets no better than it was when nobody worked for the run last, unless
    /// [`Permits::look_again`] is called after that.
    fn claim(&self, now: Instant) -> Claim;
    /// Who works for the run makes slow progress: a worker comes if there is something to do.
    fn call(self: Arc<Self>);
    /// A thread that works for the run waits inside a task, and has given its permit up: another may come.
    fn pause(self: Arc<Self>);
    /// The thread goes on with the task.
    fn resume(&self);
}

impl Claimant for dyn Job {
    fn nesting(&self) -> &Nesting {
        Job::nesting(self)
    }
    fn claim(&self, now: Instant) -> Claim {
        Job::claim(self, now)
    }
}

type Waiting = waiting_runs::Waiting<dyn Job>;

impl Waiting {
    /// How long the run may have the permit that it is given `now`: as long as it has waited, if no thread worked
    /// for it.
    fn turn(&self, now: Instant) -> Duration {
        match Job::claim(&*self.run, now).threads {
            0 => now.duration_since(self.since).min(LONGEST_TURN),
            _ => Duration::ZERO,
        }
    }
}

/// The permits of one executor.
pub(crate) struct Permits {
    count: usize,
    state: Mutex<State>,
    /// How many runs and threads wait: what threads at work look at without the lock.
    waiting: CachePadded<AtomicUsize>,
    heartbeats: Heartbeats,
    reservation: CachePadded<Reservation<dyn Job>>,
}

struct State {
    /// Numbers of the permits that nobody holds.
    free: Vec<usize>,
    runs: WaitingRuns<dyn Job>,
    /// Threads inside tasks whose wait is over.
    returning: VecDeque<Arc<Returning>>,
    /// Workers with nothing to do, the one that fell asleep last at the end.
    sleeping: VecDeque<Arc<Sleeper>>,
    /// How many workers are at work for runs, whose tasks may leave them rayon jobs to help with.
    at_work: usize,
    /// One of the sleeping workers wakes by itself to look around.
    watched: bool,
    watch: Watch,
    ration: Ration,
    spares: Spares,
    /// Permit → the run that it is used for; `None` when it is free.
    users: Vec<Option<Arc<dyn Job>>>,
    /// The pool is gone, and its workers end.
    closed: bool,
}

/// A worker that sleeps, or is about to.
struct Sleeper {
    thread: Thread,
    /// What it is to do when it wakes; `None` when it is to look for itself.
    assigned: Mutex<Option<Assignment>>,
}

impl Sleeper {
    /// The calling thread, which is a worker.
    fn current() -> Arc<Self> {
        Arc::new(Sleeper { thread: thread::current(), assigned: Mutex::default() })
    }

    fn wake(&self) {
        self.thread.unpark();
    }

    fn assign(&self, assignment: Assignment) {
        *lock(&self.assigned) = Some(assignment);
        self.thread.unpark();
    }
}

/// A run to work for, and the permit for it.
pub(crate) struct Assignment {
    pub(crate) run: Arc<dyn Job>,
    pub(crate) permit: Permit,
}

/// A thread that waits for a permit to go on with its task.
#[derive(Default)]
struct Returning {
    permit: Mutex<Option<Permit>>,
    granted: Condvar,
}

/// The right to run tasks of an executor; given back when dropped. Boxed, since it often changes hands.
pub(crate) struct Permit(Box<Grant>);

/// What a permit is.
pub(crate) struct Grant {
    permits: Arc<Permits>,
    /// `None` once it is given back.
    number: Option<usize>,
    /// When it was looked last whose turn it is, or when the permit was given.
    since: Cell<Instant>,
    /// Until when the run keeps it that it was given to.
    keeps_until: Instant,
    /// Since when a short run has had it while others waited, as far as that is not yet taken from the ration;
    /// `None` when none has.
    short_since: Cell<Option<Instant>>,
}

thread_local! {
    /// The permit of this thread. It has no destructor, so it is there for the destructors of other
    /// thread-locals, which may compute graphs.
    static HELD: ManuallyDrop<RefCell<Option<Permit>>> =
        const { ManuallyDrop::new(RefCell::new(None)) };
}

impl Permit {
    /// Makes it the calling thread's.
    pub(crate) fn hold(self) {
        HELD.with(|held| {
            let mut held = held.borrow_mut();
            debug_assert!(held.is_none(), "a thread holds one permit");
            *held = Some(self);
        });
    }

    /// Takes the calling thread's; `None` when it has none.
    pub(crate) fn take_held() -> Option<Permit> {
        HELD.with(|held| held.take())
    }

    /// The run that the permit is used for; `None` when it is for none.
    pub(crate) fn user(&self) -> Option<Arc<dyn Job>> {
        let (permits, number) = (&self.permits, self.number?);
        let mut state = lock(&permits.state);
        permits.make_ordinary(&mut state, number);
        state.users[number].clone()
    }

    /// Sets the run that the permit is used for.
    pub(crate) fn set_user(&self, run: Option<Arc<dyn Job>>) {
        if let Some(number) = self.number {
            // The one before is dropped when the lock is released.
            let before = std::mem::replace(&mut lock(&self.permits.state).users[number], run);
            drop(before);
        }
    }

    pub(crate) fn is_of(&self, permits: &Arc<Permits>) -> bool {
        Arc::ptr_eq(&self.permits, permits)
    }
}

impl Deref for Permit {
    type Target = Grant;

    fn deref(&self) -> &Grant {
        &self.0
    }
}

impl DerefMut for Permit {
    fn deref_mut(&mut self) -> &mut Grant {
        &mut self.0
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.permits.give_back(number, self.short_since.get());
        }
    }
}

impl Permits {
    pub(crate) fn new(count: usize) -> Arc<Self> {
        let state = State {
            free: (0..count).rev().collect(),
            runs: WaitingRuns::default(),
            returning: VecDeque::new(),
            sleeping: VecDeque::new(),
            at_work: 0,
            watched: false,
            watch: Watch::new(count),
            ration: Ration::new(count, Instant::now()),
            spares: Spares::new(count),
            users: (0..count).map(|_| None).collect(),
            closed: false,
        };
        Arc::new(Permits {
            count,
            state: Mutex::new(state),
            waiting: CachePadded::new(AtomicUsize::new(0)),
            heartbeats: Heartbeats::new(count),
            reservation: CachePadded::new(Reservation::new()),
        })
    }

    /// How many tasks may run at once.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// What the holders of the permits have started last.
    pub(crate) fn heartbeats(&self) -> &Heartbeats {
        &self.heartbeats
    }

    /// The heartbeat of the calling thread; `None` when it holds none of these permits.
    pub(crate) fn heartbeat(&self) -> Option<Heartbeat<'_>> {
        self.held_number().map(|number| self.heartbeats.of(number))
    }

    /// Number of the permit that the calling thread holds; `None` when it holds none of these.
    fn held_number(&self) -> Option<usize> {
        HELD.with(|held| {
            let held = held.borrow();
            let own = held.as_ref().filter(|held| std::ptr::eq(&*held.permits, self));
            own.and_then(|held| held.number)
        })
    }

    fn permit(self: &Arc<Self>, number: usize, now: Instant) -> Permit {
        let (since, short_since) = (Cell::new(now), Cell::new(None));
        let permits = Arc::clone(self);
        let number = Some(number);
        Permit(Box::new(Grant { permits, number, since, keeps_until: now, short_since }))
    }

    /// A permit for the thread that has called `compute`. `None`: none is free, and `run` is granted
    /// one when it is its turn.
    pub(crate) fn acquire(
        self: &Arc<Self>,
        run: &Arc<impl Job + 'static>,
        now: Instant,
    ) -> Option<Permit> {
        let handed = {
            let mut state = lock(&self.state);
            if state.runs.is_empty()
                && state.returning.is_empty()
                && let Some(number) = self.take_free(&mut state)
            {
                state.users[number] = Some(Arc::clone(run) as _);
                state.watch.begin_run();
                let watch = state.sleeping.front().filter(|_| !state.watched).cloned();
                drop(state);
                watch.into_iter().for_each(|watch| watch.wake());
                return Some(self.permit(number, now));
            }
            let run = Arc::clone(run) as _;
            state.runs.push(Waiting { run, wanted: For::Caller, since: now });
            self.serve(&mut state)
        };
        self.deliver(handed);
        None
    }

    /// Lets a worker come for a run.
    pub(crate) fn submit(self: &Arc<Self>, run: Arc<dyn Job>) {
        let since = Instant::now();
        let handed = {
            let mut state = lock(&self.state);
            state.runs.push(Waiting { run, wanted: For::Worker, since });
            self.serve(&mut state)
        };
        self.deliver(handed);
    }

    /// Forgets that a run waits. The caller has it too, so nothing of the user's is dropped under the lock.
    pub(crate) fn withdraw(&self, run: &Arc<impl Job + 'static>) {
        let mut state = lock(&self.state);
        state.runs.remove(run.nesting());
        self.count_waiting(&state);
    }

    /// Notes that the claim of a run may have got better although nobody works for it, or that a task waits for the run
    /// from now on.
    pub(crate) fn look_again(&self, nesting: &Nesting) {
        lock(&self.state).runs.look_again(nesting, Instant::now());
    }

    /// Says whether a run waits, or a thread that wants to go on with its task, or whether a spare permit is out.
    #[inline]
    pub(crate) fn are_wanted(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Says whether the calling thread, which has just ended a task of `run`, should leave it because it is
    /// another's turn, or because it has a spare permit that is needed no more.
    #[cold]
    pub(crate) fn is_turn_over(&self, run: &Arc<impl Job + 'static>, is_caller: bool) -> bool {
        if self.has_needless_spare() {
            return true;
        }
        let now = Instant::now();
        let held = HELD.with(|held| {
            let held = held.borrow();
            let held = held.as_ref()?;
            if now.duration_since(held.since.get()) < TURN {
                return None;
            }
            held.since.set(now);
            let own = run.claim(now);
            let short_since = held.short_since.replace(own.level.is_short().then_some(now));
            Some((own, now < held.keeps_until, short_since))
        });
        let Some((own, keeps, short_since)) = held else { return false };
        let mut state = lock(&self.state);
        state.ration.spend_since(short_since);
        let levels_count = state.ration.is_left(now);
        if !state.returning.is_empty() {
            return true;
        }
        let is_served = !is_caller || !state.sleeping.is_empty();
        let can_serve = |wanted| wanted == For::Caller || is_served;
        let but = Some(run.nesting());
        // When the best does not come before it, none does.
        let best = state.runs.best_claim(&Choice { now, levels_count, can_serve: &can_serve, but });
        best.is_some_and(|best| best.comes_before(own, keeps, levels_count))
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
