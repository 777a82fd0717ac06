//! Runtimes of a single thread, which a run may block.

use std::{
    sync::mpsc::{self, Sender},
    thread,
    time::Duration,
};

use graph_exec::{RuntimeBlocked, defer_async, from_future, prelude::*, try_from_future};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::yield_now,
};

use crate::{threads, watchdog::within_a_minute};

fn single() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

/// Those that run the tasks on the thread that asks for them.
fn executors() -> [Executor; 2] {
    [Executor::serial(), Executor::builder().replay(7).build().unwrap()]
}

/// A thread that waits for a future of a runtime need not drive it.
///
/// ```text
///  the runtime's only thread │ block_on ────────────────────────── drives the future
///  another                   │   Handle::block_on ── computes ── waits for it
/// ```
#[test]
fn a_thread_that_waits_for_a_runtime_which_another_drives_is_not_refused() {
    within_a_minute("another thread drives it", || {
        single().block_on(async {
            let handle = Handle::current();
            for executor in executors().into_iter().chain([threads(1)]) {
                let handle = handle.clone();
                let blocking = move || {
                    let runtime = handle.clone();
                    let compute = async move { executor.compute(from_future(&runtime, two())) };
                    handle.block_on(compute)
                };
                assert_eq!(tokio::task::spawn_blocking(blocking).await.unwrap().unwrap(), 2);
            }
        });
    });
}

async fn two() -> u64 {
    yield_now().await;
    2
}

fn is_refused(error: &graph_exec::Error) {
    assert!(error.downcast_ref::<RuntimeBlocked>().is_some(), "{error:#}");
    let text = format!("{error:#}");
    let (place, remedy) = ("single_thread.rs", "`Executor::builder()");
    assert!(text.contains(place) && text.contains(remedy) && text.contains("spawn"), "{text}");
}

/// ```text
///  the runtime's only thread │ block_on ── serial run ── waits for a future that this thread drives
/// ```
#[test]
fn a_future_of_the_thread_that_the_run_blocks_is_refused() {
    within_a_minute("a blocked runtime", || {
        let runtime = single();
        runtime.block_on(async {
            let handle = Handle::current();
            for executor in executors() {
                is_refused(&executor.spawn(from_future(&handle, two())).await.unwrap_err());
                is_refused(&executor.compute(from_future(&handle, two())).unwrap_err());
                let fallible = try_from_future(&handle, async { "2".parse::<u64>() });
                is_refused(&executor.compute(fallible).unwrap_err());
                is_refused(&executor.compute(defer_async!(&handle, two())).unwrap_err());
            }
            // What the program's default may be, too.
            let scoped = Executor::serial().scope(|| from_future(&handle, two()).spawn());
            is_refused(&scoped.await.unwrap_err());
            // In a task of the runtime it is the same.
            let of_task = tokio::spawn(async {
                Executor::serial().spawn(from_future(&Handle::current(), two())).await
            });
            is_refused(&of_task.await.unwrap().unwrap_err());
            // The runtime goes on, and what is said to be the remedy is one.
            assert_eq!(threads(1).spawn(from_future(&handle, two())).await.unwrap(), 2);
        });
    });
}

#[test]
fn a_computation_that_blocks_the_only_thread_is_refused_where_that_thread_begins_the_future() {
    within_a_minute("a blocking computation", || {
        let executor = threads(1);
        single().block_on(async {
            // A lone short task runs on the thread that computes.
            executor.compute(value(1)).unwrap();
            is_refused(&executor.compute(from_future(&Handle::current(), two())).unwrap_err());
        });
    });
}

async fn after((): ()) -> u64 {
    two().await
}

/// A future that a worker begins as soon as it has told so, or as soon as what comes first is done.
fn begun_by_worker(handle: &Handle, tell: Sender<()>) -> Delayed<u64> {
    let first = large().map(move |()| tell.send(()).unwrap());
    defer_async!(handle, after(first))
}

/// What the caller leaves to the workers, who have more stack.
fn large() -> Delayed<()> {
    value([1_u8; 32 << 10]).map(|_| ())
}

/// ```text
///  the runtime's only thread │ block_on ── compute ── waits for the run
///  worker                    │               begins the future that this thread drives
/// ```
#[test]
fn a_future_that_a_worker_begins_for_the_thread_that_drives_it_is_refused() {
    within_a_minute("a worker's future", || {
        let (runtime, executor) = (single(), threads(1));
        runtime.block_on(async {
            let handle = Handle::current();
            is_refused(&executor.compute(defer_async!(&handle, after(large()))).unwrap_err());
            // Those who need the future are told whose fault it is.
            let graph = defer_async!(&handle, after(large())).map(|n| n + 1);
            is_refused(&executor.compute(graph).unwrap_err());
            // The runtime goes on.
            assert_eq!(executor.spawn(from_future(&handle, two())).await.unwrap(), 2);
        });
    });
}

/// The futures have begun before the thread that drives them waits.
///
/// ```text
///  the runtime's only thread │ block_on ── spawn ──────── waits for the run, or computes what it shares
///  worker                    │               begins the future
/// ```
#[test]
fn a_future_that_has_begun_before_its_thread_waits_is_refused() {
    within_a_minute("a future that has begun", || {
        let executor = threads(1);
        for computes in [false, true] {
            let runtime = single();
            runtime.block_on(async {
                let handle = Handle::current();
                let (tell, told) = mpsc::channel();
                let future = begun_by_worker(&handle, tell).shared();
                let running = executor.spawn(future.clone());
                told.recv().unwrap();
                // The worker comes for this when it has begun the future.
                executor.spawn(large()).wait().unwrap();
                let error = match computes {
                    false => running.wait().map(|_| ()),
                    true => executor.compute(both(&future, large())),
                };
                is_refused(&error.unwrap_err());
            });
        }
    });
}

#[delayed]
fn both(_one: &u64, _other: ()) {}

/// ```text
///  the runtime's only thread │ block_on ── compute ── waits
///  worker                    │   task ── waits ────────│────────────┐
///  another                   │           the future's run, which began before
/// ```
#[test]
fn a_future_that_a_task_waits_for_is_refused_when_its_thread_waits_for_the_task() {
    within_a_minute("a future of another run", || {
        let (runtime, outer, inner) = (single(), threads(1), threads(1));
        runtime.block_on(async {
            let (tell, told) = mpsc::channel();
            let running = inner.spawn(begun_by_worker(&Handle::current(), tell));
            told.recv().unwrap();
            inner.spawn(large()).wait().unwrap();
            let waits = large().map(move |()| running.wait().map_err(|error| is_refused(&error)));
            assert_eq!(outer.compute(waits).unwrap(), Err(()));
        });
    });
}

/// ```text
///  the runtime's only thread │ block_on ── compute ── waits for a task that ends by itself
///  another's worker          │   begins a future ──────────── it is driven after that
/// ```
#[test]
fn a_future_whose_thread_waits_for_something_else_meanwhile_is_waited_for() {
    within_a_minute("a future of a thread that comes back", || {
        let (runtime, executor, other) = (single(), threads(1), threads(1));
        runtime.block_on(async {
            let (tell, told) = mpsc::channel();
            let future = begun_by_worker(&Handle::current(), tell);
            let task = large().map(move |()| {
                let running = other.spawn(future);
                told.recv().unwrap();
                // The worker comes for this when it has begun the future, whose thread waits all the time.
                other.spawn(large()).wait().unwrap();
                thread::sleep(Duration::from_millis(20));
                running
            });
            let running = executor.compute(task).unwrap();
            assert_eq!(running.await.unwrap(), 2);
        });
    });
}

#[test]
fn futures_that_another_thread_drives_are_waited_for() {
    within_a_minute("a runtime that another thread drives", || {
        let (runtime, other) = (single(), single());
        let handle = runtime.handle().clone();
        let (end, ends) = tokio::sync::oneshot::channel::<()>();
        let (begins, begun) = mpsc::channel();
        let driver = thread::spawn(move || {
            runtime.block_on(async move {
                begins.send(()).unwrap();
                ends.await.unwrap();
            });
        });
        begun.recv().unwrap();
        for executor in executors() {
            // Inside another runtime of a single thread.
            let inside = other.block_on(async { executor.compute(from_future(&handle, two())) });
            assert_eq!(inside.unwrap(), 2);
            // On a thread that only knows of the runtime.
            let _entered = handle.enter();
            assert_eq!(executor.compute(from_future(&handle, two())).unwrap(), 2);
        }
        for executor in executors() {
            // On a thread of the runtime for what blocks.
            let graph = from_future(&handle, two());
            let blocking = handle.spawn_blocking(move || executor.compute(graph).unwrap());
            assert_eq!(other.block_on(blocking).unwrap(), 2);
        }
        end.send(()).unwrap();
        driver.join().unwrap();
    });
}
