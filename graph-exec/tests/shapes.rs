//! Graphs as deep and as wide as memory allows, on a small stack.

use std::sync::Arc;

use graph_exec::prelude::*;

/// Runs on a thread with a 2 MiB stack, and on an executor whose threads have the usual size.
fn on_small_stack(body: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(body).unwrap().join().unwrap();
}

#[delayed]
fn total(parts: &[u64]) -> u64 {
    parts.iter().sum()
}

#[delayed]
fn total_of_shared(parts: &[Arc<u64>]) -> u64 {
    parts.iter().map(|part| **part).sum()
}

#[delayed]
fn count(parts: Vec<u64>) -> usize {
    parts.len()
}

fn chain(length: u64) -> Delayed<u64> {
    (1..length).fold(value(0u64), |last, _| last.map(|n| n + 1))
}

#[test]
fn a_chain_of_a_million_builds_runs_and_drops() {
    on_small_stack(|| {
        assert_eq!(chain(1_000_000).compute().unwrap(), 999_999);
        assert_eq!(Executor::serial().compute(chain(1_000_000)).unwrap(), 999_999);
        drop(chain(1_000_000));
        let snapshot = Graph::of(&chain(1_000_000)).unwrap();
        assert_eq!((snapshot.len(), snapshot.edges().len()), (1_000_000, 999_999));
    });
}

#[test]
fn a_shared_chain_of_a_million_builds_runs_and_drops() {
    on_small_stack(|| {
        let last =
            (1..1_000_000).fold(value(0u64).shared(), |last, _| last.map(|n| n + 1).shared());
        assert_eq!(*last.compute().unwrap(), 999_999);
        drop((1..1_000_000).fold(value(0u64).shared(), |last, _| last.map(|n| n + 1).shared()));
    });
}

#[test]
fn a_failure_at_the_start_of_a_long_chain_is_reported_at_its_end() {
    on_small_stack(|| {
        let broken = value(0u64).and_then(|_| Err::<u64, _>("broken"));
        let last = (1..100_000).fold(broken, |last, _| last.map(|n| n + 1));
        let error = format!("{:#}", last.compute().unwrap_err());
        assert!(error.contains("broken"), "{error}");
        assert!(error.contains("more …"), "{error}");
    });
}

#[cfg(feature = "draw")]
#[test]
fn a_chain_of_a_million_is_drawn() {
    on_small_stack(|| {
        let picture = Graph::of(&chain(1_000_000)).unwrap().to_svg();
        assert!(picture.contains("1\u{202f}000\u{202f}000 tasks"), "{}", &picture[..500]);
    });
}

#[test]
fn a_fan_in_of_a_hundred_thousand_builds_runs_and_drops() {
    on_small_stack(|| {
        let parts = |width: u64| (0..width).map(|n| value(n).map(|n| n + 1)).collect::<Vec<_>>();
        let expected = 100_000 * 100_001 / 2;
        assert_eq!(total(parts(100_000)).compute().unwrap(), expected);
        assert_eq!(Executor::serial().compute(total(parts(100_000))).unwrap(), expected);
        let shared: Vec<Shared<u64>> = parts(100_000).into_iter().map(Delayed::shared).collect();
        assert_eq!(total_of_shared(shared).compute().unwrap(), expected);
        drop(total(parts(100_000)));
    });
}

#[test]
fn containers_of_any_size_become_containers_of_results() {
    for size in [0, 1, 8, 100_000] {
        let parts: Vec<Delayed<u64>> = (0..size).map(value).collect();
        assert_eq!(count(parts).compute().unwrap() as u64, size);
        let outputs: Vec<Delayed<u64>> = (0..size).map(value).collect();
        assert_eq!(compute(outputs).unwrap(), (0..size).collect::<Vec<_>>());
    }
}

#[test]
fn a_chain_of_order_only_edges_drops_without_recursion() {
    on_small_stack(|| {
        let ordered = || {
            let mut tasks: Vec<Delayed<u64>> = vec![value(0)];
            for n in 1..200_000 {
                let next = value(n).after([&tasks[tasks.len() - 1]]);
                tasks.push(next);
            }
            tasks
        };
        drop(ordered());
        assert_eq!(compute(ordered()).unwrap().len(), 200_000);
    });
}
