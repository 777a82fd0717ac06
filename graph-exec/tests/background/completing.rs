//! `as_completed`: order, limits, early stops.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use graph_exec::{CancelToken, Error, as_completed, prelude::*, task};
use proptest::prelude::*;

use crate::{Gate, threads, watchdog::within_a_minute};

#[delayed]
fn square(x: u64) -> u64 {
    x * x
}

fn gated(gate: &Gate, n: u64) -> Delayed<u64> {
    let gate = gate.clone();
    value(n).map(move |n| {
        gate.pass();
        n
    })
}

#[test]
fn results_come_in_the_order_of_their_ends() {
    within_a_minute("order", || {
        let gates: Vec<Gate> = (0..3).map(|_| Gate::default()).collect();
        let handles: Vec<_> = gates.iter().zip(0..).map(|(gate, n)| gated(gate, n)).collect();
        let mut results = threads(3).as_completed(handles);
        for next in [2, 0, 1] {
            gates[next].open();
            let (index, result) = results.next().unwrap();
            assert_eq!((index, result.unwrap()), (next, next as u64));
        }
        assert!(results.next().is_none());
        assert!(results.next().is_none());
    });
}

#[test]
fn one_failure_does_not_stop_the_others() {
    within_a_minute("failures", || {
        for executor in [Executor::serial(), threads(1), threads(2)] {
            let handles = ["1", "x", "3"].map(|text| value(text).and_then(str::parse::<u64>));
            let mut results: Vec<_> = executor.as_completed(handles).collect();
            results.sort_by_key(|&(index, _)| index);
            let results: Vec<_> = results.into_iter().map(|(_, result)| result.ok()).collect();
            assert_eq!(results, [Some(1), None, Some(3)]);
        }
    });
}

#[test]
fn graphs_are_built_only_when_they_may_run_also_of_an_endless_iterator() {
    within_a_minute("lazy", || {
        for (executor, most) in [(Executor::serial(), 1), (threads(1), 2), (threads(2), 4)] {
            let built = Cell::new(0);
            let handles = (0..).map(|n| {
                built.set(built.get() + 1);
                square(n)
            });
            let mut results = executor.as_completed(handles);
            assert_eq!(results.size_hint(), (usize::MAX, None));
            for taken in 1..100 {
                let (index, square) = results.next().unwrap();
                assert_eq!(square.unwrap(), (index * index) as u64);
                assert!(built.get() < taken + most, "{} built, {taken} taken", built.get());
            }
        }
    });
}

/// ```text
///  0 │ Ok     1 │ Ok     2 │ cancels the token, Err     3 │ never begun, Err     4 … │ not built
/// ```
#[test]
fn a_cancelled_executor_begins_nothing_more_and_says_so_once() {
    within_a_minute("cancelled", || {
        for executor in [Executor::serial(), threads(1), threads(2)] {
            let (token, ran) = (CancelToken::new(), Arc::<AtomicUsize>::default());
            let (stop, counter) = (token.clone(), Arc::clone(&ran));
            let built = Cell::new(0);
            let handles = (0_u64..).map(|n| {
                built.set(built.get() + 1);
                let (stop, counter) = (stop.clone(), Arc::clone(&counter));
                value(n).map(move |n| {
                    counter.fetch_add(1, Ordering::SeqCst);
                    if n == 2 {
                        stop.cancel();
                    }
                    n
                })
            });
            let mut results = executor.with_cancel(&token).as_completed(handles).in_flight(1);
            assert_eq!(results.size_hint(), (0, None));
            let given: Vec<_> = results.by_ref().collect();
            assert_eq!(given.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 1, 2, 3]);
            let is_cancelled = |result: &Result<u64, Error>| match result {
                Ok(_) => false,
                Err(error) => matches!(error, Error::Cancelled { .. }),
            };
            let cancelled: Vec<bool> = given.iter().map(|(_, one)| is_cancelled(one)).collect();
            assert_eq!(cancelled, [false, false, true, true]);
            assert_eq!((built.get(), ran.load(Ordering::SeqCst)), (4, 3));
            assert!(results.next().is_none() && results.next().is_none());
            assert_eq!(results.size_hint(), (0, Some(0)));
        }
    });
}

#[test]
fn a_deadline_ends_also_what_never_ends() {
    within_a_minute("deadline", || {
        for executor in [Executor::serial(), threads(1), threads(2)] {
            let limited = executor.with_deadline(Instant::now() + Duration::from_millis(20));
            let wanted = |result: &Result<u64, Error>| matches!(result, Ok(u64::MAX));
            let in_task = limited.clone();
            let found = limited.as_completed((0_u64..).map(value)).find(|(_, one)| wanted(one));
            assert!(found.is_none());
            let late: Vec<_> = limited.as_completed((0_u64..).map(value)).collect();
            let [(0, Err(Error::TimedOut { .. }))] = &late[..] else { panic!("{late:?}") };
            // A thread that a task blocks.
            let nested = value(()).map(move |()| in_task.as_completed((0..).map(value)).count());
            assert_eq!(nested.compute().unwrap(), 1);
            // Nothing was left over, so nothing is missing.
            assert_eq!(limited.as_completed(Vec::<Delayed<u64>>::new()).count(), 0);
        }
    });
}

#[test]
fn what_is_not_taken_is_cancelled() {
    within_a_minute("early stop", || {
        let executor = threads(4);
        let ran = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&ran);
        let trials = (0..).map(move |n: u64| {
            let ran = Arc::clone(&counter);
            value(n).and_then(move |n| {
                ran.fetch_add(1, Ordering::SeqCst);
                if n == 3 {
                    return Ok::<_, task::Cancelled>(n);
                }
                loop {
                    task::check()?;
                    std::thread::yield_now();
                }
            })
        });
        let good = executor.as_completed(trials).in_flight(4).next().unwrap();
        assert_eq!((good.0, good.1.unwrap()), (3, 3));
        // The others would have kept all threads for ever.
        let both = executor.compute((square(3), square(4))).unwrap();
        assert_eq!(both, (9, 16));
        assert!(ran.load(Ordering::SeqCst) <= 4);
    });
}

#[test]
fn a_task_may_take_results_with_as_many_threads_as_there_are() {
    within_a_minute("in tasks", || {
        for count in [1, 2] {
            let inner = || {
                value(0).and_then(|_| {
                    as_completed((0..20).map(square)).map(|(_, n)| n).sum::<Result<u64, Error>>()
                })
            };
            let outer: Vec<_> = (0..10).map(|_| inner()).collect();
            assert_eq!(threads(count).compute(outer).unwrap(), [2470; 10]);
        }
    });
}

#[test]
fn results_begun_here_may_be_taken_in_a_task_and_the_other_way_round() {
    within_a_minute("moved", || {
        let executor = threads(2);
        let mut results = executor.as_completed((0..40).map(square));
        let mut sum = 0;
        for _ in 0..5 {
            sum += results.next().unwrap().1.unwrap();
        }
        let moved = value(0).map(move |_| {
            let part: u64 = results.by_ref().take(20).map(|(_, n)| n.unwrap()).sum();
            (part, results)
        });
        let (part, results) = executor.compute(moved).unwrap();
        let rest: u64 = results.map(|(_, n)| n.unwrap()).sum();
        assert_eq!(sum + part + rest, (0..40).map(|n| n * n).sum::<u64>());
    });
}

#[test]
#[should_panic(expected = "`in_flight(0)` would never give a result")]
fn none_in_flight_is_refused() {
    drop(as_completed([value(1)]).in_flight(0));
}

#[cfg(feature = "stream")]
#[test]
fn a_stream_gives_the_same_under_a_runtime() {
    use futures_lite::StreamExt;

    within_a_minute("stream", || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let sum = async {
            let mut results = threads(2).as_completed((0..200).map(square)).into_stream();
            let mut sum = 0;
            while let Some((_, n)) = results.next().await {
                sum += n.unwrap();
            }
            assert!(results.next().await.is_none());
            sum
        };
        assert_eq!(runtime.block_on(sum), (0..200).map(|n| n * n).sum::<u64>());
    });
}

proptest! {
    #[test]
    fn every_result_comes_once(
        lengths in proptest::collection::vec(0..30_u64, 0..60),
        count in 1..4_usize,
        most in 1..10_usize,
        taken in 0..80_usize,
    ) {
        within_a_minute("laws", || {
            let common = square(3).shared();
            let handles = lengths.iter().map(|&length| {
                let first = common.map(move |nine| *nine + length);
                (0..length).fold(first, |handle, _| handle.map(|n| n + 1))
            });
            let results = threads(count).as_completed(handles).in_flight(most);
            let mut results: Vec<_> =
                results.take(taken).map(|(index, n)| (index, n.unwrap())).collect();
            assert_eq!(results.len(), taken.min(lengths.len()));
            results.sort_unstable();
            results.dedup_by_key(|&mut (index, _)| index);
            assert_eq!(results.len(), taken.min(lengths.len()));
            for (index, n) in results {
                assert_eq!(n, 9 + 2 * lengths[index]);
            }
        });
    }
}
