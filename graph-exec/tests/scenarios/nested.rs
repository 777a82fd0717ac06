//! Computing inside a task, inside rayon code, and between pools: nothing may hang.

use std::sync::{Arc, OnceLock, mpsc};

use graph_exec::{Error, prelude::*};
use rayon::prelude::*;

use crate::within_a_minute;

fn executor(threads: usize) -> Executor {
    Executor::builder().threads(threads).build().unwrap()
}

fn fibonacci(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (a, b) = compute((value(n - 1).map(fibonacci), value(n - 2).map(fibonacci))).unwrap();
    a + b
}

/// ```text
///  worker │ task ── compute ── task ── compute ── … twelve levels
/// ```
#[test]
fn a_task_may_compute_with_any_number_of_workers() {
    for threads in [1, 2, 4] {
        let result = within_a_minute(move || executor(threads).compute(value(12).map(fibonacci)));
        assert_eq!(result.unwrap(), 144);
    }
    assert_eq!(Executor::serial().compute(value(10).map(fibonacci)).unwrap(), 55);
}

/// ```text
///  worker │ par_iter ── compute, on every one of its threads
/// ```
#[test]
fn rayon_code_may_compute() {
    let sum: u64 = within_a_minute(|| {
        (0..200u64).into_par_iter().map(|n| value(n).map(|n| n + 1).compute().unwrap()).sum()
    });
    assert_eq!(sum, 20_100);
}

/// ```text
///  worker 1 │ S: rayon::join ── waits ── T's job is submitted: T needs S, so it must not start here
///  worker 2 │ the other half
/// ```
#[test]
fn a_task_that_waits_in_rayon_does_not_start_what_needs_it() {
    for threads in [1, 2, 3] {
        within_a_minute(move || {
            let shared = value(0u64)
                .map(|_| (0..20_000u64).into_par_iter().map(|n| n % 7).sum::<u64>())
                .shared();
            let inner: Vec<_> = (0..64u64)
                .map(|n| {
                    let shared = shared.clone();
                    value(n).map(move |n| n + *shared.map(|n| *n).compute().map(Box::new).unwrap())
                })
                .collect();
            let expected = (0..20_000u64).map(|n| n % 7).sum::<u64>();
            let results = executor(threads).compute(inner).unwrap();
            assert_eq!(results, (0..64).map(|n| n + expected).collect::<Vec<_>>());
        });
    }
}

/// ```text
///  pool A (1 thread) │ task ── runs on B ── waits, and must go on helping A
///  pool B (1 thread) │                └── task ── runs on A
/// ```
#[test]
fn two_pools_of_one_thread_may_compute_on_each_other() {
    let result = within_a_minute(|| {
        let (a, b) = (executor(1), executor(1));
        let (inner_a, outer_a) = (a.clone(), a);
        outer_a.compute(value(1).map(move |n| {
            b.compute(value(n).map(move |n| inner_a.compute(value(n).map(|n| n + 1)).unwrap()))
                .unwrap()
        }))
    });
    assert_eq!(result.unwrap(), 2);
}

/// ```text
///  worker │ S ── compute(S): can never end
/// ```
#[test]
fn a_task_that_computes_itself_is_told_so() {
    for make in [Executor::serial as fn() -> Executor, || executor(1), || executor(2)] {
        let error = within_a_minute(move || {
            let itself: Arc<OnceLock<Shared<i32>>> = Arc::default();
            let handle = Arc::clone(&itself);
            let shared = value(1)
                .and_then(move |_| handle.get().unwrap().compute().map(|n| *n))
                .named("snake")
                .shared();
            itself.set(shared.clone()).unwrap();
            make().compute(&shared).unwrap_err()
        });
        let Error::Task(task) = &error else { panic!("{error}") };
        let inner = task.failure().cause.as_error().unwrap().downcast_ref::<Error>();
        assert!(
            matches!(inner, Some(Error::WouldDeadlock { task, .. }) if task.contains("snake")),
            "{error}"
        );
    }
}

/// ```text
///  thread 1 │ X starts ─ 1 ──── compute(Y) ─┐
///  thread 2 │ Y starts ─ 2 ──── compute(X) ─┴ one of them is told; both end
/// ```
#[test]
fn two_tasks_that_compute_each_other_are_told_so() {
    let errors = within_a_minute(|| {
        type Later = Arc<OnceLock<Shared<i32>>>;
        let (x, y): (Later, Later) = (Arc::default(), Arc::default());
        let (x_started, x_has_started) = mpsc::channel::<()>();
        let (y_started, y_has_started) = mpsc::channel::<()>();
        let (other_x, other_y) = (Arc::clone(&x), Arc::clone(&y));
        let task_x = value(1).and_then(move |_| {
            x_started.send(()).unwrap();
            y_has_started.recv().unwrap();
            other_y.get().unwrap().compute().map(|n| *n)
        });
        let task_y = value(2).and_then(move |_| {
            y_started.send(()).unwrap();
            x_has_started.recv().unwrap();
            other_x.get().unwrap().compute().map(|n| *n)
        });
        let (shared_x, shared_y) = (task_x.shared(), task_y.shared());
        x.set(shared_x.clone()).unwrap();
        y.set(shared_y.clone()).unwrap();
        executor(2).keep_going().compute((&shared_x, &shared_y)).unwrap()
    });
    let text = format!("{:?}{:?}", errors.0, errors.1);
    assert!(text.contains("would wait for ever"), "{text}");
}

/// ```text
///  worker │ task ── waits for a thread of its own
///  thread │         compute ── no thread is left to work for it
/// ```
#[test]
fn a_thread_that_every_worker_waits_for_may_compute() {
    fn through_a_thread(executor: Executor, levels: u64) -> u64 {
        let within = executor.clone();
        let task = value(levels).map(move |levels| {
            let inner = || through_a_thread(within.clone(), levels - 1) + 1;
            if levels == 0 { 0 } else { std::thread::scope(|s| s.spawn(inner).join().unwrap()) }
        });
        executor.compute(task).unwrap()
    }
    for workers in [1, 2] {
        assert_eq!(within_a_minute(move || through_a_thread(executor(workers), 3)), 3);
    }
}

/// ```text
///  worker │ task ── waits in a pool of the user's
///  pool   │         compute ── no thread is left to work for it
/// ```
#[test]
fn a_pool_that_every_worker_waits_for_may_compute() {
    let results = within_a_minute(|| {
        let pool = Arc::new(rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap());
        let executor = executor(2);
        let tasks: Vec<_> = (0..4u64)
            .map(|n| {
                let (pool, executor) = (Arc::clone(&pool), executor.clone());
                value(n).map(move |n| {
                    pool.install(|| executor.compute(value(n).map(|n| 10 * n)).unwrap())
                })
            })
            .collect();
        executor.compute(tasks).unwrap()
    });
    assert_eq!(results, [0, 10, 20, 30]);
}
