//! A limit holds, whoever runs the tasks; those who need nothing pass those who wait.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use graph_exec::{CancelToken, Error, Limit, ResourceKind, as_completed, prelude::*};

use crate::{Gauge, hold_a_card, watchdog::within_a_minute};

#[delayed(resource("gpu"))]
fn one(gauge: &Gauge) {
    gauge.occupy(1);
}

#[delayed(resource("gpu", 2))]
fn two(gauge: &Gauge) {
    gauge.occupy(2);
}

#[delayed(at_most = 2)]
fn fetch(gauge: &Gauge) {
    gauge.occupy(1);
}

#[delayed(at_most = 1)]
fn of_type<T: Send + 'static>(gauge: &Gauge, _value: T) {
    gauge.occupy(1);
}

fn executor(threads: usize) -> Executor {
    Executor::builder().threads(threads).resource("gpu", 2).build().unwrap()
}

fn some(gauge: &Gauge) -> Vec<Delayed<()>> {
    (0..20).flat_map(|_| [one(gauge.clone()), two(gauge.clone())]).collect()
}

#[test]
fn a_resource_is_shared_by_the_tasks_of_a_run() {
    within_a_minute("run", || {
        let gauge = Gauge::default();
        let finished = executor(4).run(some(&gauge)).unwrap();
        assert_eq!(gauge.most(), 2);
        let [gpu] = finished.record().resources() else { unreachable!() };
        assert_eq!((gpu.name.as_str(), gpu.kind), ("gpu", ResourceKind::Declared));
        assert_eq!((gpu.capacity, gpu.peak), (2, 2));
        // Four threads, and two of the first four tasks want all there is.
        assert!(gpu.held_back > 0 && !gpu.waited.is_zero(), "{gpu:?}");
        assert!(
            finished.record().to_string().contains("the resource `gpu` had up to 2 of 2 in use")
        );
    });
}

#[test]
fn a_resource_is_shared_by_all_runs_of_an_executor() {
    within_a_minute("runs", || {
        let (gauge, executor) = (Gauge::default(), executor(3));
        thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| executor.compute(some(&gauge)).unwrap());
            }
        });
        assert_eq!(gauge.most(), 2);
    });
}

/// The same in the background, one by one as they end, on a serial executor, inside a task, with what a
/// task makes, and with any order.
#[test]
fn a_resource_is_shared_however_a_graph_is_run() {
    within_a_minute("ways", || {
        let (gauge, executor) = (Gauge::default(), executor(3));
        let running = executor.spawn(some(&gauge));
        let tasks = some(&gauge);
        let completed =
            executor.scope(|| as_completed(tasks).map(|(_, result)| result.unwrap()).count());
        assert_eq!(completed, 40);
        let inner = gauge.clone();
        let nested = value(()).map(move |()| some(&inner).compute().unwrap().len());
        let inner = gauge.clone();
        let made = value(()).map(move |()| some(&inner)).flatten();
        let outcome = executor.compute((nested, made)).unwrap();
        assert_eq!((outcome.0, outcome.1.len()), (40, 40));
        running.wait().unwrap();
        assert_eq!(gauge.most(), 2);
    });
}

#[test]
fn a_resource_is_shared_by_serial_runs_of_one_executor() {
    within_a_minute("serial", || {
        let gauge = Gauge::default();
        let executor = Executor::builder().replay(7).resource("gpu", 2).build().unwrap();
        thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| executor.compute(some(&gauge)).unwrap());
            }
        });
        assert_eq!(gauge.most(), 2);
        let inner = gauge.clone();
        let nested = value(()).map(move |()| some(&inner).compute().unwrap().len());
        assert_eq!(executor.compute(nested).unwrap(), 40);
    });
}

#[test]
fn a_function_is_limited_on_every_executor_whatever_its_type_parameters() {
    within_a_minute("at most", || {
        for executor in [Executor::default(), executor(4), Executor::serial()] {
            let (gauge, generic) = (Gauge::default(), Gauge::default());
            let fetched: Vec<_> = (0..20).map(|_| fetch(gauge.clone())).collect();
            let ints: Vec<_> = (0..10).map(|n| of_type(generic.clone(), n)).collect();
            let texts: Vec<_> = (0..10).map(|_| of_type::<char>(generic.clone(), 'x')).collect();
            let record = executor.run((fetched, ints, texts)).unwrap().into_record();
            assert!(gauge.most() <= 2 && generic.most() == 1);
            let names: Vec<_> =
                record.resources().iter().map(|one| (&*one.name, one.kind)).collect();
            assert_eq!(
                names,
                [
                    ("resources::holding::fetch", ResourceKind::AtMost),
                    ("resources::holding::of_type", ResourceKind::AtMost)
                ]
            );
        }
    });
}

/// ```text
///  worker 1 │ holds the card ────────── until all others are done ─┐
///  worker 2 │ asks, is parked; then those that need nothing ───────┘
/// ```
#[test]
fn tasks_that_need_nothing_pass_those_that_wait() {
    within_a_minute("passing", || {
        let executor = Executor::builder().threads(2).resource("gpu", 1).build().unwrap();
        let done = Arc::new(AtomicU32::new(0));
        let (all_done, wait) = mpsc::channel::<()>();
        let first = value(()).map(move |()| wait.recv().unwrap()).resource("gpu", 1);
        let waiting: Vec<_> = (0..50).map(|n| value(n).resource("gpu", 1)).collect();
        let free: Vec<_> = (0..50)
            .map(|_| {
                let (done, all_done) = (Arc::clone(&done), all_done.clone());
                value(()).map(move |()| {
                    if done.fetch_add(1, Ordering::SeqCst) == 49 {
                        all_done.send(()).unwrap();
                    }
                })
            })
            .collect();
        executor.compute((first, waiting, free)).unwrap();
    });
}

/// As many tasks of a limited function as fit do run at once.
#[test]
fn what_fits_runs_at_once() {
    within_a_minute("at once", || {
        let executor = Executor::builder().threads(3).resource("gpu", 3).build().unwrap();
        let barrier = Arc::new(Barrier::new(3));
        let tasks: Vec<_> = (0..9)
            .map(|_| {
                let barrier = Arc::clone(&barrier);
                value(()).map(move |()| barrier.wait().is_leader()).resource("gpu", 1)
            })
            .collect();
        executor.compute(tasks).unwrap();
    });
}

/// Whatever ends a task gives back what it held: nothing is left over when all of it is wanted.
#[test]
fn what_a_task_holds_is_given_back_however_it_ends() {
    within_a_minute("given back", || {
        let executor = executor(2);
        let all = |()| value(()).resource("gpu", 2);
        let panics = value(()).map(|()| panic!("no")).resource("gpu", 2);
        assert!(matches!(executor.compute(panics), Err(Error::Task(_))));
        executor.compute(all(())).unwrap();
        let fails = value("x").and_then(str::parse::<i32>).resource("gpu", 2);
        assert!(executor.compute(fails).is_err());
        executor.compute(all(())).unwrap();
        assert_eq!(executor.compute(tried_again(Gauge::default())).unwrap(), 2);
        executor.compute(all(())).unwrap();
        let handles = value(()).map(|()| vec![value(1), value(2)]).flatten().resource("gpu", 2);
        assert_eq!(executor.compute(handles).unwrap(), [1, 2]);
        executor.compute(all(())).unwrap();
    });
}

#[delayed(retries = 2, resource("gpu", 2))]
fn tried_again(gauge: Gauge) -> Result<u32, std::fmt::Error> {
    gauge.occupy(2);
    let tries = gauge.0.0.fetch_add(1, Ordering::SeqCst);
    if tries == 2 { Ok(tries) } else { Err(std::fmt::Error) }
}

/// ```text
///  run 1 │ holds the card ─────────────── until run 2 has ended
///  run 2 │ asks, is parked ── is cancelled
///  run 3 │ asks, is parked behind run 2 ── gets it after run 1
/// ```
#[test]
fn a_run_that_is_cancelled_waits_no_more() {
    within_a_minute("cancelled", || {
        let executor = executor(3);
        let (release, first) = hold_a_card(&executor);
        let token = CancelToken::new();
        let second = executor.clone().with_cancel(&token).spawn(value(2).resource("gpu", 2));
        let third = executor.spawn(value(3).resource("gpu", 1));
        token.cancel();
        assert!(matches!(second.wait(), Err(Error::Cancelled { .. })));
        // There is one free, and nobody before it any more.
        assert_eq!(third.wait().unwrap(), 3);
        release.send(()).unwrap();
        first.wait().unwrap();
    });
}

/// ```text
///  run 1 │ holds the card ─────────── then S ── gives it back
///  run 2 │ S asks too, and is parked ── S is done: it needs nothing any more
///  run 3 │ asks, is parked behind both ── gets it
/// ```
#[test]
fn a_task_that_has_ended_elsewhere_waits_for_nothing() {
    within_a_minute("elsewhere", || {
        let executor = Executor::builder().threads(3).resource("gpu", 1).build().unwrap();
        for _ in 0..50 {
            let shared = value(1).resource("gpu", 1).shared();
            let runs: Vec<_> =
                (0..4).map(|_| executor.spawn((&shared, value(2).resource("gpu", 1)))).collect();
            for run in runs {
                assert_eq!(run.wait().map(|(one, two)| *one + two).unwrap(), 3);
            }
        }
        assert_eq!(executor.compute(value(3).resource("gpu", 1)).unwrap(), 3);
    });
}

/// Of three workers one is in a task, and the others have nothing but tasks that wait.
#[test]
fn idle_time_for_want_of_a_resource_is_said_as_such() {
    within_a_minute("idle", || {
        let executor = Executor::builder().threads(3).resource("gpu", 1).build().unwrap();
        let sleep = |_| thread::sleep(Duration::from_millis(20));
        let tasks: Vec<_> = (0..6).map(|n| value(n).map(sleep).resource("gpu", 1)).collect();
        let record = executor.run(tasks).unwrap().into_record();
        let idle = record.idle();
        assert!(idle.resource > record.wall() / 2, "{idle:?} of {:?}", record.wall());
        // In the end there is one that waits for two workers, and then none.
        assert!(idle.resource > 2 * idle.nothing_ready, "{idle:?}");
        assert_eq!(record.limit(), Some(Limit::Resource));
        assert!(record.verdict().contains("the resource `gpu` kept "), "{}", record.verdict());
        assert!(record.best_possible() < 1.3, "one card: {}", record.best_possible());
        let [gpu] = record.resources() else { unreachable!() };
        assert_eq!(gpu.held_back, 5);
        assert!(
            gpu.used >= Duration::from_millis(120) && gpu.waited >= Duration::from_millis(80),
            "{gpu:?}"
        );
    });
}

/// A thread that the task has spawned computes on the same executor. It goes on without a permit, but not
/// without the resource.
#[test]
fn a_stalled_executor_goes_beyond_its_threads_but_not_beyond_a_resource() {
    within_a_minute("stalled", || {
        let executor = Executor::builder().threads(1).resource("gpu", 2).build().unwrap();
        let (inner, gauge) = (executor.clone(), Gauge::default());
        let seen = gauge.clone();
        let outer = value(()).map(move |()| {
            let thread = thread::spawn(move || {
                inner.compute((0..3).map(|_| one(gauge.clone())).collect::<Vec<_>>()).unwrap();
            });
            thread.join().unwrap();
        });
        executor.compute(outer.resource("gpu", 1)).unwrap();
        assert_eq!(seen.most(), 1, "the task itself holds one of two");
    });
}
