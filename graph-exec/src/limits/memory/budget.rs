//! Admission of tasks under a limit on declared bytes.
//!
//! An executor with a limit has a budget, which knows how many declared bytes are in use and how
//! many threads are *active*, that is, look for a task or are inside one. A task that does not fit
//! is *parked*. Whenever bytes are released, or the last active thread leaves, the parked tasks go
//! back to their runs. When the last active thread finds only parked tasks, it starts the one that
//! exceeds the limit least: it *overcommits*, so that a run always ends. So it does when all other active
//! threads have not gone on for long, because they could be waiting for this very run.
//!
//! ```text
//!             ┌─ fits ─────────────────────────────────────► running ── ended ──┐
//!  ready ── asks                                                ▲               │ bytes released
//!    ▲        └─ does not ──► parked ── last active thread ─────┘               │
//!    └──────────────────────── unparked ◄───────────────────────────────────────┘
//! ```

use std::sync::{Arc, Mutex, Weak};

use crate::{
    limits::unpark::{Unpark, WaitsFor},
    sync::{AtomicU64, Ordering, lock},
};

/// The bytes that the tasks of one executor have declared, and their limit.
pub(crate) struct MemoryBudget {
    limit: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Declared bytes that are in use. Tasks that want all there is declare `usize::MAX`, and there may be several.
    used: u128,
    /// Threads that look for a task or are inside one.
    active: usize,
    /// How many times memory was given back.
    releases: u64,
    parked: Vec<Parked>,
    /// For each run that has begun and not ended, the most bytes in use since it began.
    peaks: Vec<Arc<AtomicU64>>,
}

/// A task that waits for memory.
struct Parked {
    run: Weak<dyn Unpark>,
    request: Request,
}

/// What a task asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) task: u32,
    /// Its position in the run's order.
    pub(crate) rank: u32,
    pub(crate) bytes: u64,
    /// How many bytes must stay free besides, while other threads are active.
    pub(crate) headroom: u64,
}

/// What a task was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) task: u32,
    pub(crate) bytes: u64,
    /// It exceeds the limit, and was admitted because nothing else could go on.
    pub(crate) overcommitted: bool,
}

/// Tasks to go back to their runs, once the budget's lock is released.
#[must_use]
struct Unparked(Vec<Parked>);

impl MemoryBudget {
    pub(crate) fn new(limit: u64) -> Arc<Self> {
        Arc::new(MemoryBudget { limit, state: Mutex::default() })
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// Declared bytes that are in use now.
    #[cfg(any(feature = "progress", test))]
    pub(crate) fn used(&self) -> u64 {
        lock(&self.state).shown()
    }

    /// Counts in a thread that looks for a task.
    pub(crate) fn enter(&self) {
        lock(&self.state).active += 1;
    }

    /// Counts out a thread that has found none, or whose task has ended or waits for a run.
    pub(crate) fn leave(&self) {
        let unparked = {
            let mut state = lock(&self.state);
            state.active -= 1;
            if state.active == 0 { state.unpark_all() } else { Unparked(Vec::new()) }
        };
        unparked.give_back();
    }

    /// Asks for bytes on an active thread. `None`: the task is parked.
    pub(crate) fn admit(&self, request: Request, run: &Weak<dyn Unpark>) -> Option<Granted> {
        let Request { task, bytes, headroom, .. } = request;
        let mut state = lock(&self.state);
        let headroom = if state.active > 1 { headroom } else { 0 };
        if state.used + u128::from(bytes) + u128::from(headroom) <= u128::from(self.limit) {
            state.raise(bytes);
            return Some(Granted { task, bytes, overcommitted: false });
        }
        state.parked.push(Parked { run: Weak::clone(run), request });
        None
    }

    /// How many times memory was given back.
    pub(crate) fn releases(&self) -> u64 {
        lock(&self.state).releases
    }

    /// Says whether a task of `run` waits for memory.
    pub(crate) fn has_parked(&self, run: &Weak<dyn Unpark>) -> bool {
        lock(&self.state).parked.iter().any(|parked| parked.run.ptr_eq(run))
    }

    /// Admits the parked task of `run` that exceeds the limit least; `None` when `run` has none, or
    /// when another thread is active, unless all who are have stalled.
    pub(crate) fn overcommit(&self, run: &Weak<dyn Unpark>, have_stalled: bool) -> Option<Granted> {
        let mut state = lock(&self.state);
        if state.active != 1 && !have_stalled {
            return None;
        }
        let own = state.parked.iter().enumerate().filter(|(_, parked)| parked.run.ptr_eq(run));
        let least = own.min_by_key(|(_, Parked { request, .. })| {
            let used = state.used + u128::from(request.bytes);
            (used.saturating_sub(u128::from(self.limit)), request.rank)
        });
        let index = least?.0;
        let Request { task, bytes, .. } = state.parked.swap_remove(index).request;
        state.raise(bytes);
        Some(Granted { task, bytes, overcommitted: state.used > u128::from(self.limit) })
    }

    /// Takes back bytes.
    pub(super) fn release(&self, bytes: u64) {
        let unparked = {
            let mut state = lock(&self.state);
            state.used = state.used.saturating_sub(u128::from(bytes));
            if bytes > 0 {
                state.releases += 1;
                state.unpark_all()
            } else {
                Unparked(Vec::new())
            }
        };
        unparked.give_back();
    }

    /// Adds bytes that are in use already, whether they fit or not.
    pub(super) fn add(&self, bytes: u64) {
        lock(&self.state).raise(bytes);
    }

    /// Begins a run, and returns the counter of the most bytes in use from now on.
    pub(super) fn begin_run(&self) -> Arc<AtomicU64> {
        let mut state = lock(&self.state);
        let peak = Arc::new(AtomicU64::new(state.shown()));
        state.peaks.push(Arc::clone(&peak));
        peak
    }

    /// Ends a run, whose parked tasks are forgotten.
    pub(super) fn end_run(&self, run: &Weak<dyn Unpark>, peak: &Arc<AtomicU64>) {
        let mut state = lock(&self.state);
        state.parked.retain(|parked| !parked.run.ptr_eq(run));
        state.peaks.retain(|other| !Arc::ptr_eq(other, peak));
    }
}

impl State {
    fn raise(&mut self, bytes: u64) {
        self.used += u128::from(bytes);
        let used = self.shown();
        for peak in &self.peaks {
            peak.fetch_max(used, Ordering::Relaxed);
        }
    }

    /// How many bytes are in use, as records and progress show it.
    fn shown(&self) -> u64 {
        u64::try_from(self.used).unwrap_or(u64::MAX)
    }

    fn unpark_all(&mut self) -> Unparked {
        Unparked(std::mem::take(&mut self.parked))
    }
}

impl Unparked {
    /// Gives each run its tasks.
    fn give_back(self) {
        let mut parked = self.0;
        while let Some(first) = parked.pop() {
            let mut tasks = vec![first.request.task];
            parked.retain(|other| {
                let same = other.run.ptr_eq(&first.run);
                if same {
                    tasks.push(other.request.task);
                }
                !same
            });
            if let Some(run) = first.run.upgrade() {
                run.unpark(&tasks, WaitsFor::Memory);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Told(Mutex<Vec<u32>>);

    impl Unpark for Told {
        fn unpark(self: Arc<Self>, tasks: &[u32], _: WaitsFor) {
            let mut told = lock(&self.0);
            told.extend(tasks);
            told.sort_unstable();
        }
    }

    struct Fixture {
        budget: Arc<MemoryBudget>,
        told: Arc<Told>,
        run: Weak<dyn Unpark>,
    }

    fn fixture(limit: u64) -> Fixture {
        let told = Arc::new(Told::default());
        let run: Weak<dyn Unpark> = Arc::downgrade(&told) as _;
        Fixture { budget: MemoryBudget::new(limit), told, run }
    }

    fn request(task: u32, bytes: u64) -> Request {
        Request { task, rank: task, bytes, headroom: 0 }
    }

    #[test]
    fn what_fits_is_admitted_and_what_does_not_is_parked() {
        let Fixture { budget, told, run } = fixture(100);
        budget.enter();
        budget.enter();
        assert!(budget.admit(request(0, 60), &run).is_some());
        assert_eq!(budget.used(), 60);
        assert_eq!(budget.admit(request(1, 60), &run), None);
        assert!(!budget.admit(request(2, 40), &run).unwrap().overcommitted);
        budget.leave();
        assert!(lock(&told.0).is_empty(), "nothing was released");
        budget.release(40);
        assert_eq!(*lock(&told.0), [1]);
    }

    #[test]
    fn only_the_last_active_thread_may_overcommit_and_takes_the_least_excess() {
        let Fixture { budget, run, .. } = fixture(100);
        budget.enter();
        budget.enter();
        assert!(budget.admit(request(0, 300), &run).is_none());
        assert!(budget.admit(request(1, 200), &run).is_none());
        assert_eq!(budget.overcommit(&run, false), None);
        budget.leave();
        budget.enter();
        budget.leave();
        let granted = budget.overcommit(&run, false).unwrap();
        assert_eq!((granted.task, budget.used(), granted.overcommitted), (1, 200, true));
    }

    #[test]
    fn when_all_who_are_active_have_stalled_the_least_excess_is_taken_too() {
        let Fixture { budget, run, .. } = fixture(100);
        budget.enter();
        budget.enter();
        assert!(budget.admit(request(0, 300), &run).is_none());
        assert!(budget.has_parked(&run));
        assert_eq!(budget.overcommit(&run, true).unwrap().task, 0);
        assert!(!budget.has_parked(&run));
    }

    #[test]
    fn when_no_thread_is_active_any_more_all_parked_tasks_go_back_to_their_runs() {
        let Fixture { budget, told, run } = fixture(10);
        budget.enter();
        assert!(budget.admit(request(0, 20), &run).is_none());
        budget.leave();
        assert_eq!(*lock(&told.0), [0]);
    }

    #[test]
    fn a_source_leaves_room_for_what_follows_unless_it_is_alone() {
        let Fixture { budget, run, .. } = fixture(100);
        let source = Request { headroom: 50, ..request(0, 60) };
        budget.enter();
        budget.enter();
        assert_eq!(budget.admit(source, &run), None);
        budget.end_run(&run, &budget.begin_run());
        budget.leave();
        assert!(budget.admit(source, &run).is_some());
    }

    #[test]
    fn the_peak_of_a_run_is_the_most_in_use_while_it_ran() {
        let Fixture { budget, run, .. } = fixture(100);
        let early = budget.begin_run();
        budget.enter();
        budget.admit(request(0, 60), &run).unwrap();
        budget.release(50);
        let late = budget.begin_run();
        budget.admit(request(1, 20), &run).unwrap();
        assert_eq!([early.load(Ordering::Relaxed), late.load(Ordering::Relaxed)], [60, 30]);
        budget.end_run(&run, &early);
        budget.add(90);
        assert_eq!([early.load(Ordering::Relaxed), late.load(Ordering::Relaxed)], [60, 120]);
    }

    #[test]
    fn a_run_that_is_over_is_forgotten() {
        let Fixture { budget, told, run } = fixture(10);
        budget.enter();
        assert!(budget.admit(request(0, 20), &run).is_none());
        budget.end_run(&run, &budget.begin_run());
        budget.leave();
        assert!(lock(&told.0).is_empty());
    }
}
