//! How long a future lives: as long as a run or a handle needs it, whatever becomes of other runs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use graph_exec::{CancelToken, Error, RunOutcome, from_future, prelude::*, try_from_future};
use tokio::sync::oneshot;

use super::{Alive, endless, executors, runtime};
use crate::{Gate, threads, until, watchdog::within_a_minute};

#[test]
fn the_end_of_a_run_aborts_its_futures() {
    within_a_minute("cancel", || {
        let runtime = runtime();
        let handle = runtime.handle();
        let (alive, begun) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let is_aborted = || until(|| alive.load(Ordering::SeqCst) == 0);
        for executor in executors() {
            // By a token.
            begun.store(0, Ordering::SeqCst);
            let token = CancelToken::new();
            let canceller = {
                let (token, begun) = (token.clone(), Arc::clone(&begun));
                std::thread::spawn(move || {
                    until(|| begun.load(Ordering::SeqCst) == 3);
                    token.cancel();
                })
            };
            let three: Vec<_> = (0..3).map(|_| endless(handle, &alive, &begun)).collect();
            let error = executor.clone().with_cancel(&token).compute(three).unwrap_err();
            assert!(matches!(error, Error::Cancelled { ended: 0, tasks: 3 }), "{error:?}");
            canceller.join().unwrap();
            is_aborted();
            // Because its time is up.
            let limited = executor.clone().with_timeout(Duration::from_millis(20));
            let error = limited.compute(endless(handle, &alive, &begun)).unwrap_err();
            assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
            is_aborted();
            // By another task's failure.
            begun.store(0, Ordering::SeqCst);
            let (waits, seen) = (endless(handle, &alive, &begun), Arc::clone(&begun));
            let fails = try_from_future(handle, async move {
                while seen.load(Ordering::SeqCst) == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Err::<u64, _>("too late")
            });
            let finished = executor.attempt((waits, fails));
            assert_eq!(finished.record().outcome(), RunOutcome::Failed);
            assert!(finished.into_result().unwrap_err().to_string().contains("from_future"));
            is_aborted();
        }
        // By dropping the run.
        begun.store(0, Ordering::SeqCst);
        let running = threads(1).spawn(endless(handle, &alive, &begun));
        until(|| begun.load(Ordering::SeqCst) == 1);
        drop(running);
        is_aborted();
    });
}

/// ```text
///  run A │ begins the future ── cancelled
///  run B │      waits for it too ──────────── has its result
/// ```
#[test]
fn a_run_that_is_cancelled_leaves_a_future_to_those_that_wait_for_it() {
    within_a_minute("shared", || {
        let runtime = runtime();
        for count in [1, 2] {
            let (sender, receiver) = oneshot::channel::<u64>();
            let begun = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&begun);
            let future = from_future(runtime.handle(), async move {
                counter.fetch_add(1, Ordering::SeqCst);
                receiver.await.unwrap()
            });
            let shared = future.shared();
            let (first, second) = (threads(count), threads(count));
            let (one, other) = (first.spawn(&shared), second.spawn(shared.map(|n| n + 1)));
            until(|| begun.load(Ordering::SeqCst) == 1);
            // The second run has come to wait: its one task before has ended.
            let met = shared.map(|n| n + 2);
            let third = second.spawn((value(1), met));
            std::thread::sleep(Duration::from_millis(20));
            one.cancel();
            assert!(matches!(one.wait(), Err(Error::Cancelled { .. })));
            sender.send(7).unwrap();
            assert_eq!(other.wait().unwrap(), 8);
            assert_eq!(third.wait().unwrap(), (1, 9));
            assert_eq!(*shared.compute().unwrap(), 7);
            assert_eq!(begun.load(Ordering::SeqCst), 1);
        }
    });
}

/// What a run has begun belongs to whoever has the handle, as what any other task gives does.
#[test]
fn a_future_goes_on_for_its_handle_and_is_aborted_with_that() {
    within_a_minute("kept", || {
        let runtime = runtime();
        for executor in [Executor::serial(), threads(1), threads(2)] {
            let (alive, begun) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
            let (sender, receiver) = oneshot::channel::<u64>();
            let (held, counter) = (Alive::new(&alive), Arc::clone(&begun));
            let future = from_future(runtime.handle(), async move {
                let _held = held;
                counter.fetch_add(1, Ordering::SeqCst);
                receiver.await.unwrap()
            });
            let shared = future.shared();
            let limited = executor.clone().with_timeout(Duration::from_millis(20));
            for _ in 0..2 {
                assert!(matches!(limited.compute(&shared), Err(Error::TimedOut { .. })));
                let next = shared.map(|n| n + 1);
                assert!(matches!(limited.compute(next), Err(Error::TimedOut { .. })));
            }
            sender.send(7).unwrap();
            assert_eq!(*executor.compute(&shared).unwrap(), 7);
            assert_eq!(begun.load(Ordering::SeqCst), 1);
            // One that never ends goes with the last handle that needs it.
            let shared = endless(runtime.handle(), &alive, &begun).shared();
            let next = shared.map(|n| n + 1).shared();
            assert!(matches!(limited.compute(&next), Err(Error::TimedOut { .. })));
            drop(shared);
            assert_eq!(alive.load(Ordering::SeqCst), 1);
            drop(next);
            until(|| alive.load(Ordering::SeqCst) == 0);
            assert_eq!(begun.load(Ordering::SeqCst), 2);
        }
    });
}

/// ```text
///  run A │ holds the resource, waits for the future ── dropped
///  run B │         waits for the resource of the same future ──── has its result
///  run C │         has not come to it ─────────────────────────── has its result
/// ```
#[test]
fn a_run_that_is_dropped_takes_no_future_from_those_that_have_not_come_to_it() {
    within_a_minute("not yet", || {
        let runtime = runtime();
        for count in [1, 2] {
            let executor = Executor::builder().threads(count).resource("api", 1).build().unwrap();
            let (gate, begun) = (Gate::default(), Arc::new(AtomicUsize::new(0)));
            let inner = gate.clone();
            let before = value(1).map(move |_| inner.pass()).shared();
            let counter = Arc::clone(&begun);
            let (sender, receiver) = oneshot::channel::<u64>();
            let future = from_future(runtime.handle(), async move {
                counter.fetch_add(1, Ordering::SeqCst);
                receiver.await.unwrap()
            });
            let shared = future.resource("api", 1).after([&before]).shared();
            let first = executor.spawn(&shared);
            until(|| begun.load(Ordering::SeqCst) == 1);
            let parked = executor.spawn_recorded(shared.map(|n| n + 1));
            let late = executor.spawn((&before, shared.map(|n| n + 2)));
            gate.wait_for(1);
            drop(first);
            gate.open();
            sender.send(7).unwrap();
            assert_eq!(parked.wait().unwrap(), 8);
            assert_eq!(late.wait().unwrap().1, 9);
            assert_eq!(*executor.compute(&shared).unwrap(), 7);
            assert_eq!(begun.load(Ordering::SeqCst), 1);
        }
    });
}

/// Runs end at any point, and no future is left.
#[test]
fn no_future_outlives_the_runs_that_wait_for_it() {
    within_a_minute("rounds", || {
        let runtime = runtime();
        let alive = Arc::<AtomicUsize>::default();
        for (round, executor) in (0..300_u64).zip([threads(1), threads(2)].iter().cycle()) {
            let short = |n: u64| {
                let alive = Arc::clone(&alive);
                let future = from_future(runtime.handle(), async move {
                    let _alive = Alive::new(&alive);
                    for _ in 0..(n * 7 + round) % 5 {
                        tokio::task::yield_now().await;
                    }
                    n
                });
                future.shared()
            };
            let shared: Vec<_> = (0..10).map(short).collect();
            let one = executor.spawn(shared.iter().map(|n| n.map(|n| n + 1)).sum::<Delayed<u64>>());
            let other =
                executor.spawn(shared.iter().map(|n| n.map(|n| n + 2)).sum::<Delayed<u64>>());
            match round % 3 {
                0 => drop(one),
                1 => one.cancel(),
                _ => assert_eq!(one.wait().unwrap(), 55),
            }
            // Whatever became of the first.
            assert_eq!(other.wait().unwrap(), 65);
            drop(shared);
        }
        until(|| alive.load(Ordering::SeqCst) == 0);
    });
}

/// Its handle lives as long as the [`Running`](graph_exec::Running) does.
#[test]
fn a_run_that_has_ended_holds_nothing_although_nobody_has_taken_its_result() {
    within_a_minute("given back", || {
        let runtime = runtime();
        let executor = Executor::builder().threads(2).resource("api", 2).build().unwrap();
        for recorded in [false, true] {
            let (alive, begun) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
            let spawn = |graph: Delayed<u64>| match recorded {
                true => executor.spawn_recorded(graph),
                false => executor.spawn(graph),
            };
            let waits = endless(runtime.handle(), &alive, &begun).resource("api", 2);
            let running = spawn(waits);
            until(|| begun.load(Ordering::SeqCst) == 1);
            running.cancel();
            until(|| running.is_finished());
            assert_eq!(executor.compute(value(3).resource("api", 1)).unwrap(), 3);
            until(|| alive.load(Ordering::SeqCst) == 0);
            assert!(matches!(running.wait(), Err(Error::Cancelled { .. })));
        }
    });
}
