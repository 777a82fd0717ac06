//! What attributes and calls say of attempts.

use std::{
    io,
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use graph_exec::{Cause, Error, GraphError, Handle, prelude::*};

use crate::{executors, watchdog::within_a_minute};

fn is_busy(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

fn has_a_fault(_: &io::Error) -> bool {
    panic!("I do not know this error")
}

fn error(kind: io::ErrorKind) -> io::Result<usize> {
    Err(kind.into())
}

/// Is busy at first, then gives what `then` says.
#[delayed(retries = 3, retry_if = is_busy)]
fn after_busy(attempts: Arc<AtomicUsize>, then: Option<io::ErrorKind>) -> io::Result<usize> {
    match (attempts.fetch_add(1, SeqCst), then) {
        (0, _) => error(io::ErrorKind::WouldBlock),
        (_, None) => Ok(2),
        (_, Some(kind)) => error(kind),
    }
}

#[delayed(retries = 3, retry_if = is_busy)]
fn panics(attempts: Arc<AtomicUsize>) -> io::Result<usize> {
    panic!("attempt {}", attempts.fetch_add(1, SeqCst) + 1)
}

#[delayed(retries = 3, retry_if = has_a_fault)]
fn misjudged(attempts: Arc<AtomicUsize>) -> io::Result<usize> {
    attempts.fetch_add(1, SeqCst);
    error(io::ErrorKind::NotFound)
}

struct Thrice(usize);

#[delayed]
impl Thrice {
    /// A method's predicate may be one of the type.
    #[delayed(retries = 2, backoff = "1ms..2ms", retry_if = Self::is_worth_it)]
    fn fetch(&self, attempts: Arc<AtomicUsize>) -> Result<usize, String> {
        let attempt = attempts.fetch_add(1, SeqCst) + 1;
        if attempt < self.0 { Err(attempt.to_string()) } else { Ok(attempt) }
    }

    fn is_worth_it(attempt: &str) -> bool {
        attempt.len() < 2
    }
}

#[delayed]
fn plain(n: usize) -> usize {
    n
}

#[delayed(retries = 1)]
fn never(attempts: Arc<AtomicUsize>) -> Result<usize, String> {
    Err(format!("attempt {}", attempts.fetch_add(1, SeqCst) + 1))
}

#[delayed(timeout = "1h")]
fn limited(n: usize) -> usize {
    n
}

/// Runs a task; gives its result and how often it was tried.
fn tried(
    executor: &Executor,
    task: impl FnOnce(Arc<AtomicUsize>) -> Delayed<usize>,
) -> (Result<usize, Error>, usize) {
    let attempts = Arc::new(AtomicUsize::new(0));
    let result = executor.compute(task(Arc::clone(&attempts)));
    (result, attempts.load(SeqCst))
}

#[test]
fn errors_that_the_predicate_does_not_want_end_the_task() {
    for (name, executor) in executors() {
        let (result, attempts) =
            tried(&executor, |attempts| after_busy(attempts, None::<io::ErrorKind>));
        assert_eq!((result.unwrap(), attempts), (2, 2), "{name}");
        let fatal = Some(io::ErrorKind::NotFound);
        let (result, attempts) = tried(&executor, |attempts| after_busy(attempts, fatal));
        assert_eq!(attempts, 2, "{name}");
        let error = result.unwrap_err();
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::NotFound);
        let busy = Some(io::ErrorKind::WouldBlock);
        let (result, attempts) = tried(&executor, |attempts| after_busy(attempts, busy));
        assert!(result.is_err() && attempts == 4, "{name}: {attempts}");
    }
}

#[test]
fn a_panic_is_no_error_that_a_predicate_could_want() {
    for (name, executor) in executors() {
        let (result, attempts) = tried(&executor, panics);
        let text = result.unwrap_err().to_string();
        assert!(attempts == 1 && text.contains("panicked: attempt 1"), "{name}: {text}");
    }
}

#[test]
fn a_panic_in_the_predicate_is_the_error_of_the_task() {
    for (name, executor) in executors() {
        let (result, attempts) = tried(&executor, misjudged);
        let Err(Error::Task(failed)) = result else { panic!("{name}") };
        let Cause::Panic(message) = &failed.failure().cause else { panic!("{name}") };
        assert_eq!(message, "I do not know this error (in the function given as `retry_if`)");
        assert_eq!(attempts, 1, "{name}");
    }
}

#[test]
fn methods_of_handles_have_these_options_too() {
    for (name, executor) in executors() {
        let (result, attempts) = tried(&executor, |attempts| value(Thrice(3)).fetch(attempts));
        assert_eq!((result.unwrap(), attempts), (3, 3), "{name}");
    }
}

#[test]
fn a_call_may_say_otherwise() {
    for (name, executor) in executors() {
        let times = |retries| tried(&executor, |attempts| never(attempts).retries(retries)).1;
        assert_eq!([times(0), times(1), times(5)], [1, 2, 6], "{name}");
        let waits = Duration::from_millis(1)..=Duration::from_millis(2);
        let run = executor.attempt(never(Arc::default()).retries(3).backoff(waits.clone()));
        let task = run.record().task(0);
        assert_eq!(task.attempts(), 4, "{name}");
        assert!(task.waited_between_attempts() >= 3 * *waits.start(), "{name}");
        let short = limited(1).timeout(Duration::from_nanos(1));
        let error = executor.compute(short).unwrap_err();
        let Error::Task(failed) = error else { panic!("{name}: {error}") };
        assert!(matches!(failed.failure().cause, Cause::TimedOut { .. }), "{name}");
    }
}

#[test]
fn what_a_function_cannot_do_is_refused_before_anything_starts() {
    fn refused(task: Delayed<usize>) -> (&'static str, &'static str) {
        // Nothing runs, so its dependents do not matter.
        let ran = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&ran);
        let other = value(()).map(move |()| counted.fetch_add(1, SeqCst));
        let error = compute((other, task.map(|n| n + 1))).unwrap_err();
        assert_eq!(ran.load(SeqCst), 0);
        let Error::Graph(GraphError::NotAnOption { option, attribute, .. }) = error else {
            panic!("{error}")
        };
        (option, attribute)
    }
    const WAITS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(2);
    assert_eq!(refused(plain(1).retries(2)), ("retries", "retries"));
    assert_eq!(refused(limited(1).retries(2)), ("retries", "retries"));
    assert_eq!(refused(plain(1).backoff(WAITS)), ("backoff", "retries"));
    assert_eq!(refused(never(Arc::default()).timeout(*WAITS.start())), ("timeout", "timeout"));
    assert_eq!(refused(value(1).map(|n| n).retries(1)), ("retries", "retries"));
    let error = plain(1).named("mine").retries(2).compute().unwrap_err().to_string();
    assert!(error.starts_with("`.retries(…)` on `plain (mine)` (built at "), "{error}");
    assert!(error.ends_with(
        "write `#[delayed(retries = …)]` above its function, which lets a call say otherwise"
    ));
}

#[test]
fn times_that_mean_nothing_are_refused() {
    let second = Duration::from_secs(1);
    let problem = |task: Delayed<usize>| match task.compute().unwrap_err() {
        Error::Graph(GraphError::NoTime { problem, .. }) => problem,
        error => panic!("{error}"),
    };
    let never = || never(Arc::default());
    assert!(problem(never().backoff(Duration::ZERO..=second)).contains("no wait at all"));
    assert!(
        problem(never().backoff(second..=Duration::from_millis(1)))
            .contains("ends before it begins")
    );
    assert!(problem(limited(1).timeout(Duration::ZERO)).contains("no time at all"));
}

#[test]
fn a_limit_that_no_clock_can_tell_is_none() {
    within_a_minute("limits", || {
        assert_eq!(limited(3).timeout(Duration::MAX).compute().unwrap(), 3);
        assert!(limited(3).shared().failure().is_none());
    });
}
