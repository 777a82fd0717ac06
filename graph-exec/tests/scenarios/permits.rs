//! How many threads run tasks at once: no more than may, but for waits that nobody sees; and no fewer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

use graph_exec::{iterate, prelude::*};

use crate::{gate::Gate, within_a_minute};

fn executor(threads: usize) -> Executor {
    Executor::builder().threads(threads).build().unwrap()
}

/// Its caller begins no run by itself, as if that were known to be short.
fn as_it_is_shared(executor: &Executor) -> Executor {
    executor.clone().with_timeout(Duration::from_secs(3600))
}

/// How many tasks run, and how many did at most.
#[derive(Default)]
struct AtOnce {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl AtOnce {
    fn task(self: &Arc<Self>, millis: u64) -> Delayed<()> {
        self.task_behind(&value(()).shared(), millis)
    }

    fn task_behind(self: &Arc<Self>, before: &Shared<()>, millis: u64) -> Delayed<()> {
        let at_once = Arc::clone(self);
        before.map(move |()| {
            let now = at_once.now.fetch_add(1, Ordering::SeqCst) + 1;
            at_once.most.fetch_max(now, Ordering::SeqCst);
            sleep(Duration::from_millis(millis));
            at_once.now.fetch_sub(1, Ordering::SeqCst);
        })
    }
}

/// ```text
///  threads(1) │ a task of some seconds
///  callers    │ wait ── one second: one of them works too ── one second: two of them …
/// ```
#[test]
fn beside_a_long_task_one_thread_more_works_in_each_second() {
    const CALLERS: usize = 12;
    within_a_minute(|| {
        let (executor, at_once) = (executor(1), Arc::new(AtOnce::default()));
        let (long, begun) = (Duration::from_secs(3), Arc::new(Gate::default()));
        let begin = Instant::now();
        thread::scope(|scope| {
            let (of_thread, tell) = (executor.clone(), Arc::clone(&begun));
            scope.spawn(move || {
                let task = value(()).map(move |()| {
                    tell.open();
                    sleep(long);
                });
                of_thread.compute(task).unwrap();
            });
            assert!(begun.wait());
            for _ in 0..CALLERS {
                let (executor, at_once) = (executor.clone(), Arc::clone(&at_once));
                scope.spawn(move || {
                    let tasks: Vec<_> = (0..10).map(|_| at_once.task(20)).collect();
                    executor.compute(tasks).unwrap();
                });
            }
        });
        // The machine may have been slow, and then more seconds have passed.
        let seconds = begin.elapsed().as_secs() as usize;
        let most = at_once.most.load(Ordering::SeqCst);
        assert!(most <= seconds + 1, "{most} of {CALLERS} in {seconds} s");
    });
}

/// ```text
///  threads(1) │ a task of some seconds ── goes on with short ones
///  caller     │ waits ── one second: works too ───┴ waits for its turn again
/// ```
#[test]
fn when_the_long_task_has_ended_no_more_run_at_once_than_may() {
    within_a_minute(|| {
        let (executor, at_once) = (executor(1), Arc::new(AtOnce::default()));
        let (begun, ended) = (Arc::new(Gate::default()), Arc::new(AtomicBool::new(false)));
        thread::scope(|scope| {
            let (of_thread, counted) = (executor.clone(), Arc::clone(&at_once));
            let (tell, over) = (Arc::clone(&begun), Arc::clone(&ended));
            scope.spawn(move || {
                let long = value(()).map(move |()| {
                    tell.open();
                    sleep(Duration::from_secs(2));
                    over.store(true, Ordering::SeqCst);
                });
                let long = long.shared();
                let after = (0..100).map(|_| counted.task_behind(&long, 2)).collect::<Vec<_>>();
                of_thread.compute(after).unwrap();
            });
            assert!(begun.wait());
            let (over, counted) = (Arc::clone(&ended), Arc::clone(&at_once));
            let mut after = 0;
            let beside = iterate((), move |()| counted.task(2), {
                let at_once = Arc::clone(&at_once);
                move |()| {
                    after += i32::from(over.load(Ordering::SeqCst));
                    if after == 20 {
                        at_once.most.store(0, Ordering::SeqCst);
                    }
                    after == 60
                }
            });
            executor.compute(beside).unwrap();
        });
        assert_eq!(at_once.most.load(Ordering::SeqCst), 1);
    });
}

/// ```text
///  A, threads(n) │ n tasks ── compute what another executor runs ── wait
///                │ as many others of the run: those who wait have left their places
/// ```
#[test]
fn a_place_that_a_waiting_task_gives_up_goes_to_its_own_run_too() {
    for threads in [1, 2] {
        within_a_minute(move || {
            let (one, other) = (executor(threads), executor(1));
            let (gate, begun) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
            let slow = {
                let (gate, begun) = (Arc::clone(&gate), Arc::clone(&begun));
                value(()).map(move |()| {
                    begun.open();
                    gate.wait()
                })
            };
            let slow = slow.shared();
            let source = value(()).map(|()| ()).shared();
            let waiting = (0..threads).map(|_| {
                let (slow, other) = (slow.clone(), other.clone());
                source.map(move |()| *other.compute(&slow).unwrap())
            });
            let waiting: Vec<_> = waiting.collect();
            let opening = (0..threads).map(|_| {
                let gate = Arc::clone(&gate);
                source.map(move |()| gate.open())
            });
            let opening: Vec<_> = opening.collect();
            thread::scope(|scope| {
                scope.spawn(|| other.compute(&slow).unwrap());
                assert!(begun.wait());
                let (in_time, _) = one.compute((waiting, opening)).unwrap();
                assert!(in_time.iter().all(|in_time| *in_time), "nobody came for the others");
            });
        });
    }
}

/// ```text
///  threads(1), run 1 │ task ── computes serially, and waits for another executor ── goes on after a second ── its
///                    │ other tasks take turns with those of run 2
///  threads(1), run 2 │                                     a task of seconds ── others
/// ```
#[test]
fn a_run_that_has_waited_serially_takes_turns_again() {
    within_a_minute(|| {
        let (one, other) = (executor(1), executor(1));
        let (begun, gate) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
        let at_once = Arc::new(AtOnce::default());
        let (tell, wait) = (Arc::clone(&begun), Arc::clone(&gate));
        let slow = value(()).map(move |()| {
            tell.open();
            wait.wait();
        });
        let slow = slow.shared();
        thread::scope(|scope| {
            scope.spawn(|| other.compute(&slow).unwrap());
            assert!(begun.wait());
            scope.spawn(|| {
                let slow = slow.clone();
                let first = value(()).map(move |()| {
                    Executor::serial().compute(&slow).unwrap();
                });
                let first = first.shared();
                let rest: Vec<_> = (0..300).map(|_| at_once.task_behind(&first, 5)).collect();
                as_it_is_shared(&one).compute(rest).unwrap();
            });
            sleep(Duration::from_millis(100));
            let gate = Arc::clone(&gate);
            let long = value(()).map(move |()| {
                gate.open();
                sleep(Duration::from_secs(2));
            });
            let (long, counted) = (long.shared(), Arc::clone(&at_once));
            let soon = (0..50).map(|_| long.map(|()| sleep(Duration::from_millis(2))));
            let soon = soon.collect::<Vec<_>>();
            one.compute(soon).unwrap();
            counted.most.store(0, Ordering::SeqCst);
            one.compute((0..100).map(|_| counted.task(2)).collect::<Vec<_>>()).unwrap();
        });
        assert_eq!(at_once.most.load(Ordering::SeqCst), 1);
    });
}
