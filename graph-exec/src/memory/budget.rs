//! Admission of tasks under a limit on declared bytes.
//!
//! The limit belongs to an executor, and so does its account: how many declared bytes live, and
//! how many threads are *active*, looking for a task or inside one. A task that does not fit is
//! *parked*; whenever bytes are given back, or nobody is active any more, the runs look at their
//! parked tasks again. When the last active thread finds only parked tasks, it starts the one that
//! exceeds the limit least, so a run always ends:
//!
//! ```text
//!             ┌─ fits ──────────────────────────────► running ── ended ──┐
//!  ready ── asks                                                         │ bytes given back
//!    ▲        └─ does not ──► parked ── nobody active ──► forced         │
//!    └────────────────────────── look again ◄────────────────────────────┘
//! ```

use std::sync::{Arc, Mutex, Weak};

use crate::sync::{AtomicU64, Ordering, lock};

/// The bytes of one executor.
pub(crate) struct Account {
    limit: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    live: u64,
    active: usize,
    parked: Vec<Parked>,
    /// The most that has lived since each run that is on its way began.
    peaks: Vec<Arc<AtomicU64>>,
}

struct Parked {
    run: Weak<dyn Starved>,
    request: Request,
}

/// What a task asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) task: u32,
    /// Its place in the run's order.
    pub(crate) rank: u32,
    pub(crate) bytes: u64,
    /// What must stay free beside it, while others are active.
    pub(crate) headroom: u64,
}

/// What was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) task: u32,
    pub(crate) bytes: u64,
    /// It did not fit, and was let through because nothing else could go on.
    pub(crate) forced: bool,
}

/// A run with parked tasks.
pub(crate) trait Starved: Send + Sync {
    /// There may be room for these tasks now.
    fn look_again(self: Arc<Self>, tasks: &[u32]);
}

/// Tasks to be looked at again, once the account's lock is given back.
#[must_use]
struct Woken(Vec<Parked>);

impl Account {
    pub(crate) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Account { limit, state: Mutex::default() })
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// Declared bytes that live now.
    pub(crate) fn live(&self) -> u64 {
        lock(&self.state).live
    }

    /// Counts a thread in that looks for a task.
    pub(crate) fn enter(&self) {
        lock(&self.state).active += 1;
    }

    /// Counts a thread out that has found none, or whose task has ended or waits for others.
    pub(crate) fn leave(&self) {
        let woken = {
            let mut state = lock(&self.state);
            state.active -= 1;
            if state.active == 0 { state.wake() } else { Woken(Vec::new()) }
        };
        woken.look_again();
    }

    /// Asks for bytes, on a thread that is counted in. `None`: the task is parked.
    pub(crate) fn admit(&self, request: Request, run: &Weak<dyn Starved>) -> Option<Granted> {
        let Request { task, bytes, headroom, .. } = request;
        let mut state = lock(&self.state);
        let live = state.live.saturating_add(bytes);
        let headroom = if state.active > 1 { headroom } else { 0 };
        if live.saturating_add(headroom) <= self.limit {
            state.raise(bytes);
            return Some(Granted { task, bytes, forced: false });
        }
        state.parked.push(Parked { run: Weak::clone(run), request });
        None
    }

    /// Lets the parked task of `run` through that exceeds the limit least, when the calling thread
    /// is the only active one.
    pub(crate) fn force(&self, run: &Weak<dyn Starved>) -> Option<Granted> {
        let mut state = lock(&self.state);
        if state.active != 1 {
            return None;
        }
        let own = state.parked.iter().enumerate().filter(|(_, parked)| parked.run.ptr_eq(run));
        let least = own.min_by_key(|(_, Parked { request, .. })| {
            let live = state.live.saturating_add(request.bytes);
            (live.saturating_sub(self.limit), request.rank)
        });
        let index = least?.0;
        let Request { task, bytes, .. } = state.parked.swap_remove(index).request;
        state.raise(bytes);
        Some(Granted { task, bytes, forced: state.live > self.limit })
    }

    /// Takes back bytes.
    pub(super) fn give_back(&self, bytes: u64) {
        let woken = {
            let mut state = lock(&self.state);
            state.live = state.live.saturating_sub(bytes);
            if bytes > 0 { state.wake() } else { Woken(Vec::new()) }
        };
        woken.look_again();
    }

    /// Adds bytes that are there whether they fit or not.
    pub(super) fn add(&self, bytes: u64) {
        lock(&self.state).raise(bytes);
    }

    /// Counts in a run, and returns where the most that lives from now on is kept.
    pub(super) fn begin_run(&self) -> Arc<AtomicU64> {
        let mut state = lock(&self.state);
        let peak = Arc::new(AtomicU64::new(state.live));
        state.peaks.push(Arc::clone(&peak));
        peak
    }

    /// Forgets a run that is over.
    pub(super) fn end_run(&self, run: &Weak<dyn Starved>, peak: &Arc<AtomicU64>) {
        let mut state = lock(&self.state);
        state.parked.retain(|parked| !parked.run.ptr_eq(run));
        state.peaks.retain(|other| !Arc::ptr_eq(other, peak));
    }
}

impl State {
    fn raise(&mut self, bytes: u64) {
        self.live = self.live.saturating_add(bytes);
        for peak in &self.peaks {
            peak.fetch_max(self.live, Ordering::Relaxed);
        }
    }

    fn wake(&mut self) -> Woken {
        Woken(std::mem::take(&mut self.parked))
    }
}

impl Woken {
    fn look_again(self) {
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
                run.look_again(&tasks);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Told(Mutex<Vec<u32>>);

    impl Starved for Told {
        fn look_again(self: Arc<Self>, tasks: &[u32]) {
            let mut told = lock(&self.0);
            told.extend(tasks);
            told.sort_unstable();
        }
    }

    struct Fixture {
        account: Arc<Account>,
        told: Arc<Told>,
        run: Weak<dyn Starved>,
    }

    fn fixture(limit: u64) -> Fixture {
        let told = Arc::new(Told::default());
        let run: Weak<dyn Starved> = Arc::downgrade(&told) as _;
        Fixture { account: Account::new(limit), told, run }
    }

    fn request(task: u32, bytes: u64) -> Request {
        Request { task, rank: task, bytes, headroom: 0 }
    }

    #[test]
    fn what_fits_is_admitted_and_what_does_not_is_parked() {
        let Fixture { account, told, run } = fixture(100);
        account.enter();
        account.enter();
        assert!(account.admit(request(0, 60), &run).is_some());
        assert_eq!(account.live(), 60);
        assert_eq!(account.admit(request(1, 60), &run), None);
        assert!(!account.admit(request(2, 40), &run).unwrap().forced);
        account.leave();
        assert!(lock(&told.0).is_empty(), "nothing was given back");
        account.give_back(40);
        assert_eq!(*lock(&told.0), [1]);
    }

    #[test]
    fn only_the_last_active_thread_may_force_and_takes_the_least_excess() {
        let Fixture { account, run, .. } = fixture(100);
        account.enter();
        account.enter();
        assert!(account.admit(request(0, 300), &run).is_none());
        assert!(account.admit(request(1, 200), &run).is_none());
        assert_eq!(account.force(&run), None);
        account.leave();
        account.enter();
        account.leave();
        let forced = account.force(&run).unwrap();
        assert_eq!((forced.task, account.live(), forced.forced), (1, 200, true));
    }

    #[test]
    fn when_nobody_is_active_any_more_all_runs_look_again() {
        let Fixture { account, told, run } = fixture(10);
        account.enter();
        assert!(account.admit(request(0, 20), &run).is_none());
        account.leave();
        assert_eq!(*lock(&told.0), [0]);
    }

    #[test]
    fn a_source_leaves_room_for_what_follows_unless_it_is_alone() {
        let Fixture { account, run, .. } = fixture(100);
        let source = Request { headroom: 50, ..request(0, 60) };
        account.enter();
        account.enter();
        assert_eq!(account.admit(source, &run), None);
        account.end_run(&run, &account.begin_run());
        account.leave();
        assert!(account.admit(source, &run).is_some());
    }

    #[test]
    fn a_run_s_peak_is_what_lived_while_it_was_on_its_way() {
        let Fixture { account, run, .. } = fixture(100);
        let early = account.begin_run();
        account.enter();
        account.admit(request(0, 60), &run).unwrap();
        account.give_back(50);
        let late = account.begin_run();
        account.admit(request(1, 20), &run).unwrap();
        assert_eq!([early.load(Ordering::Relaxed), late.load(Ordering::Relaxed)], [60, 30]);
        account.end_run(&run, &early);
        account.add(90);
        assert_eq!([early.load(Ordering::Relaxed), late.load(Ordering::Relaxed)], [60, 120]);
    }

    #[test]
    fn a_run_that_is_over_is_forgotten() {
        let Fixture { account, told, run } = fixture(10);
        account.enter();
        assert!(account.admit(request(0, 20), &run).is_none());
        account.end_run(&run, &account.begin_run());
        account.leave();
        assert!(lock(&told.0).is_empty());
    }
}
