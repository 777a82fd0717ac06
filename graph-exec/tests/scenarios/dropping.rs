//! When and where values, errors and handles of the user are dropped.

use std::{
    cell::RefCell,
    fmt, mem,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use graph_exec::{Error, gather, prelude::*};

use crate::within_a_minute;

/// An error that must not be dropped by a thread of the library.
#[derive(Debug)]
struct Explosive;

impl fmt::Display for Explosive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("explosive")
    }
}

impl std::error::Error for Explosive {}

impl Drop for Explosive {
    fn drop(&mut self) {
        panic!("an error was dropped");
    }
}

/// ```text
///  worker 1 │ outer task: compute ── a job for worker 2 ── Err ── 1 dropped here
///  worker 2 │ a task that takes long ──────────────────────────── 2 ends, takes up the late job
/// ```
#[test]
fn an_error_whose_destructor_panics_is_dropped_by_the_caller_alone() {
    within_a_minute(|| {
        let executor = Executor::builder().threads(2).build().unwrap();
        let (busy, wait_until_busy) = mpsc::channel();
        let (release, wait_for_release) = mpsc::channel::<()>();
        let long = value(()).map(move |()| {
            busy.send(()).unwrap();
            wait_for_release.recv().unwrap();
        });
        let outer = value(()).map(move |()| {
            wait_until_busy.recv().unwrap();
            let broken: Vec<Delayed<i32>> =
                (0..4).map(|n| value(n).and_then(|_| Err::<i32, _>(Explosive))).collect();
            let result = broken.compute();
            let dropped = catch_unwind(AssertUnwindSafe(|| drop(result)));
            release.send(()).unwrap();
            dropped.is_err()
        });
        let ((), dropped_here) = executor.compute((long, outer)).unwrap();
        assert!(dropped_here);
        // Both workers still live.
        let two: Vec<Delayed<i32>> = (0..64).map(|n| value(n).map(|n| n + 1)).collect();
        assert_eq!(executor.compute(two).unwrap().len(), 64);
    });
}

/// As many tasks as workers, all of which fail although the first failure stops the run.
fn failing_together(count: usize) -> Vec<Delayed<i32>> {
    let all = Arc::new(Barrier::new(count));
    let failing = (0..count as i32).map(|n| {
        let all = Arc::clone(&all);
        value(n).and_then(move |_| {
            all.wait();
            Err::<i32, _>(Explosive)
        })
    });
    failing.collect()
}

/// What the caller was given: an error, which is his to drop.
fn assert_given<T>(result: Result<T, Error>) {
    let error = result.err().expect("every task has failed");
    let cause = std::error::Error::source(&error).expect("the task has returned an error");
    assert!(cause.is::<Explosive>());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(error))).is_err());
}

#[test]
fn errors_that_nobody_is_given_are_dropped_one_at_a_time_and_concern_nobody() {
    for count in [2, 3] {
        within_a_minute(move || {
            let executor = Executor::builder().threads(count).build().unwrap();
            for _ in 0..5 {
                assert_given(executor.compute(failing_together(count)));
                assert_given(executor.run(failing_together(count)));
                let (result, record) = {
                    let finished = executor.attempt(failing_together(count));
                    let record = finished.record().clone();
                    (finished.into_result(), record)
                };
                // Each of them is in the record, which is dropped last.
                let others: Vec<_> = record.failures().into_iter().map(|one| one.tasks).collect();
                assert_given_earlier(result);
                drop(record);
                assert_eq!(others.concat().len(), count);
                assert_given(executor.spawn(failing_together(count)).wait());
                let running = executor.spawn_recorded(failing_together(count));
                while !running.is_finished() {
                    thread::yield_now();
                }
                drop(running.record());
                drop(running);
                // Tasks of two runs would take each other's workers.
                let apart = Executor::builder().threads(count).build().unwrap();
                apart.spawn(failing_together(count)).detach();
                // In tasks that a task has made and waits for.
                let made = value(()).map(move |()| gather(failing_together(count))).flatten();
                assert_given(executor.compute(made));
            }
            assert_eq!(executor.compute(value(1).map(|n| n + 1)).unwrap(), 2);
        });
    }
}

/// An error whose failure somebody else has too, so that dropping it drops nothing.
fn assert_given_earlier<T>(result: Result<T, Error>) {
    let error = result.err().expect("every task has failed");
    assert!(catch_unwind(AssertUnwindSafe(|| drop(error))).is_ok());
}

/// A value that is dropped where its task was not run or nobody was given its result.
struct ExplosiveValue;

impl Drop for ExplosiveValue {
    fn drop(&mut self) {
        panic!("a value was dropped");
    }
}

#[test]
fn values_that_nobody_is_given_are_dropped_without_a_word() {
    within_a_minute(|| {
        for executor in [Executor::serial(), Executor::builder().threads(2).build().unwrap()] {
            // One of them is there, the others go with the tasks that hold them.
            let graph = || {
                let fails = value(1).and_then(|_| Err::<i32, _>("no")).shared();
                let after = |_: ExplosiveValue| 1;
                (value(ExplosiveValue), value(ExplosiveValue).map(after).after([&fails]), fails)
            };
            let broken = |error: Error| assert!(matches!(error, Error::Task(_)), "{error}");
            broken(executor.compute(graph()).err().unwrap());
            broken(executor.run(graph()).err().unwrap());
            broken(executor.attempt(graph()).into_result().err().unwrap());
            broken(executor.spawn(graph()).wait().err().unwrap());
            executor.spawn(graph()).detach();
            drop(executor.spawn(graph()));
            executor.spawn(value(ExplosiveValue)).detach();
            drop(executor.spawn(value(ExplosiveValue)));
            let (there, after, fails) = executor.keep_going().compute(graph()).unwrap();
            there.map(std::mem::forget).unwrap();
            broken(after.unwrap_err());
            broken(fails.unwrap_err());
            // A graph that is not sound.
            let early = value(ExplosiveValue);
            let late = value(1).shared();
            let unsound = early.after([&late]);
            assert!(matches!(executor.compute(unsound), Err(Error::Graph(_))));
            let early = value(ExplosiveValue);
            let unsound = early.after([&value(1).shared()]);
            assert!(matches!(executor.spawn(unsound).wait(), Err(Error::Graph(_))));
        }
    });
}

/// Calls what it holds when its thread ends.
struct AtTheEnd(RefCell<Option<Box<dyn FnOnce()>>>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        if let Some(call) = self.0.take() {
            call();
        }
    }
}

thread_local! {
    static AT_THE_END: AtTheEnd = const { AtTheEnd(RefCell::new(None)) };
}

/// Calls `call` when a thread ends that has used the library, after the library's own thread-locals.
fn when_a_thread_ends(call: impl FnOnce() + Send + 'static) {
    within_a_minute(|| {
        thread::spawn(move || {
            AT_THE_END.with(|at_the_end| *at_the_end.0.borrow_mut() = Some(Box::new(call)));
            assert_eq!(value(1).map(|n| n + 1).compute().unwrap(), 2);
            assert_eq!(Executor::serial().compute(value(1).map(|n| n + 1)).unwrap(), 2);
            drop(value(1).map(|n| n + 1));
        })
        .join()
        .unwrap();
    });
}

#[test]
fn a_graph_is_computed_while_its_thread_ends() {
    let (results, seen) = mpsc::channel();
    when_a_thread_ends(move || {
        let nested = || value(2).and_then(|n| value(n).map(|n| n + 1).compute());
        results.send(nested().compute().unwrap()).unwrap();
        results.send(Executor::serial().compute(nested()).unwrap()).unwrap();
    });
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [3, 3]);
}

#[test]
fn a_long_chain_is_dropped_while_its_thread_ends() {
    let chain = (0..100_000).fold(value(0), |chain, _| chain.map(|n| n + 1));
    when_a_thread_ends(move || drop(chain));
}

/// A result that holds the handle of the one before it.
struct Link {
    _before: Option<Shared<Link>>,
}

#[test]
fn results_that_hold_handles_of_each_other_are_dropped_without_recursion() {
    let executor = Executor::serial();
    let mut last: Option<Shared<Link>> = None;
    for _ in 0..100_000 {
        let before = last.take();
        let link = value(()).map(move |()| Link { _before: before }).shared();
        executor.compute(&link).unwrap();
        last = Some(link);
    }
    drop(last);
}

/// Counts when it is dropped, and panics with a value that does so too.
struct PanicsTwice(Arc<AtomicUsize>);

/// What is panicked with, and panics itself when dropped.
struct PanicsAgain;

impl Drop for PanicsTwice {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
        panic_any(PanicsAgain);
    }
}

impl Drop for PanicsAgain {
    fn drop(&mut self) {
        panic!("what was panicked with panics when it is dropped");
    }
}

#[test]
fn all_of_a_chain_is_dropped_although_what_its_destructors_panic_with_panics_too() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let mut chain = value(0);
    for _ in 0..5 {
        let panics = PanicsTwice(Arc::clone(&dropped));
        chain = chain.map(move |n| {
            let _ = &panics;
            n
        });
    }
    let panic = catch_unwind(AssertUnwindSafe(|| drop(chain))).unwrap_err();
    assert!(panic.is::<PanicsAgain>());
    mem::forget(panic);
    assert_eq!(dropped.load(Ordering::SeqCst), 5);
}

/// An error that holds the handle of a task that failed with such an error.
#[derive(Debug)]
struct Blames(Option<Shared<i32>>);

impl fmt::Display for Blames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "blames another: {}", self.0.is_some())
    }
}

impl std::error::Error for Blames {}

#[test]
fn errors_that_hold_handles_of_each_other_are_dropped_without_recursion() {
    let executor = Executor::serial();
    let mut last: Option<Shared<i32>> = None;
    for _ in 0..100_000 {
        let before = last.take();
        let broken = value(()).and_then(move |()| Err::<i32, _>(Blames(before))).shared();
        drop(executor.compute(&broken).unwrap_err());
        last = Some(broken);
    }
    drop(last);
}
