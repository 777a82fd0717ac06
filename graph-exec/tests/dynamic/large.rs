//! Loops and recursions that would not fit on a stack, nor in memory if anything grew with them.

use std::thread;

use graph_exec::prelude::*;

use super::watchdog::within_a_minute;

/// How many steps: all of them when `.ci/run --long` asks for more of everything.
fn steps() -> u64 {
    let stress = std::env::var("DELAYED_STRESS").ok().and_then(|rounds| rounds.parse::<u64>().ok());
    if stress.is_some_and(|rounds| rounds >= 10_000) { 1_000_000 } else { 20_000 }
}

/// Computes on threads with 2 MiB of stack, serially and on two of them.
fn on_small_stacks<T: Send + 'static>(
    what: &str,
    build: impl Fn() -> Delayed<T> + Send + Sync + Copy + 'static,
    check: impl Fn(T) + Send + Copy + 'static,
) {
    for threads in [0, 1, 2] {
        let stack = 2 << 20;
        let executor = match threads {
            0 => Executor::serial(),
            _ => Executor::builder().threads(threads).stack_size(stack).build().unwrap(),
        };
        within_a_minute(&format!("{what} on {threads} threads"), || {
            let body = move || check(executor.compute(build()).unwrap());
            thread::Builder::new().stack_size(stack).spawn(body).unwrap().join().unwrap();
        });
    }
}

#[test]
fn a_loop_takes_a_million_steps() {
    let build = || iterate(0, |n| value(n + 1), move |n| *n == steps());
    on_small_stacks("a loop", build, |n| assert_eq!(n, steps()));
}

/// The sum of `from .. from + count`, by halves.
fn sum(from: u64, count: u64) -> Delayed<u64> {
    value((from, count))
        .map(|(from, count)| match count {
            1 => value(from),
            _ => sum(from, count / 2) + sum(from + count / 2, count - count / 2),
        })
        .flatten()
}

#[test]
fn a_tree_of_a_million_tasks_grows_as_it_runs() {
    // Each node is four tasks.
    let build = || sum(0, steps() / 8);
    let count = steps() / 8;
    on_small_stacks("a tree", build, move |total| assert_eq!(total, count * (count - 1) / 2));
}

fn count_down(n: u64) -> Delayed<u64> {
    value(n).map(|n| if n == 0 { value(7) } else { count_down(n - 1) }).flatten()
}

#[test]
fn a_recursion_may_be_as_deep_as_memory_allows() {
    on_small_stacks("a recursion", || count_down(steps() / 4), |n| assert_eq!(n, 7));
}

#[test]
fn a_deep_recursion_that_fails_or_is_left_off_ends_too() {
    fn fail(n: u64) -> Delayed<u64> {
        let next =
            move |n| if n == 0 { value(0).map(|_| panic!("at the end")) } else { fail(n - 1) };
        value(n).map(next).flatten()
    }
    let depth = steps() / 4;
    for executor in super::executors() {
        within_a_minute("a failing recursion", || {
            let error = executor.compute(fail(depth)).unwrap_err().to_string();
            assert!(error.contains("at the end"), "{error}");
            assert!(error.contains("more …"), "{error}");
            let results = executor.clone().keep_going().compute([fail(depth), value(3)]).unwrap();
            assert!(results[0].is_err());
            assert_eq!(*results[1].as_ref().unwrap(), 3);
        });
    }
}

#[test]
fn a_long_loop_and_a_deep_recursion_can_be_recorded() {
    for executor in super::executors() {
        within_a_minute("a record", || {
            let steps = steps() / 10;
            let output = iterate(0, |n| value(n).map(|n| n + 1), move |n| *n == steps);
            let record = executor.run(output).unwrap().into_record();
            assert_eq!(record.tasks().len() as u64, 2 * steps + 1);
            let record = executor.run(count_down(steps)).unwrap().into_record();
            assert_eq!(record.tasks().len() as u64, 3 * steps + 4);
            assert_eq!(record.graph().nodes().len() as u64, 3 * steps + 4);
        });
    }
}
