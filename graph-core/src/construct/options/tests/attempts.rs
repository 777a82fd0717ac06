//! Attempts: how many there are, and what becomes of the inputs.

use std::cell::Cell;

use super::*;
use crate::task::failure::Cause;

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
