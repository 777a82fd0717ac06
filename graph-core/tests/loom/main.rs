//! Every interleaving of two threads at one slot, and at one block of a slab.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test -p graph-core --test loom --release`.

#![cfg(loom)]
#![expect(unsafe_code, reason = "it starts tasks through plans, as an executor does")]

mod blocks;
#[path = "../../src/task/slab.rs"]
#[expect(dead_code, reason = "the slab of each thread would outlive a model")]
mod slab;
#[path = "../../src/sync.rs"]
#[allow(dead_code, unused_imports, reason = "a slab needs little of it")]
mod sync;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use graph_core::{
    __run::{Claimed, Ended, Execution, Plan, Ran, Reserved},
    Outputs, delayed, value,
};

/// Claims a task and, when that succeeds, runs it. Returns how it ended, or what the claim gave.
///
/// # Safety
/// As for [`Plan::claim`].
unsafe fn claim_and_run(
    plan: &Plan,
    index: u32,
    execution: &mut Execution<'_>,
) -> Result<Ran, Claimed> {
    // SAFETY: promised by the caller.
    match unsafe { plan.claim(index) } {
        // SAFETY: claimed just now.
        Claimed::Now => Ok(unsafe { plan.run(index, execution) }.expect("it makes no tasks")),
        other => Err(other),
    }
}

/// Runs on this thread what `outputs` need. Returns how many tasks ran here.
fn complete(outputs: &impl Outputs) -> usize {
    let plan = Plan::new(outputs).unwrap();
    let mut ran = 0;
    for task in (0..plan.len() as u32).rev() {
        loop {
            // SAFETY: `outputs` is borrowed; a plan lists dependencies last; each task comes once.
            match unsafe { claim_and_run(&plan, task, &mut Execution::new(&|| true)) } {
                Ok(Ran { ended, .. }) => {
                    assert_eq!(ended, Ended::Done);
                    ran += 1;
                    break;
                }
                Err(Claimed::Before(ended)) => {
                    assert_eq!(ended, Ended::Done);
                    break;
                }
                Err(Claimed::Busy) => loom::thread::yield_now(),
                Err(Claimed::Now) => unreachable!("a task that is claimed is run"),
            }
        }
    }
    ran
}

/// ```text
///  thread 1 │ plan(S) ─ claim …
///  thread 2 │ plan(S) ─ claim …     S runs once, both see its result
/// ```
#[test]
fn two_plans_run_a_shared_task_once() {
    loom::model(|| {
        let shared = value(21).shared();
        let other = shared.clone();
        let thread = loom::thread::spawn(move || {
            let ran = complete(&other);
            (ran, *other.values())
        });
        let ran = complete(&shared);
        let (other_ran, other_value) = thread.join().unwrap();
        assert_eq!(ran + other_ran, 1);
        assert_eq!((*shared.values(), other_value), (21, 21));
    });
}

/// ```text
///  thread 1 │ run S ──────────────── publish: has somebody subscribed?
///  thread 2 │ claim S: busy ─ subscribe: has it ended already?       both give the same answer
/// ```
#[test]
fn a_subscriber_is_told_or_sees_the_end() {
    loom::model(|| {
        let shared = value(1).shared();
        let other = shared.clone();
        let thread = loom::thread::spawn(move || {
            let plan = Plan::new(&other).unwrap();
            // SAFETY: `other` lives; one task, started once.
            let ran = unsafe { claim_and_run(&plan, 0, &mut Execution::new(&|| true)) };
            matches!(ran, Ok(Ran { awaited: true, .. }))
        });
        let plan = Plan::new(&shared).unwrap();
        // SAFETY: `shared` lives; one task.
        let ran = unsafe { claim_and_run(&plan, 0, &mut Execution::new(&|| true)) };
        // SAFETY: it was busy just now.
        let waits = ran == Err(Claimed::Busy) && unsafe { plan.subscribe(0) };
        let told = thread.join().unwrap();
        assert_eq!(waits, told);
    });
}

/// ```text
///  thread 1 │ takes S, drops its handle ─┐
///  thread 2 │ takes S, drops its handle ─┴ the result is freed exactly once
/// ```
#[test]
fn two_consumers_free_a_shared_result_once() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    loom::model(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let shared = value(Counted(Arc::clone(&drops))).shared();
        complete(&shared);
        let (one, two) = (shared.map(|_| ()), shared.map(|_| ()));
        drop(shared);
        let thread = loom::thread::spawn(move || complete(&one));
        complete(&two);
        thread.join().unwrap();
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

/// A shared task that declares as many bytes as its constant says, and counts how often it is asked
/// and run.
#[derive(Clone, Default)]
struct Asked {
    asked: Arc<AtomicUsize>,
    ran: Arc<AtomicUsize>,
}

fn ask(counts: &Asked, bytes: &usize) -> usize {
    counts.asked.fetch_add(1, Ordering::SeqCst);
    *bytes
}

#[delayed(bytes = ask)]
fn declared(counts: Asked, bytes: usize) -> usize {
    counts.ran.fetch_add(1, Ordering::SeqCst);
    bytes
}

/// ```text
///  thread 1 │ plan ─ reserve S ──── give back
///  thread 2 │ plan ─ claim S …                    S runs once, asked at most once
/// ```
#[test]
fn a_task_that_is_asked_for_its_bytes_runs_once() {
    loom::model(|| {
        let counts = Asked::default();
        let shared = declared(counts.clone(), 40).shared();
        let other = shared.clone();
        let thread = loom::thread::spawn(move || {
            let ran = complete(&other);
            (ran, *other.values())
        });
        let plan = Plan::new(&shared).unwrap();
        // SAFETY: the handle lives; one task.
        match unsafe { plan.reserve(0) } {
            Reserved::Bytes { bytes, .. } => assert_eq!(bytes, 40),
            Reserved::Busy | Reserved::Before(Ended::Done) => {}
            other => panic!("nothing fails here, found {other:?}"),
        }
        assert_eq!(thread.join().unwrap(), (1, 40));
        assert_eq!(counts.ran.load(Ordering::SeqCst), 1);
        assert!(counts.asked.load(Ordering::SeqCst) <= 1);
    });
}

/// ```text
///  thread 1 │ reserve S ─────────────── give back: has somebody subscribed?
///  thread 2 │ claim S: busy ─ subscribe: does it wait already?    both give the same answer
/// ```
#[test]
fn a_subscriber_is_told_when_a_task_is_given_back() {
    loom::model(|| {
        let counts = Asked::default();
        let shared = declared(counts.clone(), 40).shared();
        let other = shared.clone();
        let thread = loom::thread::spawn(move || {
            let plan = Plan::new(&other).unwrap();
            // SAFETY: `other` lives; one task.
            match unsafe { plan.reserve(0) } {
                Reserved::Bytes { awaited, .. } => awaited,
                _ => false,
            }
        });
        let plan = Plan::new(&shared).unwrap();
        // SAFETY: `shared` lives; one task.
        let ran = unsafe { claim_and_run(&plan, 0, &mut Execution::new(&|| true)) };
        // SAFETY: it was busy just now.
        let waits = ran == Err(Claimed::Busy) && unsafe { plan.subscribe(0) };
        let told = thread.join().unwrap();
        assert_eq!(waits, told);
        complete(&shared);
        assert_eq!((*shared.values(), counts.ran.load(Ordering::SeqCst)), (40, 1));
    });
}

/// ```text
///  thread 1 │ takes S, drops its handle ─┐
///  thread 2 │ takes S, drops its handle ─┴ the charge is dropped exactly once, with the result
/// ```
#[test]
fn the_last_of_two_consumers_drops_the_charge() {
    struct Charge(Arc<AtomicUsize>);
    impl Drop for Charge {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    loom::model(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let shared = declared(Asked::default(), 40).shared();
        let plan = Plan::new(&shared).unwrap();
        let mut execution = Execution::new(&|| true);
        execution.charge = Some(Arc::new(Charge(Arc::clone(&drops))));
        // SAFETY: the handle lives; one task.
        unsafe { claim_and_run(&plan, 0, &mut execution) }.expect("nobody else runs it");
        drop((execution, plan));
        let (one, two) = (shared.map(|_| ()), shared.map(|_| ()));
        drop(shared);
        assert_eq!(drops.load(Ordering::SeqCst), 0);
        let thread = loom::thread::spawn(move || complete(&one));
        complete(&two);
        thread.join().unwrap();
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

/// Fails when it is called for the first time.
#[delayed(resettable)]
fn fails_once(calls: Arc<AtomicUsize>) -> Result<i64, String> {
    match calls.fetch_add(1, Ordering::Relaxed) {
        0 => Err("not yet".to_owned()),
        _ => Ok(42),
    }
}

/// ```text
///  thread 1 │ reset(S)
///  thread 2 │ plan(S) ─ claim: failed ─ its error, or claim again ─ run
/// ```
#[test]
fn a_failed_task_is_reset_while_another_thread_looks_at_its_error() {
    loom::model(|| {
        let calls = Arc::new(AtomicUsize::new(0));
        let shared = fails_once(Arc::clone(&calls)).shared();
        let may_retry = || false;
        {
            let plan = Plan::new(&shared).unwrap();
            // SAFETY: `shared` is borrowed, and the plan has one task.
            let ran = unsafe { claim_and_run(&plan, 0, &mut Execution::new(&may_retry)) }.unwrap();
            assert_eq!(ran.ended, Ended::Failed);
        }
        let other = shared.clone();
        let thread = loom::thread::spawn(move || other.reset().unwrap());
        let plan = Plan::new(&shared).unwrap();
        let ran = loop {
            // SAFETY: as above; it is claimed again when it has failed before, and was reset since then.
            match unsafe { claim_and_run(&plan, 0, &mut Execution::new(&may_retry)) } {
                Ok(Ran { ended, .. }) => break Some(ended),
                // SAFETY: it has ended `Failed`.
                Err(Claimed::Before(Ended::Failed)) if unsafe { plan.failure(0) }.is_some() => {
                    break None;
                }
                Err(_) => loom::thread::yield_now(),
            }
        };
        assert_eq!(thread.join().unwrap(), 1);
        match ran {
            Some(ended) => assert_eq!(ended, Ended::Done),
            None => assert_eq!(complete(&shared), 1),
        }
        assert_eq!((*shared.values(), calls.load(Ordering::Relaxed)), (42, 2));
    });
}
