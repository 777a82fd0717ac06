//! A run as a future, under several runtimes and without one.

use std::{
    future::{self, Future},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use graph_exec::{Error, prelude::*};

use crate::{Gate, threads, until, watchdog::within_a_minute};

#[delayed]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

fn gated(gate: &Gate) -> Delayed<u64> {
    let gate = gate.clone();
    value(1).map(move |n| {
        gate.pass();
        n
    })
}

async fn hundred(executor: Executor) -> Result<u64, Error> {
    let mut total = 0;
    for n in 0..100 {
        total = executor.spawn(add(total, n)).await?;
    }
    Ok(total)
}

#[test]
fn it_needs_no_particular_runtime() {
    within_a_minute("runtimes", || {
        assert_eq!(pollster::block_on(hundred(threads(1))).unwrap(), 4950);
        assert_eq!(futures_lite::future::block_on(hundred(threads(2))).unwrap(), 4950);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(hundred(Executor::default())).unwrap(), 4950);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let tasks: Vec<_> = (0..20).map(|_| runtime.spawn(hundred(threads(2)))).collect();
        for task in tasks {
            assert_eq!(runtime.block_on(task).unwrap().unwrap(), 4950);
        }
    });
}

#[test]
fn errors_are_those_of_compute() {
    within_a_minute("errors", || {
        let failing = value("x").and_then(str::parse::<u8>);
        assert!(matches!(pollster::block_on(failing.spawn()), Err(Error::Task(_))));
        assert_eq!(pollster::block_on(Executor::serial().spawn(add(1, 2))).unwrap(), 3);
    });
}

#[test]
fn a_runtime_of_one_thread_goes_on_meanwhile() {
    within_a_minute("ticks", || {
        let gate = Gate::default();
        let running = threads(1).spawn(gated(&gate));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let ticks = runtime.block_on(async {
            let ticker = async {
                for _ in 0..5 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                gate.open();
                5
            };
            let (result, ticks) = tokio::join!(running, ticker);
            assert_eq!(result.unwrap(), 1);
            ticks
        });
        assert_eq!(ticks, 5);
    });
}

#[test]
fn a_timeout_drops_the_future_and_cancels_the_run() {
    within_a_minute("timeout", || {
        let gate = Gate::default();
        let second = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&second);
        let graph = gated(&gate).map(move |_| counter.fetch_add(1, Ordering::SeqCst));
        let executor = threads(1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let waited =
                tokio::time::timeout(Duration::from_millis(5), executor.spawn(graph)).await;
            assert!(waited.is_err());
        });
        gate.open();
        assert_eq!(executor.compute(value(1)).unwrap(), 1);
        assert_eq!(second.load(Ordering::SeqCst), 0, "what follows a cancelled task does not run");
    });
}

/// Counts how often it is woken.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn the_last_waker_is_woken_once() {
    within_a_minute("wakers", || {
        let gate = Gate::default();
        let mut running = pin!(threads(1).spawn(gated(&gate)));
        let counters: Vec<Arc<Counting>> = (0..3).map(|_| Arc::default()).collect();
        for counter in &counters {
            let waker = Waker::from(Arc::clone(counter));
            assert!(running.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        }
        gate.open();
        until(|| counters[2].0.load(Ordering::SeqCst) == 1);
        assert_eq!(counters[0].0.load(Ordering::SeqCst) + counters[1].0.load(Ordering::SeqCst), 0);
        let ready = pollster::block_on(future::poll_fn(|context| running.as_mut().poll(context)));
        assert_eq!(ready.unwrap(), 1);
    });
}

#[test]
fn it_may_be_polled_here_and_waited_for_there() {
    within_a_minute("moved", || {
        let gate = Gate::default();
        let mut running = threads(1).spawn(gated(&gate));
        let waker = Waker::from(Arc::<Counting>::default());
        let poll = std::pin::Pin::new(&mut running).poll(&mut Context::from_waker(&waker));
        assert!(matches!(poll, Poll::Pending));
        let waiter = thread::spawn(move || running.wait());
        gate.open();
        assert_eq!(waiter.join().unwrap().unwrap(), 1);
    });
}

/// A waker that panics, with a value that may panic itself when dropped.
struct Panicking {
    panics_again: bool,
}

struct PanicsAgain(bool);

impl Drop for PanicsAgain {
    fn drop(&mut self) {
        assert!(!self.0, "what the waker has panicked with panics too");
    }
}

impl Wake for Panicking {
    fn wake(self: Arc<Self>) {
        std::panic::panic_any(PanicsAgain(self.panics_again));
    }
}

#[test]
fn a_waker_that_panics_takes_no_thread_with_it() {
    within_a_minute("panicking waker", || {
        for panics_again in [false, true] {
            let (executor, gate) = (threads(1), Gate::default());
            let mut running = executor.spawn(gated(&gate));
            let waker = Waker::from(Arc::new(Panicking { panics_again }));
            let poll = std::pin::Pin::new(&mut running).poll(&mut Context::from_waker(&waker));
            assert!(poll.is_pending());
            gate.open();
            // The thread that has ended the run wakes while nobody helps it.
            until(|| running.is_finished());
            assert_eq!(running.wait().unwrap(), 1);
            assert_eq!(pollster::block_on(executor.spawn(add(1, 1))).unwrap(), 2);
        }
    });
}
