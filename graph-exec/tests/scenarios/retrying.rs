//! Tasks that are tried again.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::TaskState;
use graph_exec::{CancelToken, Error, prelude::*};

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
        let error = attempt.into_result().unwrap_err().to_string();
        assert!(error.contains("attempt 3"), "{error}");
        assert_eq!(attempts.load(Ordering::SeqCst), 3);
    }
}

#[test]
fn a_cancelled_run_tries_no_more() {
    for executor in executors() {
        let token = CancelToken::new();
        let executor = executor.with_cancel(&token);
        let stop = token.clone();
        let attempts = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&attempts);
        #[delayed(retries = 9)]
        fn stops(stop: CancelToken, counter: Arc<AtomicUsize>) -> Result<(), &'static str> {
            counter.fetch_add(1, Ordering::SeqCst);
            stop.cancel();
            Err("broken")
        }
        let error = executor.compute(stops(stop, counter)).unwrap_err();
        assert!(matches!(error, Error::Task(_)), "{error}");
        assert_eq!(attempts.load(Ordering::SeqCst), 1);
    }
}
