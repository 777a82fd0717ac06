//! Tasks that are futures of a tokio runtime.

use std::{
    future::pending,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use graph_exec::{
    CancelToken, Cause, Error, GraphError, Limit, Observer, RunOutcome, RuntimeShutDown,
    TaskFinished, TaskStarted, defer_async, from_future, prelude::*, try_from_future,
};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::{Barrier, oneshot},
};

use crate::{Gate, threads, until, watchdog::within_a_minute};

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
fn the_end_of_a_run_aborts_its_futures() {
    within_a_minute("cancel", || {
        let runtime = runtime();
        let handle = runtime.handle();
        let (alive, begun) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let is_aborted = || until(|| alive.load(Ordering::SeqCst) == 0);
        for executor in executors() {
            // By a token.
            begun.store(0, Ordering::SeqCst);
            let token = CancelToken::new();
            let canceller = {
                let (token, begun) = (token.clone(), Arc::clone(&begun));
                std::thread::spawn(move || {
                    until(|| begun.load(Ordering::SeqCst) == 3);
                    token.cancel();
                })
            };
            let three: Vec<_> = (0..3).map(|_| endless(handle, &alive, &begun)).collect();
            let error = executor.clone().with_cancel(&token).compute(three).unwrap_err();
            assert!(matches!(error, Error::Cancelled { ended: 0, tasks: 3 }), "{error:?}");
            canceller.join().unwrap();
            is_aborted();
            // Because its time is up.
            let limited = executor.clone().with_timeout(Duration::from_millis(20));
            let error = limited.compute(endless(handle, &alive, &begun)).unwrap_err();
            assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
            is_aborted();
            // By another task's failure.
            begun.store(0, Ordering::SeqCst);
            let (waits, seen) = (endless(handle, &alive, &begun), Arc::clone(&begun));
            let fails = try_from_future(handle, async move {
                while seen.load(Ordering::SeqCst) == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Err::<u64, _>("too late")
            });
            let finished = executor.attempt((waits, fails));
            assert_eq!(finished.record().outcome(), RunOutcome::Failed);
            assert!(finished.into_result().unwrap_err().to_string().contains("from_future"));
            is_aborted();
        }
        // By dropping the run.
        begun.store(0, Ordering::SeqCst);
        let running = threads(1).spawn(endless(handle, &alive, &begun));
        until(|| begun.load(Ordering::SeqCst) == 1);
        drop(running);
        is_aborted();
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

/// ```text
///  run A │ begins the future ── cancelled
///  run B │      waits for it too ──────────── has its result
/// ```
#[test]
fn a_run_that_is_cancelled_leaves_a_future_to_those_that_wait_for_it() {
    within_a_minute("shared", || {
        let runtime = runtime();
        for count in [1, 2] {
            let (sender, receiver) = oneshot::channel::<u64>();
            let begun = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&begun);
            let future = from_future(runtime.handle(), async move {
                counter.fetch_add(1, Ordering::SeqCst);
                receiver.await.unwrap()
            });
            let shared = future.shared();
            let (first, second) = (threads(count), threads(count));
            let (one, other) = (first.spawn(&shared), second.spawn(shared.map(|n| n + 1)));
            until(|| begun.load(Ordering::SeqCst) == 1);
            // The second run has come to wait: its one task before has ended.
            let met = shared.map(|n| n + 2);
            let third = second.spawn((value(1), met));
            std::thread::sleep(Duration::from_millis(20));
            one.cancel();
            assert!(matches!(one.wait(), Err(Error::Cancelled { .. })));
            sender.send(7).unwrap();
            assert_eq!(other.wait().unwrap(), 8);
            assert_eq!(third.wait().unwrap(), (1, 9));
            assert_eq!(*shared.compute().unwrap(), 7);
            assert_eq!(begun.load(Ordering::SeqCst), 1);
        }
    });
}

/// What a run has begun belongs to whoever has the handle, as what any other task gives does.
#[test]
fn a_future_goes_on_for_its_handle_and_is_aborted_with_that() {
    within_a_minute("kept", || {
        let runtime = runtime();
        for executor in [Executor::serial(), threads(1), threads(2)] {
            let (alive, begun) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
            let (sender, receiver) = oneshot::channel::<u64>();
            let (held, counter) = (Alive::new(&alive), Arc::clone(&begun));
            let future = from_future(runtime.handle(), async move {
                let _held = held;
                counter.fetch_add(1, Ordering::SeqCst);
                receiver.await.unwrap()
            });
            let shared = future.shared();
            let limited = executor.clone().with_timeout(Duration::from_millis(20));
            for _ in 0..2 {
                assert!(matches!(limited.compute(&shared), Err(Error::TimedOut { .. })));
                let next = shared.map(|n| n + 1);
                assert!(matches!(limited.compute(next), Err(Error::TimedOut { .. })));
            }
            sender.send(7).unwrap();
            assert_eq!(*executor.compute(&shared).unwrap(), 7);
            assert_eq!(begun.load(Ordering::SeqCst), 1);
            // One that never ends goes with the last handle that needs it.
            let shared = endless(runtime.handle(), &alive, &begun).shared();
            let next = shared.map(|n| n + 1).shared();
            assert!(matches!(limited.compute(&next), Err(Error::TimedOut { .. })));
            drop(shared);
            assert_eq!(alive.load(Ordering::SeqCst), 1);
            drop(next);
            until(|| alive.load(Ordering::SeqCst) == 0);
            assert_eq!(begun.load(Ordering::SeqCst), 2);
        }
    });
}

/// ```text
///  run A │ holds the resource, waits for the future ── dropped
///  run B │         waits for the resource of the same future ──── has its result
///  run C │         has not come to it ─────────────────────────── has its result
/// ```
#[test]
fn a_run_that_is_dropped_takes_no_future_from_those_that_have_not_come_to_it() {
    within_a_minute("not yet", || {
        let runtime = runtime();
        for count in [1, 2] {
            let executor = Executor::builder().threads(count).resource("api", 1).build().unwrap();
            let (gate, begun) = (Gate::default(), Arc::new(AtomicUsize::new(0)));
            let inner = gate.clone();
            let before = value(1).map(move |_| inner.pass()).shared();
            let counter = Arc::clone(&begun);
            let (sender, receiver) = oneshot::channel::<u64>();
            let future = from_future(runtime.handle(), async move {
                counter.fetch_add(1, Ordering::SeqCst);
                receiver.await.unwrap()
            });
            let shared = future.resource("api", 1).after([&before]).shared();
            let first = executor.spawn(&shared);
            until(|| begun.load(Ordering::SeqCst) == 1);
            let parked = executor.spawn_recorded(shared.map(|n| n + 1));
            let late = executor.spawn((&before, shared.map(|n| n + 2)));
            gate.wait_for(1);
            drop(first);
            gate.open();
            sender.send(7).unwrap();
            assert_eq!(parked.wait().unwrap(), 8);
            assert_eq!(late.wait().unwrap().1, 9);
            assert_eq!(*executor.compute(&shared).unwrap(), 7);
            assert_eq!(begun.load(Ordering::SeqCst), 1);
        }
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

/// Runs end at any point, and no future is left.
#[test]
fn no_future_outlives_the_runs_that_wait_for_it() {
    within_a_minute("rounds", || {
        let runtime = runtime();
        let alive = Arc::<AtomicUsize>::default();
        for (round, executor) in (0..300_u64).zip([threads(1), threads(2)].iter().cycle()) {
            let short = |n: u64| {
                let alive = Arc::clone(&alive);
                let future = from_future(runtime.handle(), async move {
                    let _alive = Alive::new(&alive);
                    for _ in 0..(n * 7 + round) % 5 {
                        tokio::task::yield_now().await;
                    }
                    n
                });
                future.shared()
            };
            let shared: Vec<_> = (0..10).map(short).collect();
            let one = executor.spawn(shared.iter().map(|n| n.map(|n| n + 1)).sum::<Delayed<u64>>());
            let other =
                executor.spawn(shared.iter().map(|n| n.map(|n| n + 2)).sum::<Delayed<u64>>());
            match round % 3 {
                0 => drop(one),
                1 => one.cancel(),
                _ => assert_eq!(one.wait().unwrap(), 55),
            }
            // Whatever became of the first.
            assert_eq!(other.wait().unwrap(), 65);
            drop(shared);
        }
        until(|| alive.load(Ordering::SeqCst) == 0);
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

/// Its handle lives as long as the [`Running`](graph_exec::Running) does.
#[test]
fn a_run_that_has_ended_holds_nothing_although_nobody_has_taken_its_result() {
    within_a_minute("given back", || {
        let runtime = runtime();
        let executor = Executor::builder().threads(2).resource("api", 2).build().unwrap();
        for recorded in [false, true] {
            let (alive, begun) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
            let spawn = |graph: Delayed<u64>| match recorded {
                true => executor.spawn_recorded(graph),
                false => executor.spawn(graph),
            };
            let waits = endless(runtime.handle(), &alive, &begun).resource("api", 2);
            let running = spawn(waits);
            until(|| begun.load(Ordering::SeqCst) == 1);
            running.cancel();
            until(|| running.is_finished());
            assert_eq!(executor.compute(value(3).resource("api", 1)).unwrap(), 3);
            until(|| alive.load(Ordering::SeqCst) == 0);
            assert!(matches!(running.wait(), Err(Error::Cancelled { .. })));
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
