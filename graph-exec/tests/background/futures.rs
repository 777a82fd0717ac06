//! Tasks that are futures of a tokio runtime.

mod errors;
mod lifetimes;

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use graph_exec::{
    Error, Limit, Observer, TaskFinished, TaskStarted, defer_async, from_future, prelude::*,
};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::{Barrier, oneshot},
};

use crate::{threads, until, watchdog::within_a_minute};

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap()
}

/// Every way to run a graph.
fn executors() -> Vec<Executor> {
    let limited = Executor::builder().threads(2).memory_limit(1 << 20).build().unwrap();
    let replayed = Executor::builder().replay(7).build().unwrap();
    vec![Executor::serial(), threads(1), threads(2), limited, replayed]
}

async fn add(a: u64, b: u64) -> u64 {
    tokio::task::yield_now().await;
    a + b
}

async fn length(text: &str, more: &[usize]) -> usize {
    tokio::time::sleep(Duration::from_millis(1)).await;
    text.len() + more.iter().sum::<usize>()
}

/// Notes that the future that holds it is gone.
struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Alive(Arc::clone(count))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A future that never ends; the first number is how many of them there are, the second how many there were.
fn endless(runtime: &Handle, alive: &Arc<AtomicUsize>, begun: &Arc<AtomicUsize>) -> Delayed<u64> {
    let (alive, begun) = (Arc::clone(alive), Arc::clone(begun));
    from_future(runtime, async move {
        let _alive = Alive::new(&alive);
        begun.fetch_add(1, Ordering::SeqCst);
        pending().await
    })
}

#[test]
fn results_come_from_either_flavour_of_runtime() {
    within_a_minute("flavours", || {
        let runtime = runtime();
        let handle = runtime.handle();
        for executor in executors() {
            let one = from_future(handle, add(1, 2));
            let two = defer_async!(handle, add(one, value(3)));
            let text = value("four".to_owned()).shared();
            let counts: Vec<Delayed<usize>> = (1..=3).map(value).collect();
            let three = defer_async!(handle, length(&text, &counts).await);
            assert_eq!(executor.compute((two, three)).unwrap(), (6, 10));
        }
        let single = Builder::new_current_thread().enable_time().build().unwrap();
        let handle = single.handle().clone();
        single.block_on(async {
            for executor in [threads(1), Executor::default()] {
                let sum = defer_async!(&handle, add(from_future(&handle, add(1, 2)), 3));
                assert_eq!(executor.spawn(sum).await.unwrap(), 6);
            }
        });
    });
}

#[test]
fn nothing_is_spawned_before_the_inputs_are_there() {
    within_a_minute("lazy", || {
        let runtime = runtime();
        let order = Arc::new(Mutex::new(Vec::new()));
        async fn note(order: Arc<Mutex<Vec<&'static str>>>, (): ()) {
            order.lock().unwrap().push("future");
        }
        let input = order.clone();
        let input = value(()).map(move |()| input.lock().unwrap().push("input"));
        let graph = defer_async!(runtime.handle(), note(order.clone(), input));
        assert!(order.lock().unwrap().is_empty());
        graph.compute().unwrap();
        assert_eq!(*order.lock().unwrap(), ["input", "future"]);
        drop(from_future(runtime.handle(), async { panic!("nobody has asked for it") }));
    });
}

/// Each future waits until all of them do.
#[test]
fn any_number_wait_at_once_and_hold_no_worker() {
    within_a_minute("barrier", || {
        let runtime = runtime();
        for executor in executors() {
            let barrier = Arc::new(Barrier::new(100));
            let waits = (0..100).map(|n| {
                let barrier = Arc::clone(&barrier);
                from_future(runtime.handle(), async move {
                    barrier.wait().await;
                    n
                })
            });
            let total = executor.compute(waits.sum::<Delayed<u64>>()).unwrap();
            assert_eq!(total, 99 * 100 / 2);
        }
    });
}

/// ```text
///  future │ ── waits ──────────┐
///  worker │      task ── sends ┴─ …
/// ```
#[test]
fn other_tasks_run_meanwhile_and_the_wait_is_nobodys_time() {
    within_a_minute("meanwhile", || {
        let runtime = runtime();
        for executor in [Executor::serial(), threads(1), threads(2)] {
            let (sender, receiver) = oneshot::channel();
            let (begin, begun) = mpsc::channel();
            let waits = from_future(runtime.handle(), async move {
                begin.send(()).unwrap();
                receiver.await.unwrap()
            });
            let waits = waits.named("waits").priority(1);
            let sends = value(5_u64).map(move |n| {
                begun.recv().unwrap();
                std::thread::sleep(Duration::from_millis(20));
                sender.send(n).unwrap();
            });
            let run = executor.run((waits, sends.named("sends"))).unwrap();
            assert_eq!(run.value().0, 5);
            let record = run.record();
            let task = |label| record.tasks().find(|task| task.label() == Some(label)).unwrap();
            let (waited, sent) = (task("waits"), task("sends"));
            assert!(sent.duration() >= Duration::from_millis(20));
            // Its time begins when its future has woken the run, which it has not been ready for before.
            assert!(waited.start() >= sent.start() + Duration::from_millis(20), "{record}");
            assert_eq!(waited.queue_wait(), Duration::ZERO);
            assert!(record.workers() == 1 || record.speed_up().is_none(), "{record}");
        }
    });
}

#[test]
fn a_record_tells_that_workers_waited_for_futures() {
    within_a_minute("record", || {
        let runtime = runtime();
        let waits = (0..4).map(|_| {
            from_future(runtime.handle(), async {
                tokio::time::sleep(Duration::from_millis(50)).await;
            })
        });
        let record = threads(2).run(waits.collect::<Vec<_>>()).unwrap().into_record();
        let idle = record.idle();
        assert!(idle.futures >= Duration::from_millis(50), "{idle:?}");
        assert!(idle.futures > idle.not_picked_up, "{idle:?}");
        assert_eq!(record.limit(), Some(Limit::Futures), "{record}");
        assert!(record.verdict().ends_with("of 2 workers had nothing to do but wait for futures"));
    });
}

/// ```text
///  outer │ future F ── waits ───────────────────┐
///        │ task ── computes what needs F ── waits ┴─ …
/// ```
#[test]
fn a_graph_inside_a_task_may_need_a_future_that_the_run_outside_waits_for() {
    within_a_minute("nested", || {
        let runtime = runtime();
        for executor in executors() {
            let (sender, receiver) = oneshot::channel::<u64>();
            let future = from_future(runtime.handle(), async move { receiver.await.unwrap() });
            let future = future.priority(1).shared();
            let inner = future.clone();
            let handle = runtime.handle().clone();
            let task = value(()).and_then(move |()| {
                drop(handle.spawn(async move {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    sender.send(3)
                }));
                inner.map(|n| n * 2).compute()
            });
            let (three, six) = executor.compute((&future, task)).unwrap();
            assert_eq!((*three, six), (3, 6));
        }
    });
}

#[test]
fn tasks_that_tasks_make_may_be_futures() {
    within_a_minute("dynamic", || {
        let runtime = runtime();
        for executor in executors() {
            let handle = runtime.handle().clone();
            let squares = value((0..50).collect::<Vec<u64>>()).map(move |numbers| {
                let square = |n| defer_async!(&handle, add(n, defer_async!(&handle, add(n, 0))));
                numbers.into_iter().map(square).collect::<Vec<_>>()
            });
            let doubled: Vec<u64> = executor.compute(squares.flatten()).unwrap();
            assert_eq!(doubled, (0..50).map(|n| 2 * n).collect::<Vec<u64>>());
            let (alive, begun) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
            let (handle, noted) = (runtime.handle().clone(), Arc::clone(&alive));
            let inner = value(()).map(move |()| endless(&handle, &noted, &begun)).flatten();
            let limited = executor.with_timeout(Duration::from_millis(20));
            assert!(matches!(limited.compute(inner), Err(Error::TimedOut { .. })));
            until(|| alive.load(Ordering::SeqCst) == 0);
        }
    });
}

/// The thread that computes belongs to the runtime, and is blocked by that.
#[test]
fn a_blocked_thread_of_the_runtime_leaves_the_future_to_the_others() {
    within_a_minute("blocked", || {
        let runtime = runtime();
        for executor in executors() {
            let handle = runtime.handle().clone();
            let computing = runtime.spawn(async move {
                let graph = defer_async!(&handle, add(from_future(&handle, add(1, 2)), 3));
                executor.compute(graph).unwrap()
            });
            assert_eq!(runtime.block_on(computing).unwrap(), 6);
        }
        let single = Builder::new_current_thread().build().unwrap();
        let handle = single.handle().clone();
        let computing =
            single.spawn_blocking(move || from_future(&handle, add(1, 2)).compute().unwrap());
        assert_eq!(single.block_on(computing).unwrap(), 3);
    });
}

#[derive(Default)]
struct Told(Mutex<Vec<&'static str>>);

impl Observer for Told {
    fn task_started(&self, _: &TaskStarted<'_>) {
        self.0.lock().unwrap().push("started");
    }
    fn task_finished(&self, _: &TaskFinished<'_>) {
        self.0.lock().unwrap().push("finished");
    }
}

#[test]
fn observers_hear_of_the_task_once() {
    within_a_minute("observers", || {
        let runtime = runtime();
        let told = Arc::new(Told::default());
        let executor = threads(1).with_observer(Arc::clone(&told) as Arc<dyn Observer>);
        executor.compute(from_future(runtime.handle(), add(1, 2))).unwrap();
        assert_eq!(*told.0.lock().unwrap(), ["started", "finished"]);
    });
}

/// A limit of calls to a service holds while they wait for its answer.
#[test]
fn a_future_holds_its_resources_until_it_has_ended() {
    within_a_minute("resources", || {
        let runtime = runtime();
        let limited = || Executor::builder().resource("api", 2);
        let parallel = limited().threads(2).build().unwrap();
        let serial = limited().replay(7).build().unwrap();
        for executor in [parallel, serial] {
            let (alive, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
            let calls = (0..20).map(|n| {
                let (alive, most) = (Arc::clone(&alive), Arc::clone(&most));
                let call = from_future(runtime.handle(), async move {
                    let _alive = Alive::new(&alive);
                    most.fetch_max(alive.load(Ordering::SeqCst), Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    n
                });
                call.resource("api", 1)
            });
            let finished = executor.run(calls.sum::<Delayed<u64>>()).unwrap();
            assert_eq!((*finished.value(), most.load(Ordering::SeqCst)), (190, 2));
            let [api] = finished.record().resources() else { panic!("{}", finished.record()) };
            assert_eq!((&*api.name, api.peak), ("api", 2));
            // A run that ends gives back what its futures hold.
            let begun = Arc::<AtomicUsize>::default();
            let waits =
                (0..2).map(|_| endless(runtime.handle(), &alive, &begun).resource("api", 1));
            let brief = executor.clone().with_timeout(Duration::from_millis(20));
            let error = brief.compute(waits.collect::<Vec<_>>()).unwrap_err();
            assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
            assert_eq!(executor.compute(value(3).resource("api", 2)).unwrap(), 3);
        }
    });
}
