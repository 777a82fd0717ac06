//! How much stack tasks have, and graphs that are computed inside tasks of graphs …

use std::{
    error::Error as _,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use graph_exec::{Error, MIB, prelude::*};

use crate::within_a_minute;

fn with_an_array() -> Delayed<usize> {
    // The caller has no such array: it is built, moved and measured by tasks.
    value(1).map(|n| [n; MIB]).map(|ones: [u8; MIB]| ones.into_iter().map(usize::from).sum())
}

#[test]
fn a_result_of_a_mebibyte_is_passed_by_value() {
    // A task with such a result is as large, and is put together on the stack of this thread.
    let caller = thread::Builder::new().stack_size(64 * MIB);
    let computes = || {
        let own = Executor::builder().threads(1).build().unwrap();
        for executor in [Executor::serial(), Executor::default(), own] {
            assert_eq!(executor.compute(with_an_array()).unwrap(), MIB);
        }
    };
    caller.spawn(computes).unwrap().join().unwrap();
}

#[test]
fn threads_have_the_stack_that_they_were_given() {
    let left = || value(()).map(|()| stacker::remaining_stack().unwrap_or(usize::MAX));
    let small = Executor::builder().threads(1).stack_size(MIB).build().unwrap();
    assert!(small.compute(left()).unwrap() < 2 * MIB);
    let large = Executor::builder().threads(1).stack_size(128 * MIB).build().unwrap();
    assert!(large.compute(left()).unwrap() > 100 * MIB);
}

/// Their threads have less than any other must have that computes, and are enough for what they were made for.
#[test]
fn a_worker_with_a_small_stack_runs_what_its_task_computes() {
    fn name() -> Option<String> {
        thread::current().name().map(str::to_owned)
    }
    let executor = Executor::builder().threads(1).stack_size(384 << 10).build().unwrap();
    let both = value(()).and_then(|()| {
        let inner = value(()).map(|()| name()).compute()?;
        Ok::<_, Error>((name(), inner))
    });
    let (outer, inner) = within_a_minute(move || executor.compute(both).unwrap());
    assert_eq!(outer.as_deref(), Some("worker-0"));
    assert_eq!(inner, outer);
}

/// A graph whose task computes a graph, whose task …
fn nested(depth: u32) -> Delayed<u32> {
    match depth {
        0 => value(0),
        _ => value(depth - 1).and_then(|depth| nested(depth).compute().map(|depth| depth + 1)),
    }
}

fn root_cause(error: &Error) -> &Error {
    let mut root = error;
    while let Some(cause) = root.source().and_then(|cause| cause.downcast_ref()) {
        root = cause;
    }
    root
}

#[test]
fn a_thousand_nested_graphs_are_computed() {
    for executor in [Executor::default(), Executor::builder().threads(1).build().unwrap()] {
        assert_eq!(within_a_minute(move || executor.compute(nested(1000)).unwrap()), 1000);
    }
}

#[test]
fn graphs_that_are_nested_too_deep_are_refused() {
    for executor in [Executor::serial(), Executor::default()] {
        let error = within_a_minute(move || executor.compute(nested(u32::MAX)).unwrap_err());
        let root = root_cause(&error);
        assert!(matches!(root, Error::NestedTooDeep { depth: 10.. }), "{root}");
        assert!(root.to_string().contains("inside each other"));
    }
}

/// Runs `body` on a thread with this many KiB of stack.
///
/// The C library gives a thread the larger stack of one that has ended, if it has such a one. A thread that gets it
/// keeps it until the end, so that others do not.
fn on_a_small_stack<T: Send + 'static>(kib: usize, body: impl FnOnce() -> T + Send + 'static) -> T {
    // A sanitizer adds a little.
    let most = (kib + 64) << 10;
    let body = Arc::new(Mutex::new(Some(body)));
    within_a_minute(move || {
        let mut others = Vec::new();
        loop {
            let (tell, told) = mpsc::channel();
            let (keep, kept) = mpsc::channel::<()>();
            let body = Arc::clone(&body);
            let run = move || {
                let is_small = stacker::remaining_stack().is_none_or(|left| left <= most);
                tell.send(is_small).unwrap();
                if is_small {
                    let body = body.lock().unwrap().take().unwrap();
                    return Some(body());
                }
                // Until the other end is dropped.
                let _ = kept.recv();
                None
            };
            let thread = thread::Builder::new().stack_size(kib << 10).spawn(run).unwrap();
            if told.recv().unwrap() {
                return thread.join().unwrap().unwrap();
            }
            others.push(keep);
        }
    })
}

#[test]
fn a_caller_with_a_small_stack_leaves_nested_graphs_to_the_workers() {
    for kib in [128, 256, 600, 1024] {
        let depth = on_a_small_stack(kib, || nested(1000).compute().unwrap());
        assert_eq!(depth, 1000);
    }
}

#[test]
fn a_caller_with_a_small_stack_leaves_a_task_with_a_local_array_to_the_workers() {
    let sum = on_a_small_stack(256, || {
        value(1_u8)
            .map(|n| {
                std::hint::black_box([n; 300 << 10]).into_iter().map(usize::from).sum::<usize>()
            })
            .map(|sum| sum + usize::from(stacker::remaining_stack().unwrap() < MIB))
            .compute()
            .unwrap()
    });
    assert_eq!(sum, 300 << 10);
}

#[test]
fn on_a_small_stack_serial_graphs_that_are_nested_too_deep_are_refused() {
    for kib in [160, 256, 512] {
        let error =
            on_a_small_stack(kib, || Executor::serial().compute(nested(u32::MAX)).unwrap_err());
        let root = root_cause(&error);
        assert!(matches!(root, Error::NestedTooDeep { .. }), "{root}");
    }
}

#[test]
fn a_thread_of_a_users_pool_with_a_small_stack_refuses_what_does_not_fit() {
    // It helps a task, and has begun no run by itself.
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(160 << 10).build().unwrap();
    let error = within_a_minute(move || {
        let helped = value(u32::MAX)
            .and_then(move |n| pool.install(|| Executor::serial().compute(nested(n)).map(|_| ())));
        helped.compute().unwrap_err()
    });
    let root = root_cause(&error);
    assert!(matches!(root, Error::NestedTooDeep { .. }), "{root}");
}

/// ```text
///  worker │ takes so long that it looks as if it waited for the caller
///  caller │ little stack ── waits ── must not run the task with the large array itself
/// ```
#[test]
fn a_caller_with_a_small_stack_that_is_left_alone_does_not_overflow_it() {
    let executor = Executor::builder().threads(1).build().unwrap();
    let (began, has_begun) = mpsc::channel();
    let long = value(()).map(move |()| {
        began.send(()).unwrap();
        thread::sleep(Duration::from_secs(3));
    });
    let long = executor.spawn(long);
    has_begun.recv_timeout(Duration::from_secs(60)).unwrap();
    let sum = on_a_small_stack(256, move || {
        let array = |n| std::hint::black_box([n; 300 << 10]);
        executor
            .compute(value(1_u8).map(move |n| array(n).into_iter().map(usize::from).sum::<usize>()))
            .unwrap()
    });
    assert_eq!(sum, 300 << 10);
    long.wait().unwrap();
}

/// ```text
///  worker │ task ── joins a thread with little stack ──┐
///  thread │         compute ── waits for a permit ─────┘
/// ```
#[test]
fn a_thread_with_a_small_stack_that_a_task_joins_ends() {
    let executor = Executor::builder().threads(1).build().unwrap();
    let within = executor.clone();
    let joins = value(1).map(move |n| {
        let compute = move || within.compute(nested(n)).unwrap();
        thread::Builder::new().stack_size(256 << 10).spawn(compute).unwrap().join().unwrap()
    });
    let running = executor.spawn(joins);
    assert_eq!(within_a_minute(move || running.wait().unwrap()), 1);
}

/// The error of each level is inside that of the level above.
#[test]
fn a_caller_with_a_small_stack_can_let_go_of_the_errors_of_all_levels() {
    for kib in [128, 256] {
        let depth = on_a_small_stack(kib, || {
            let error = Executor::default().compute(nested(u32::MAX)).unwrap_err();
            let Error::NestedTooDeep { depth } = *root_cause(&error) else { panic!("{error}") };
            drop(error);
            depth
        });
        assert!(depth > 100, "{depth}");
    }
}
