//! How long the charge for a result is kept.

use std::{cell::RefCell, rc::Rc};

use super::*;
use crate::{construct::call::call, handle::Shared};

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
