//! Tasks that would wait for ever are told.

use std::sync::{Arc, Barrier};

use graph_exec::{Error, prelude::*};

use crate::watchdog::within_a_minute;

#[delayed(at_most = 1)]
fn alone(depth: u32) -> Result<u32, Error> {
    if depth == 0 { Ok(0) } else { alone(depth - 1) }
}

/// `alone` inside itself is the function; this is a task of it.
fn alone_as_task(depth: u32) -> Delayed<u32> {
    alone(depth)
}

#[delayed(at_most = 1)]
fn around(inner: u32) -> Result<u32, Error> {
    let again = value(inner).map(|n| n).after([]);
    let inner = again.compute()?;
    if inner > 0 { self::around(inner - 1).compute() } else { Ok(inner) }
}

fn executors() -> [Executor; 3] {
    let build = |threads| Executor::builder().threads(threads).resource("gpu", 2).build().unwrap();
    [build(1), build(3), Executor::builder().replay(3).resource("gpu", 2).build().unwrap()]
}

#[test]
fn a_graph_that_needs_what_the_task_around_it_holds() {
    within_a_minute("nested", || {
        for executor in executors() {
            let inner = || value(1).named("inner").resource("gpu", 1);
            // One of two is left.
            let outer = value(()).map(move |()| inner().compute()).resource("gpu", 1);
            assert_eq!(executor.compute(outer).unwrap().unwrap(), 1);
            let outer =
                value(()).map(move |()| inner().compute()).resource("gpu", 2).named("outer");
            let error = executor.compute(outer).unwrap().unwrap_err();
            let text = error.to_string();
            let Error::WouldDeadlock { task, wants: Some(wants), .. } = error else {
                panic!("{text}")
            };
            assert_eq!((task.as_str(), wants.task.as_str()), ("map (outer)", "value (inner)"));
            assert_eq!(wants.resource, "gpu");
            assert!(text.contains("it holds `gpu` and waits for task `value (inner)`"), "{text}");
            // Nothing is left over.
            executor.compute(value(()).resource("gpu", 2)).unwrap();
        }
    });
}

#[test]
fn a_function_with_a_limit_inside_itself() {
    within_a_minute("itself", || {
        for executor in executors() {
            assert_eq!(
                executor.compute(alone_as_task(3)).unwrap(),
                0,
                "one task, whatever it calls"
            );
            assert_eq!(executor.compute(around(0)).unwrap(), 0);
            let error = executor.compute(around(1)).unwrap_err();
            assert!(
                format!("{error:#}").contains("it holds `resources::circles::around`"),
                "{error:#}"
            );
        }
    });
}

#[test]
fn a_shared_task_that_is_done_needs_nothing_of_what_is_held() {
    within_a_minute("done", || {
        for executor in executors() {
            let done = value(5).resource("gpu", 2).shared();
            assert_eq!(*executor.compute(&done).unwrap(), 5);
            let outer = value(()).map(move |()| *done.compute().unwrap()).resource("gpu", 2);
            assert_eq!(executor.compute(outer).unwrap(), 5);
        }
    });
}

/// ```text
///  task 1 │ holds 1 of 2 ── both are here ── computes what needs 1 ──┐ wait for
///  task 2 │ holds 1 of 2 ── both are here ── computes what needs 1 ──┘ each other
/// ```
#[test]
fn two_tasks_that_each_need_what_the_other_holds() {
    within_a_minute("two", || {
        let executor = Executor::builder().threads(2).resource("gpu", 2).build().unwrap();
        let both = Arc::new(Barrier::new(2));
        let task = || {
            let both = Arc::clone(&both);
            let outer = value(()).map(move |()| {
                both.wait();
                value(1).resource("gpu", 1).compute()
            });
            outer.resource("gpu", 1)
        };
        let (one, other) = executor.compute((task(), task())).unwrap();
        let results = [one, other];
        let refused =
            results.iter().filter(|one| matches!(one, Err(Error::WouldDeadlock { .. }))).count();
        assert_eq!(refused, 1, "when one of them is told, the other can go on: {results:?}");
    });
}

/// ```text
///  task T │ holds the card ── computes what needs S ──────────► S
///  task S │ runs in another run ── computes what needs the card ► T
/// ```
#[test]
fn a_task_of_another_run_that_needs_what_is_held() {
    within_a_minute("other run", || {
        let executor = Executor::builder().threads(2).resource("gpu", 1).build().unwrap();
        let both = Arc::new(Barrier::new(2));
        let here = Arc::clone(&both);
        let other = value(())
            .map(move |()| {
                here.wait();
                value(1).resource("gpu", 1).compute().is_err()
            })
            .shared();
        let inside = other.clone();
        let holder = value(()).map(move |()| {
            both.wait();
            inside.compute().map(|other| *other)
        });
        let outcome = executor.compute((other, holder.resource("gpu", 1)));
        // Either the one is told or the other.
        match outcome {
            Ok((told, holder)) => assert!(*told || holder.is_err()),
            Err(error) => assert!(matches!(error, Error::WouldDeadlock { .. }), "{error}"),
        }
        executor.compute(value(()).resource("gpu", 1)).unwrap();
    });
}
