//! What building and running cost: no allocation a task, but one for the result of a shared task.
//!
//! Counted is every call of the allocator, growing an existing allocation included, that this
//! thread makes while it builds, plans and runs a graph without a record: serially, or by itself on a pool.

use allocation_counter::measure;
use graph_exec::prelude::*;

const TASKS: u64 = 100_000;
/// Tasks and a plan's tables are allocated in pieces: so many tasks at least for each allocation.
const TASKS_PER_ALLOCATION: u64 = 32;

#[delayed]
fn next(a: u64) -> u64 {
    a + 1
}

#[delayed]
fn sum(all: &[u64]) -> u64 {
    all.iter().sum()
}

#[delayed]
fn add(a: &u64, b: u64) -> u64 {
    a.wrapping_add(b)
}

/// Allocations while the graph is built, and while it runs.
fn allocations(build: impl FnOnce() -> Delayed<u64>, expected: u64) -> (u64, u64) {
    let executor = Executor::serial();
    let mut graph = None;
    let building = measure(|| graph = Some(build()));
    let mut result = None;
    let running = measure(|| result = graph.take().map(|graph| executor.compute(graph)));
    assert_eq!(result.unwrap().unwrap(), expected);
    (building.count_total, running.count_total)
}

#[test]
fn chain_is_built_and_run_without_an_allocation_for_each_task() {
    let (building, running) = allocations(|| (1..TASKS).fold(value(1), |a, _| next(a)), TASKS);
    assert!(building < TASKS / TASKS_PER_ALLOCATION, "{building} allocations");
    assert!(running < TASKS / TASKS_PER_ALLOCATION, "{running} allocations");
}

#[test]
fn independent_tasks_are_run_without_allocations() {
    let build = || sum((0..TASKS).map(next).collect::<Vec<_>>());
    let (_, running) = allocations(build, TASKS * (TASKS + 1) / 2);
    assert!(running < TASKS / TASKS_PER_ALLOCATION, "{running} allocations");
}

#[test]
fn shared_result_is_one_allocation_when_its_task_runs() {
    // Each result is used twice: 1, 2, 4, …, and 0 when it no longer fits.
    let build = || next((1..TASKS).fold(value(1).shared(), |a, _| add(&a, a.clone()).shared()));
    let (building, running) = allocations(build, 1);
    assert!(building < TASKS / TASKS_PER_ALLOCATION, "{building} allocations");
    assert!(running >= TASKS, "the result of a shared task is an allocation of its own");
    assert!(running < TASKS + TASKS / TASKS_PER_ALLOCATION, "{running} allocations");
}

/// What limits, retries, futures and runs in the background need is paid for by those who use it.
#[test]
fn a_small_run_makes_few_allocations() {
    const MOST: u64 = 10;
    let on_pool = Executor::builder().threads(2).build().unwrap();
    for executor in [Executor::serial(), on_pool] {
        let graph = || (1..10).fold(value(1), |a, _| next(a));
        // Until the functions are known to be short, and everything is there that threads keep.
        for _ in 0..1000 {
            executor.compute(graph()).unwrap();
        }
        // An interruption may look like a long task, and then the run is shared.
        let counts = (0..100).map(|_| {
            let graph = graph();
            measure(|| assert_eq!(executor.compute(graph).unwrap(), 10)).count_total
        });
        let least = counts.min().unwrap();
        assert!(least <= MOST, "{least} allocations");
    }
}

/// ```text
///  worker 1 │ outer task: computes, computes, … each time with a job for worker 2
///  worker 2 │ a task that takes long
/// ```
#[test]
fn nested_runs_that_have_ended_leave_nothing_while_a_worker_is_busy() {
    use std::sync::mpsc;

    use graph_exec::CancelToken;

    const RUNS: u64 = 2000;
    let executor = Executor::builder().threads(2).build().unwrap();
    for token in [None, Some(CancelToken::new())] {
        let (busy, wait_until_busy) = mpsc::channel();
        let (release, wait_for_release) = mpsc::channel::<()>();
        let long = value(()).map(move |()| {
            busy.send(()).unwrap();
            wait_for_release.recv().unwrap();
        });
        let outer = value(()).map(move |()| {
            wait_until_busy.recv().unwrap();
            let inner = token.iter().fold(Executor::default(), Executor::with_cancel);
            let run = || {
                assert_eq!(inner.compute(sum(vec![next(1), next(2)])).unwrap(), 5);
            };
            run();
            let left = measure(|| (0..RUNS).for_each(|_| run())).bytes_current;
            release.send(()).unwrap();
            left
        });
        let ((), left) = executor.compute((long, outer)).unwrap();
        // A run takes more than a thousand bytes.
        assert!(left < RUNS as i64 * 10, "{left} bytes are left of {RUNS} runs");
    }
}
