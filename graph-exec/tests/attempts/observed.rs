//! What observers hear of attempts that have failed.

use std::{
    panic,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use graph_exec::{
    CancelToken, Executor, Observer, TaskFinished, TaskRetried, TaskStarted, TaskState, prelude::*,
    task,
};

use crate::{executors, watchdog::within_a_minute};

/// What an observer heard, one line for each event.
#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    waits: Mutex<Vec<Duration>>,
}

impl Log {
    fn add(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }
}

impl Observer for Log {
    fn task_started(&self, event: &TaskStarted<'_>) {
        self.add(format!("{} started", event.task.name()));
    }

    fn task_retried(&self, event: &TaskRetried<'_>) {
        let (name, attempt) = (event.task.name(), event.attempt);
        self.add(format!("{name} attempt {attempt}: {}", event.cause));
        self.waits.lock().unwrap().push(event.wait);
    }

    fn task_finished(&self, event: &TaskFinished<'_>) {
        let (name, attempts) = (event.task.name(), event.attempts);
        self.add(format!("{name} {:?} after {attempts}", event.state));
    }
}

/// What an observer of one run hears, and how long the waits are that it is told of.
fn heard<T: Send + 'static>(
    executor: &Executor,
    graph: Delayed<T>,
) -> (Vec<String>, Vec<Duration>) {
    let log = Arc::new(Log::default());
    drop(executor.clone().with_observer(Arc::clone(&log) as _).attempt(graph));
    let waits = log.waits.lock().unwrap().clone();
    let lines = log.lines.lock().unwrap().clone();
    (lines, waits)
}

fn fail_twice(calls: &AtomicUsize) -> Result<usize, String> {
    match calls.fetch_add(1, SeqCst) + 1 {
        call if call < 3 => Err(format!("call {call} is refused")),
        call => Ok(call),
    }
}

#[delayed(retries = 5)]
fn at_once(calls: Arc<AtomicUsize>) -> Result<usize, String> {
    fail_twice(&calls)
}

#[delayed(retries = 5, backoff = "2ms..3ms")]
fn after_waits(calls: Arc<AtomicUsize>) -> Result<usize, String> {
    fail_twice(&calls)
}

#[test]
fn each_attempt_but_the_last_is_told_with_its_error() {
    for (name, executor) in
        executors().into_iter().map(|(name, one)| (name, one.with_jitter_seed(7)))
    {
        within_a_minute(name, || {
            let (lines, waits) = heard(&executor, at_once(Arc::default()).named("a"));
            let expected = [
                "at_once (a) started",
                "at_once (a) attempt 1: call 1 is refused",
                "at_once (a) attempt 2: call 2 is refused",
                "at_once (a) Done after 3",
            ];
            assert_eq!(lines, expected, "{name}");
            assert_eq!(waits, [Duration::ZERO; 2], "{name}");

            let (lines, waits) = heard(&executor, after_waits(Arc::default()));
            let expected = [
                "after_waits started",
                "after_waits attempt 1: call 1 is refused",
                "after_waits attempt 2: call 2 is refused",
                "after_waits Done after 3",
            ];
            assert_eq!(lines, expected, "{name}");
            let range = Duration::from_millis(2)..=Duration::from_millis(3);
            assert!(waits.iter().all(|wait| range.contains(wait)), "{name}: {waits:?}");
            // What was told is what is done.
            let recorded = executor.run(after_waits(Arc::default())).unwrap();
            let waited = recorded.record().task(0).waited_between_attempts();
            assert_eq!(waits.iter().sum::<Duration>(), waited, "{name}");
        });
    }
}

#[test]
fn the_last_failure_is_an_end_and_not_told_twice() {
    #[delayed(retries = 1)]
    fn never() -> Result<u32, String> {
        Err("broken".to_owned())
    }
    for (name, executor) in executors() {
        let (lines, _) = heard(&executor, never());
        let expected = ["never started", "never attempt 1: broken", "never Failed after 2"];
        assert_eq!(lines, expected, "{name}");
    }
}

#[test]
fn a_task_that_is_not_tried_again_is_told_of_by_its_end_alone() {
    fn is_busy(error: &String) -> bool {
        error == "busy"
    }
    #[delayed(retries = 3, retry_if = is_busy)]
    fn refused() -> Result<u32, String> {
        Err("there is none".to_owned())
    }
    for (name, executor) in executors() {
        let (lines, _) = heard(&executor, refused());
        assert_eq!(lines, ["refused started", "refused Failed after 1"], "{name}");
        let (lines, _) = heard(&executor, value(1));
        assert_eq!(lines, ["value started", "value Done after 1"], "{name}");
    }
}

#[test]
fn panics_and_attempts_that_take_too_long_are_told_too() {
    #[delayed(retries = 1)]
    fn panics_once(calls: Arc<AtomicUsize>) -> usize {
        assert!(calls.fetch_add(1, SeqCst) > 0, "not the first time");
        1
    }
    #[delayed(retries = 1, timeout = "1ms")]
    fn too_slow(calls: Arc<AtomicUsize>) -> usize {
        if calls.fetch_add(1, SeqCst) == 0 {
            // Longer than it may take, however long that is.
            while task::check().is_ok() {
                std::thread::yield_now();
            }
        }
        1
    }
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    for (name, executor) in executors() {
        let (lines, _) = heard(&executor, panics_once(Arc::default()));
        assert_eq!(lines[1], "panics_once attempt 1: panicked: not the first time", "{name}");
        let (lines, _) = heard(&executor, too_slow(Arc::default()));
        assert!(lines[1].starts_with("too_slow attempt 1: took "), "{name}: {lines:?}");
    }
    panic::set_hook(hook);
}

/// A run that has been cancelled tries nothing again, and says so to nobody.
#[test]
fn a_run_that_is_over_tells_of_no_further_attempt() {
    #[delayed(retries = 9)]
    fn cancels(token: CancelToken) -> Result<u32, String> {
        token.cancel();
        Err("cancelled".to_owned())
    }
    for (name, executor) in executors() {
        let token = CancelToken::new();
        let (lines, _) = heard(&executor.with_cancel(&token), cancels(token.clone()));
        assert_eq!(lines, ["cancels started", "cancels Cancelled after 1"], "{name}");
    }
}

#[test]
fn tasks_that_other_tasks_have_made_are_told_too() {
    for (name, executor) in executors() {
        let graph = value(2).map(|n| (0..n).map(|_| at_once(Arc::default())).collect::<Vec<_>>());
        let (lines, _) = heard(&executor, graph.flatten());
        let told = lines.iter().filter(|line| line.starts_with("at_once attempt "));
        assert_eq!(told.count(), 4, "{name}: {lines:?}");
    }
}

#[test]
fn an_observer_that_asks_whether_it_is_cancelled_spoils_no_attempt() {
    /// Cancels the run when an attempt has failed, and asks what a task would ask.
    struct Nosy(CancelToken);
    impl Observer for Nosy {
        fn task_retried(&self, _: &TaskRetried<'_>) {
            self.0.cancel();
            assert!(task::check().is_err());
        }
    }
    #[delayed(retries = 1)]
    fn second_time(calls: Arc<AtomicUsize>) -> Result<usize, String> {
        match calls.fetch_add(1, SeqCst) {
            0 => Err("first".to_owned()),
            call => Ok(call),
        }
    }
    for (name, executor) in executors() {
        let token = CancelToken::new();
        let observed = executor.with_cancel(&token).with_observer(Arc::new(Nosy(token.clone())));
        let attempt = observed.attempt(second_time(Arc::default()));
        // The task was never told, so what it gave is whole.
        assert_eq!(attempt.record().task(0).state(), TaskState::Done, "{name}");
        assert_eq!(attempt.record().task(0).attempts(), 2, "{name}");
    }
}
