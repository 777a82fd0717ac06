//! Permits to run tasks: no more are out than there are, none is lost, and nobody waits while one is free.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use loom::{
    sync::{Condvar, Mutex, atomic::AtomicBool},
    thread,
};

use crate::{
    model, model_with,
    nesting::{Frame, Nesting},
    scheduler::{
        caller::signal::Signal,
        permits::{Job, Permit, Permits, attained::Level, claim::Claim, paused::Paused},
    },
    sync::Instant,
};

/// How many hold a permit. No model chooses by it, so it is always the real atomic.
#[derive(Default)]
pub(crate) struct Holders(AtomicUsize);

impl Holders {
    /// Works with a permit out of so many.
    pub(crate) fn work(&self, permits: usize) {
        assert!(self.0.fetch_add(1, SeqCst) < permits, "more run tasks than may");
        thread::yield_now();
        self.0.fetch_sub(1, SeqCst);
    }
}

/// A run without tasks: what is known of it is who works for it.
pub(crate) struct Run {
    permits: Arc<Permits>,
    nesting: Arc<Nesting>,
    signal: Signal,
    holders: Arc<Holders>,
    /// How many threads wait inside its tasks.
    paused: AtomicUsize,
    /// Whether a worker has worked for it.
    is_done: Mutex<bool>,
    changed: Condvar,
}

impl Run {
    pub(crate) fn new(permits: &Arc<Permits>, holders: &Arc<Holders>) -> Arc<Self> {
        Arc::new(Run {
            permits: Arc::clone(permits),
            nesting: Nesting::new(Vec::new()),
            signal: Signal::default(),
            holders: Arc::clone(holders),
            paused: AtomicUsize::new(0),
            is_done: Mutex::new(false),
            changed: Condvar::new(),
        })
    }

    /// Works, with a permit.
    pub(crate) fn work(&self) {
        self.holders.work(self.permits.count());
    }

    /// Asks for a permit for the calling thread and waits until it has one.
    pub(crate) fn permit(self: &Arc<Self>) -> Permit {
        let permit = self.permits.acquire(self, Instant::now());
        permit.unwrap_or_else(|| self.wait_for_permit())
    }

    /// Waits until the permit is there that it has asked for.
    pub(crate) fn wait_for_permit(&self) -> Permit {
        loop {
            if let Some(permit) = self.signal.wait(Duration::MAX) {
                return permit;
            }
        }
    }

    /// Waits for nothing any more, as the caller of a run does at its end.
    pub(crate) fn withdraw(self: &Arc<Self>) {
        self.permits.withdraw(self);
        self.signal.close();
    }

    /// How many threads wait inside its tasks.
    pub(crate) fn paused(&self) -> usize {
        self.paused.load(SeqCst)
    }

    /// Waits until a worker has worked for it.
    pub(crate) fn wait_until_done(&self) {
        let mut is_done = self.is_done.lock().unwrap();
        while !*is_done {
            is_done = self.changed.wait(is_done).unwrap();
        }
    }
}

impl Job for Run {
    fn execute(self: Arc<Self>) {
        self.work();
        *self.is_done.lock().unwrap() = true;
        self.changed.notify_all();
    }

    fn help(self: Arc<Self>) {
        unreachable!("no thread waits inside a task for it");
    }

    fn grant(&self, permit: Permit) {
        self.signal.grant(permit);
    }

    fn nesting(&self) -> &Nesting {
        &self.nesting
    }

    fn claim(&self, _: Instant) -> Claim {
        Claim { priority: 0, threads: 0, level: Level::of(Duration::ZERO) }
    }

    fn call(self: Arc<Self>) {}

    fn pause(self: Arc<Self>) {
        self.paused.fetch_add(1, SeqCst);
    }

    fn resume(&self) {
        self.paused.fetch_sub(1, SeqCst);
    }
}

/// Checks, when nobody works any more, that all permits are free.
pub(crate) fn assert_all_free(permits: &Arc<Permits>, holders: &Arc<Holders>) {
    let runs: Vec<_> = (0..permits.count()).map(|_| Run::new(permits, holders)).collect();
    let all: Vec<_> = runs.iter().map(|run| permits.acquire(run, Instant::now())).collect();
    assert!(all.iter().all(Option::is_some), "a permit was lost");
}

/// ```text
///  caller 1 │ asks ─ works ─ gives it back
///  caller 2 │ asks ─ waits ────────────── works ─ gives it back
///  caller 3 │ asks ─ waits ───────────────────────────────────── works
/// ```
#[test]
fn each_caller_gets_its_permit() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let caller = || {
            let run = Run::new(&permits, &holders);
            move || {
                let permit = run.permit();
                run.work();
                drop(permit);
                run.withdraw();
            }
        };
        let threads = [thread::spawn(caller()), thread::spawn(caller())];
        caller()();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_all_free(&permits, &holders);
    });
}

/// ```text
///  caller 1 │ has the permit ── gives it back
///  caller 2 │ asks ──────── withdraws           what it is granted goes on
///  caller 3 │       asks ── waits ───────────── works
/// ```
#[test]
fn a_permit_for_a_run_that_withdraws_goes_on_to_the_next() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let [one, two, three] = [(); 3].map(|()| Run::new(&permits, &holders));
        let permit = one.permit();
        assert!(permits.acquire(&two, Instant::now()).is_none());
        let second = thread::spawn({
            let two = Arc::clone(&two);
            move || two.withdraw()
        });
        let third = thread::spawn(move || {
            let permit = three.permit();
            three.work();
            drop(permit);
        });
        drop(permit);
        second.join().unwrap();
        third.join().unwrap();
        assert_all_free(&permits, &holders);
    });
}

/// ```text
///  caller 1 │ has the permit ─ task ─ whose turn is it? ─ gives it back ─ asks again
///  caller 2 │        asks ── waits ───────────────────── works
/// ```
#[test]
fn a_thread_whose_turn_is_over_hands_over() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let [one, two] = [(); 2].map(|()| Run::new(&permits, &holders));
        let has_worked = Arc::new(AtomicBool::new(false));
        one.permit().hold();
        let thread = thread::spawn({
            let has_worked = Arc::clone(&has_worked);
            move || {
                let permit = two.permit();
                two.work();
                has_worked.store(true, SeqCst);
                drop(permit);
                two.withdraw();
            }
        });
        // It has more to do than there is time for.
        while !has_worked.load(SeqCst) {
            one.work();
            if permits.are_wanted() && permits.is_turn_over(&one, true) {
                drop(Permit::take_held());
                one.permit().hold();
            }
        }
        drop(Permit::take_held());
        one.withdraw();
        thread.join().unwrap();
        assert_all_free(&permits, &holders);
    });
}

/// ```text
///  thread 1 │ task ── waits for a graph: gives the permit up ── asks for one ─ goes on
///  caller 2 │      asks ── waits ── works ─ gives it back
/// ```
#[test]
fn a_task_that_has_waited_goes_on_with_a_permit() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let [one, two] = [(); 2].map(|()| Run::new(&permits, &holders));
        one.permit().hold();
        let thread = thread::spawn(move || {
            let permit = two.permit();
            two.work();
            drop(permit);
            two.withdraw();
        });
        drop(Paused::begin());
        let permit = Permit::take_held().expect("it waits for one");
        one.work();
        drop(permit);
        thread.join().unwrap();
        assert_all_free(&permits, &holders);
    });
}

/// ```text
///  thread 1 │ task with permit 0 ── serial run ── waits ────────────── goes on with permit 1
///  caller 2 │                                     takes permit 0
/// ```
#[test]
fn a_thread_that_goes_on_with_another_permit_is_told() {
    model(|| {
        let (permits, holders) = (Permits::new(2), Arc::new(Holders::default()));
        let [one, two, serial] = [(); 3].map(|()| Run::new(&permits, &holders));
        one.permit().hold();
        let frame = Frame::enter(&one.nesting, None);
        frame.set_task(Some(1));
        let inner = Frame::enter_serial(&serial.nesting, None);
        let paused = Paused::begin();
        assert_eq!(one.paused.load(SeqCst), 1);
        let permit = two.permit();
        drop(paused);
        assert_eq!(one.paused.load(SeqCst), 0);
        assert!(frame.takes_other_permit() && !frame.takes_other_permit());
        permits.heartbeat().expect("it holds a permit").beat();
        assert_eq!([0, 1].map(|number| permits.heartbeats().count(number)), [0, 1]);
        drop((inner, frame));
        drop((Permit::take_held(), permit));
        assert_all_free(&permits, &holders);
    });
}

/// The loop of a worker.
pub(crate) fn worker(permits: &Arc<Permits>) -> thread::JoinHandle<()> {
    let permits = Arc::clone(permits);
    thread::spawn(move || permits.work(|| false))
}

/// ```text
///  worker │ finds nothing ─ falls asleep ─ wakes ─ works
///  caller │            submits a run ────┘
/// ```
#[test]
fn a_worker_that_falls_asleep_comes_for_a_run() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let worker = worker(&permits);
        let run = Run::new(&permits, &holders);
        permits.submit(Arc::clone(&run) as _);
        run.wait_until_done();
        run.withdraw();
        permits.close();
        worker.join().unwrap();
        assert_all_free(&permits, &holders);
    });
}

/// ```text
///  worker │        falls asleep ─────────────────────── works for run 2
///  caller │ has the permit ─ submits run 2 ─ gives it back
/// ```
#[test]
fn a_worker_comes_for_a_run_that_has_waited_for_a_permit() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let worker = worker(&permits);
        let [one, two] = [(); 2].map(|()| Run::new(&permits, &holders));
        let permit = one.permit();
        permits.submit(Arc::clone(&two) as _);
        one.work();
        drop(permit);
        two.wait_until_done();
        permits.close();
        worker.join().unwrap();
        assert_all_free(&permits, &holders);
    });
}

/// ```text
///  worker 1 │ keeps watch, or works
///  worker 2 │ works, or keeps watch
///  caller   │ submits a run for each
/// ```
#[test]
fn two_workers_do_two_runs_at_once() {
    // With three interruptions it takes ten times as long.
    model_with(2, || {
        let (permits, holders) = (Permits::new(2), Arc::new(Holders::default()));
        let workers = [worker(&permits), worker(&permits)];
        let runs = [(); 2].map(|()| Run::new(&permits, &holders));
        runs.iter().for_each(|run| permits.submit(Arc::clone(run) as _));
        runs.iter().for_each(|run| run.wait_until_done());
        permits.close();
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        assert_all_free(&permits, &holders);
    });
}
