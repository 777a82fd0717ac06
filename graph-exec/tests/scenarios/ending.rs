//! What is left of a run that has ended: nothing.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use graph_exec::{CancelToken, Error, Observer, prelude::*};

use crate::within_a_minute;

struct Deaf;

impl Observer for Deaf {}

fn squares() -> Vec<Delayed<i32>> {
    (0..16).map(|n| value(n).map(|n| n * n)).collect()
}

/// ```text
///  worker 1 │ outer task: compute ── a job for worker 2 ── its observer is the caller's alone
///  worker 2 │ a task that takes long ─────────────────────────────────────────────── ends
/// ```
#[test]
fn nobody_but_the_caller_has_the_observer_of_a_nested_run_that_has_ended() {
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
            let observer = Arc::new(Deaf);
            let inner = Executor::default().with_observer(observer.clone());
            inner.compute(squares()).unwrap();
            drop(inner);
            let owners = Arc::strong_count(&observer);
            release.send(()).unwrap();
            owners
        });
        assert_eq!(executor.compute((long, outer)).unwrap().1, 1);
    });
}

#[test]
fn nobody_but_the_caller_has_the_observer_of_a_run_that_has_ended() {
    within_a_minute(|| {
        let observer = Arc::new(Deaf);
        for executor in [Executor::default(), Executor::builder().threads(4).build().unwrap()] {
            for _ in 0..500 {
                let observed = executor.clone().with_observer(observer.clone());
                observed.compute(squares()).unwrap();
                drop(observed);
                assert_eq!(Arc::strong_count(&observer), 1);
            }
        }
    });
}

/// ```text
///  thread 1 │ S starts ─ 1 ───────────────────────── 4 computes Y: waits for its end ───── S ends
///  thread 2 │ Y starts ─ 2 computes S: waits ─ 3 cancelled, Y goes on ────────── Y ends
/// ```
#[test]
fn a_cancelled_run_waits_for_nothing_any_more() {
    let inner: [fn() -> Executor; 2] =
        [Executor::serial, || Executor::builder().threads(1).build().unwrap()];
    for inner in inner {
        let (s_started, wait_for_s) = mpsc::channel();
        let (go, wait_for_go) = mpsc::channel::<()>();
        let (asks, wait_until_asked) = mpsc::channel();
        let (give_s, s_given) = mpsc::channel::<Shared<i32>>();
        let y = value(1)
            .map(move |n| {
                let s = s_given.recv().unwrap();
                wait_for_s.recv().unwrap();
                let token = CancelToken::new();
                let canceller = thread::spawn({
                    let token = token.clone();
                    move || {
                        thread::sleep(Duration::from_millis(50));
                        token.cancel();
                    }
                });
                let cancelled = inner().with_cancel(&token).compute(&s);
                assert!(matches!(cancelled, Err(Error::Cancelled { .. })));
                canceller.join().unwrap();
                go.send(()).unwrap();
                wait_until_asked.recv().unwrap();
                thread::sleep(Duration::from_millis(50));
                n + 1
            })
            .shared();
        let s = value(())
            .and_then({
                let y = y.clone();
                move |()| {
                    s_started.send(()).unwrap();
                    wait_for_go.recv().unwrap();
                    asks.send(()).unwrap();
                    y.compute().map(|n| *n)
                }
            })
            .shared();
        give_s.send(s.clone()).unwrap();
        let threads = || Executor::builder().threads(1).build().unwrap();
        let owner = thread::spawn(move || *threads().compute(&y).unwrap());
        let of_s = within_a_minute(move || threads().compute(&s));
        assert_eq!(*of_s.unwrap(), 2);
        assert_eq!(owner.join().unwrap(), 2);
    }
}
