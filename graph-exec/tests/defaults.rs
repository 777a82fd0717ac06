//! Which executor runs a graph when none is named. Each case is a process of its own, since what a program
//! chooses once cannot be taken back.

use std::{
    env,
    panic::{self, AssertUnwindSafe},
    process::{Command, Output},
};

use graph_exec::{Error, MIB, prelude::*};

/// Names the case that a process started by [`run`] is for.
const CASE: &str = "DEFAULTS_TEST_CASE";

/// Runs a test of this program in a process of its own, with these environment variables.
fn run(test: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    for name in ["DELAYED_SCHEDULER", "DELAYED_NUM_WORKERS", "RAYON_NUM_THREADS"] {
        command.env_remove(name);
    }
    command.args(["--exact", test, "--nocapture"]).env(CASE, test);
    command.envs(variables.iter().copied()).output().unwrap()
}

/// Runs a test in a process of its own, once for each set of variables, which must succeed.
fn in_processes(test: &str, variables: &[&[(&str, &str)]], body: impl FnOnce()) {
    if env::var(CASE).is_ok_and(|case| case == test) {
        return body();
    }
    for variables in variables {
        let output = run(test, variables);
        assert!(
            output.status.success(),
            "{variables:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

fn threads(count: usize) -> Executor {
    Executor::builder().threads(count).build().unwrap()
}

fn threads_in_a_task() -> Delayed<usize> {
    value(0).map(|_| Executor::default().threads())
}

#[test]
fn the_environment_says_how_many_threads() {
    let cases: [&[_]; 3] = [
        &[("DELAYED_NUM_WORKERS", "3")],
        &[("RAYON_NUM_THREADS", "3")],
        &[("DELAYED_NUM_WORKERS", "3"), ("RAYON_NUM_THREADS", "5")],
    ];
    in_processes("the_environment_says_how_many_threads", &cases, || {
        assert_eq!(Executor::default().threads(), 3);
        assert_eq!(threads(0).threads(), 3);
        assert_eq!(threads(2).threads(), 2);
        assert_eq!(threads_in_a_task().compute().unwrap(), 3);
    });
}

#[test]
fn the_environment_makes_a_program_serial() {
    let cases: [&[_]; 1] = [&[("DELAYED_SCHEDULER", "serial")]];
    in_processes("the_environment_makes_a_program_serial", &cases, || {
        let here = std::thread::current().id();
        let there = value(0).map(|_| std::thread::current().id()).compute().unwrap();
        assert_eq!(here, there);
        // Who names an executor has it.
        assert_eq!(threads(2).compute(threads_in_a_task()).unwrap(), 2);
    });
}

#[test]
fn nothing_and_threads_are_the_same() {
    let cases: [&[_]; 3] = [
        &[],
        &[("DELAYED_SCHEDULER", "threads")],
        &[("DELAYED_SCHEDULER", ""), ("DELAYED_NUM_WORKERS", "")],
    ];
    in_processes("nothing_and_threads_are_the_same", &cases, || {
        let cores = std::thread::available_parallelism().unwrap().get();
        assert_eq!(Executor::default().threads(), cores);
        assert_eq!(value(1).compute().unwrap(), 1);
    });
}

#[test]
fn a_value_that_means_nothing_is_an_error_of_what_is_computed() {
    let cases: [&[_]; 5] = [
        &[("DELAYED_SCHEDULER", "process")],
        &[("DELAYED_NUM_WORKERS", "0")],
        &[("DELAYED_NUM_WORKERS", "-1")],
        &[("DELAYED_NUM_WORKERS", "many")],
        &[("DELAYED_NUM_WORKERS", "1e3")],
    ];
    in_processes("a_value_that_means_nothing_is_an_error_of_what_is_computed", &cases, || {
        for error in [value(1).compute().unwrap_err(), value(1).spawn().wait().unwrap_err()] {
            let Error::Environment { name, value, expected } = &error else { panic!("{error}") };
            assert_eq!(env::var(name).as_ref(), Ok(value));
            let text = error.to_string();
            assert!(
                text.contains(name) && text.contains(value) && text.contains(expected),
                "{text}"
            );
        }
        // What says everything itself needs no environment.
        assert_eq!(threads(1).compute(value(1)).unwrap(), 1);
        assert_eq!(Executor::serial().compute(value(1)).unwrap(), 1);
    });
}

#[test]
fn a_program_chooses_once() {
    let cases: [&[_]; 1] = [&[("DELAYED_SCHEDULER", "serial")]];
    in_processes("a_program_chooses_once", &cases, || {
        threads(3).set_default().unwrap();
        assert_eq!(Executor::default().threads(), 3);
        let error = threads(2).set_default().unwrap_err();
        assert!(error.to_string().contains("`executor.scope(|| …)`"));
        assert_eq!(Executor::default().threads(), 3);
        // On all threads, and in what others compute.
        let there = std::thread::spawn(|| Executor::default().threads());
        assert_eq!(there.join().unwrap(), 3);
        assert_eq!(threads_in_a_task().compute().unwrap(), 3);
        assert_eq!(threads(2).compute(threads_in_a_task()).unwrap(), 2);
        assert_eq!(threads(1).scope(|| Executor::default().threads()), 1);
    });
}

#[test]
fn the_innermost_scope_or_task_decides() {
    let (two, five) = (threads(2), threads(5));
    let seen = two.scope(|| {
        let outer = Executor::default().threads();
        let inner = five.scope(|| Executor::default().threads());
        let five = five.clone();
        let in_tasks = value(0).map(move |_| {
            let task = Executor::default().threads();
            let scope = five.scope(|| {
                let inner = threads_in_a_task().compute().unwrap();
                (Executor::default().threads(), inner)
            });
            (task, scope, Executor::default().threads())
        });
        (outer, inner, in_tasks.compute().unwrap(), Executor::default().threads())
    });
    assert_eq!(seen, (2, 5, (2, (5, 5), 2), 2));
    let of_another_thread = two.scope(|| {
        let there = std::thread::spawn(|| threads(1).scope(|| Executor::default().threads()));
        there.join().unwrap()
    });
    assert_eq!(of_another_thread, 1);
}

#[test]
fn a_scope_ends_also_by_a_panic() {
    let five = threads(5);
    let before = Executor::default().threads();
    let panicked = std::thread::spawn(move || {
        let panicked =
            panic::catch_unwind(AssertUnwindSafe(|| five.scope(|| panic!("in a scope"))));
        panicked.is_err() && Executor::default().threads() == before
    });
    assert!(panicked.join().unwrap());
}

#[test]
fn a_scope_has_all_options_of_its_executor() {
    let token = graph_exec::CancelToken::new();
    let executor = threads(1).with_cancel(&token);
    let limited = Executor::builder().threads(1).memory_limit(MIB).build().unwrap();
    token.cancel();
    assert!(matches!(executor.scope(|| value(1).compute()), Err(Error::Cancelled { .. })));
    let memory = limited.scope(|| Executor::default().run(value(1)).unwrap().record().memory());
    assert_eq!(memory.unwrap().limit, MIB as u64);
}
