//! Every interleaving of two threads at one slot.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test -p graph-core --test loom --release`.

#![cfg(loom)]
#![expect(unsafe_code, reason = "it starts tasks through plans, as an executor does")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use graph_core::{
    __run::{Ended, Plan, Started},
    Outputs, value,
};

/// Runs what `outputs` need on this thread. Returns how many tasks ran here.
fn complete(outputs: &impl Outputs) -> usize {
    let plan = Plan::of(outputs).unwrap();
    let mut ran = 0;
    for task in (0..plan.len() as u32).rev() {
        loop {
            // SAFETY: `outputs` is borrowed; a plan lists dependencies last; each task comes once.
            match unsafe { plan.start(task) } {
                Started::Ran { ended, .. } => {
                    assert_eq!(ended, Ended::Done);
                    ran += 1;
                    break;
                }
                Started::Before(ended) => {
                    assert_eq!(ended, Ended::Done);
                    break;
                }
                Started::Busy => loom::thread::yield_now(),
            }
        }
    }
    ran
}

/// ```text
///  thread 1 │ plan(S) ─ start …
///  thread 2 │ plan(S) ─ start …     S runs once, both see its result
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
///  thread 1 │ start S ────────────── publish: has somebody subscribed?
///  thread 2 │ start S: busy ─ subscribe: has it ended already?       both give the same answer
/// ```
#[test]
fn a_subscriber_is_told_or_sees_the_end() {
    loom::model(|| {
        let shared = value(1).shared();
        let other = shared.clone();
        let thread = loom::thread::spawn(move || {
            let plan = Plan::of(&other).unwrap();
            // SAFETY: `other` lives; one task, started once.
            matches!(unsafe { plan.start(0) }, Started::Ran { awaited: true, .. })
        });
        let plan = Plan::of(&shared).unwrap();
        // SAFETY: `shared` lives; one task.
        let started = unsafe { plan.start(0) };
        // SAFETY: it was busy just now.
        let waits = started == Started::Busy && unsafe { plan.subscribe(0) };
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
