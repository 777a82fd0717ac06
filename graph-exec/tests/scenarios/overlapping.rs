//! Graphs that have tasks in common, computed at the same time.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use graph_exec::prelude::*;

use crate::within_a_minute;

/// ```text
///  20 threads │ ── barrier ── compute(own task that needs S) ── every one of them, S once
/// ```
#[test]
fn a_shared_task_runs_once_under_twenty_threads() {
    for _ in 0..20 {
        let runs = within_a_minute(|| {
            let runs = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&runs);
            let shared = value(7)
                .map(move |n| {
                    counter.fetch_add(1, Ordering::SeqCst);
                    n
                })
                .shared();
            let barrier = Arc::new(Barrier::new(20));
            let threads: Vec<_> = (0..20)
                .map(|n| {
                    let (shared, barrier) = (shared.clone(), Arc::clone(&barrier));
                    thread::spawn(move || {
                        let own = shared.map(move |shared| shared * n);
                        barrier.wait();
                        assert_eq!(own.compute().unwrap(), 7 * n);
                    })
                })
                .collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            runs.load(Ordering::SeqCst)
        });
        assert_eq!(runs, 1);
    }
}

/// ```text
///  thread 1 │ S starts ─ 1 ─────────────── 3 S ends
///  thread 2 │           ── compute(S) ─ 2 ─ waits, and gets the same result
/// ```
#[test]
fn a_run_waits_for_a_task_that_another_run_has_started() {
    let (first, second) = within_a_minute(|| {
        let (started, has_started) = mpsc::channel();
        let (let_go, may_go) = mpsc::channel();
        let shared = value(1)
            .map(move |n| {
                started.send(()).unwrap();
                may_go.recv().unwrap();
                n + 41
            })
            .shared();
        let one = shared.clone();
        let first =
            thread::spawn(move || Executor::builder().threads(1).build().unwrap().compute(&one));
        has_started.recv().unwrap();
        let two = shared.clone();
        let second = thread::spawn(move || Executor::serial().compute(&two));
        let three = shared.clone();
        let third =
            thread::spawn(move || Executor::builder().threads(1).build().unwrap().compute(&three));
        let_go.send(()).unwrap();
        assert_eq!(*third.join().unwrap().unwrap(), 42);
        (first.join().unwrap().unwrap(), second.join().unwrap().unwrap())
    });
    assert!(Arc::ptr_eq(&first, &second), "one result, not two");
}

/// ```text
///  thread 1 │ compute(A, B, C over S) ─┐
///  thread 2 │ compute(C, D, E over S) ─┴ layers of shared tasks, each at most once
/// ```
#[test]
fn every_task_of_overlapping_graphs_runs_at_most_once() {
    for round in 0..30 {
        let (runs, tasks) = within_a_minute(move || {
            let runs = Arc::new(AtomicUsize::new(0));
            let count = |task: Delayed<u64>| {
                let runs = Arc::clone(&runs);
                task.map(move |n| {
                    runs.fetch_add(1, Ordering::SeqCst);
                    n
                })
                .shared()
            };
            let mut layer: Vec<Shared<u64>> = (0..8).map(|n| count(value(n))).collect();
            let mut tasks = layer.len();
            for _ in 0..6 {
                layer = (0..8)
                    .map(|n| {
                        let other = layer[(n + 3) % 8].clone();
                        let sum = layer[n].map(|n| *n);
                        count(sum.map(move |n| n + *other.compute().unwrap() % 1000))
                    })
                    .collect();
                tasks += layer.len();
            }
            let halves = [layer[..5].to_vec(), layer[3..].to_vec()];
            let threads: Vec<_> = halves
                .into_iter()
                .map(|half| thread::spawn(move || compute(half).unwrap()))
                .collect();
            let results: Vec<_> =
                threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            assert!(Arc::ptr_eq(&results[0][4], &results[1][1]));
            (runs.load(Ordering::SeqCst), tasks)
        });
        assert_eq!(runs, tasks, "round {round}");
    }
}
