//! A run that is stopped from outside.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use graph_exec::{
    CancelToken, Cause, Error, Observer, RunFinished, RunOutcome, TaskStarted, TaskState,
    prelude::*, task,
};

use crate::within_a_minute;

fn executors() -> Vec<Executor> {
    let threads = |n| Executor::builder().threads(n).build().unwrap();
    vec![Executor::serial(), Executor::default(), threads(1), threads(4)]
}

/// ```text
///  caller │ compute ──────────────────────────────── Err(Cancelled)
///  worker │   first starts ─ 1          3 ends
///  other  │                  cancel ─ 2
/// ```
#[test]
fn the_running_task_ends_nothing_new_starts_and_another_run_does_the_rest() {
    for executor in executors() {
        let runs = Arc::new(AtomicUsize::new(0));
        let token = CancelToken::new();
        let executor = executor.with_cancel(&token);
        let (started, wait_for_start) = mpsc::channel();
        let (cancelled, wait_for_cancel) = mpsc::channel();
        let counter = Arc::clone(&runs);
        let first = value(1)
            .map(move |n| {
                started.send(()).unwrap();
                wait_for_cancel.recv().unwrap();
                counter.fetch_add(1, Ordering::SeqCst);
                n
            })
            .shared();
        let counter = Arc::clone(&runs);
        let second = first
            .map(move |n| {
                counter.fetch_add(1, Ordering::SeqCst);
                n + 1
            })
            .shared();
        let canceller = thread::spawn(move || {
            wait_for_start.recv().unwrap();
            token.cancel();
            cancelled.send(()).unwrap();
        });
        let attempt = within_a_minute({
            let second = second.clone();
            move || executor.attempt(&second)
        });
        canceller.join().unwrap();
        let record = attempt.record();
        assert_eq!(record.outcome(), RunOutcome::Cancelled);
        let states: Vec<TaskState> = record.tasks().map(|task| task.state()).collect();
        assert_eq!(states, [TaskState::Done, TaskState::Done, TaskState::Cancelled]);
        let error = attempt.into_result().unwrap_err();
        assert!(matches!(error, Error::Cancelled { ended: 2, tasks: 3 }), "{error}");
        assert!(error.to_string().starts_with("cancelled after 2 of 3 tasks"), "{error}");
        assert_eq!(*second.compute().unwrap(), 2);
        assert_eq!(runs.load(Ordering::SeqCst), 2, "each ran once");
    }
}

/// ```text
///  thread 1 │ S starts ─ 1 ────────────────────────── 4 S ends
///  thread 2 │            2 compute(S) subscribes ─── Err(Cancelled)
///  thread 3 │                            3 cancel
/// ```
#[test]
fn a_run_that_waits_for_another_ones_task_does_not_wait_for_its_end() {
    for executor in executors() {
        let token = CancelToken::new();
        let executor = executor.with_cancel(&token);
        let (started, wait_for_start) = mpsc::channel();
        let (release, wait_for_release) = mpsc::channel::<()>();
        let shared = value(7)
            .map(move |n| {
                started.send(()).unwrap();
                wait_for_release.recv().unwrap();
                n
            })
            .shared();
        let owner = thread::spawn({
            let shared = shared.clone();
            // Threads of its own, so that it does not occupy the only worker of the other run.
            move || *Executor::builder().threads(1).build().unwrap().compute(&shared).unwrap()
        });
        wait_for_start.recv().unwrap();
        let error = within_a_minute(move || {
            let canceller = thread::spawn(move || {
                thread::sleep(std::time::Duration::from_millis(20));
                token.cancel();
            });
            let error = executor.compute(shared.map(|n| n + 1)).unwrap_err();
            canceller.join().unwrap();
            error
        });
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        release.send(()).unwrap();
        assert_eq!(owner.join().unwrap(), 7);
    }
}

#[test]
fn a_token_cancelled_before_lets_nothing_start() {
    for executor in executors() {
        let token = CancelToken::new();
        token.cancel();
        let executor = executor.with_cancel(&token);
        let task = value(1).map(|_| -> i32 { panic!("it ran") });
        assert!(matches!(executor.compute(task), Err(Error::Cancelled { ended: 0, tasks: 2 })));
    }
}

#[test]
fn every_output_that_is_done_keeps_its_result() {
    for executor in executors() {
        let token = CancelToken::new();
        let executor = executor.with_cancel(&token);
        let first = value(1).map(move |n| {
            token.cancel();
            n
        });
        let first = first.shared();
        let second = first.map(|n| n + 1);
        let (first, second) = executor.keep_going().compute((&first, second)).unwrap();
        assert_eq!(*first.unwrap(), 1);
        assert!(matches!(second, Err(Error::Cancelled { .. })));
    }
}

#[test]
fn one_token_stops_several_runs() {
    let token = CancelToken::new();
    let (started, wait_for_start) = mpsc::channel();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let executor = Executor::builder().threads(1).build().unwrap().with_cancel(&token);
            let (token, started) = (token.clone(), started.clone());
            thread::spawn(move || {
                let waits = value(()).map(move |()| {
                    started.send(()).unwrap();
                    while !token.is_cancelled() {
                        thread::yield_now();
                    }
                });
                executor.compute(waits.map(|()| ()))
            })
        })
        .collect();
    (0..4).for_each(|_| wait_for_start.recv().unwrap());
    token.cancel();
    for thread in threads {
        let result = within_a_minute(move || thread.join().unwrap());
        assert!(matches!(result, Err(Error::Cancelled { .. })));
    }
}

/// ```text
///  worker │ X fails ─ its observer cancels the token
/// ```
#[test]
fn a_failure_that_came_first_is_what_the_run_ends_with() {
    struct CancelsAtTheEnd(CancelToken);

    impl Observer for CancelsAtTheEnd {
        fn finished(&self, _: &RunFinished<'_>) {
            self.0.cancel();
        }
    }

    for executor in executors() {
        let token = CancelToken::new();
        let observer = Arc::new(CancelsAtTheEnd(token.clone()));
        let executor = executor.with_cancel(&token).with_observer(observer);
        let broken = value(1).and_then(|_| Err::<i32, _>("broken"));
        let error = executor.compute(broken).unwrap_err();
        assert!(format!("{error:#}").contains("broken"), "{error}");
    }
}

#[test]
fn a_failure_that_came_later_is_not() {
    for executor in executors() {
        let token = CancelToken::new();
        let executor = executor.with_cancel(&token);
        let broken = value(1).and_then(move |_| {
            token.cancel();
            Err::<i32, _>("broken")
        });
        let error = executor.compute(broken).unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
    }
}

/// How a task looks whether it was cancelled.
type Look = fn(&CancelToken) -> bool;

const LOOKS: [Look; 4] = [
    CancelToken::is_cancelled,
    |_| task::is_cancelled(),
    |_| task::check().is_err(),
    // A nested run that ends as cancelled says it too.
    |token| Executor::serial().with_cancel(token).compute(value(1)).is_err(),
];

/// Adds up 0 to 99; in the middle the token is cancelled, and the next look ends the sum early.
fn sum(token: CancelToken, look: Look) -> u64 {
    let mut sum = 0;
    for n in 0..100 {
        if look(&token) {
            break;
        }
        if n == 10 {
            token.cancel();
        }
        sum += n;
    }
    sum
}

/// The first attempt looks, a second one does not.
#[delayed(retries = 1)]
fn retried_sum(token: CancelToken, look: Look, attempts: Arc<AtomicUsize>) -> u64 {
    let first = attempts.fetch_add(1, Ordering::SeqCst) == 0;
    sum(token, if first { look } else { |_| false })
}

#[test]
fn a_task_that_was_told_gives_no_truncated_result() {
    for executor in executors() {
        for look in LOOKS {
            let token = CancelToken::new();
            let stop = token.clone();
            let lost = value(()).map(move |()| sum(stop, look)).shared();
            let cancelled = executor.clone().with_cancel(&token);
            let attempt = cancelled.attempt(&lost);
            assert_eq!(attempt.record().task(1).state(), TaskState::Cancelled);
            let error = attempt.into_result().unwrap_err();
            assert!(matches!(error, Error::Cancelled { ended: 1, tasks: 2 }), "{error}");
            // Its inputs are used up, so it can never give the right one.
            let Err(Error::Task(error)) = executor.compute(&lost) else {
                panic!("it has a result")
            };
            assert!(matches!(error.failure().cause, Cause::Cancelled), "{error}");
        }
    }
}

/// A graph that has failed besides does not hide that others were cancelled.
///
/// ```text
///  run A (cancelled) │ task: keep_going ── run B │ one fails, then another is told
/// ```
#[test]
fn a_task_that_goes_on_after_failures_inside_gives_no_truncated_result_either() {
    type ComputesInside = fn(&Executor, Vec<Delayed<u64>>) -> Vec<Result<u64, Error>>;
    let ways: [ComputesInside; 2] = [
        |executor, graphs| executor.keep_going().compute(graphs).unwrap(),
        |executor, graphs| executor.keep_going().spawn(graphs).wait().unwrap(),
    ];
    for executor in executors() {
        for computes_inside in ways {
            let token = CancelToken::new();
            // A run in the background hears of the run around it only once that waits.
            let (stop, inside) = (token.clone(), executor.clone().with_cancel(&token));
            let lost = value(()).map(move |()| {
                let (fails, failed) = mpsc::channel();
                let broken = value(()).and_then(move |()| {
                    fails.send(()).unwrap();
                    Err::<u64, _>("broken")
                });
                let told = value(failed).map(move |failed| {
                    failed.recv().unwrap();
                    stop.cancel();
                    u64::from(task::is_cancelled())
                });
                let results = computes_inside(&inside, vec![broken.priority(1), told]);
                assert!(matches!(results[1], Err(Error::Cancelled { .. })), "{results:?}");
                results.into_iter().flatten().sum::<u64>()
            });
            let lost = lost.shared();
            let error = executor.clone().with_cancel(&token).compute(&lost).unwrap_err();
            assert!(matches!(error, Error::Cancelled { .. }), "{error}");
            let Err(Error::Task(error)) = executor.compute(&lost) else {
                panic!("it has a result")
            };
            assert!(matches!(error.failure().cause, Cause::Cancelled), "{error}");
        }
    }
}

#[test]
fn a_task_that_was_told_and_has_its_inputs_runs_again() {
    for executor in executors() {
        for look in LOOKS {
            let token = CancelToken::new();
            let kept = retried_sum(token.clone(), look, Arc::default()).shared();
            let cancelled = executor.clone().with_cancel(&token);
            for output in [kept.map(|sum| *sum), kept.map(|sum| 2 * sum)] {
                let error = cancelled.compute(output).unwrap_err();
                assert!(matches!(error, Error::Cancelled { .. }), "{error}");
            }
            // The token does not cancel this run, so the task is not to look at it again.
            assert_eq!(executor.compute(kept.map(|sum| 2 * sum)).unwrap(), 9900);
        }
    }
}

#[test]
fn a_run_whose_token_was_cancelled_while_its_last_task_ran_was_cancelled() {
    for executor in executors() {
        let token = CancelToken::new();
        let cancelled = executor.clone().with_cancel(&token);
        let whole = value(4950)
            .map(move |sum| {
                token.cancel();
                sum
            })
            .shared();
        let error = cancelled.compute(&whole).unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        assert_eq!(*executor.compute(&whole).unwrap(), 4950);
    }
}

/// ```text
///  run A (cancelled) │ task: compute ── run B │ a task asks, and is told
/// ```
#[test]
fn a_task_of_a_nested_run_hears_of_the_run_around_it() {
    for executor in executors() {
        let token = CancelToken::new();
        let stop = token.clone();
        let told = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&told);
        let outer = value(()).and_then(move |()| {
            stop.cancel();
            let inner = value(()).map(move |()| {
                counter.fetch_add(usize::from(task::is_cancelled()), Ordering::SeqCst);
            });
            let result = inner.compute();
            assert!(matches!(result, Err(Error::Cancelled { .. })));
            result
        });
        let error = executor.with_cancel(&token).compute(outer).unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        assert_eq!(told.load(Ordering::SeqCst), 1);
        assert!(!task::is_cancelled(), "this is no task");
    }
}

#[test]
fn an_observer_that_looks_at_the_token_takes_no_result_away() {
    struct Looks(CancelToken);

    impl Observer for Looks {
        fn task_started(&self, event: &TaskStarted<'_>) {
            if event.task.label() == Some("last") {
                self.0.cancel();
                assert!(self.0.is_cancelled());
            }
        }
    }

    for executor in executors() {
        let token = CancelToken::new();
        let observer = Arc::new(Looks(token.clone()));
        let last = value(1).map(|n| n + 1).named("last").shared();
        let observed = executor.clone().with_cancel(&token).with_observer(observer);
        assert!(matches!(observed.compute(&last), Err(Error::Cancelled { ended: 2, tasks: 2 })));
        assert_eq!(*executor.compute(&last).unwrap(), 2);
    }
}
