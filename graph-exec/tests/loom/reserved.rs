//! A permit that stays reserved for a thread between two runs, and others who need one.

use std::sync::Arc;

use loom::thread;

use crate::{
    model, model_with,
    scheduler::permits::{Permit, Permits, paused::Paused},
    sync::Instant,
    turns::{Holders, Run, assert_all_free, worker},
};

/// Does a run with the permit that is reserved for the thread, or with any other, which it reserves then.
fn compute(permits: &Arc<Permits>, holders: &Arc<Holders>) {
    let run = Run::new(permits, holders);
    match permits.begin_reserved(&run, Instant::now()) {
        Some(in_use) => {
            run.work();
            in_use.end();
        }
        None => {
            let permit = run.permit();
            run.work();
            permit.reserve();
            run.withdraw();
        }
    }
    assert!(Permit::take_held().is_none());
}

/// A thread that asks for a permit, waits for it and works.
fn other(permits: &Arc<Permits>, holders: &Arc<Holders>) -> thread::JoinHandle<()> {
    let run = Run::new(permits, holders);
    thread::spawn(move || {
        let permit = run.permit();
        run.work();
        drop(permit);
        run.withdraw();
    })
}

/// ```text
///  thread 1 │ has the permit ─ reserves it ─ begins with it ─ ends ─ does somebody wait?
///  caller 2 │                      asks ─ takes it back, or waits ────────── works
/// ```
#[test]
fn who_waits_gets_a_permit_that_is_reserved_for_another() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let other = other(&permits, &holders);
        compute(&permits, &holders);
        compute(&permits, &holders);
        other.join().unwrap();
        assert_all_free(&permits, &holders);
    });
}

/// ```text
///  thread 1 │ begins with its permit ── a task waits for a graph ── goes on ── ends
///  caller 2 │                             works
/// ```
#[test]
fn a_task_that_waits_gives_up_a_permit_that_was_reserved() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        compute(&permits, &holders);
        let other = other(&permits, &holders);
        let run = Run::new(&permits, &holders);
        if let Some(in_use) = permits.begin_reserved(&run, Instant::now()) {
            let paused = Paused::begin();
            assert_eq!(run.paused(), 1, "its run is known to who takes its place");
            drop(paused);
            run.work();
            in_use.end();
        }
        other.join().unwrap();
        assert_all_free(&permits, &holders);
    });
}

/// ```text
///  thread 1 │ reserves the permit ─ begins with it ─ ends ─ drops the run
///  worker   │       keeps watch: which run uses it? ─ drops it too
/// ```
#[test]
fn the_watch_looks_at_a_run_that_begins_and_ends() {
    model_with(2, || {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let worker = worker(&permits);
        compute(&permits, &holders);
        compute(&permits, &holders);
        permits.close();
        worker.join().unwrap();
        assert_all_free(&permits, &holders);
    });
}

/// ```text
///  thread 1 │ reserves the permit ─ ends: gives it back
///  caller 2 │        asks ─ takes it back, or waits ─ works
/// ```
#[test]
fn a_thread_that_ends_gives_back_what_is_reserved_for_it() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let (others_permits, others_holders) = (Arc::clone(&permits), Arc::clone(&holders));
        let ending = thread::spawn(move || compute(&others_permits, &others_holders));
        let run = Run::new(&permits, &holders);
        // Loom lets others go on before a thread has dropped what is its own.
        [(); 2].iter().for_each(|()| drop(run.permit()));
        ending.join().unwrap();
        drop(run.permit());
        run.withdraw();
    });
}

/// ```text
///  thread 1 │ has the permit ─ reserves it ─ begins with it, or asks ─ ends
///  thread 2 │ asks ─ takes it back, or waits ─ works ─ reserves it ─ begins with it, or asks
/// ```
#[test]
fn two_threads_reserve_in_turns() {
    for count in [1, 2] {
        model(move || {
            let (permits, holders) = (Permits::new(count), Arc::new(Holders::default()));
            let (others_permits, others_holders) = (Arc::clone(&permits), Arc::clone(&holders));
            let other = thread::spawn(move || {
                compute(&others_permits, &others_holders);
                compute(&others_permits, &others_holders);
            });
            compute(&permits, &holders);
            compute(&permits, &holders);
            // Loom lets others go on before a thread has dropped what is its own.
            other.join().unwrap();
            let runs: Vec<_> = (0..count).map(|_| Run::new(&permits, &holders)).collect();
            let all: Vec<_> = runs.iter().map(Run::permit).collect();
            drop(all);
            runs.iter().for_each(Run::withdraw);
        });
    }
}

/// ```text
///  thread 1 │ begins with its permit ── a task waits ── needs a permit to go on ── ends
///  thread 2 │                  asks ── works ── reserves the permit ── begins with it, or asks
/// ```
#[test]
fn a_thread_that_returns_to_its_task_takes_what_is_reserved_for_another() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        compute(&permits, &holders);
        let (others_permits, others_holders) = (Arc::clone(&permits), Arc::clone(&holders));
        let other = thread::spawn(move || {
            compute(&others_permits, &others_holders);
            compute(&others_permits, &others_holders);
        });
        let run = Run::new(&permits, &holders);
        if let Some(in_use) = permits.begin_reserved(&run, Instant::now()) {
            drop(Paused::begin());
            run.work();
            in_use.end();
        }
        other.join().unwrap();
        let last = Run::new(&permits, &holders);
        drop(last.permit());
        last.withdraw();
    });
}

/// ```text
///  thread 1 │ reserves the permit ─ begins with it: nobody looks at whether one waits ─ ends
///  thread 2 │ submits a run ──────────────────────────────────────────────── waits
///  worker   │ sleeps, or keeps watch ─ takes the permit back, or is handed it ─ works
/// ```
#[test]
fn a_worker_comes_for_a_run_that_is_submitted_beside_a_reserved_permit() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let worker = worker(&permits);
        compute(&permits, &holders);
        let submitted = Run::new(&permits, &holders);
        permits.submit(Arc::clone(&submitted) as _);
        compute(&permits, &holders);
        submitted.wait_until_done();
        permits.close();
        worker.join().unwrap();
        assert_all_free(&permits, &holders);
    });
}
