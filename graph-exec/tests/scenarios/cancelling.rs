//! A run that is stopped from outside.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use graph_exec::TaskState;
use graph_exec::{CancelToken, Error, RunOutcome, prelude::*};

use crate::within_a_minute;

fn executors() -> Vec<Executor> {
    let threads = |n| Executor::builder().threads(n).build().unwrap();
    vec![Executor::serial(), Executor::default(), threads(1), threads(4)]
}

/// ```text
///  caller │ compute ──────────────────────────────── Err(Cancelled)
///  worker │   first starts ─ 1          3 ends
///  other  │                  cancel ─ 2
/// ```
#[test]
fn the_running_task_ends_nothing_new_starts_and_another_run_does_the_rest() {
    for executor in executors() {
        let runs = Arc::new(AtomicUsize::new(0));
        let token = CancelToken::new();
        let executor = executor.with_cancel(&token);
        let (started, wait_for_start) = mpsc::channel();
        let (cancelled, wait_for_cancel) = mpsc::channel();
        let counter = Arc::clone(&runs);
        let first = value(1)
            .map(move |n| {
                started.send(()).unwrap();
                wait_for_cancel.recv().unwrap();
                counter.fetch_add(1, Ordering::SeqCst);
                n
            })
            .shared();
        let counter = Arc::clone(&runs);
        let second = first
            .map(move |n| {
                counter.fetch_add(1, Ordering::SeqCst);
                n + 1
            })
            .shared();
        let canceller = thread::spawn(move || {
            wait_for_start.recv().unwrap();
            token.cancel();
            cancelled.send(()).unwrap();
        });
        let attempt = within_a_minute({
            let second = second.clone();
            move || executor.attempt(&second)
        });
        canceller.join().unwrap();
        let record = attempt.record();
        assert_eq!(record.outcome(), RunOutcome::Cancelled);
        let states: Vec<TaskState> = record.tasks().map(|task| task.state()).collect();
        assert_eq!(states, [TaskState::Done, TaskState::Done, TaskState::Cancelled]);
        let error = attempt.into_result().unwrap_err();
        assert!(matches!(error, Error::Cancelled { ended: 2, tasks: 3 }), "{error}");
        assert!(error.to_string().starts_with("cancelled after 2 of 3 tasks"), "{error}");
        assert_eq!(*second.compute().unwrap(), 2);
        assert_eq!(runs.load(Ordering::SeqCst), 2, "each ran once");
    }
}

/// ```text
///  thread 1 │ S starts ─ 1 ────────────────────────── 4 S ends
///  thread 2 │            2 compute(S) subscribes ─── Err(Cancelled)
///  thread 3 │                            3 cancel
/// ```
#[test]
fn a_run_that_waits_for_another_ones_task_does_not_wait_for_its_end() {
    for executor in executors() {
        let token = CancelToken::new();
        let executor = executor.with_cancel(&token);
        let (started, wait_for_start) = mpsc::channel();
        let (release, wait_for_release) = mpsc::channel::<()>();
        let shared = value(7)
            .map(move |n| {
                started.send(()).unwrap();
                wait_for_release.recv().unwrap();
                n
            })
            .shared();
        let owner = thread::spawn({
            let shared = shared.clone();
            // Threads of its own, so that it does not occupy the only worker of the other run.
            move || *Executor::builder().threads(1).build().unwrap().compute(&shared).unwrap()
        });
        wait_for_start.recv().unwrap();
        let error = within_a_minute(move || {
            let canceller = thread::spawn(move || {
                thread::sleep(std::time::Duration::from_millis(20));
                token.cancel();
            });
            let error = executor.compute(shared.map(|n| n + 1)).unwrap_err();
            canceller.join().unwrap();
            error
        });
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        release.send(()).unwrap();
        assert_eq!(owner.join().unwrap(), 7);
    }
}

#[test]
fn a_token_cancelled_before_lets_nothing_start() {
    for executor in executors() {
        let token = CancelToken::new();
        token.cancel();
        let executor = executor.with_cancel(&token);
        let task = value(1).map(|_| -> i32 { panic!("it ran") });
        assert!(matches!(executor.compute(task), Err(Error::Cancelled { ended: 0, tasks: 2 })));
    }
}

#[test]
fn every_output_that_is_done_keeps_its_result() {
    for executor in executors() {
        let token = CancelToken::new();
        let executor = executor.with_cancel(&token);
        let first = value(1).map(move |n| {
            token.cancel();
            n
        });
        let first = first.shared();
        let second = first.map(|n| n + 1);
        let (first, second) = executor.keep_going().compute((&first, second)).unwrap();
        assert_eq!(*first.unwrap(), 1);
        assert!(matches!(second, Err(Error::Cancelled { .. })));
    }
}

#[test]
fn one_token_stops_several_runs() {
    let token = CancelToken::new();
    let (started, wait_for_start) = mpsc::channel();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let executor = Executor::builder().threads(1).build().unwrap().with_cancel(&token);
            let (token, started) = (token.clone(), started.clone());
            thread::spawn(move || {
                let waits = value(()).map(move |()| {
                    started.send(()).unwrap();
                    while !token.is_cancelled() {
                        thread::yield_now();
                    }
                });
                executor.compute(waits.map(|()| ()))
            })
        })
        .collect();
    (0..4).for_each(|_| wait_for_start.recv().unwrap());
    token.cancel();
    for thread in threads {
        let result = within_a_minute(move || thread.join().unwrap());
        assert!(matches!(result, Err(Error::Cancelled { .. })));
    }
}

#[test]
fn a_failure_that_came_first_is_what_the_run_ends_with() {
    for executor in executors() {
        let token = CancelToken::new();
        let executor = executor.with_cancel(&token);
        let broken = value(1).and_then(move |_| {
            token.cancel();
            Err::<i32, _>("broken")
        });
        let error = executor.compute(broken).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
    }
}
