#![expect(unsafe_code, reason = "it starts tasks through plans, as an executor does")]

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use super::{
    returned::{Checked, Plain},
    *,
};
use crate::{
    construct::{
        by_ref::{IntoRef, by_ref},
        by_value::{IntoArg, by_value},
        call::call,
        combinators::value,
    },
    graph::Graph,
    handle::{Handle, Shared},
    plan::{
        Plan,
        claim::{Claimed, Ended, Ran, Reserved},
        outputs::Outputs,
    },
    task::{execution::attempts::AttemptRun, failure::Cause},
};

struct Noted;

impl Named for Noted {
    fn function() -> Function {
        Function { module: "tests", name: "noted", file: "", line: 0, column: 0 }
    }
}

/// What happened to the values of one test, counted.
#[derive(Default)]
struct Counts {
    attempts: AtomicUsize,
    clones: AtomicUsize,
    measured: AtomicUsize,
    drops: AtomicUsize,
    panicking_clones: AtomicUsize,
}

/// A value that counts what happens to it.
struct Counted(Arc<Counts>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.clones.fetch_add(1, SeqCst);
        if self.0.panicking_clones.load(SeqCst) > 0 {
            self.0.panicking_clones.fetch_sub(1, SeqCst);
            panic!("this one does not like to be cloned");
        }
        Counted(Arc::clone(&self.0))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.drops.fetch_add(1, SeqCst);
    }
}

/// Takes the value, and fails before the attempt with the given number.
fn succeed_at(needed: usize, counted: Counted) -> Result<usize, String> {
    let attempt = counted.0.attempts.fetch_add(1, SeqCst) + 1;
    match attempt {
        _ if attempt >= needed => Ok(attempt),
        2 => panic!("attempt {attempt} panicked"),
        _ => Err(format!("attempt {attempt} failed")),
    }
}

fn retried(retries: u8, needed: usize, counted: &Counted) -> Delayed<usize> {
    let inputs = (
        by_value::<usize, _>(needed),
        (by_value::<Counted, _>(value(Counted(Arc::clone(&counted.0)))), ()),
    );
    let build = call_with_options::<Noted, _, Checked<Result<usize, String>>, _>(
        inputs,
        |(needed, (counted, ()))| succeed_at(needed, counted),
    );
    let rules = AttemptRules {
        attempt: Some(|(needed, (counted, ()))| succeed_at(*needed, clone_to_retry(counted))),
        retries: 255,
        resettable: false,
        retry_if: None,
        backoff: None,
        timeout: None,
    };
    build.attempts(Box::leak(Box::new(rules))).build().retries(retries)
}

fn counted_bytes(counted: &Counted) -> usize {
    counted.0.measured.fetch_add(1, SeqCst);
    100 * Arc::strong_count(&counted.0)
}

/// Declares 100 bytes for each owner of the counts, and 7 for its result, which is the input.
fn measured(input: impl IntoArg<Counted>) -> Delayed<Counted> {
    let inputs = (by_value::<Counted, _>(input), ());
    call_with_options::<Noted, _, Plain<Counted>, _>(inputs, |(counted, ())| counted)
        .bytes(|(counted, ())| counted_bytes(counted))
        .result_bytes(|_| 7)
        .build()
}

fn panicking(input: impl IntoRef<Counted>) -> Delayed<i32> {
    let inputs = (by_ref::<Counted, _>(input), ());
    call_with_options::<Noted, _, Plain<i32>, _>(inputs, |_| 1)
        .bytes(|(counted, ())| {
            counted_bytes(counted.get());
            panic!("too large to count")
        })
        .build()
}

fn counted() -> Counted {
    Counted(Arc::default())
}

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

/// Runs the task at `index`. Returns how it ended, and its execution.
fn start<'a>(plan: &Plan, index: u32, run: &'a dyn AttemptRun) -> (Ended, Execution<'a>) {
    let mut execution = Execution::new(run);
    // SAFETY: each test keeps its handles, starts dependencies first and each task once.
    match unsafe { claim_and_run(plan, index, &mut execution) } {
        Ok(Ran { ended, awaited: false }) => (ended, execution),
        other => panic!("one thread alone starts each task once, found {other:?}"),
    }
}

/// Runs what `outputs` need, oldest first, down to the task at index `last`.
fn run_until(outputs: &impl Outputs, last: u32) -> Plan {
    let plan = Plan::new(outputs).unwrap();
    for index in (last..plan.len() as u32).rev() {
        // SAFETY: the caller keeps `outputs`; dependencies come first, and each task once.
        let ran = unsafe { claim_and_run(&plan, index, &mut Execution::new(&|| true)) };
        let done =
            matches!(ran, Ok(Ran { ended: Ended::Done, .. }) | Err(Claimed::Before(Ended::Done)));
        assert!(done, "{ran:?}");
    }
    plan
}

fn bytes(plan: &Plan, index: u32) -> u64 {
    // SAFETY: each test keeps its handles and has run the dependencies.
    match unsafe { plan.reserve(index) } {
        Reserved::Bytes { bytes, awaited: false } => bytes,
        other => panic!("the task declares bytes, found {other:?}"),
    }
}

fn cause(handle: &dyn Handle) -> String {
    handle.failure().expect("it has failed").cause.to_string()
}

#[test]
fn an_attempt_clones_and_the_last_one_moves() {
    let counted = counted();
    let counts = Arc::clone(&counted.0);
    let handle = retried(3, 4, &counted);
    drop(counted);
    let plan = run_until(&handle, 1);
    let (ended, execution) = start(&plan, 0, &|| true);
    assert_eq!((ended, execution.attempts), (Ended::Done, 4));
    assert_eq!(handle.values(), 4);
    assert_eq!(counts.clones.load(SeqCst), 3);
    // The first one here, the task's own, and the clones.
    assert_eq!(counts.drops.load(SeqCst), 1 + 1 + 3);
}

#[test]
fn an_attempt_that_succeeds_is_the_last() {
    let counted = counted();
    let handle = retried(200, 3, &counted);
    let plan = run_until(&handle, 1);
    let (ended, execution) = start(&plan, 0, &|| true);
    assert_eq!((ended, execution.attempts), (Ended::Done, 3));
    assert_eq!(counted.0.attempts.load(SeqCst), 3);
    assert_eq!(counted.0.drops.load(SeqCst), 1 + 3);
}

#[test]
fn the_last_failure_is_reported() {
    let counted = counted();
    let handle = retried(2, 9, &counted);
    let plan = run_until(&handle, 1);
    assert_eq!(start(&plan, 0, &|| true).0, Ended::Failed);
    assert_eq!(cause(&handle), "attempt 3 failed");
    let other = self::counted();
    let handle = retried(1, 9, &other);
    let plan = run_until(&handle, 1);
    assert_eq!(start(&plan, 0, &|| true).0, Ended::Failed);
    assert_eq!(cause(&handle), "panicked: attempt 2 panicked");
}

#[test]
fn a_run_that_is_over_asks_for_no_further_attempt() {
    let counted = counted();
    let handle = retried(9, 9, &counted);
    let plan = run_until(&handle, 1);
    let asked = Cell::new(0);
    let may_retry = || asked.replace(asked.get() + 1) == 0;
    let (ended, execution) = start(&plan, 0, &may_retry);
    assert_eq!((ended, execution.attempts), (Ended::Cancelled, 2));
    assert!(handle.failure().is_none());
    // It waits, with the inputs that it has taken, for a run that may try as often as this one.
    let plan = Plan::new(&handle).unwrap();
    assert_eq!(plan.len(), 1);
    let (ended, execution) = start(&plan, 0, &|| true);
    assert_eq!((ended, execution.attempts), (Ended::Done, 7));
    assert_eq!(handle.values(), 9);
}

#[test]
fn a_task_that_is_told_to_stop_gives_no_result() {
    let told = Cell::new(false);
    let tells = || Execution::new(&|| true).with_told_cancelled(&told);
    // One that keeps its inputs waits again.
    let counted = counted();
    let handle = retried(2, 1, &counted);
    let plan = run_until(&handle, 1);
    told.set(true);
    // SAFETY: the handle lives, and its dependency has run.
    let ran = unsafe { claim_and_run(&plan, 0, &mut tells()) };
    assert_eq!(ran, Ok(Ran { ended: Ended::Cancelled, awaited: false }));
    told.set(false);
    let plan = Plan::new(&handle).unwrap();
    // SAFETY: as above.
    let ran = unsafe { claim_and_run(&plan, 0, &mut tells()) };
    assert_eq!(ran, Ok(Ran { ended: Ended::Done, awaited: false }));
    assert_eq!(handle.values(), 2);
    // One that has used them up has failed.
    let handle = value(1);
    let plan = Plan::new(&handle).unwrap();
    told.set(true);
    // SAFETY: as above.
    let ran = unsafe { claim_and_run(&plan, 0, &mut tells()) };
    assert_eq!(ran, Ok(Ran { ended: Ended::Cancelled, awaited: false }));
    assert!(matches!(handle.failure().unwrap().cause, Cause::Cancelled));
}

#[test]
fn a_panic_in_clone_is_a_failed_attempt() {
    let counted = counted();
    counted.0.panicking_clones.store(2, SeqCst);
    let handle = retried(3, 1, &counted);
    let plan = run_until(&handle, 1);
    let (ended, execution) = start(&plan, 0, &|| true);
    assert_eq!((ended, execution.attempts), (Ended::Done, 3));
    assert_eq!(counted.0.attempts.load(SeqCst), 1);
    assert_eq!(counted.0.drops.load(SeqCst), 2);
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

/// Runs `handle`'s task with a charge. Returns the shared handle and whether the charge still is.
fn run_charged(handle: Delayed<Counted>) -> (Shared<Counted>, std::sync::Weak<Counted>) {
    let shared = handle.shared();
    let plan = run_until(&shared, 1);
    let charge = Arc::new(counted());
    let watch = Arc::downgrade(&charge);
    let mut execution = Execution::new(&|| true);
    execution.charge = Some(charge);
    // SAFETY: the handle lives, and its dependencies are done.
    unsafe { claim_and_run(&plan, 0, &mut execution) }.expect("nobody else runs it");
    (shared, watch)
}

#[test]
fn a_charge_stays_until_the_shared_result_is_freed() {
    let (shared, charge) = run_charged(measured(counted()));
    let borrowed = shared.map(|_| ());
    let other = shared.clone();
    drop(shared);
    assert!(charge.upgrade().is_some());
    let plan = run_until(&borrowed, 0);
    assert!(charge.upgrade().is_some(), "a handle is left");
    drop(other);
    assert!(charge.upgrade().is_none(), "a plan does not keep a result");
    drop(plan);
}

#[test]
fn a_charge_goes_when_the_last_consumer_takes_the_result() {
    let (shared, charge) = run_charged(measured(counted()));
    let taken = call_by_value(shared);
    assert!(charge.upgrade().is_some());
    run_until(&taken, 0);
    assert!(charge.upgrade().is_none());
}

fn call_by_value(shared: Shared<Counted>) -> Delayed<usize> {
    let inputs = (by_value::<Counted, _>(shared), ());
    call::<Noted, _, _, _>(inputs, |(counted, ())| Arc::strong_count(&counted.0))
}

#[test]
fn a_charge_is_left_where_it_is_by_all_other_tasks() {
    let left = |handle: &dyn Fn() -> Plan| {
        let plan = handle();
        let charge: Arc<dyn std::any::Any + Send + Sync> = Arc::new(());
        let mut execution = Execution::new(&|| true);
        execution.charge = Some(Arc::clone(&charge));
        // SAFETY: the handle is kept by the closure below.
        unsafe { claim_and_run(&plan, 0, &mut execution) }.expect("nobody else runs it");
        execution.charge.is_some_and(|left| Arc::ptr_eq(&left, &charge))
    };
    let kept = Rc::new(RefCell::new(Vec::<Box<dyn std::any::Any>>::new()));
    assert!(left(&|| {
        let used_once = measured(counted());
        let plan = run_until(&used_once, 1);
        kept.borrow_mut().push(Box::new(used_once));
        plan
    }));
    assert!(left(&|| {
        let undeclared = value(1).shared();
        let plan = run_until(&undeclared, 1);
        kept.borrow_mut().push(Box::new(undeclared));
        plan
    }));
}

#[test]
fn a_plan_knows_the_priorities_of_waiting_tasks() {
    let first = value(1).priority(3).shared();
    let handle = first.map(|n| n + 1).priority(-2).map(|n| n + 1);
    let plan = Plan::new(&handle).unwrap();
    assert_eq!(plan.priorities(), [(1, -2), (2, 3)]);
    run_until(&first, 0);
    assert_eq!(Plan::new(&handle).unwrap().priorities(), [(1, -2)]);
    let plain = value(1).priority(4).priority(0);
    assert!(Plan::new(&plain).unwrap().priorities().is_empty());
}

#[test]
fn a_signature_says_later_who_the_task_was() {
    let handle = measured(counted()).named("IBM");
    let plan = Plan::new(&handle).unwrap();
    // SAFETY: the handle lives.
    let ((name, built_at), signature) = unsafe { (plan.describe(0), plan.signature(0)) };
    drop((plan, handle));
    let label = signature.label.as_deref().unwrap();
    assert_eq!(format!("{} ({label})", (signature.function)().name), name);
    assert_eq!((label, signature.built_at()), ("IBM", built_at));
}
