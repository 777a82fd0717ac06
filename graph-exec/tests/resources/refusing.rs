//! What an executor can never give is an error before anything starts.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use graph_exec::{Error, ResourceError, prelude::*};

#[delayed(resource("gpu", 3))]
fn train(x: i32) -> i32 {
    x
}

/// The error of a graph of which nothing may start.
fn refused(executor: &Executor, task: Delayed<i32>) -> Error {
    let started = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&started);
    let first = value(()).map(move |()| flag.store(true, Ordering::SeqCst));
    let error = executor.compute((first, task)).unwrap_err();
    assert!(!started.load(Ordering::SeqCst));
    error
}

fn executors(
    build: impl Fn(graph_exec::ExecutorBuilder) -> graph_exec::ExecutorBuilder,
) -> [Executor; 2] {
    let builders = [Executor::builder().threads(2), Executor::builder().replay(1)];
    builders.map(|builder| build(builder).build().unwrap())
}

#[test]
fn an_undeclared_resource_names_task_and_place_and_remedy() {
    for executor in executors(|builder| builder.resource("disk", 1).resource("licence", 2)) {
        let error = refused(&executor, train(1).named("big"));
        assert!(
            matches!(&error, Error::Resource(ResourceError::Undeclared { resource, amount: 3, .. }) if resource == "gpu")
        );
        let text = error.to_string();
        assert!(text.starts_with("task `train (big)`, built at "), "{text}");
        assert!(
            text.contains("refusing.rs:") && text.contains("has only `disk`, `licence`"),
            "{text}"
        );
        assert!(text.contains(r#"`Executor::builder().resource("gpu", 3)`"#), "{text}");
    }
    let error = refused(&Executor::default(), train(1));
    assert!(error.to_string().contains("has no resources"), "{error}");
    let error = refused(&Executor::serial(), train(1));
    assert!(error.to_string().contains("has no resources"), "{error}");
}

#[test]
fn more_than_there_is_and_nothing_at_all_are_refused() {
    for executor in executors(|builder| builder.resource("gpu", 2)) {
        let error = refused(&executor, train(1));
        assert!(
            matches!(error, Error::Resource(ResourceError::TooMuch { amount: 3, capacity: 2, .. })),
            "{error}"
        );
        let error = refused(&executor, value(1).resource("gpu", 0));
        assert!(matches!(error, Error::Resource(ResourceError::Nothing { .. })), "{error}");
        // What is said of one task counts instead of what its function says.
        assert_eq!(executor.compute(train(1).resource("gpu", 2)).unwrap(), 1);
        assert_eq!(executor.compute(train(1).resource("gpu", 9).resource("gpu", 1)).unwrap(), 1);
    }
    let error = Executor::builder().resource("gpu", 0).build().unwrap_err();
    assert!(matches!(error, Error::Resource(ResourceError::Empty { .. })), "{error}");
}

#[test]
fn in_the_background_too() {
    let executor = Executor::builder().threads(1).build().unwrap();
    assert!(matches!(executor.spawn(train(1)).wait(), Err(Error::Resource(_))));
    let attempt = executor.attempt(train(1));
    assert!(matches!(attempt.into_result(), Err(Error::Resource(_))));
}

#[test]
fn what_a_task_makes_is_refused_as_the_failure_of_that_task() {
    for executor in executors(|builder| builder) {
        let made = value(()).map(|()| train(1)).flatten().named("maker");
        let error = executor.compute(made).unwrap_err();
        assert!(matches!(error, Error::Task(_)), "{error}");
        let text = format!("{error:#}");
        assert!(text.contains("maker") && text.contains("needs 3 of the resource `gpu`"), "{text}");
    }
}

#[test]
fn a_result_that_is_there_needs_nothing() {
    let with = Executor::builder().threads(1).resource("gpu", 3).build().unwrap();
    let trained = train(7).shared();
    assert_eq!(*with.compute(&trained).unwrap(), 7);
    assert_eq!(*trained.compute().unwrap(), 7);
}
