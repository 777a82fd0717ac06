//! What goes wrong in a future, or with its runtime or its options, and how that is told.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use graph_exec::{
    Cause, Error, GraphError, RuntimeShutDown, defer_async, from_future, prelude::*,
    try_from_future,
};
use tokio::runtime::Builder;

use super::{add, endless, executors, runtime};
use crate::{until, watchdog::within_a_minute};

#[derive(Debug, thiserror::Error)]
#[error("no route to {0}")]
struct NoRoute(&'static str);

async fn fetch(host: &'static str) -> Result<String, NoRoute> {
    tokio::task::yield_now().await;
    if host == "here" { Ok(host.to_owned()) } else { Err(NoRoute(host)) }
}

#[test]
fn an_error_is_the_error_of_the_task() {
    within_a_minute("errors", || {
        let runtime = runtime();
        let handle = runtime.handle();
        for executor in executors() {
            let here: Delayed<String> = defer_async!(handle, fetch("here").await?);
            assert_eq!(executor.compute(here).unwrap(), "here");
            let there = defer_async!(handle, fetch("there")?).named("page").map(|page| page.len());
            let error = executor.compute(there).unwrap_err();
            let Error::Task(task) = &error else { panic!("{error:?}") };
            assert_eq!(task.failure().task(), "fetch (page)");
            assert_eq!(task.failure().arguments.as_deref(), Some("\"there\""));
            let cause = std::error::Error::source(&error).unwrap();
            assert_eq!(cause.downcast_ref::<NoRoute>().unwrap().0, "there");
            // The others go on.
            let graph = (try_from_future(handle, fetch("there")), from_future(handle, add(1, 1)));
            let (there, two) = executor.clone().keep_going().compute(graph).unwrap();
            assert!(there.is_err() && two.unwrap() == 2);
        }
        let path = try_from_future(handle, async { io::Result::Ok("x".to_owned()) });
        assert_eq!(path.compute().unwrap(), "x");
    });
}

#[test]
fn a_panic_is_the_error_of_the_task() {
    within_a_minute("panics", || {
        let runtime = runtime();
        let handle = runtime.handle();
        for executor in executors() {
            let panics = from_future(handle, async {
                tokio::task::yield_now().await;
                assert!(std::hint::black_box(false), "the moon is out");
            });
            let error = executor.compute(panics).unwrap_err();
            let Error::Task(task) = &error else { panic!("{error:?}") };
            assert!(
                matches!(&task.failure().cause, Cause::Panic(text) if text == "the moon is out")
            );
            assert_eq!(executor.compute(from_future(handle, add(2, 2))).unwrap(), 4);
        }
    });
}

#[test]
fn a_runtime_that_is_gone_is_an_error_by_name() {
    within_a_minute("gone", || {
        let is_gone = |error: Error| {
            let cause = std::error::Error::source(&error).expect("a cause");
            assert!(cause.is::<RuntimeShutDown>(), "{error:#}");
        };
        for executor in executors() {
            for single in [true, false] {
                let runtime = match single {
                    true => Builder::new_current_thread().build().unwrap(),
                    false => runtime(),
                };
                let handle = runtime.handle().clone();
                drop(runtime);
                is_gone(executor.compute(from_future(&handle, add(1, 1))).unwrap_err());
            }
            // While the future waits.
            let (alive, begun) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
            let runtime = runtime();
            let graph = endless(runtime.handle(), &alive, &begun);
            let stopper = std::thread::spawn(move || {
                until(|| begun.load(Ordering::SeqCst) == 1);
                runtime.shutdown_background();
            });
            is_gone(executor.compute(graph).unwrap_err());
            stopper.join().unwrap();
            assert_eq!(alive.load(Ordering::SeqCst), 0);
        }
    });
}

#[test]
fn options_of_attempts_are_refused_with_what_a_future_can_do_instead() {
    let runtime = runtime();
    let future = || from_future(runtime.handle(), add(1, 1)).named("sum");
    let refused = |task: Delayed<u64>, option: &str, remedy: &str| {
        let error = task.map(|n| n + 1).compute().unwrap_err();
        assert!(matches!(error, Error::Graph(GraphError::NotOfFutures { .. })), "{error}");
        let text = error.to_string();
        assert!(text.contains(option) && text.contains("(sum)") && text.contains(remedy), "{text}");
        assert!(!text.contains("above its function"), "{text}");
    };
    let second = Duration::from_secs(1);
    refused(future().retries(2), "`.retries(…)`", "in a loop inside the async function");
    refused(future().backoff(second..=second), "`.backoff(…)`", "may sleep between the attempts");
    refused(future().timeout(second), "`.timeout(…)`", "`tokio::time::timeout(limit, …)`");
}
