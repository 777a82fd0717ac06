//! What a task says of its bytes before it starts.

use std::cell::RefCell;

use super::*;
use crate::{
    construct::by_ref::{IntoRef, by_ref},
    graph::Graph,
    plan::claim::Reserved,
};

fn panicking(input: impl IntoRef<Counted>) -> Delayed<i32> {
    let inputs = (by_ref::<Counted, _>(input), ());
    call_with_options::<Noted, _, Plain<i32>, _>(inputs, |_| 1)
        .bytes(|(counted, ())| {
            counted_bytes(counted.get());
            panic!("too large to count")
        })
        .build()
}

fn bytes(plan: &Plan, index: u32) -> u64 {
    // SAFETY: each test keeps its handles and has run the dependencies.
    match unsafe { plan.reserve(index) } {
        Reserved::Bytes { bytes, awaited: false } => bytes,
        other => panic!("the task declares bytes, found {other:?}"),
    }
}

#[test]
fn bytes_are_counted_once_before_the_task_starts() {
    let counted = counted();
    let handle = measured(value(Counted(Arc::clone(&counted.0))));
    let plan = run_until(&handle, 1);
    assert_eq!((bytes(&plan, 0), bytes(&plan, 0)), (200, 200));
    assert_eq!(counted.0.measured.load(SeqCst), 1);
    let (ended, execution) = start(&plan, 0, &|| true);
    assert_eq!((ended, execution.result_bytes), (Ended::Done, Some(7)));
    // SAFETY: the handle lives.
    assert_eq!(unsafe { plan.reserve(0) }, Reserved::Before(Ended::Done));
    drop(handle.values());
    assert_eq!((counted.0.drops.load(SeqCst), counted.0.clones.load(SeqCst)), (1, 0));
}

#[test]
fn without_a_limit_nothing_is_counted() {
    let counted = counted();
    let handle = measured(value(Counted(Arc::clone(&counted.0))));
    let plan = run_until(&handle, 1);
    let (_, execution) = start(&plan, 0, &|| true);
    assert_eq!((execution.attempts, execution.result_bytes), (1, None));
    assert_eq!(counted.0.measured.load(SeqCst), 0);
}

#[test]
fn a_task_without_bytes_is_undeclared() {
    let handle = value(1).map(|n| n + 1);
    let plan = run_until(&handle, 1);
    // SAFETY: the handle lives, and the dependency is done.
    assert_eq!(unsafe { plan.reserve(0) }, Reserved::Undeclared);
    let counted = counted();
    let handle = retried(1, 1, &counted);
    let plan = run_until(&handle, 1);
    // SAFETY: as above.
    assert_eq!(unsafe { plan.reserve(0) }, Reserved::Undeclared);
}

/// ```text
///  value ─► S ─► map      plan 1 asks S and is given up; plans 0 and 2 go on from there
/// ```
#[test]
fn a_reserved_task_can_be_run_by_any_plan() {
    for keep_old in [true, false] {
        let counted = counted();
        let shared = measured(value(Counted(Arc::clone(&counted.0)))).shared();
        let handle = shared.map(|_| "ran");
        let before = Plan::new(&handle).unwrap();
        let given_up = run_until(&shared, 1);
        assert_eq!(bytes(&given_up, 0), 200);
        drop(given_up);

        let after = Plan::new(&handle).unwrap();
        assert_eq!((before.len(), after.len()), (3, 2), "a reserved task has taken its inputs");
        let graph = Graph::of(&handle).unwrap();
        assert_eq!((graph.nodes().len(), graph.edges().len()), (2, 1));
        let plan = if keep_old {
            // SAFETY: the handles live; its dependency is done, as far as this plan knows not yet.
            let claimed = unsafe { before.claim(2) };
            assert_eq!(claimed, Claimed::Before(Ended::Done));
            before
        } else {
            after
        };
        assert_eq!(start(&plan, 1, &|| true).0, Ended::Done);
        assert_eq!(start(&plan, 0, &|| true).0, Ended::Done);
        assert_eq!(handle.values(), "ran");
        drop((plan, shared));
        assert_eq!((counted.0.drops.load(SeqCst), counted.0.measured.load(SeqCst)), (1, 1));
    }
}

#[test]
fn a_reserved_task_that_never_runs_drops_its_inputs() {
    let counted = counted();
    let handle = measured(value(Counted(Arc::clone(&counted.0))));
    let plan = run_until(&handle, 1);
    assert_eq!(bytes(&plan, 0), 200);
    assert_eq!(counted.0.drops.load(SeqCst), 0);
    drop((plan, handle));
    assert_eq!(counted.0.drops.load(SeqCst), 1);
}

#[test]
fn a_panic_while_counting_is_the_error_of_the_task() {
    let counted = counted();
    let handle = panicking(value(Counted(Arc::clone(&counted.0))));
    let plan = run_until(&handle, 1);
    // SAFETY: the handle lives, and the dependency is done.
    assert_eq!(unsafe { plan.reserve(0) }, Reserved::Failed { awaited: false });
    assert_eq!(cause(&handle), "panicked: too large to count");
    assert_eq!(counted.0.drops.load(SeqCst), 1);
    // SAFETY: as above.
    assert_eq!(unsafe { plan.reserve(0) }, Reserved::Before(Ended::Failed));
}

#[test]
fn a_panic_in_clone_while_inputs_are_taken_is_the_error_of_the_task() {
    let counted = counted();
    let input = value(Counted(Arc::clone(&counted.0))).shared();
    let handle = measured(&input);
    let plan = run_until(&handle, 1);
    counted.0.panicking_clones.store(1, SeqCst);
    // SAFETY: the handles live, and the dependency is done.
    assert_eq!(unsafe { plan.reserve(0) }, Reserved::Failed { awaited: false });
    assert_eq!(cause(&handle), "panicked: this one does not like to be cloned");
    drop((plan, handle));
    assert_eq!(counted.0.drops.load(SeqCst), 0, "the shared input is still there");
    drop(input);
    assert_eq!(counted.0.drops.load(SeqCst), 1);
}

/// ```text
///  plan 1 │ reserve S: counting … ─────────────────────── give back: awaited
///  plan 2 │              start S: busy, subscribe: told ──────────────── start S
/// ```
#[test]
fn whoever_met_a_task_that_is_being_asked_is_told() {
    thread_local! {
        static OTHER: RefCell<Option<Plan>> = const { RefCell::new(None) };
    }
    fn meet(panics: bool) -> usize {
        OTHER.with_borrow(|plan| {
            let plan = plan.as_ref().unwrap();
            // SAFETY: the test keeps the handle.
            unsafe {
                assert_eq!(plan.reserve(0), Reserved::Busy);
                assert_eq!(plan.claim(0), Claimed::Busy);
                assert!(plan.subscribe(0));
            }
        });
        assert!(!panics, "too large to count");
        5
    }
    for panics in [false, true] {
        let inputs = (by_value::<bool, _>(panics), ());
        let shared = call_with_options::<Noted, _, Plain<i32>, _>(inputs, |_| 3)
            .bytes(|(panics, ())| meet(*panics))
            .build()
            .shared();
        let plan = Plan::new(&shared).unwrap();
        OTHER.set(Some(Plan::new(&shared).unwrap()));
        // SAFETY: the handle lives.
        let reserved = unsafe { plan.reserve(0) };
        let other = OTHER.take().unwrap();
        if panics {
            assert_eq!(reserved, Reserved::Failed { awaited: true });
            // SAFETY: as above.
            assert!(!unsafe { other.subscribe(0) }, "it has ended");
        } else {
            assert_eq!(reserved, Reserved::Bytes { bytes: 5, awaited: true });
            // SAFETY: as above.
            assert!(!unsafe { other.subscribe(0) }, "it waits to be started");
            assert_eq!(start(&other, 0, &|| true).0, Ended::Done);
            assert_eq!(*shared.values(), 3);
        }
    }
}
