//! What records, observers, reports and traces say of attempts.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use graph_exec::{
    CancelToken, Observer, RunOutcome, TaskFinished, TaskStarted, TaskState, prelude::*,
};

use crate::{executors, watchdog::within_a_minute};

const BUSY: Duration = Duration::from_millis(5);

#[delayed(retries = 2, backoff = "20ms..25ms")]
fn third_time(attempts: Arc<AtomicUsize>) -> Result<usize, String> {
    thread::sleep(BUSY);
    let attempt = attempts.fetch_add(1, SeqCst) + 1;
    if attempt < 3 { Err(format!("attempt {attempt}")) } else { Ok(attempt) }
}

#[test]
fn a_record_has_each_attempt_and_the_time_between_them() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let graph = third_time(Arc::default()).map(|n| n + 1);
            let finished = executor.run(graph).unwrap();
            let record = finished.record();
            let task = record.task(0);
            let index = (0..2).find(|&index| record.task(index).attempts() == 3);
            assert_eq!((index, task.state()), (Some(0), TaskState::Done), "{name}");
            let waited = task.waited_between_attempts();
            assert!(
                (2 * Duration::from_millis(20)..=2 * Duration::from_millis(25)).contains(&waited)
            );
            let earlier: Vec<_> = task.earlier_attempts().collect();
            assert_eq!(earlier.len(), 2, "{name}");
            let mut from = Duration::ZERO;
            for (worker, start, duration) in earlier {
                assert!(
                    worker < record.workers() + 1 && start >= from && duration >= BUSY,
                    "{name}"
                );
                from = start + duration;
            }
            assert!(task.start() >= from + Duration::from_millis(20), "{name}");
            // What workers did, and what could not be shorter, counts all of it.
            assert!(record.work() >= 3 * BUSY, "{name}");
            assert!(record.critical_path() >= 3 * BUSY + waited, "{name}");
            assert!(task.queue_wait() < waited, "{name}");
            let row =
                record.by_function().into_iter().find(|row| row.function.ends_with("third_time"));
            assert!(row.unwrap().total >= 3 * BUSY, "{name}");
        });
    }
}

#[cfg(feature = "report")]
#[test]
fn a_trace_shows_each_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.trace.json");
    Executor::serial().run(third_time(Arc::default())).unwrap().trace(&path).unwrap();
    let trace: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let named = |name: &str| events.iter().filter(|event| event["name"] == name).count();
    assert_eq!((named("↻ third_time"), named("third_time")), (2, 1));
    let last = events.iter().find(|event| event["name"] == "third_time").unwrap();
    assert!(last["args"]["waited_between_attempts_us"].as_f64().unwrap() >= 40_000.0);
    assert_eq!(trace["otherData"]["outcome"], "done");
}

#[derive(Default)]
struct Counts {
    started: AtomicUsize,
    finished: Mutex<Vec<(u32, TaskState)>>,
}

impl Observer for Counts {
    fn task_started(&self, _: &TaskStarted<'_>) {
        self.started.fetch_add(1, SeqCst);
    }

    fn task_finished(&self, event: &TaskFinished<'_>) {
        self.finished.lock().unwrap().push((event.attempts, event.state));
    }
}

#[test]
fn observers_hear_of_one_start_and_one_end() {
    for (name, executor) in executors() {
        let counts = Arc::new(Counts::default());
        let observed = executor.with_observer(Arc::clone(&counts) as _);
        within_a_minute(name, || observed.compute(third_time(Arc::default())).unwrap());
        assert_eq!(counts.started.load(SeqCst), 1, "{name}");
        assert_eq!(*counts.finished.lock().unwrap(), [(3, TaskState::Done)], "{name}");
    }
}

#[test]
fn a_task_that_waits_when_its_run_ends_has_ended_early() {
    #[delayed(retries = 1, backoff = "1h..1h")]
    fn waits(stop: CancelToken) -> Result<(), String> {
        // The token stops the run once this attempt has failed.
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(30));
            stop.cancel();
        });
        Err("not yet".to_owned())
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let token = CancelToken::new();
            let attempt = executor.with_cancel(&token).attempt(waits(token.clone()));
            let record = attempt.record();
            assert_eq!(record.outcome(), RunOutcome::Cancelled, "{name}");
            let task = record.task(0);
            assert_eq!((task.state(), task.attempts()), (TaskState::Cancelled, 1), "{name}");
            assert_eq!(task.earlier_attempts().len(), 0, "{name}");
            assert_eq!(record.counts().total(), 1, "{name}");
        });
    }
}

/// ```text
///  run A │ first attempt fails ── waits ───── finds it done
///  run B │                       Ok
/// ```
#[test]
fn a_task_that_another_run_has_done_meanwhile_is_done() {
    within_a_minute("elsewhere", || {
        let attempts = Arc::new(AtomicUsize::new(1));
        #[delayed(retries = 1, backoff = "200ms..210ms")]
        fn second_time(attempts: Arc<AtomicUsize>) -> Result<usize, String> {
            let attempt = attempts.fetch_add(1, SeqCst);
            if attempt < 2 { Err("first".to_owned()) } else { Ok(attempt) }
        }
        let shared = second_time(Arc::clone(&attempts)).shared();
        let a = thread::spawn({
            let shared = shared.clone();
            move || Executor::builder().threads(1).build().unwrap().run(&shared).unwrap()
        });
        while attempts.load(SeqCst) < 2 {
            thread::yield_now();
        }
        assert_eq!(*shared.compute().unwrap(), 2);
        let record = a.join().unwrap().into_record();
        assert_eq!((record.outcome(), record.task(0).state()), (RunOutcome::Done, TaskState::Done));
    });
}

#[test]
fn a_run_whose_time_was_up_says_so() {
    #[derive(Default)]
    struct Outcome(Mutex<Option<RunOutcome>>);
    impl Observer for Outcome {
        fn finished(&self, event: &graph_exec::RunFinished<'_>) {
            *self.0.lock().unwrap() = Some(event.outcome);
        }
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let seen = Arc::new(Outcome::default());
            let limited = executor.with_timeout(Duration::from_millis(20));
            let limited = limited.with_observer(Arc::clone(&seen) as _);
            let sleeps = value(()).map(|()| thread::sleep(Duration::from_millis(40)));
            let attempt = limited.attempt(sleeps.map(|()| 1));
            let record = attempt.record();
            assert_eq!(record.outcome(), RunOutcome::TimedOut, "{name}");
            assert_eq!(*seen.0.lock().unwrap(), Some(RunOutcome::TimedOut), "{name}");
            assert_eq!(record.outcome().to_string(), "timed out");
            assert!(record.to_string().contains("; its time was up"), "{name}: {record}");
        });
    }
}

#[test]
fn what_a_task_waits_with_is_counted_until_its_last_attempt() {
    static LIVE: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);

    /// Counts as more than half of the limit.
    struct Large;

    impl Drop for Large {
        fn drop(&mut self) {
            LIVE.fetch_sub(1, SeqCst);
        }
    }

    fn large(_number: &usize) -> usize {
        600 * KIB
    }

    #[delayed(bytes = large)]
    fn load(_number: usize) -> Large {
        MOST.fetch_max(LIVE.fetch_add(1, SeqCst) + 1, SeqCst);
        Large
    }

    #[delayed(retries = 2, backoff = "20ms..25ms")]
    fn save(_large: &Large, attempts: Arc<AtomicUsize>) -> Result<(), String> {
        if attempts.fetch_add(1, SeqCst) < 2 { Err("busy".to_owned()) } else { Ok(()) }
    }

    within_a_minute("memory", || {
        let executor = Executor::builder().threads(2).memory_limit(MIB).build().unwrap();
        let saved: Vec<_> = (0..6_usize).map(|n| save(load(n), Arc::default())).collect();
        let finished = executor.run(saved).unwrap();
        let memory = finished.record().memory().unwrap();
        // Each that lives beside another was let in beyond the limit, because all else waited.
        assert!(MOST.load(SeqCst) <= 1 + memory.overcommitted, "{memory:?}");
        assert_eq!(memory.undeclared, 6, "tasks, not attempts");
    });
}
