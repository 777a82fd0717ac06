//! Short runs come before long ones, but not always.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, sleep},
    time::Duration,
};

use graph_exec::{Running, prelude::*};

use crate::within_a_minute;

/// A graph that does not end by itself, each of whose tasks counts and then takes `millis`.
fn long_graph(executor: &Executor, millis: u64, begun: &Arc<AtomicUsize>) -> Running<Vec<()>> {
    let task = |_| {
        let begun = Arc::clone(begun);
        value(()).map(move |()| {
            begun.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_millis(millis));
        })
    };
    executor.spawn((0..30_000).map(task).collect::<Vec<_>>())
}

/// Waits until so many tasks have begun.
fn wait_for(begun: &AtomicUsize, count: usize) {
    while begun.load(Ordering::SeqCst) < count {
        sleep(Duration::from_millis(1));
    }
}

/// The fewest tasks of two long graphs that begin between a request and its answer, of ten requests: each may be
/// interrupted by what else the machine does.
fn fewest_during_a_request(threads: usize, request: fn(&Executor)) -> usize {
    within_a_minute(move || {
        let executor = Executor::builder().threads(threads).build().unwrap();
        let begun = Arc::new(AtomicUsize::new(0));
        let _long: Vec<_> = (0..2).map(|_| long_graph(&executor, 4, &begun)).collect();
        wait_for(&begun, 100);
        let during = |_| {
            let before = begun.load(Ordering::SeqCst);
            request(&executor);
            let after = begun.load(Ordering::SeqCst);
            wait_for(&begun, after + 10);
            after - before
        };
        (0..10).map(during).min().unwrap()
    })
}

/// A part of a request, which takes longer than a task of the long graphs.
fn part(_: ()) {
    sleep(Duration::from_millis(5));
}

/// ```text
///  thread │ long ── part ── part ── part ── part ── long …
/// ```
#[test]
fn a_short_run_waits_once_and_then_goes_on() {
    let fewest = fewest_during_a_request(1, |executor| {
        let chain = (0..4).fold(value(()), |before, _| before.map(part));
        executor.spawn(chain).wait().unwrap();
    });
    // One may begin while the request is made, and one while the answer is returned.
    assert!(fewest <= 2, "{fewest}");
}

/// ```text
///  thread 1 │ long ── part ── part ── long …
///  thread 2 │ long ────── part ── part ── long …
/// ```
#[test]
fn a_short_run_gets_every_thread_that_it_can_use() {
    let fewest = fewest_during_a_request(2, |executor| {
        let parts = (0..4).map(|_| value(()).map(part));
        executor.spawn(parts.collect::<Vec<_>>()).wait().unwrap();
    });
    // Also one when the thread that came first has nothing left to do.
    assert!(fewest <= 3, "{fewest}");
}

/// ```text
///  4 clients │ request request request …     always one that waits, and is new
///  1 graph   │ long
/// ```
#[test]
fn long_runs_get_on_while_short_ones_keep_coming() {
    for threads in [1, 2, 4] {
        let (long, short) = within_a_minute(move || {
            let executor = Executor::builder().threads(threads).build().unwrap();
            let (begun, ends) = (Arc::new(AtomicUsize::new(0)), AtomicBool::new(false));
            let long = long_graph(&executor, 2, &begun);
            wait_for(&begun, 100);
            let (before, requests) = (begun.load(Ordering::SeqCst), AtomicUsize::new(0));
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        while !ends.load(Ordering::SeqCst) {
                            let parts =
                                (0..4).map(|_| value(()).map(|()| sleep(Duration::from_millis(2))));
                            executor.compute(parts.collect::<Vec<_>>()).unwrap();
                            requests.fetch_add(1, Ordering::SeqCst);
                        }
                    });
                }
                sleep(Duration::from_secs(2));
                ends.store(true, Ordering::SeqCst);
            });
            drop(long);
            (begun.load(Ordering::SeqCst) - before, 4 * requests.load(Ordering::SeqCst))
        });
        // Its share is a fifth, for there are five runs.
        assert!(14 * long >= short, "{long} tasks of the long run, {short} of short ones");
        assert!(short > 0);
    }
}
