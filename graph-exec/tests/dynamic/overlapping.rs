//! What tasks have made, used from outside and in several runs at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use graph_exec::prelude::*;

use super::{on_all, watchdog::within_a_minute};

#[test]
fn inner_handles_may_be_shared_with_the_outer_graph() {
    on_all("shared handles", |executor| {
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let table = value(3).map(move |n| {
            counted.fetch_add(1, Ordering::SeqCst);
            n
        });
        let table = table.shared();
        let inner = table.clone();
        let dynamic = value(4).map(move |n| inner.map(move |m| n * m)).flatten();
        let sum = dynamic + table.map(|n| *n);
        assert_eq!(executor.compute(sum).unwrap(), 15);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_shared_dynamic_task_runs_its_tasks_once_in_many_runs() {
    on_all("many runs", |executor| {
        for _ in 0..20 {
            let runs = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&runs);
            let inner = move |count: usize| {
                let task = |n| {
                    let counted = Arc::clone(&counted);
                    value(n).map(move |n| {
                        counted.fetch_add(1, Ordering::SeqCst);
                        n + 1
                    })
                };
                (0..count).map(task).collect::<Vec<_>>()
            };
            let all = value(30).map(inner).flatten().shared();
            let end = iterate(0_usize, |n| value(n + 1), |n| *n == 50).shared();
            let total = all.map(|all| all.iter().sum::<usize>()).shared();
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        assert_eq!(*executor.compute(&total).unwrap(), 465);
                        assert_eq!(*executor.compute(&end).unwrap(), 50);
                        assert_eq!(*Executor::serial().compute(&end).unwrap(), 50);
                        assert_eq!(executor.compute(&all).unwrap().len(), 30);
                    });
                }
            });
            assert_eq!(runs.load(Ordering::SeqCst), 30);
        }
    });
}

/// ```text
///  run A │ outer waits for its inner tasks, which are ready
///        │ other ── computes a graph that needs outer
/// ```
/// The thread inside `other` must not wait for tasks that only it could start.
#[test]
fn a_task_may_compute_what_a_task_of_its_own_run_has_begun() {
    for _ in 0..50 {
        on_all("computing inside", |executor| {
            let inner = |n: u64| (0..n).map(|n| value(n).map(|n| n + 1)).collect::<Vec<_>>();
            let outer = value(8).map(inner).flatten().shared();
            let nested = outer.clone();
            let other = value(0).map(move |_| nested.map(Vec::len).compute().unwrap());
            let more = outer.clone();
            let third = value(0).map(move |_| more.compute().unwrap().len());
            let sum = outer.map(|all| all.iter().sum::<u64>());
            assert_eq!(executor.compute((sum, other, third)).unwrap(), (36, 8, 8));
        });
    }
}

#[test]
fn an_inner_task_that_computes_what_waits_for_it_is_an_error() {
    use std::sync::Mutex;
    on_all("a circle on the stack", |executor| {
        let handed = Arc::new(Mutex::new(None::<graph_exec::Shared<i32>>));
        let taken = Arc::clone(&handed);
        let inner = move |n: i32| {
            let taken = Arc::clone(&taken);
            value(n).map(move |_| {
                let outer = taken.lock().unwrap().clone().unwrap();
                match outer.compute() {
                    Err(graph_exec::Error::WouldDeadlock { .. }) => -1,
                    other => panic!("{other:?}"),
                }
            })
        };
        let outer = value(1).map(inner).flatten().shared();
        *handed.lock().unwrap() = Some(outer.clone());
        assert_eq!(*executor.compute(&outer).unwrap(), -1);
        handed.lock().unwrap().take();
    });
}

#[test]
fn limits_and_priorities_hold_for_what_is_made() {
    use graph_exec::{KIB, delayed};
    static USED: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    fn size(_: &usize) -> usize {
        10 * KIB
    }
    #[delayed(bytes = size)]
    fn load(n: usize) -> usize {
        MOST.fetch_max(USED.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::yield_now();
        USED.fetch_sub(1, Ordering::SeqCst);
        n
    }
    within_a_minute("limits", || {
        for threads in [1, 2, 4] {
            let executor =
                Executor::builder().threads(threads).memory_limit(25 * KIB).build().unwrap();
            let inner = |n: usize| (0..n).map(|n| load(n).map(|n| n + 1)).collect::<Vec<_>>();
            let all = value(50).map(inner).flatten();
            let finished = executor.run(all).unwrap();
            let memory = finished.record().memory().unwrap();
            assert_eq!(memory.overcommitted, 0, "{memory:?}");
            assert!(memory.peak <= 25 * KIB as u64, "{memory:?}");
            assert_eq!(finished.into_value().len(), 50);
            let tree = value(4).map(tree).flatten();
            assert_eq!(executor.compute(tree).unwrap(), 16);
        }
    });
    fn tree(depth: usize) -> Delayed<usize> {
        match depth {
            0 => load(1),
            _ => value(depth - 1).map(|n| tree(n) + tree(n)).flatten(),
        }
    }
    assert!(MOST.load(Ordering::SeqCst) <= 2);
}

/// An urgent task makes tasks: they start before what is less urgent.
#[test]
fn what_an_urgent_task_makes_is_as_urgent() {
    use std::sync::Mutex;
    for executor in [Executor::serial(), Executor::builder().threads(1).build().unwrap()] {
        let log = Arc::new(Mutex::new(Vec::new()));
        let note = |name: &'static str| {
            let log = Arc::clone(&log);
            move |n: i32| {
                log.lock().unwrap().push(name);
                n
            }
        };
        let inner_note = note("inner");
        let inner = move |n: i32| value(n).map(inner_note);
        let low: Vec<_> = (0..3).map(|n| value(n).map(note("low"))).collect();
        let urgent = value(1).map(inner).flatten().priority(5);
        executor.compute((low, urgent)).unwrap();
        assert_eq!(log.lock().unwrap()[0], "inner");
    }
}
