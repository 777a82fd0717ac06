//! What is left of runs that were dropped or left alone.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use graph_exec::{Observer, RunFinished, Running, prelude::*, task};

use crate::{Gate, threads, until, watchdog::within_a_minute};

/// Counts how many of it there are.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Counted(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn dropping_cancels_and_waits_for_nobody() {
    within_a_minute("drop", || {
        let (executor, gate) = (threads(1), Gate::default());
        let (inner, ran) = (gate.clone(), Arc::new(AtomicUsize::new(0)));
        let counter = Arc::clone(&ran);
        let running = executor.spawn(value(1).map(move |_| inner.pass()).map(move |()| {
            counter.fetch_add(1, Ordering::SeqCst);
        }));
        gate.wait_for(1);
        drop(running);
        gate.open();
        assert_eq!(executor.compute(value(1)).unwrap(), 1);
        assert_eq!(ran.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn a_task_hears_that_its_run_was_dropped() {
    within_a_minute("told", || {
        let (executor, gate) = (threads(1), Gate::default());
        let inner = gate.clone();
        let running = executor.spawn(value(1).and_then(move |_| {
            inner.pass();
            loop {
                task::check()?;
            }
            #[expect(unreachable_code, reason = "it tells the type")]
            Ok::<(), task::Cancelled>(())
        }));
        gate.open();
        gate.wait_for(1);
        drop(running);
        assert_eq!(executor.compute(value(1)).unwrap(), 1);
    });
}

/// Nobody is at work for them then, and no thread waits for them.
#[test]
fn a_run_that_is_left_alone_while_it_waits_goes_on() {
    #[delayed(retries = 1, backoff = "100ms..200ms")]
    fn fails_first(tries: Arc<AtomicUsize>) -> Result<i32, String> {
        match tries.fetch_add(1, Ordering::SeqCst) {
            0 => Err("busy".to_owned()),
            _ => Ok(1),
        }
    }
    within_a_minute("waits", || {
        let executor = Executor::builder().threads(2).resource("gpu", 1).build().unwrap();
        let (tries, gate) = (Arc::<AtomicUsize>::default(), Gate::default());
        let (sender, receiver) = mpsc::channel();
        let of_resource = sender.clone();
        let waits_for_time = fails_first(Arc::clone(&tries)).map(move |n| sender.send(n).unwrap());
        let running = executor.spawn(waits_for_time);
        until(|| tries.load(Ordering::SeqCst) > 0);
        // The thread that has tried it is gone. Otherwise, less is tested.
        std::thread::sleep(std::time::Duration::from_millis(20));
        running.detach();
        assert_eq!(receiver.recv(), Ok(1));

        let inner = gate.clone();
        let holder = executor.spawn(value(()).map(move |()| inner.pass()).resource("gpu", 1));
        gate.wait_for(1);
        let sends = value(2).map(move |n| of_resource.send(n).unwrap()).resource("gpu", 1);
        let running = executor.spawn(sends);
        std::thread::sleep(std::time::Duration::from_millis(20));
        running.detach();
        gate.open();
        holder.wait().unwrap();
        assert_eq!(receiver.recv(), Ok(2));
    });
}

struct Tells(mpsc::Sender<()>);

impl Observer for Tells {
    fn finished(&self, _: &RunFinished<'_>) {
        self.0.send(()).unwrap();
    }
}

#[test]
fn a_run_that_is_dropped_while_it_waits_ends_quietly() {
    #[delayed(retries = 1, backoff = "1h..2h")]
    fn fails(_tries: Arc<AtomicUsize>, _panics: Arc<PanicsWhenDropped>) -> Result<i32, String> {
        _tries.fetch_add(1, Ordering::SeqCst);
        Err("busy".to_owned())
    }
    within_a_minute("quietly", || {
        let (told, hears) = mpsc::channel();
        let executor = threads(1).with_observer(Arc::new(Tells(told)));
        let tries = Arc::<AtomicUsize>::default();
        let running = executor.spawn(fails(Arc::clone(&tries), Arc::new(PanicsWhenDropped)));
        until(|| tries.load(Ordering::SeqCst) > 0);
        // The thread that has tried it is gone. Otherwise, less is tested.
        std::thread::sleep(std::time::Duration::from_millis(20));
        drop(running);
        hears.recv().expect("the observer hears of the end");
    });
}

#[test]
fn a_run_that_is_left_alone_ends_and_leaves_nothing() {
    within_a_minute("detach", || {
        let count = Arc::new(AtomicUsize::new(0));
        let executor = threads(2);
        let (one, two) = (Arc::clone(&count), Arc::clone(&count));
        executor.spawn(value(1).map(move |_| Counted::new(&one))).detach();
        let handle = value(1).map(move |_| Counted::new(&two)).shared();
        let running = executor.spawn(handle.clone());
        until(|| running.is_finished());
        running.detach();
        // The clone still has its result.
        until(|| count.load(Ordering::SeqCst) == 1);
        assert!(handle.compute().is_ok());
        drop(handle);
        until(|| count.load(Ordering::SeqCst) == 0);
    });
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "this result panics when it is dropped");
    }
}

#[test]
fn a_result_that_panics_when_dropped_ends_no_thread() {
    within_a_minute("panicking result", || {
        let executor = threads(1);
        for _ in 0..5 {
            executor.spawn(value(1).map(|_| PanicsWhenDropped)).detach();
        }
        assert_eq!(executor.spawn(value(1)).wait().unwrap(), 1);
    });
}

#[test]
fn ten_thousand_runs_leave_nothing() {
    within_a_minute("ten thousand", || {
        let count = Arc::new(AtomicUsize::new(0));
        let executor = threads(2);
        for n in 0..10_000 {
            let counter = Arc::clone(&count);
            let made = value(n).map(move |_| Counted::new(&counter)).map(|made| made);
            let running: Running<Counted> = executor.spawn(made);
            match n % 3 {
                0 => drop(running),
                1 => running.detach(),
                _ => drop(running.wait().unwrap()),
            }
        }
        until(|| count.load(Ordering::SeqCst) == 0);
        // Each run, task and closure has let go of the counter.
        until(|| Arc::strong_count(&count) == 1);
    });
}
