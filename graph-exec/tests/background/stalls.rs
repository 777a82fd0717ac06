//! Runs that nobody has a thread for, because all who may run tasks wait for them in ways that cannot be seen.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use graph_exec::{MIB, prelude::*};

use crate::{Gate, threads, watchdog::within_a_minute};

/// How a thread gets a result that belongs to no task, or waits for one without working for it.
type Get = fn(&Executor) -> i32;

const WAYS: [Get; 4] = [
    |executor| executor.spawn(value(1)).wait().unwrap(),
    |executor| pollster::block_on(executor.spawn(value(1))).unwrap(),
    |executor| executor.as_completed([value(1)]).map(|(_, n)| n.unwrap()).sum(),
    |executor| {
        let (sender, receiver) = mpsc::channel();
        executor.spawn(value(1).map(move |n| sender.send(n).unwrap())).detach();
        receiver.recv().unwrap()
    },
];

/// A task that waits for another thread, which needs something else of the same executor.
fn waits_for_a_thread(
    executor: &Executor,
    get: impl Fn(&Executor) -> i32 + Send + Sync + 'static,
) -> Delayed<i32> {
    let executor = executor.clone();
    value(()).map(move |()| thread::scope(|scope| scope.spawn(|| get(&executor)).join().unwrap()))
}

/// ```text
///  only permit │ task ── joins a thread ──────────┐
///  thread      │          waits for another run ──┘
/// ```
#[test]
fn a_thread_that_a_task_waits_for_gets_its_result() {
    for get in WAYS {
        within_a_minute("a thread", move || {
            let executor = threads(1);
            // On the calling thread, and on the only worker.
            assert_eq!(executor.compute(waits_for_a_thread(&executor, get)).unwrap(), 1);
            assert_eq!(
                pollster::block_on(executor.spawn(waits_for_a_thread(&executor, get))).unwrap(),
                1
            );
        });
    }
}

/// ```text
///  permits     │ tasks ── join threads ─────────────────────────────────────┐
///  threads     │           wait for runs of tasks that join threads ────────┤
///  and so on   │                                       wait for other runs ─┘
/// ```
#[test]
fn threads_that_wait_beneath_each_other_get_their_results() {
    within_a_minute("beneath each other", || {
        let executor = threads(2);
        let inner = |executor: &Executor| {
            pollster::block_on(executor.spawn(waits_for_a_thread(executor, WAYS[1]))).unwrap()
        };
        let outer: Vec<_> = (0..2).map(|_| waits_for_a_thread(&executor, inner)).collect();
        assert_eq!(executor.compute(outer).unwrap(), [1, 1]);
    });
}

/// Each run is awaited by a thread of a task of the one before, so every one needs a thread of its own.
///
/// ```text
///  only permit │ task ── joins a thread ─────────────────────────────────┐
///  lent        │          awaits a run: task ── joins a thread ──────────┤
///  lent        │                                 awaits a run, and so on ┘
/// ```
#[test]
fn a_long_chain_of_runs_is_lent_a_thread_for_each_before_long() {
    fn get(executor: &Executor, levels: i32) -> i32 {
        if levels == 0 {
            return pollster::block_on(executor.spawn(value(0))).unwrap();
        }
        let inner = move |executor: &Executor| get(executor, levels - 1);
        pollster::block_on(executor.spawn(waits_for_a_thread(executor, inner))).unwrap() + 1
    }
    // If each thread doubled the wait for the next, it would take more than a minute.
    within_a_minute("a chain", || assert_eq!(get(&threads(1), 6), 6));
}

/// ```text
///  permit 1 │ task ── rayon ── waits for the half ────┐
///  permit 2 │ idle ── takes the half ── needs a run ──┘
/// ```
#[test]
fn an_idle_worker_that_helps_a_task_gets_what_it_needs() {
    for get in WAYS {
        within_a_minute("helps", move || {
            let executor = threads(2);
            let inner = executor.clone();
            let sum = value(()).map(move |()| {
                // Each half runs on another thread.
                let both = Barrier::new(2);
                let half = || {
                    both.wait();
                    get(&inner)
                };
                let (one, other) = rayon::join(half, half);
                one + other
            });
            assert_eq!(pollster::block_on(executor.spawn(sum)).unwrap(), 2);
        });
    }
}

/// The thread gets memory beyond the limit too, after a while.
///
/// ```text
///  permit 1 │ task with all memory ── joins a thread ─────────────────────┐
///  permit 2 │                        waits for a task that needs memory ──┘
/// ```
#[test]
fn a_run_that_waits_for_the_memory_of_a_task_that_waits_for_it_goes_on() {
    fn all<T>(_: &T) -> usize {
        MIB
    }
    #[delayed(bytes = all)]
    fn needs_memory(one: i32) -> i32 {
        one
    }
    #[delayed(bytes = all)]
    fn has_memory(executor: Executor) -> i32 {
        let get = || pollster::block_on(executor.spawn(needs_memory(1))).unwrap();
        thread::scope(|scope| scope.spawn(get).join().unwrap())
    }
    within_a_minute("memory", || {
        let executor = Executor::builder().threads(2).memory_limit(MIB).build().unwrap();
        assert_eq!(executor.compute(has_memory(executor.clone())).unwrap(), 1);
    });
}

/// ```text
///  permit 1 │ holds 1 of 2 ── joins a thread ─────────────────────┐
///  thread   │               waits for a task that needs 1 ────────┤ it stands behind
///  permit 2 │           a task that needs 2 waits for the first ──┘
/// ```
#[test]
fn a_run_overtakes_those_that_wait_for_a_task_that_waits_for_it() {
    within_a_minute("resources", || {
        let executor = Executor::builder().threads(3).resource("gpu", 2).build().unwrap();
        let inner = executor.clone();
        let holder = value(()).map(move |()| {
            let large = inner.spawn(value(2).resource("gpu", 2));
            // It stands in line first. Otherwise, less is tested.
            thread::sleep(Duration::from_millis(200));
            let get = || pollster::block_on(inner.spawn(value(1).resource("gpu", 1))).unwrap();
            (thread::scope(|scope| scope.spawn(get).join().unwrap()), large)
        });
        let (one, large) = executor.compute(holder.resource("gpu", 1)).unwrap();
        assert_eq!((one, large.wait().unwrap()), (1, 2));
    });
}

/// Computes on the executor again and again until something is over, but no more than `most` times. Returns how often.
fn keep_busy(executor: &Executor, is_over: &AtomicBool, most: usize) -> usize {
    let short = || value(()).map(|()| thread::sleep(Duration::from_millis(5)));
    (0..most)
        .take_while(|_| !is_over.load(Ordering::SeqCst))
        .map(|_| executor.compute(short()).unwrap())
        .count()
}

/// ```text
///  only permit │ task ── waits for the run ───────────────┐
///  callers     │ stalled ── a spare permit, again and again ┼ the run waits longer than any of them
///  background  │                                     a run ┘
/// ```
#[test]
fn callers_that_come_for_ever_do_not_keep_a_run_from_being_lent_a_thread() {
    within_a_minute("callers", || {
        let executor = threads(1);
        let is_over = AtomicBool::new(false);
        let rounds = thread::scope(|scope| {
            let busy = scope.spawn(|| keep_busy(&executor, &is_over, 20));
            let waits = waits_for_a_thread(&executor, WAYS[1]);
            assert_eq!(pollster::block_on(executor.spawn(waits)).unwrap(), 1);
            is_over.store(true, Ordering::SeqCst);
            busy.join().unwrap()
        });
        assert!(rounds < 20, "the run waited for all callers");
    });
}

/// ```text
///  only permit │ task ── waits for the first ──┐ worker comes, finds nothing, leaves │ others ── others ── …
///  lent        │        first task of the run ─┴──────────────────────── leaves ── the second waits
/// ```
#[test]
fn a_run_that_a_lent_thread_leaves_is_worked_for_by_others() {
    within_a_minute("leaves", || {
        let executor = threads(1);
        let (began, has_begun) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        let first = value(()).map(move |()| {
            began.send(()).unwrap();
            may_go.recv().unwrap();
        });
        let (run, on) = (first.map(|()| 1).map(|n| n + 1), executor.clone());
        let waits = value(()).map(move |()| {
            let running = on.spawn(run);
            has_begun.recv().unwrap();
            running
        });
        let running = pollster::block_on(executor.spawn(waits)).unwrap();
        let is_over = AtomicBool::new(false);
        let rounds = thread::scope(|scope| {
            let busy = scope.spawn(|| keep_busy(&executor, &is_over, 2000));
            // The worker has come meanwhile. Otherwise, less is tested.
            thread::sleep(Duration::from_millis(200));
            go.send(()).unwrap();
            assert_eq!(pollster::block_on(running).unwrap(), 2);
            is_over.store(true, Ordering::SeqCst);
            busy.join().unwrap()
        });
        assert!(rounds < 2000, "the run waited for all the others");
    });
}

/// Each of them is inside a task that waits for another executor, so that others may run tasks in its place.
///
/// ```text
///  lent    │ task ── waits ── …
///  joiner  │     task ── waits ── …
///  worker  │         task ── waits ── …
/// ```
#[test]
fn all_workers_and_a_joiner_and_a_lent_thread_have_places_at_one_run() {
    within_a_minute("places", || {
        let (executor, other, gate) = (threads(1), threads(4), Gate::default());
        let task = |_| {
            let (other, gate) = (other.clone(), gate.clone());
            value(()).map(move |()| {
                let gate = gate.clone();
                other.compute(value(()).map(move |()| gate.pass())).unwrap();
            })
        };
        let (tasks, on): (Vec<_>, _) = ((0..3).map(task).collect(), executor.clone());
        let (sender, begun) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        let holder = executor.spawn(value(()).map(move |()| {
            sender.send(on.spawn(tasks)).unwrap();
            may_go.recv().unwrap();
        }));
        let running = begun.recv().unwrap();
        gate.wait_for(1);
        thread::scope(|scope| {
            let joiner = scope.spawn(|| running.wait().unwrap());
            // It waits for a permit. Otherwise, less is tested.
            thread::sleep(Duration::from_millis(100));
            go.send(()).unwrap();
            gate.wait_for(3);
            gate.open();
            joiner.join().unwrap();
        });
        holder.wait().unwrap();
    });
}
