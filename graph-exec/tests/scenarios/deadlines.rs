//! Runs whose time is up.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use graph_exec::{CancelToken, Error, MIB, Observer, RunFinished, Running, prelude::*, task};

use crate::within_a_minute;

const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(3600);

fn executors() -> Vec<Executor> {
    let builder = |n| Executor::builder().threads(n);
    vec![
        Executor::serial(),
        Executor::default(),
        builder(1).build().unwrap(),
        builder(3).build().unwrap(),
        builder(2).memory_limit(MIB).build().unwrap(),
    ]
}

/// Those with threads of their own.
fn pools() -> impl Iterator<Item = Executor> {
    executors().into_iter().skip(1)
}

/// Goes on until it is told to stop.
fn listening() -> Delayed<()> {
    value(()).and_then(|()| {
        loop {
            task::check()?;
            thread::yield_now();
        }
        #[expect(unreachable_code, reason = "it tells the type")]
        Ok::<(), task::Cancelled>(())
    })
}

/// ```text
///  worker │ listening ──────────── told      next never starts
///  timer  │            time is up ─┘
/// ```
#[test]
fn a_run_ends_when_its_time_is_up_and_nothing_new_starts() {
    for executor in executors() {
        let ran = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&ran);
        let graph = listening().map(move |()| counter.fetch_add(1, Ordering::SeqCst));
        let error =
            within_a_minute(move || executor.with_timeout(SHORT).compute(graph).unwrap_err());
        let Error::TimedOut { limit, ended, tasks, .. } = error else { panic!("{error}") };
        assert_eq!((limit, tasks), (SHORT, 3));
        assert!(ended < 3);
        assert_eq!(ran.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn a_task_that_does_not_listen_is_named() {
    for executor in executors() {
        let deaf = value(1).map(|_| thread::sleep(Duration::from_millis(250))).named("deaf");
        let graph = deaf.map(|()| 1).named("next");
        let error =
            within_a_minute(move || executor.with_timeout(SHORT).compute(graph).unwrap_err());
        let text = error.to_string();
        let Error::TimedOut { late: Some(late), .. } = error else { panic!("{text}") };
        assert_eq!(late.task, "map (deaf)");
        assert!(late.by >= Duration::from_millis(100));
        assert!(text.contains("task `map (deaf)`, built at ") && text.contains("task::check()"));
    }
}

#[test]
fn a_deadline_that_is_past_starts_nothing() {
    for executor in executors() {
        let error = within_a_minute(move || {
            let executor = executor.with_deadline(Instant::now());
            executor.compute(value(1).map(|_| panic!("it must not run"))).map(|()| 0).unwrap_err()
        });
        assert!(matches!(error, Error::TimedOut { ended: 0, tasks: 2, .. }), "{error}");
    }
}

#[test]
fn a_timeout_begins_with_each_run_and_a_deadline_is_one_for_all() {
    for executor in executors() {
        within_a_minute(move || {
            let each = executor.clone().with_timeout(Duration::from_millis(400));
            for _ in 0..3 {
                let slow = value(1).map(|_| thread::sleep(Duration::from_millis(150)));
                each.compute(slow).unwrap();
            }
            let token = CancelToken::with_timeout(SHORT);
            let all = executor.with_cancel(&token);
            assert!(matches!(all.compute(listening()), Err(Error::TimedOut { .. })));
            assert!(token.is_cancelled());
            assert!(matches!(all.compute(listening()), Err(Error::TimedOut { ended: 0, .. })));
        });
    }
}

#[test]
fn who_cancels_before_is_the_reason() {
    for executor in executors() {
        within_a_minute(move || {
            let token = CancelToken::with_timeout(LONG);
            token.cancel();
            let error = executor.with_cancel(&token).compute(value(1)).unwrap_err();
            assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        });
    }
}

#[test]
fn a_limit_beyond_every_clock_is_none() {
    for executor in executors() {
        assert_eq!(executor.with_timeout(Duration::MAX).compute(value(1)).unwrap(), 1);
    }
}

#[test]
fn what_ended_in_time_is_kept_by_a_run_that_goes_on() {
    for executor in executors() {
        within_a_minute(move || {
            let executor = executor.with_timeout(SHORT);
            let quick = value(7).shared();
            let results = executor.keep_going().compute((&quick, listening())).unwrap();
            assert!(matches!(results.1, Err(Error::TimedOut { .. })));
            match results.0 {
                Ok(seven) => assert_eq!(*seven, 7),
                Err(error) => assert!(matches!(error, Error::TimedOut { .. }), "{error}"),
            }
            assert_eq!(*quick.compute().unwrap(), 7);
        });
    }
}

#[test]
fn a_task_knows_the_deadline_that_comes_first() {
    let outer = Instant::now() + LONG;
    let inner = outer - Duration::from_secs(60);
    for executor in executors() {
        let nested = move |deadline: Instant| {
            value(0).and_then(move |_| {
                let executor = Executor::default().with_deadline(deadline);
                executor.compute(value(0).map(|_| task::deadline()))
            })
        };
        let seen = within_a_minute(move || {
            let executor = executor.with_deadline(outer);
            executor.compute((
                value(0).map(|_| task::deadline()),
                nested(inner),
                nested(outer + LONG),
            ))
        });
        assert_eq!(seen.unwrap(), (Some(outer), Some(inner), Some(outer)));
    }
    assert_eq!(task::deadline(), None);
}

#[test]
fn runs_in_the_background_have_limits_too() {
    for executor in executors() {
        within_a_minute(move || {
            let executor = executor.with_timeout(SHORT);
            let error = executor.spawn(listening()).wait().unwrap_err();
            assert!(matches!(error, Error::TimedOut { .. }), "{error}");
            assert_eq!(executor.with_timeout(LONG).spawn(value(1)).wait().unwrap(), 1);
        });
    }
}

/// What a long limit keeps until it is reached is nothing.
#[test]
fn limits_that_are_not_reached_keep_nothing() {
    within_a_minute(|| {
        struct Silent;
        impl graph_exec::Observer for Silent {}

        let observer: Arc<dyn graph_exec::Observer> = Arc::new(Silent);
        let executor = Executor::builder().threads(2).build().unwrap().with_timeout(LONG);
        for _ in 0..1000 {
            let executor = executor.clone().with_observer(Arc::clone(&observer));
            assert_eq!(executor.compute(value(1)).unwrap(), 1);
        }
        assert_eq!(Arc::strong_count(&observer), 1);
    });
}

/// Fails at first, and then waits longer than any test.
#[delayed(retries = 1, backoff = "1h..1h")]
fn waits_between_attempts() -> Result<(), String> {
    Err("at first".to_owned())
}

/// Does something when a run is over, and tells of it.
struct AtEnd<F>(F, mpsc::Sender<thread::ThreadId>);

impl<F: Fn() + Send + Sync> Observer for AtEnd<F> {
    fn finished(&self, _: &RunFinished<'_>) {
        (self.0)();
        let _ = self.1.send(thread::current().id());
    }
}

/// A run of which no thread takes care when its time is up.
fn left_alone(
    executor: &Executor,
    at_end: impl Fn() + Send + Sync + 'static,
) -> (Running<()>, mpsc::Receiver<thread::ThreadId>) {
    let (ended, told) = mpsc::channel();
    let observer = Arc::new(AtEnd(at_end, ended));
    let executor = executor.clone().with_observer(observer).with_timeout(SHORT);
    (executor.spawn(waits_between_attempts()), told)
}

/// ```text
///  timer  │ time is up ──► another thread │ finished ── waits for the other run ─┐
///         │ time of the other run is up ─────────────────────────────────────────┘
/// ```
#[test]
fn what_observes_the_end_of_a_run_delays_no_other_deadline() {
    for executor in pools() {
        within_a_minute(move || {
            let (over, is_over) = mpsc::channel::<()>();
            let is_over = Mutex::new(is_over);
            let (_run, told) = left_alone(&executor, move || {
                let _ = is_over.lock().unwrap().recv();
            });
            thread::sleep(2 * SHORT);
            for _ in 0..3 {
                let executor = executor.clone().with_timeout(SHORT);
                let error = executor.compute(listening()).unwrap_err();
                assert!(matches!(error, Error::TimedOut { .. }), "{error}");
            }
            drop(over);
            told.recv().unwrap();
        });
    }
}

#[test]
fn what_observes_the_end_of_a_run_may_itself_wait_for_a_deadline() {
    for executor in pools() {
        within_a_minute(move || {
            let (_run, told) = left_alone(&executor, || {
                let error = Executor::default().with_timeout(SHORT).compute(listening());
                assert!(matches!(error, Err(Error::TimedOut { .. })));
            });
            told.recv().unwrap();
        });
    }
}

/// ```text
///  worker │ waits between attempts │ another run ── goes on ────────────────────
///  timer  │                          time is up ──► another thread │ finished
/// ```
#[test]
fn the_end_of_a_run_waits_for_no_worker() {
    within_a_minute(|| {
        let executor = Executor::builder().threads(1).build().unwrap();
        let (run, told) = left_alone(&executor, || {});
        let (begin, begun) = mpsc::channel();
        let (over, is_over) = mpsc::channel::<()>();
        let blocks = value(()).map(move |()| {
            begin.send(()).unwrap();
            let _ = is_over.recv();
        });
        let other = executor.spawn(blocks);
        begun.recv().unwrap();
        told.recv().unwrap();
        while !run.is_finished() {
            thread::yield_now();
        }
        assert!(!other.is_finished());
        drop(over);
        other.wait().unwrap();
        assert!(matches!(run.wait(), Err(Error::TimedOut { .. })));
    });
}
