//! Waits that nobody can see, while others keep an executor busy: what they wait for gets its turn all the same.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use graph_exec::{MIB, prelude::*};

use crate::{gate::Gate, within_a_minute};

/// How the thread that a task joins gets its result.
type Get = fn(&Executor) -> i32;

/// Works for its run itself, if the executor lets it.
fn computes(executor: &Executor) -> i32 {
    executor.compute(value(1).map(|n| n + 1)).unwrap()
}

/// No thread waits for the run that could work for it.
fn awaits(executor: &Executor) -> i32 {
    pollster::block_on(executor.spawn(value(1).map(|n| n + 1))).unwrap()
}

/// Belongs to a pool of the user's, so it runs no tasks.
fn computes_in_a_pool(executor: &Executor) -> i32 {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| computes(executor))
}

const WAYS: [Get; 3] = [computes, awaits, computes_in_a_pool];

/// Computes tiny graphs until `body` returns.
fn beside_tiny_graphs<T>(executor: &Executor, body: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                assert_eq!(executor.compute(value(1).map(|n| n + 1)).unwrap(), 2);
                // Several tests at once.
                thread::sleep(Duration::from_micros(300));
            }
        });
        // Also when `body` panics.
        struct End<'a>(&'a AtomicBool);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let _end = End(&done);
        body()
    })
}

/// A task that opens a gate, and joins a thread that gets its result.
fn joins(executor: &Executor, begun: &Arc<Gate>, get: Get) -> Delayed<i32> {
    let (executor, begun) = (executor.clone(), Arc::clone(begun));
    value(()).map(move |()| {
        begun.open();
        thread::scope(|scope| scope.spawn(|| get(&executor)).join().unwrap())
    })
}

/// ```text
///  threads(n) │ n tasks ── join threads ──────────────────────┐
///  threads    │            compute on the same executor ──────┘
///  thread     │ computes tiny graphs again and again
/// ```
#[test]
fn a_joined_thread_gets_its_result_although_others_go_on() {
    fn check(threads: usize, count: usize, stack_size: Option<usize>, get: Get) {
        let mut builder = Executor::builder().threads(threads);
        if let Some(stack_size) = stack_size {
            builder = builder.stack_size(stack_size);
        }
        let executor = builder.build().unwrap();
        let tasks = || {
            let begun = Arc::default();
            (0..count).map(|_| joins(&executor, &begun, get)).collect::<Vec<_>>()
        };
        beside_tiny_graphs(&executor, || {
            assert_eq!(executor.compute(tasks()).unwrap(), vec![2; count]);
            let spawned = executor.spawn(tasks());
            assert_eq!(pollster::block_on(spawned).unwrap(), vec![2; count]);
        });
    }
    within_a_minute(|| {
        thread::scope(|scope| {
            for get in WAYS {
                // With a task less, the others work with the last permit.
                for (threads, count) in [(1, 1), (2, 2), (2, 1)] {
                    scope.spawn(move || check(threads, count, None, get));
                    scope.spawn(move || check(threads, count, Some(MIB), get));
                }
            }
        });
    });
}

/// ```text
///  worker 1 │ X ── joins a thread ────────────────────────────┐
///  worker 2 │ Y ── computes X: its permit is free again       │
///  thread   │        needs a worker, but both wait ───────────┘
///  thread   │ computes tiny graphs with the free permit, again and again
/// ```
#[test]
fn a_joined_thread_gets_its_result_although_no_worker_comes() {
    for get in WAYS {
        within_a_minute(|| {
            let executor = Executor::builder().threads(2).build().unwrap();
            let begun = Arc::<Gate>::default();
            let needs_a_worker = Arc::new(Gate::default());
            let (may_go_on, inner) = (Arc::clone(&needs_a_worker), executor.clone());
            let x = value(()).map({
                let begun = Arc::clone(&begun);
                move |()| {
                    begun.open();
                    may_go_on.wait();
                    thread::scope(|scope| scope.spawn(|| get(&inner)).join().unwrap())
                }
            });
            let (x, inner) = (x.shared(), executor.clone());
            let of_x = x.clone();
            let y = value(()).map(move |()| {
                begun.wait();
                // It waits in a moment, but the others are busy before.
                needs_a_worker.open();
                *inner.compute(&of_x).unwrap()
            });
            beside_tiny_graphs(&executor, || {
                let (x, y) = (executor.spawn(x), executor.spawn(y));
                assert_eq!(*pollster::block_on(x).unwrap(), 2);
                assert_eq!(pollster::block_on(y).unwrap(), 2);
            });
        });
    }
}

/// ```text
///  T │ holds one of two cards ── joins a thread that computes what needs a card too
///  L │ waits for both cards, and came before that
///  thread │ computes tiny graphs again and again
/// ```
///
/// It takes half a minute for each way, since others may be at work as well.
#[test]
fn who_has_waited_long_for_a_resource_overtakes_although_others_go_on() {
    let rounds = std::env::var("DELAYED_STRESS").ok().and_then(|rounds| rounds.parse::<u32>().ok());
    if rounds.is_none_or(|rounds| rounds < 10_000) {
        return;
    }
    fn needs_a_card() -> Delayed<i32> {
        value(1).map(|n| n + 1).resource("card", 1)
    }
    let ways: [Get; 2] = [
        |executor| executor.compute(needs_a_card()).unwrap(),
        |executor| pollster::block_on(executor.spawn(needs_a_card())).unwrap(),
    ];
    within_a_minute(move || {
        thread::scope(|scope| {
            for get in ways {
                scope.spawn(move || {
                    let executor =
                        Executor::builder().threads(3).resource("card", 2).build().unwrap();
                    let (begun, may_go_on) = (Arc::<Gate>::default(), Arc::<Gate>::default());
                    let (inner, tell, wait) =
                        (executor.clone(), Arc::clone(&begun), Arc::clone(&may_go_on));
                    let holder = value(()).map(move |()| {
                        tell.open();
                        wait.wait();
                        thread::scope(|scope| scope.spawn(|| get(&inner)).join().unwrap())
                    });
                    beside_tiny_graphs(&executor, || {
                        let holder = executor.spawn(holder.resource("card", 1));
                        begun.wait();
                        let large = executor.spawn(value(3).resource("card", 2));
                        // So that the large one waits before the small one.
                        thread::sleep(Duration::from_millis(200));
                        may_go_on.open();
                        assert_eq!(holder.wait().unwrap(), 2);
                        assert_eq!(large.wait().unwrap(), 3);
                    });
                });
            }
        });
    });
}
