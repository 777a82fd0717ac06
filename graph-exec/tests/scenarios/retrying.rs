//! Tasks that are tried again.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use graph_exec::TaskState;
use graph_exec::{CancelToken, Error, prelude::*};

use crate::within_a_minute;

fn executors() -> Vec<Executor> {
    let threads = |n| Executor::builder().threads(n).build().unwrap();
    vec![Executor::serial(), threads(1), threads(3)]
}

#[delayed(retries = 2)]
fn fragile(attempts: Arc<AtomicUsize>, good_from: usize) -> Result<usize, String> {
    let attempt = attempts.fetch_add(1, Ordering::SeqCst) + 1;
    if attempt < good_from { Err(format!("attempt {attempt}")) } else { Ok(attempt) }
}

#[test]
fn a_task_is_tried_until_it_works_and_the_record_says_how_often() {
    for executor in executors() {
        let finished = executor.run(fragile(Arc::default(), 3)).unwrap();
        let task = finished.record().task(0);
        assert_eq!((task.attempts(), task.state()), (3, TaskState::Done));
        assert_eq!(finished.into_value(), 3);
    }
}

#[test]
fn the_last_attempt_s_error_is_what_the_run_ends_with() {
    for executor in executors() {
        let attempts = Arc::new(AtomicUsize::new(0));
        let attempt = executor.attempt(fragile(Arc::clone(&attempts), 9));
        assert_eq!(attempt.record().task(0).attempts(), 3);
        let error = format!("{:#}", attempt.into_result().unwrap_err());
        assert!(error.contains("attempt 3"), "{error}");
        assert_eq!(attempts.load(Ordering::SeqCst), 3);
    }
}

#[test]
fn a_cancelled_run_tries_no_more_and_leaves_the_task_to_another() {
    for executor in executors() {
        let token = CancelToken::new();
        let cancelled = executor.clone().with_cancel(&token);
        let attempts = Arc::new(AtomicUsize::new(0));
        #[delayed(retries = 2)]
        fn stops(stop: CancelToken, attempts: Arc<AtomicUsize>) -> Result<usize, String> {
            stop.cancel();
            match attempts.fetch_add(1, Ordering::SeqCst) + 1 {
                // As often as the other run may try.
                4 => Ok(4),
                attempt => Err(format!("attempt {attempt}")),
            }
        }
        let shared = stops(token.clone(), Arc::clone(&attempts)).shared();
        let attempt = cancelled.attempt(&shared);
        assert_eq!(attempt.record().task(0).state(), TaskState::Cancelled);
        let error = attempt.into_result().unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        assert_eq!(attempts.load(Ordering::SeqCst), 1);
        assert_eq!(*executor.compute(&shared).unwrap(), 4);
        assert_eq!(attempts.load(Ordering::SeqCst), 4);
    }
}

/// ```text
///  run A │ first attempt starts ─ 1 ──────── 3 fails, and A was cancelled ── Err(Cancelled)
///  run B │                      2 waits for it ──────────── tries it itself ── Ok
/// ```
#[test]
fn a_run_that_waits_for_a_task_tries_it_itself_when_the_other_run_has_stopped() {
    for executor in executors() {
        let (started, wait_for_start) = mpsc::channel();
        let (release, wait_for_release) = mpsc::channel::<()>();
        let attempts = Arc::new(AtomicUsize::new(0));
        type Signals = (mpsc::Sender<()>, mpsc::Receiver<()>);
        #[delayed(retries = 3)]
        fn slow(
            first: Arc<Mutex<Option<Signals>>>,
            attempts: Arc<AtomicUsize>,
        ) -> Result<usize, String> {
            let first = first.lock().unwrap().take();
            let attempt = attempts.fetch_add(1, Ordering::SeqCst) + 1;
            match first {
                Some((started, wait_for_release)) => {
                    started.send(()).unwrap();
                    wait_for_release.recv().unwrap();
                    Err("the first attempt".to_owned())
                }
                None => Ok(attempt),
            }
        }
        let signals = Arc::new(Mutex::new(Some((started, wait_for_release))));
        let shared = slow(signals, attempts).shared();
        let token = CancelToken::new();
        let a = thread::spawn({
            let (executor, shared) = (executor.with_cancel(&token), shared.clone());
            move || executor.compute(shared)
        });
        wait_for_start.recv().unwrap();
        let b = thread::spawn(move || {
            *Executor::builder().threads(1).build().unwrap().compute(&shared).unwrap()
        });
        thread::sleep(Duration::from_millis(50));
        token.cancel();
        release.send(()).unwrap();
        let (a, b) = within_a_minute(|| (a.join().unwrap(), b.join().unwrap()));
        assert!(matches!(a, Err(Error::Cancelled { .. })), "{a:?}");
        assert_eq!(b, 2);
    }
}

/// ```text
///  worker 1 │ first attempt starts ─ 1 ──────────── 3 fails: the run has stopped
///  worker 2 │                      2 another task fails
/// ```
#[test]
fn a_failure_elsewhere_uses_up_no_retries() {
    let executor = Executor::builder().threads(2).build().unwrap();
    let (started, wait_for_start) = mpsc::channel();
    let attempts = Arc::new(AtomicUsize::new(0));
    #[delayed(retries = 1)]
    fn slow(started: mpsc::Sender<()>, attempts: Arc<AtomicUsize>) -> Result<usize, String> {
        let attempt = attempts.fetch_add(1, Ordering::SeqCst) + 1;
        // Nobody listens to the second attempt.
        let _ = started.send(());
        if attempt == 1 {
            thread::sleep(Duration::from_millis(200));
        }
        if attempt < 3 { Err(format!("attempt {attempt}")) } else { Ok(attempt) }
    }
    let shared = slow(started, attempts).shared();
    let broken = value(()).and_then(move |()| {
        wait_for_start.recv().unwrap();
        Err::<(), _>("broken elsewhere")
    });
    let error = within_a_minute({
        let (executor, shared) = (executor.clone(), shared.clone());
        move || executor.compute((shared, broken)).unwrap_err()
    });
    assert!(format!("{error:#}").contains("broken elsewhere"), "{error}");
    assert_eq!(*executor.compute(&shared).unwrap(), 3);
}
