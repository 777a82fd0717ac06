//! Waiting between attempts.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use graph_exec::{CancelToken, Error, prelude::*};

use crate::{executors, watchdog::within_a_minute};

const HOUR: Duration = Duration::from_secs(3600);

/// Fails until `ready` is set.
#[delayed(retries = 1, backoff = "200ms..1s")]
fn needs(ready: Arc<AtomicBool>) -> Result<(), String> {
    if ready.load(SeqCst) { Ok(()) } else { Err("not ready yet".to_owned()) }
}

/// Says that it has begun, and fails.
#[delayed(retries = 200, backoff = "1h..2h")]
fn waits_for_hours(begun: mpsc::Sender<()>, attempts: Arc<AtomicUsize>) -> Result<u32, String> {
    attempts.fetch_add(1, SeqCst);
    // Nobody may listen any more.
    let _ = begun.send(());
    Err("never works".to_owned())
}

/// ```text
///  worker │ needs: fails          other: sets what is needed     needs: works
///  timer  │          └──────── waits, and holds no worker ───────┘
/// ```
#[test]
fn other_tasks_run_while_one_waits() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let ready = Arc::new(AtomicBool::new(false));
            let first = needs(Arc::clone(&ready)).priority(1);
            let other = value(()).map(move |()| ready.store(true, SeqCst)).map(|()| 1);
            // In an order that a seed makes, the other may be first too.
            assert_eq!(executor.compute((first, other)).unwrap(), ((), 1), "{name}");
        });
    }
}

/// ```text
///  worker │ fails          (nothing to do)
///  timer  │   └──────────────────────────── an hour
///  caller │                        cancel ─ Err(Cancelled)
/// ```
#[test]
fn a_cancel_ends_the_wait() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let (begun, begins) = mpsc::channel();
            let (attempts, token) = (Arc::new(AtomicUsize::new(0)), CancelToken::new());
            let shared = waits_for_hours(begun, Arc::clone(&attempts)).shared();
            let run = thread::spawn({
                let (executor, shared) = (executor.with_cancel(&token), shared.clone());
                move || executor.compute(shared.map(|n| n + 1))
            });
            begins.recv().unwrap();
            token.cancel();
            let error = run.join().unwrap().unwrap_err();
            assert!(matches!(error, Error::Cancelled { .. }), "{name}: {error}");
            assert_eq!(attempts.load(SeqCst), 1, "{name}");
            assert!(
                graph_exec::Handle::failure(&shared).is_none(),
                "{name}: it waits for another run"
            );
        });
    }
}

#[test]
fn a_run_in_the_background_waits_too_and_can_be_cancelled() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            // Without threads it has ended when `spawn` returns.
            if !["serial", "replay"].contains(&name) {
                let (begun, begins) = mpsc::channel();
                let running = executor.spawn(waits_for_hours(begun, Arc::default()));
                begins.recv().unwrap();
                running.cancel();
                let error = running.wait().unwrap_err();
                assert!(matches!(error, Error::Cancelled { .. }), "{name}: {error}");
            }
            let ready = Arc::new(AtomicBool::new(false));
            let first = needs(Arc::clone(&ready)).priority(1);
            let other = value(()).map(move |()| ready.store(true, SeqCst));
            assert!(executor.spawn((first, other)).wait().is_ok(), "{name}");
        });
    }
}

#[test]
fn a_deadline_ends_the_wait() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let (begun, _begins) = mpsc::channel();
            let attempts = Arc::new(AtomicUsize::new(0));
            let executor = executor.with_timeout(Duration::from_millis(50));
            let error =
                executor.compute(waits_for_hours(begun, Arc::clone(&attempts))).unwrap_err();
            assert!(matches!(error, Error::TimedOut { .. }), "{name}: {error}");
            assert!(attempts.load(SeqCst) <= 1, "{name}");
        });
    }
}

/// ```text
///  worker │ fails, waits an hour      other: fails ─ Err(other)
/// ```
#[test]
fn a_failure_elsewhere_ends_the_wait() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let (begun, begins) = mpsc::channel();
            let waiting = waits_for_hours(begun, Arc::default()).priority(1);
            let broken = value(Mutex::new(begins)).and_then(|begins| {
                // On one thread the other has begun before, or this is the first.
                let _ = begins.lock().unwrap().recv_timeout(Duration::from_millis(100));
                Err::<(), _>("broken elsewhere")
            });
            let error = executor.compute((waiting, broken)).unwrap_err();
            assert!(format!("{error:#}").contains("broken elsewhere"), "{name}: {error:#}");
        });
    }
}

/// ```text
///  run A │ first attempt fails ─ 1 ──────── waits ──────────── takes B's result
///  run B │                       2 tries it itself, at once ─ Ok
/// ```
#[test]
fn another_run_tries_a_waiting_task_itself() {
    #[delayed(retries = 1, backoff = "300ms..400ms")]
    fn works_at_second(
        attempts: Arc<AtomicUsize>,
        begun: mpsc::Sender<()>,
    ) -> Result<usize, String> {
        let attempt = attempts.fetch_add(1, SeqCst) + 1;
        let _ = begun.send(());
        if attempt == 1 { Err("the first".to_owned()) } else { Ok(attempt) }
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let (begun, begins) = mpsc::channel();
            let attempts = Arc::new(AtomicUsize::new(0));
            let shared = works_at_second(Arc::clone(&attempts), begun).shared();
            let a = thread::spawn({
                let (executor, shared) = (executor.clone(), shared.clone());
                move || executor.compute(shared)
            });
            begins.recv().unwrap();
            let b = Executor::serial().compute(&shared).unwrap();
            assert_eq!((*a.join().unwrap().unwrap(), *b), (2, 2), "{name}");
            assert_eq!(attempts.load(SeqCst), 2, "{name}");
        });
    }
}

/// Two runs that want the same task try it as often as each of them may, and no more.
#[test]
fn each_run_has_its_own_attempts() {
    #[delayed(retries = 3, backoff = "1ms..3ms")]
    fn never(attempts: Arc<AtomicUsize>) -> Result<(), String> {
        Err(format!("attempt {}", attempts.fetch_add(1, SeqCst) + 1))
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            for _ in 0..20 {
                let attempts = Arc::new(AtomicUsize::new(0));
                let shared = never(Arc::clone(&attempts)).shared();
                let runs: Vec<_> = [executor.clone(), Executor::serial(), executor.clone()]
                    .into_iter()
                    .map(|executor| {
                        let shared = shared.clone();
                        thread::spawn(move || executor.compute(&shared).map(drop))
                    })
                    .collect();
                for run in runs {
                    let error = run.join().unwrap().unwrap_err();
                    assert!(matches!(error, Error::Task(_)), "{name}: {error}");
                }
                // The first that has used up its own ends the task for all.
                let attempts = attempts.load(SeqCst);
                assert!((4..=10).contains(&attempts), "{name}: {attempts}");
            }
        });
    }
}

#[test]
fn tasks_that_tasks_make_wait_too() {
    #[delayed(retries = 2, backoff = "1ms..2ms")]
    fn third_time(attempts: Arc<AtomicUsize>, n: usize) -> Result<usize, String> {
        if attempts.fetch_add(1, SeqCst) < 2 { Err("busy".to_owned()) } else { Ok(n) }
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let made = value(10usize)
                .map(|n| (0..n).map(|n| third_time(Arc::default(), n)).collect::<Vec<_>>())
                .flatten();
            let sum = made.map(|parts| parts.iter().sum::<usize>());
            assert_eq!(executor.compute(sum).unwrap(), 45, "{name}");
        });
    }
}

#[test]
fn a_graph_that_a_task_computes_waits_inside() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let inside = value(()).map(|()| {
                let ready = Arc::new(AtomicBool::new(false));
                let first = needs(Arc::clone(&ready)).priority(1);
                let other = value(()).map(move |()| ready.store(true, SeqCst));
                graph_exec::compute((first, other)).is_ok()
            });
            assert!(executor.compute(inside).unwrap(), "{name}");
        });
    }
}

/// With waits of a quarter of a second and more, a hundred tasks that wait one after another would take
/// half a minute; they wait together.
#[test]
fn many_tasks_wait_at_once() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let begin = Instant::now();
            let ready = Arc::new(AtomicBool::new(false));
            let all: Vec<_> = (0..100).map(|_| needs(Arc::clone(&ready)).priority(1)).collect();
            let other = value(()).map(move |()| ready.store(true, SeqCst));
            executor.compute((all, other)).unwrap();
            assert!(begin.elapsed() < Duration::from_secs(10), "{name}: {:?}", begin.elapsed());
        });
    }
}

#[test]
fn the_same_seed_makes_the_same_waits() {
    #[delayed(retries = 3, backoff = "1ms..8ms")]
    fn never(n: u32) -> Result<u32, String> {
        Err(format!("{n}"))
    }
    let waits = |executor: Executor| {
        let tasks: Vec<_> = (0..6).map(never).collect();
        let finished = executor.keep_going().run(tasks).unwrap();
        let record = finished.record();
        (0..6).map(|task| record.task(task).waited_between_attempts()).collect::<Vec<_>>()
    };
    within_a_minute("seeds", || {
        let expected = waits(Executor::serial().with_jitter_seed(9));
        for (name, executor) in executors() {
            assert_eq!(waits(executor.clone().with_jitter_seed(9)), expected, "{name}");
            assert_ne!(waits(executor.with_jitter_seed(10)), expected, "{name}");
        }
        let replay = |seed| waits(Executor::builder().replay(seed).build().unwrap());
        assert_eq!((replay(9), replay(9)), (expected.clone(), expected));
        assert_ne!(waits(Executor::serial()), waits(Executor::serial()));
    });
}

/// How long tasks take must not change the order in which a seed lets waiting tasks go on.
#[test]
fn a_replay_tries_again_in_the_same_order_however_long_tasks_take() {
    type Order = Arc<Mutex<Vec<u32>>>;
    #[delayed(retries = 2, backoff = "1ms..6ms")]
    fn third_time(n: u32, slow: bool, order: Order) -> Result<(), String> {
        let mut order = order.lock().unwrap();
        order.push(n);
        if slow {
            thread::sleep(Duration::from_millis(2));
        }
        let tried = order.iter().filter(|&&other| other == n).count();
        if tried < 3 { Err("again".to_owned()) } else { Ok(()) }
    }
    let order = |seed, slow| {
        let order = Order::default();
        let tasks: Vec<_> = (0..5).map(|n| third_time(n, slow, Arc::clone(&order))).collect();
        Executor::builder().replay(seed).build().unwrap().compute(tasks).unwrap();
        Arc::into_inner(order).unwrap().into_inner().unwrap()
    };
    within_a_minute("replay", || {
        for seed in 0..10 {
            assert_eq!(order(seed, false), order(seed, true), "seed {seed}");
        }
        assert_ne!(order(1, false), order(2, false));
    });
}

#[test]
fn an_hour_is_not_waited_for_when_the_executor_is_dropped_with_its_run() {
    within_a_minute("dropped", || {
        let (begun, begins) = mpsc::channel();
        let executor = Executor::builder().threads(2).build().unwrap();
        let running = executor.spawn(waits_for_hours(begun, Arc::default()).backoff(HOUR..=HOUR));
        begins.recv().unwrap();
        drop(executor);
        drop(running);
    });
}
