//! `wait`, `is_finished`, `cancel` and `attempt`, outside tasks.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::{CancelToken, Error, MIB, Running, prelude::*, task};

use crate::{Gate, threads, until, watchdog::within_a_minute};

#[delayed]
fn square(x: u64) -> u64 {
    x * x
}

#[delayed]
fn sum(all: &[u64]) -> u64 {
    all.iter().sum()
}

fn executors() -> Vec<Executor> {
    vec![Executor::serial(), Executor::default(), threads(1), threads(3)]
}

#[test]
fn results_keep_the_shape_of_the_handles() {
    within_a_minute("shapes", || {
        for executor in executors() {
            let shared = square(3).shared();
            let running = executor.spawn((square(2), vec![shared.clone(), shared]));
            let (four, nines) = running.wait().unwrap();
            assert_eq!((four, *nines[0], *nines[1]), (4, 9, 9));
            let squares: Vec<_> = (0..1000).map(square).collect();
            assert_eq!(executor.spawn(sum(squares)).wait().unwrap(), 332_833_500);
            assert!(executor.spawn(Vec::<Delayed<u8>>::new()).wait().unwrap().is_empty());
        }
    });
}

#[test]
fn it_runs_while_the_thread_does_something_else() {
    within_a_minute("meeting", || {
        let gate = Gate::default();
        let inner = gate.clone();
        let running = threads(1).spawn(value(1).map(move |n| {
            inner.pass();
            n
        }));
        gate.wait_for(1);
        assert!(!running.is_finished());
        gate.open();
        until(|| running.is_finished());
        assert_eq!(running.wait().unwrap(), 1);
    });
}

#[test]
fn errors_and_panics_come_from_wait() {
    within_a_minute("errors", || {
        for executor in executors() {
            let failing = value("x").and_then(str::parse::<u8>).named("parse");
            let error = executor.spawn(failing).wait().unwrap_err();
            assert!(error.to_string().starts_with("task `and_then (parse)`, built at "), "{error}");
            let panicking = value(1).map(|_| -> u8 { panic!("no") });
            let error = executor.spawn(panicking).wait().unwrap_err();
            assert!(error.to_string().ends_with("panicked: no"), "{error}");
        }
    });
}

#[test]
fn each_output_of_a_run_that_goes_on_has_a_result() {
    within_a_minute("keep going", || {
        for executor in executors() {
            let handles = ["1", "x"].map(|text| value(text).and_then(str::parse::<u8>));
            let [one, bad] = executor.keep_going().spawn(handles).wait().unwrap();
            assert_eq!(one.unwrap(), 1);
            assert!(bad.is_err());
        }
    });
}

#[test]
fn cancelling_stops_this_run_alone() {
    within_a_minute("cancel", || {
        let executor = threads(2);
        let gate = Gate::default();
        let endless = |gate: &Gate| {
            let gate = gate.clone();
            value(1).and_then(move |n| {
                gate.pass();
                loop {
                    task::check()?;
                    std::thread::yield_now();
                    if n == 0 {
                        return Ok::<_, task::Cancelled>(n);
                    }
                }
            })
        };
        gate.open();
        let (first, second) = (executor.spawn(endless(&gate)), executor.spawn(endless(&gate)));
        gate.wait_for(2);
        first.cancel();
        let error = first.wait().unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        assert!(!second.is_finished());
        second.cancel();
        assert!(matches!(second.wait(), Err(Error::Cancelled { .. })));
        // Nothing of it is left.
        assert_eq!(executor.compute(square(2)).unwrap(), 4);
    });
}

#[test]
fn a_token_that_was_cancelled_before_ends_the_run_at_once() {
    within_a_minute("cancelled before", || {
        for executor in executors() {
            let token = CancelToken::new();
            token.cancel();
            let running = executor.with_cancel(&token).spawn(square(1));
            assert!(running.is_finished());
            let error = running.wait().unwrap_err();
            assert!(matches!(error, Error::Cancelled { ended: 0, .. }), "{error}");
        }
    });
}

#[test]
fn a_token_of_the_executor_stops_every_run() {
    within_a_minute("one token", || {
        let token = CancelToken::new();
        let executor = threads(1).with_cancel(&token);
        let gate = Gate::default();
        let blocked = {
            let gate = gate.clone();
            move || {
                let gate = gate.clone();
                value(1).map(move |n| {
                    gate.pass();
                    n
                })
            }
        };
        let running: Vec<Running<i32>> = (0..20).map(|_| executor.spawn(blocked())).collect();
        gate.wait_for(1);
        token.cancel();
        gate.open();
        for running in running {
            assert!(matches!(running.wait(), Err(Error::Cancelled { .. })));
        }
    });
}

#[test]
fn what_a_shared_handle_holds_is_there_for_the_next_run() {
    within_a_minute("shared", || {
        let executor = threads(2);
        let runs = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&runs);
        let shared = value(20)
            .map(move |n| {
                counter.fetch_add(1, Ordering::SeqCst);
                n + 1
            })
            .shared();
        let both: Vec<_> = (0..50).map(|_| executor.spawn(shared.clone())).collect();
        for running in both {
            assert_eq!(*running.wait().unwrap(), 21);
        }
        assert_eq!(*shared.spawn().wait().unwrap(), 21);
        let (one, all) = executor.spawn((&shared, vec![&shared, &shared])).wait().unwrap();
        assert_eq!((*one, all.len()), (21, 2));
        let named = std::collections::BTreeMap::from([("a", &shared), ("b", &shared)]);
        assert_eq!(*executor.spawn(named).wait().unwrap()["b"], 21);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn the_executor_may_be_dropped_first() {
    within_a_minute("no executor", || {
        let gate = Gate::default();
        let inner = gate.clone();
        let running = threads(2).spawn(value(1).map(move |n| {
            inner.pass();
            n
        }));
        gate.open();
        assert_eq!(running.wait().unwrap(), 1);
    });
}

#[test]
fn many_runs_share_few_threads() {
    within_a_minute("many", || {
        let executor = Executor::builder().threads(2).memory_limit(MIB).build().unwrap();
        let running: Vec<_> = (0..500u64)
            .map(|n| executor.spawn(sum((0..n % 7).map(square).collect::<Vec<_>>())))
            .collect();
        for (n, running) in running.into_iter().enumerate() {
            let expected = (0..n as u64 % 7).map(|x| x * x).sum::<u64>();
            assert_eq!(running.wait().unwrap(), expected);
        }
    });
}

#[test]
fn a_graph_that_is_not_sound_is_an_error_of_wait() {
    within_a_minute("unsound", || {
        let early = square(1);
        let late = square(2).shared();
        let error = threads(1).spawn(early.after([&late])).wait().unwrap_err();
        assert!(matches!(error, Error::Graph(_)), "{error}");
    });
}
