//! How much is looked at to find out whose turn it is, and whether somebody watches whoever works.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::{attained::Level, *};

impl Permits {
    /// How many runs have begun with reserved permits.
    pub(crate) fn begun_reserved(&self) -> u64 {
        self.reservation.begun()
    }

    /// Says whether every worker sleeps until it is woken, and all permits are free.
    pub(crate) fn all_sleep_for_good(&self) -> bool {
        let state = lock(&self.state);
        !state.watched && state.sleeping.len() == self.count && state.free.len() == self.count
    }
}

/// A run without tasks, which notes how often its claim was looked at.
struct Run {
    nesting: Arc<Nesting>,
    priority: i32,
    looks: Arc<AtomicUsize>,
    granted: Arc<Mutex<Vec<(u64, Permit)>>>,
}

impl Job for Run {
    fn execute(self: Arc<Self>) {}
    fn help(self: Arc<Self>) {}
    fn grant(&self, permit: Permit) {
        lock(&self.granted).push((self.nesting.id(), permit));
    }
    fn nesting(&self) -> &Nesting {
        &self.nesting
    }
    fn claim(&self, _: Instant) -> Claim {
        self.looks.fetch_add(1, Relaxed);
        Claim { priority: self.priority, threads: 0, level: Level::of(Duration::ZERO) }
    }
    fn call(self: Arc<Self>) {}
    fn pause(self: Arc<Self>) {}
    fn resume(&self) {}
}

/// A run that has the only permit, and others that wait for it.
struct Line {
    permits: Arc<Permits>,
    first: Arc<Run>,
    permit: Permit,
    others: Vec<Arc<Run>>,
    looks: Arc<AtomicUsize>,
    granted: Arc<Mutex<Vec<(u64, Permit)>>>,
}

impl Line {
    fn new(others: usize) -> Line {
        let permits = Permits::new(1);
        let (looks, granted) = (Arc::default(), Arc::default());
        let run = |priority| {
            let (nesting, looks) = (Nesting::new(Vec::new()), Arc::clone(&looks));
            Arc::new(Run { nesting, priority, looks, granted: Arc::clone(&granted) })
        };
        let first = run(1);
        let permit = permits.acquire(&first, Instant::now()).unwrap();
        let others: Vec<_> = (0..others).map(|_| run(0)).collect();
        others.iter().for_each(|run| assert!(permits.acquire(run, Instant::now()).is_none()));
        Line { permits, first, permit, others, looks, granted }
    }
}

const MANY: usize = 10_000;

#[test]
fn who_comes_next_is_found_without_looking_at_all_who_wait() {
    let Line { permits, permit, others, looks, granted, .. } = Line::new(MANY);
    let mut next = Some(permit);
    for run in others {
        drop(next);
        let (id, permit) = lock(&granted).pop().unwrap();
        assert_eq!(id, run.nesting.id(), "those who have waited longest come first");
        permits.withdraw(&run);
        next = Some(permit);
    }
    let looks = looks.load(Relaxed);
    assert!(looks < 10 * MANY, "{looks} looks at {MANY} runs");
}

#[test]
fn whether_a_turn_is_over_is_found_without_looking_at_all_who_wait() {
    let Line { permits, first, permit, looks, others, .. } = Line::new(MANY);
    permit.hold();
    let turns = 100;
    for _ in 0..turns {
        std::thread::sleep(2 * TURN);
        assert!(permits.are_wanted() && !permits.is_turn_over(&first, true));
    }
    let looks = looks.load(Relaxed);
    assert!(looks < 10 * (turns + MANY), "{looks} looks in {turns} turns");
    others.iter().for_each(|run| permits.withdraw(run));
    assert!(!permits.are_wanted());
    drop(Permit::take_held());
}

/// ```text
///  thread │ reserves its permit ── begins with it ── a task waits: the permit is one like others
///  watch  │                looks, for the last time if nothing has begun since
/// ```
#[test]
fn a_run_is_watched_on_whose_permit_is_reserved_no_more() {
    let Line { permits, first, permit, .. } = Line::new(0);
    permit.reserve();
    let in_use = permits.begin_reserved(&first, Instant::now()).expect("it was reserved");
    {
        let mut state = lock(&permits.state);
        state.watch.has_begun = false;
        state.watch.idle = u32::MAX;
    }
    let held = Permit::take_held().expect("it is used");
    assert!(held.user().is_some(), "the run is known under the lock");
    assert!(!permits.reservation.is_out());
    assert!(lock(&permits.state).watch.is_needed(0), "nobody would watch the run");
    held.hold();
    in_use.end();
}
