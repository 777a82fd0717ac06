//! Attempts whose time is limited.

use std::{
    error::Error as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use graph_exec::{Cause, Error, prelude::*, task};

use crate::{executors, watchdog::within_a_minute};

/// Goes on until it is told to stop.
fn listen() -> Result<u32, task::Cancelled> {
    loop {
        task::check()?;
        thread::yield_now();
    }
}

#[delayed(timeout = "20ms")]
fn listening(_n: u32) -> Result<u32, task::Cancelled> {
    listen()
}

#[delayed(timeout = "20ms")]
fn deaf(n: u32) -> u32 {
    thread::sleep(Duration::from_millis(60));
    n
}

#[delayed(timeout = "1h")]
fn quick(n: u32) -> u32 {
    n
}

fn timed_out(error: &Error) -> (Duration, Duration, bool) {
    let Error::Task(failed) = error else { panic!("{error}") };
    match failed.failure().cause {
        Cause::TimedOut { limit, elapsed, was_told } => (limit, elapsed, was_told),
        ref other => panic!("{other}"),
    }
}

#[test]
fn a_task_hears_that_its_time_is_up_and_fails() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let error = executor.compute(listening(1).map(|n| n + 1)).unwrap_err();
            let (limit, elapsed, was_told) = timed_out(&error);
            assert_eq!((limit, was_told), (Duration::from_millis(20), true), "{name}");
            assert!(elapsed >= limit);
            let text = error.to_string();
            assert!(text.contains("longer than its time limit of 20"), "{text}");
            assert!(!text.contains("does not ask") && error.source().is_none(), "{text}");
        });
    }
}

#[test]
fn what_comes_too_late_does_not_count_and_who_does_not_ask_is_named() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let error = executor.compute(deaf(1).named("deaf")).unwrap_err();
            assert!(!timed_out(&error).2, "{name}");
            let text = error.to_string();
            assert!(text.starts_with("task `deaf (deaf)`, called with 1, built at "), "{text}");
            assert!(text.contains("because it does not ask `graph_exec::task::check()`"), "{text}");
        });
    }
}

#[test]
fn what_comes_in_time_counts() {
    for (name, executor) in executors() {
        assert_eq!(executor.compute(quick(4)).unwrap(), 4, "{name}");
        assert_eq!(executor.spawn(quick(5)).wait().unwrap(), 5, "{name}");
    }
}

#[test]
fn a_task_fails_alone_and_the_run_is_not_timed_out() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let (late, in_time) =
                executor.keep_going().compute((listening(1), value(2).map(|n| n + 1))).unwrap();
            assert!(matches!(late, Err(Error::Task(_))) && in_time.unwrap() == 3, "{name}");
        });
    }
}

#[test]
fn each_attempt_has_its_own_time() {
    #[delayed(retries = 2, backoff = "1ms..2ms", timeout = "50ms")]
    fn third_in_time(attempts: Arc<AtomicUsize>) -> Result<usize, task::Cancelled> {
        match attempts.fetch_add(1, SeqCst) + 1 {
            1 => listen().map(|_| 1),
            2 => {
                thread::sleep(Duration::from_millis(60));
                Ok(2)
            }
            other => Ok(other),
        }
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let finished = executor.run(third_in_time(Arc::default())).unwrap();
            assert_eq!(finished.record().task(0).attempts(), 3, "{name}");
            assert_eq!(finished.into_value(), 3, "{name}");
        });
    }
}

/// A function may say which errors are worth another attempt; that the time was up always is.
#[test]
fn late_attempts_are_repeated_whatever_retry_if_says() {
    fn never(_: &task::Cancelled) -> bool {
        false
    }
    #[delayed(retries = 1, retry_if = never, timeout = "20ms")]
    fn second_in_time(attempts: Arc<AtomicUsize>) -> Result<u32, task::Cancelled> {
        if attempts.fetch_add(1, SeqCst) == 0 { listen() } else { Ok(7) }
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            assert_eq!(executor.compute(second_in_time(Arc::default())).unwrap(), 7, "{name}");
        });
    }
}

#[test]
fn a_task_knows_its_deadline_and_so_do_the_graphs_that_it_computes() {
    #[delayed(timeout = "1h")]
    fn looks() -> Vec<Option<Instant>> {
        let inside = value(()).map(|()| task::deadline()).compute().unwrap();
        let spawned = value(()).map(|()| task::deadline()).spawn().wait().unwrap();
        let own = task::deadline();
        let limited = Executor::default().with_timeout(Duration::from_secs(1));
        let sooner = limited.compute(value(()).map(|()| task::deadline())).unwrap();
        vec![own, inside, spawned, sooner]
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let before = Instant::now();
            let seen = executor.compute(looks()).unwrap();
            let hour = Duration::from_secs(3600);
            let own = seen[0].unwrap();
            assert!(own >= before + hour && own <= Instant::now() + hour, "{name}");
            assert_eq!(seen[1], Some(own), "{name}");
            // A run in the background may have begun before anybody waited for it.
            assert!(seen[2].is_none_or(|spawned| spawned == own), "{name}");
            assert!(seen[3].unwrap() < own - Duration::from_secs(60), "{name}");
        });
    }
    assert_eq!(task::deadline(), None);
}

/// ```text
///  outer │ computes ────────────────────────── fails: its time is up
///  inner │          asks, and is told ─ ends early
/// ```
#[test]
fn tasks_inside_hear_that_the_time_of_the_outer_is_up() {
    #[delayed(timeout = "30ms")]
    fn outer() -> Result<u32, Error> {
        value(()).and_then(|()| listen()).compute()
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let error = executor.compute(outer()).unwrap_err();
            timed_out(&error);
        });
    }
}

#[test]
fn the_time_of_the_run_may_be_up_first() {
    #[delayed(retries = 3, timeout = "1h")]
    fn long() -> Result<u32, task::Cancelled> {
        listen()
    }
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let limited = executor.clone().with_timeout(Duration::from_millis(30));
            let shared = long().shared();
            let error = limited.compute(&shared).unwrap_err();
            assert!(matches!(error, Error::TimedOut { .. }), "{name}: {error}");
            // And it waits for another run.
            assert!(graph_exec::Handle::failure(&shared).is_none(), "{name}");
        });
    }
}

#[test]
fn a_panic_after_the_time_was_up_is_late_too() {
    #[delayed(timeout = "20ms")]
    fn panics() -> u32 {
        thread::sleep(Duration::from_millis(40));
        panic!("late")
    }
    for (_, executor) in executors() {
        timed_out(&executor.compute(panics()).unwrap_err());
        // The next task on this thread has no limit.
        let deadline = value(()).map(|()| task::deadline());
        assert_eq!(executor.compute(deadline).unwrap(), None);
    }
}
