//! Errors and panics: what they say, what they stop, and what goes on.

use std::{
    error::Error as _,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use graph_exec::{Error, prelude::*};

#[derive(Debug, PartialEq)]
struct NoSuchStock(&'static str);

impl fmt::Display for NoSuchStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no stock called {}", self.0)
    }
}

impl std::error::Error for NoSuchStock {}

fn unknown(stock: &'static str) -> Delayed<u32> {
    value(stock).named("ticker").and_then(|stock| Err::<u32, _>(NoSuchStock(stock))).named(stock)
}

fn executors() -> Vec<Executor> {
    let threads = |n| Executor::builder().threads(n).build().unwrap();
    vec![Executor::serial(), Executor::default(), threads(1), threads(4)]
}

#[test]
fn an_error_names_task_place_path_and_cause_and_keeps_its_type() {
    for executor in executors() {
        let line = line!() + 1;
        let sum = unknown("ibm").map(|n| n + 1).named("plus one").map(|n| n * 2);
        let error = executor.compute(sum).unwrap_err();
        let Error::Task(task) = &error else { panic!("{error}") };
        assert_eq!(task.path(), ["and_then (ibm)", "map (plus one)", "map"]);
        assert!(task.failure().built_at.file.ends_with("failures.rs"));
        assert!(task.failure().built_at.line < line);
        assert_eq!(error.source().unwrap().downcast_ref(), Some(&NoSuchStock("ibm")));
        let text = format!("{error:#}");
        assert!(
            text.ends_with("failed (needed by map (plus one) → map): no stock called ibm"),
            "{text}"
        );
    }
}

#[test]
fn a_panic_is_an_error_and_the_pool_goes_on() {
    for executor in executors() {
        let broken = value(1).map(|n: i32| -> i32 { panic!("cannot halve {n}") }).named("halve");
        let error = executor.compute(broken).unwrap_err().to_string();
        assert!(error.contains("task `map (halve)`"), "{error}");
        assert!(error.contains("panicked: cannot halve 1"), "{error}");
        assert_eq!(executor.compute(value(1)).unwrap(), 1);
    }
}

#[test]
fn fail_fast_starts_nothing_that_needs_the_failed_task() {
    for executor in executors() {
        let ran = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&ran);
        let after = unknown("ibm").map(move |n| {
            counter.fetch_add(1, Ordering::SeqCst);
            n
        });
        executor.compute(after).unwrap_err();
        assert_eq!(ran.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn keep_going_gives_every_output_its_own_result() {
    for executor in executors() {
        let shared = unknown("ibm").shared();
        let outputs = (
            value(1).map(|n| n + 1),
            shared.map(|n| n + 1),
            &shared,
            vec![value(3), unknown("hp")],
        );
        let (two, needs_ibm, ibm, list) = executor.keep_going().compute(outputs).unwrap();
        assert_eq!(two.unwrap(), 2);
        assert!(needs_ibm.unwrap_err().to_string().contains("ibm"));
        assert!(ibm.unwrap_err().to_string().contains("ibm"));
        let [three, hp] = list.try_into().unwrap();
        assert_eq!(three.unwrap(), 3);
        assert!(format!("{:#}", hp.unwrap_err()).contains("no stock called hp"));
    }
}

#[test]
fn a_failed_shared_task_keeps_its_error_and_never_runs_again() {
    for executor in executors() {
        let ran = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&ran);
        let shared = value(1)
            .and_then(move |_| {
                counter.fetch_add(1, Ordering::SeqCst);
                Err::<u32, _>("once is enough")
            })
            .shared();
        for _ in 0..3 {
            let error = executor.compute(&shared).unwrap_err();
            assert!(format!("{error:#}").contains("once is enough"));
        }
        assert_eq!(ran.load(Ordering::SeqCst), 1);
        assert!(shared.failure().is_some());
    }
}

#[test]
fn a_panicking_clone_fails_its_consumer_only() {
    struct Fragile;
    impl Clone for Fragile {
        fn clone(&self) -> Self {
            panic!("do not clone me")
        }
    }
    for executor in executors() {
        let fragile = value(Fragile).shared();
        let cloned = fragile.map(|fragile| drop(fragile.clone()));
        let seen = fragile.map(|_| 1);
        let (cloned, seen) = executor.keep_going().compute((cloned, seen)).unwrap();
        assert!(cloned.unwrap_err().to_string().contains("do not clone me"));
        assert_eq!(seen.unwrap(), 1);
    }
}

#[test]
fn a_panicking_drop_fails_its_consumer_only() {
    struct Sticky;
    impl Drop for Sticky {
        fn drop(&mut self) {
            panic!("will not let go")
        }
    }
    for executor in executors() {
        let consumer = value(1).map(|_| Sticky).map(drop);
        let (consumer, other) = executor.keep_going().compute((consumer, value(2))).unwrap();
        assert!(consumer.unwrap_err().to_string().contains("will not let go"));
        assert_eq!(other.unwrap(), 2);
    }
}

#[test]
fn order_only_edges_order_and_pass_failures_on() {
    for executor in executors() {
        let log = Arc::new(std::sync::Mutex::new(vec![]));
        let write = |name: &'static str| {
            let log = Arc::clone(&log);
            value(()).map(move |()| log.lock().unwrap().push(name))
        };
        let first =
            write("first").map(|()| std::thread::sleep(std::time::Duration::from_millis(5)));
        let second = write("second");
        let ordered = value(()).map(|()| ()).after([&first, &second]);
        let log_last = Arc::clone(&log);
        let last = ordered.map(move |()| log_last.lock().unwrap().push("last"));
        executor.compute((last, first, second)).unwrap();
        assert_eq!(log.lock().unwrap()[2], "last");

        let failing = unknown("ibm");
        let never = value(()).map(|()| ()).after([&failing]);
        let (_, never) = executor.keep_going().compute((failing, never)).unwrap();
        assert!(format!("{:#}", never.unwrap_err()).contains("no stock called ibm"));
    }
}

#[test]
fn after_does_not_make_the_other_needed() {
    let ran = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&ran);
    let other = value(()).map(move |()| counter.fetch_add(1, Ordering::SeqCst));
    assert_eq!(value(1).map(|n| n).after([&other]).compute().unwrap(), 1);
    assert_eq!(ran.load(Ordering::SeqCst), 0);
}

#[test]
fn after_a_later_task_is_refused_and_both_are_named() {
    for executor in executors() {
        let early = value(1).named("early");
        let late = value(2).named("late");
        let error = executor.compute(early.after([&late])).unwrap_err().to_string();
        assert!(error.contains("value (early)") && error.contains("value (late)"), "{error}");
    }
}

#[test]
fn a_task_that_has_run_waits_for_nothing_any_more() {
    let other = unknown("ibm");
    let early = value(1).map(|n| n).after([&other]).shared();
    assert_eq!(*early.compute().unwrap(), 1);
    let (early, other) = Executor::default().keep_going().compute((&early, other)).unwrap();
    assert_eq!(*early.unwrap(), 1);
    assert!(other.is_err());
}
