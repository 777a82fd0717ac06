//! Tasks with options, run one by one through a plan.

#![expect(unsafe_code, reason = "it starts tasks through plans, as an executor does")]

mod attempts;
mod bytes;
mod charges;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use super::{
    returned::{Checked, Plain},
    *,
};
use crate::{
    construct::{
        by_value::{IntoArg, by_value},
        combinators::value,
    },
    handle::Handle,
    plan::{
        Plan,
        claim::{Claimed, Ended, Ran},
        outputs::Outputs,
    },
    task::execution::attempts::AttemptRun,
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

fn cause(handle: &dyn Handle) -> String {
    handle.failure().expect("it has failed").cause.to_string()
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
