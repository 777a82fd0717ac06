//! How much stack tasks have, and graphs that are computed inside tasks of graphs …

use std::{error::Error as _, thread};

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
