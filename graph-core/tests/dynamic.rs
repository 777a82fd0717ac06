//! What a scheduler sees of tasks that make tasks.

#![expect(unsafe_code, reason = "it starts tasks through plans, as an executor does")]

use std::{cell::Cell, sync::Arc};

use graph_core::{
    __run::{Claimed, Ended, Execution, Plan, Unfolded},
    Delayed, GraphError, Handle, Outputs, TaskState, delayed, iterate, value,
};

/// Runs what `outputs` need, and what tasks make meanwhile.
fn run(outputs: impl Outputs) {
    // SAFETY: `outputs` lives.
    unsafe { run_all(&Plan::new(&outputs).unwrap()) };
}

/// Runs a plan, newest dependencies first.
///
/// # Safety
/// The handles that the plan was made from live.
unsafe fn run_all(plan: &Plan) {
    for task in (0..plan.len() as u32).rev() {
        // SAFETY: promised by the caller; a plan lists dependencies last; what a task has made is run
        // before it is claimed again.
        unsafe {
            while plan.claim(task) == Claimed::Now {
                let ran = plan.run(task, &mut Execution::new(&|| true));
                if let Some(ran) = ran {
                    assert_ne!(ran.ended, Ended::Cancelled);
                    break;
                }
                let Unfolded { inner, awaited } = plan.unfold(task);
                assert!(!awaited);
                run_all(&inner.unwrap());
            }
        }
    }
}

#[delayed]
fn sum(parts: Vec<i64>) -> i64 {
    parts.iter().sum()
}

#[test]
fn what_a_task_makes_is_planned_and_then_the_task_runs_again() {
    let all = value(4).map(|n| (0..n).map(|n| value(n).map(|n| n + 1)).collect::<Vec<_>>());
    let plan_of_nine = sum(all.flatten()).shared();
    run(&plan_of_nine);
    assert!(plan_of_nine.failure().is_none());
    run(value("text").map(|text| value(text.len()).shared()).flatten());
    run(value(vec![1, 2, 3]).map_each(|n| n * n));
    run(iterate(1, |n| value(n) + value(n), |n| *n > 100));
}

#[test]
fn a_task_that_waits_for_what_it_has_made_is_given_back_and_shows_no_dependency() {
    let outer = value(1).map(|n| value(n).map(|n| n + 1)).flatten().shared();
    {
        let plan = Plan::new(&&outer).unwrap();
        for task in (0..plan.len() as u32).rev() {
            // SAFETY: `outer` lives; dependencies come last; each task is claimed once.
            unsafe {
                assert_eq!(plan.claim(task), Claimed::Now);
                if plan.run(task, &mut Execution::new(&|| true)).is_none() {
                    let inner = plan.unfold(task).inner.unwrap();
                    assert_eq!((inner.len(), inner.outputs()), (2, &[0][..]));
                    // What an exposed task has made is exposed: another run can reach it.
                    assert_eq!(inner.exposed().count(), 2);
                    assert_eq!(plan.state(task), TaskState::Cancelled);
                }
            }
        }
    }
    let again = Plan::new(&&outer).unwrap();
    assert_eq!(again.len(), 1, "what it waits for is planned when it runs");
    // SAFETY: `outer` lives.
    unsafe { run_all(&again) };
    assert_eq!(Plan::new(&&outer).unwrap().len(), 1);
}

#[test]
fn what_was_made_is_dropped_with_the_task_whether_it_ran_or_not() {
    let held = Arc::new(());
    let inner = Arc::clone(&held);
    let outer = value(1).map(move |_| vec![value(Arc::clone(&inner)), value(inner)]).flatten();
    let plan = Plan::new(&outer).unwrap();
    for task in (0..plan.len() as u32).rev() {
        // SAFETY: `outer` lives; dependencies come last; each task is claimed once.
        unsafe {
            assert_eq!(plan.claim(task), Claimed::Now);
            if plan.run(task, &mut Execution::new(&|| true)).is_none() {
                drop(plan.unfold(task));
            }
        }
    }
    drop(plan);
    assert_eq!(Arc::strong_count(&held), 3);
    drop(outer);
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn what_was_made_after_the_task_was_told_to_stop_is_dropped() {
    let told = Cell::new(false);
    let endless = iterate(0, |n| value(n + 1), |_| false).shared();
    let plan = Plan::new(&&endless).unwrap();
    // SAFETY: `endless` lives; the task is claimed once.
    unsafe {
        assert_eq!(plan.claim(0), Claimed::Now);
        told.set(true);
        let mut execution = Execution::new(&|| true).with_told_cancelled(&told);
        assert_eq!(plan.run(0, &mut execution).unwrap().ended, Ended::Cancelled);
    }
    assert!(endless.failure().is_some());
}

#[test]
fn what_needs_the_task_that_waits_for_it_is_refused() {
    use std::sync::Mutex;
    let handed = Arc::new(Mutex::new(None::<graph_core::Shared<i32>>));
    let taken = Arc::clone(&handed);
    let inner = move |_| taken.lock().unwrap().take().unwrap().map(|n| n + 1);
    let outer: graph_core::Shared<i32> = Delayed::flatten(value(0).map(inner)).shared();
    *handed.lock().unwrap() = Some(outer.clone());
    let plan = Plan::new(&&outer).unwrap();
    for task in (0..plan.len() as u32).rev() {
        // SAFETY: `outer` lives; dependencies come last; each task is claimed once.
        unsafe {
            assert_eq!(plan.claim(task), Claimed::Now);
            if plan.run(task, &mut Execution::new(&|| true)).is_none() {
                let error = plan.unfold(task).inner.unwrap_err();
                assert!(matches!(error, GraphError::Cycle { .. }), "{error}");
            }
        }
    }
}
