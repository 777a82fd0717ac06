//! What fails inside what a task has made fails the run as if it had been there from the beginning.

use std::sync::{Arc, Mutex};

use graph_exec::{Error, GraphError, Handle, Shared, TaskError, prelude::*};

use super::on_all;

fn task_error(error: Error) -> TaskError {
    match error {
        Error::Task(error) => error,
        other => panic!("another error: {other}"),
    }
}

#[test]
fn the_error_names_the_inner_task_and_its_path_to_the_output() {
    on_all("an error", |executor| {
        let inner = |n: i32| {
            let text = value(format!("{n}x")).named("text");
            text.and_then(|text| text.parse::<i32>()).named("bad") + value(1)
        };
        let output = value(4).map(inner).flatten().named("outer").map(|n| n + 1).named("last");
        let error = task_error(executor.compute(output).unwrap_err());
        assert_eq!(error.failure().label.as_deref(), Some("bad"));
        assert_eq!(error.path(), ["and_then (bad)", "add", "flatten (outer)", "map (last)"]);
        let cause = std::error::Error::source(&error).unwrap();
        assert!(cause.downcast_ref::<std::num::ParseIntError>().is_some(), "{cause}");
    });
}

#[test]
fn an_error_two_levels_down_has_one_level() {
    on_all("two levels", |executor| {
        let inner =
            |n: i32| value(n).map(|_| value(0).map(|_| -> i32 { panic!("no") }).named("bad"));
        let output = value(4).map(move |n| inner(n).flatten().named("b")).flatten().named("a");
        let error = task_error(executor.compute(output).unwrap_err());
        assert_eq!(error.path(), ["map (bad)", "flatten (b)", "flatten (a)"]);
    });
}

#[test]
fn another_run_finds_the_same_failure_and_runs_nothing_again() {
    on_all("the same failure", |executor| {
        let runs = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&runs);
        let output = value(1).map(move |n| {
            let counted = Arc::clone(&counted);
            value(n).map(move |_| -> i32 {
                *counted.lock().unwrap() += 1;
                panic!("no")
            })
        });
        let output = output.flatten().shared();
        let errors = [0; 3].map(|_| task_error(executor.compute(&output).unwrap_err()));
        assert!(errors.iter().all(|error| std::ptr::eq(error.failure(), errors[0].failure())));
        assert_eq!(*runs.lock().unwrap(), 1);
        assert!(output.failure().is_none(), "it waits for what has failed");
    });
}

#[test]
fn what_does_not_need_the_failed_task_goes_on() {
    on_all("keeping going", |executor| {
        let log = Arc::new(Mutex::new(Vec::new()));
        let inner = |log: Arc<Mutex<Vec<i32>>>| {
            move |count| {
                let task = |n| {
                    let log = Arc::clone(&log);
                    value(n).map(move |n| {
                        assert!(n != 3, "three");
                        log.lock().unwrap().push(n);
                        n
                    })
                };
                (0..count).map(task).collect::<Vec<_>>()
            }
        };
        let all = value(10).map(inner(Arc::clone(&log))).flatten();
        let length = all.map(|all| all.len());
        let other = value(5).map(value).flatten();
        let (length, other) = executor.clone().keep_going().compute((length, other)).unwrap();
        assert_eq!(other.unwrap(), 5);
        let error = task_error(length.unwrap_err());
        assert_eq!(error.path(), ["map", "flatten", "map"]);
        let mut log = log.lock().unwrap().clone();
        log.sort_unstable();
        assert_eq!(log, [0, 1, 2, 4, 5, 6, 7, 8, 9]);
    });
}

#[test]
fn a_panic_in_a_step_or_a_question_is_a_failure_of_the_loop() {
    on_all("panics", |executor| {
        let step = iterate(0, |n| if n == 5 { panic!("step") } else { value(n + 1) }, |n| *n == 9);
        let error = task_error(executor.compute(step).unwrap_err());
        assert_eq!(error.path(), ["iterate"]);
        assert!(error.to_string().contains("step"), "{error}");
        let until = iterate(0, |n| value(n + 1), |n| if *n == 5 { panic!("until") } else { false });
        let error = task_error(executor.compute(until).unwrap_err());
        assert!(error.to_string().contains("until"), "{error}");
    });
}

type Handed = Arc<Mutex<Option<Shared<i32>>>>;

/// A task that flattens a handle which is handed in later.
fn flattened(handed: &Handed) -> Delayed<i32> {
    let handed = Arc::clone(handed);
    let take = move |_| handed.lock().unwrap().clone().expect("handed in").map(|n| *n);
    value(0).map(take).flatten()
}

#[test]
fn a_task_that_waits_for_itself_is_an_error() {
    on_all("a circle", |executor| {
        let handed = Handed::default();
        let output = flattened(&handed).named("self").shared();
        *handed.lock().unwrap() = Some(output.clone());
        let error = task_error(executor.compute(&output).unwrap_err());
        let cause = error.failure().cause.as_error().unwrap().downcast_ref::<GraphError>();
        assert!(matches!(cause, Some(GraphError::Cycle { path }) if path.len() == 2), "{error}");
        handed.lock().unwrap().take();
    });
}

#[test]
fn tasks_that_wait_for_each_other_are_an_error() {
    on_all("a larger circle", |executor| {
        let (a_handed, b_handed) = (Handed::default(), Handed::default());
        let a = flattened(&b_handed).named("a").shared();
        let b = flattened(&a_handed).named("b").shared();
        *a_handed.lock().unwrap() = Some(a.clone());
        *b_handed.lock().unwrap() = Some(b.clone());
        for outputs in [vec![&a], vec![&a, &b]] {
            let error = task_error(executor.compute(outputs).unwrap_err());
            let cause = error.failure().cause.as_error().unwrap().downcast_ref::<GraphError>();
            assert!(matches!(cause, Some(GraphError::Cycle { .. })), "{error}");
        }
        a_handed.lock().unwrap().take();
        b_handed.lock().unwrap().take();
    });
}

#[test]
fn an_order_that_cannot_be_is_an_error_of_the_task_that_waits() {
    on_all("after later", |executor| {
        let inner = |n: i32| {
            let first = value(n);
            let later = value(n).shared();
            first.after([&later])
        };
        let error = task_error(executor.compute(value(1).map(inner).flatten()).unwrap_err());
        assert_eq!(error.path(), ["flatten"]);
        let cause = error.failure().cause.as_error().unwrap().downcast_ref::<GraphError>();
        assert!(matches!(cause, Some(GraphError::AfterLater { .. })), "{error}");
    });
}
