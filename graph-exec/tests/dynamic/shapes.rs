//! What can be flattened, mapped and iterated, and that it gives what it should.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::prelude::*;

use super::on_all;

#[test]
fn handles_of_every_shape_flatten_to_their_results() {
    on_all("shapes", |executor| {
        let one = value(2).map(|n| value(n + 1)).flatten();
        assert_eq!(executor.compute(one).unwrap(), 3);
        let shared = value(2).map(|n| value(n + 1).shared()).flatten();
        assert_eq!(*executor.compute(shared).unwrap(), 3);
        let list = value(3).map(|n| (0..n).map(value).collect::<Vec<_>>()).flatten();
        assert_eq!(executor.compute(list).unwrap(), [0, 1, 2]);
        let pair = value(3).map(|n| (value(n), [value("a"), value("b")])).flatten();
        assert_eq!(executor.compute(pair).unwrap(), (3, ["a", "b"]));
        let none = value(0).map(|_| Vec::<Delayed<i32>>::new()).flatten();
        assert!(executor.compute(none).unwrap().is_empty());
        let twice = value(1).map(|n| value(n).map(|n| value(n + 1))).flatten().flatten();
        assert_eq!(executor.compute(twice).unwrap(), 2);
        let kept = value(1).map(|n| value(n + 1)).flatten().shared();
        assert_eq!((*kept.compute().unwrap(), *executor.compute(&kept).unwrap()), (2, 2));
    });
}

#[test]
fn what_is_flattened_feeds_tasks_like_any_other() {
    on_all("feeding", |executor| {
        let left = value(2).map(|n| value(n) * value(10)).flatten();
        let right = value(3).map(|n| value(n)).flatten().shared();
        let sum = left + right.map(|n| n + 1);
        assert_eq!(executor.compute((sum, right.map(|n| *n))).unwrap(), (24, 3));
    });
}

#[test]
fn a_closure_is_called_with_each_element_in_a_task_of_its_own() {
    on_all("map_each", |executor| {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let squares = value(100).map(|n| (0..n).collect::<Vec<u64>>()).map_each(move |n| {
            counted.fetch_add(1, Ordering::Relaxed);
            n * n
        });
        let squares = executor.compute(squares).unwrap();
        assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
        assert_eq!(calls.load(Ordering::Relaxed), 100);
        let none = value(Vec::<i32>::new()).map_each(|n| n + 1);
        assert!(executor.compute(none).unwrap().is_empty());
    });
}

#[test]
fn a_loop_asks_before_its_first_step_and_after_each() {
    on_all("iterate", |executor| {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let until = move |n: &u32| {
            counted.fetch_add(1, Ordering::Relaxed);
            *n >= 10
        };
        let ten = iterate(7, |n| value(n + 1), until.clone());
        assert_eq!(executor.compute(ten).unwrap(), 10);
        assert_eq!(asked.swap(0, Ordering::Relaxed), 4);
        let none = iterate(value(20), |_| unreachable!("no step is needed"), until.clone());
        assert_eq!(executor.compute(none).unwrap(), 20);
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        let shared = value(9).shared();
        assert_eq!(executor.compute(iterate(&shared, |n| value(n + 1), until)).unwrap(), 10);
        let nested =
            iterate(1, |n| iterate(n, |n| value(n * 2), |n| n % 4 == 0) + value(1), |n| *n > 40);
        assert_eq!(executor.compute(nested).unwrap(), 85);
    });
}

#[test]
fn order_edges_hold_inside_what_a_task_has_made() {
    on_all("after", |executor| {
        let log = Arc::new(std::sync::Mutex::new(Vec::new()));
        let noted = Arc::clone(&log);
        let all = value(20).map(move |count| {
            let mut before: Option<Delayed<()>> = None;
            let mut tasks = Vec::new();
            for n in 0..count {
                let noted = Arc::clone(&noted);
                let mut task = value(n).map(move |n| noted.lock().unwrap().push(n));
                if let Some(before) = &before {
                    task = task.after([before]);
                }
                tasks.extend(before.replace(task));
            }
            tasks.extend(before);
            tasks
        });
        executor.compute(all.flatten()).unwrap();
        assert_eq!(*log.lock().unwrap(), (0..20).collect::<Vec<_>>());
    });
}

#[delayed]
fn fib(n: u64) -> Delayed<u64> {
    if n < 2 { value(n) } else { fib(n - 1).flatten() + fib(n - 2).flatten() }
}

#[delayed]
fn factorial(n: u64) -> u64 {
    if n < 2 { 1 } else { n * factorial(n - 1) }
}

#[test]
fn a_function_that_gives_a_handle_builds_a_task_when_it_calls_itself() {
    let tasks_of = |executor: &Executor, graph: Delayed<u64>, function: &str| {
        let run = executor.run(graph).unwrap();
        let count = run.record().tasks().filter(|task| task.function().name == function).count();
        (run.into_value(), count)
    };
    on_all("recursion", |executor| {
        // Each call is a task: 2 fib(n + 1) − 1 of them.
        assert_eq!(tasks_of(executor, fib(9).flatten(), "fib"), (34, 109));
        // One that gives no handle calls itself at once.
        assert_eq!(tasks_of(executor, factorial(9), "factorial"), (362_880, 1));
    });
}

/// ```text
///   load ── reduce   × 300, built load by load and then reduce by reduce
/// ```
#[test]
fn a_serial_run_uses_up_a_result_before_it_makes_the_next() {
    struct Alive(Arc<AtomicUsize>);
    impl Drop for Alive {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
    for count in [3, 60, 300, 30_000] {
        let (alive, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let load = |n: usize| {
            let (alive, most) = (Arc::clone(&alive), Arc::clone(&most));
            value(n).map(move |n| {
                most.fetch_max(alive.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                (n, Alive(alive))
            })
        };
        let loads: Vec<_> = (0..count).map(load).collect();
        let reduced: Vec<_> = loads.into_iter().map(|load| load.map(|(n, _)| n)).collect();
        let results = Executor::serial().compute(reduced).unwrap();
        assert_eq!(results.len(), count);
        assert_eq!(most.load(Ordering::Relaxed), 1, "of {count}");
    }
}
