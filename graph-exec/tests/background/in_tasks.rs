//! Runs that tasks begin, wait for and await.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::{CancelToken, Error, Running, Shared, prelude::*, task};

use crate::{Gate, threads, until, watchdog::within_a_minute};

#[delayed]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

/// A task that awaits a graph whose task awaits a graph, and so on.
fn nested(depth: u64) -> Delayed<u64> {
    value(depth).and_then(|depth| match depth {
        0 => Ok(0),
        _ => pollster::block_on(nested(depth - 1).spawn()).map(|inner| inner + 1),
    })
}

#[test]
fn a_task_may_await_with_as_many_threads_as_there_are() {
    within_a_minute("nested", || {
        for count in [1, 2] {
            assert_eq!(threads(count).compute(nested(50)).unwrap(), 50);
            let wide: Vec<_> = (0..20).map(|_| nested(3)).collect();
            assert_eq!(threads(count).compute(wide).unwrap(), [3; 20]);
        }
        assert_eq!(Executor::serial().compute(nested(20)).unwrap(), 20);
    });
}

#[test]
fn a_task_may_wait_for_several_that_it_has_begun() {
    within_a_minute("several", || {
        let executor = threads(1);
        let total = executor.compute(value(1).and_then(|n| {
            let running: Vec<_> = (0..50).map(|i| add(i, n).spawn()).collect();
            running.into_iter().map(Running::wait).sum::<Result<u64, Error>>()
        }));
        assert_eq!(total.unwrap(), 1275);
    });
}

/// ```text
///  task S │ begins R, which needs S ── waits for R ── WouldDeadlock
/// ```
#[test]
fn a_task_that_waits_for_a_run_that_needs_the_task_is_an_error() {
    within_a_minute("circle", || {
        for (count, first) in [(1, false), (2, false), (2, true)] {
            let own: Arc<Mutex<Option<Shared<String>>>> = Arc::default();
            let itself = Arc::clone(&own);
            let task = value(0).map(move |_| {
                let own = itself.lock().unwrap().clone().unwrap();
                let running = own.map(String::len).spawn();
                if first {
                    // The other thread has found out that the task runs here.
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
                running.wait().unwrap_err().to_string()
            });
            let task = task.shared();
            *own.lock().unwrap() = Some(task.clone());
            let text = threads(count).compute(&task).unwrap();
            assert!(text.contains("would wait for ever"), "{text}");
            own.lock().unwrap().take();
        }
    });
}

/// ```text
///  task S │ begins R, which needs S ── returns ─┐
///  R      │                         suspended ──┴─ goes on
/// ```
#[test]
fn a_run_that_nobody_waits_for_may_need_the_task_that_has_begun_it() {
    within_a_minute("no circle", || {
        for count in [1, 2] {
            let own: Arc<Mutex<Option<Shared<u64>>>> = Arc::default();
            let (itself, seen) = (Arc::clone(&own), Arc::new(AtomicUsize::new(0)));
            let note = Arc::clone(&seen);
            let task = value(7).map(move |n| {
                let own = itself.lock().unwrap().clone().unwrap();
                let note = Arc::clone(&note);
                own.map(move |n| note.store(*n as usize, Ordering::SeqCst)).spawn().detach();
                n
            });
            let task = task.shared();
            *own.lock().unwrap() = Some(task.clone());
            assert_eq!(*threads(count).compute(&task).unwrap(), 7);
            until(|| seen.load(Ordering::SeqCst) == 7);
            own.lock().unwrap().take();
        }
    });
}

/// Each task begins the run of the next and ends: no stack grows, and no list of who began whom.
#[test]
fn runs_may_begin_each_other_without_end() {
    fn step(left: u64, gate: Gate) -> Delayed<()> {
        value(left).map(move |left| match left {
            0 => gate.pass(),
            _ => step(left - 1, gate).spawn().detach(),
        })
    }
    within_a_minute("relay", || {
        let gate = Gate::default();
        gate.open();
        threads(2).spawn(step(20_000, gate.clone())).detach();
        gate.wait_for(1);
    });
}

/// ```text
///  outer run │ task ── begins inner ── waits for it ───────────── Cancelled
///  inner run │          task checks, again and again ── is told ─┘
///  other     │                               cancels the outer run
/// ```
#[test]
fn a_run_that_a_task_waits_for_hears_when_the_run_of_the_task_is_cancelled() {
    within_a_minute("told", || {
        for count in [1, 2] {
            let (token, gate) = (CancelToken::new(), Gate::default());
            gate.open();
            let executor = threads(count).with_cancel(&token);
            let inner = gate.clone();
            let outer = value(1).and_then(move |_| {
                let endless = value(1).and_then(move |_| {
                    inner.pass();
                    loop {
                        task::check()?;
                    }
                    #[expect(unreachable_code, reason = "it tells the type")]
                    Ok::<(), task::Cancelled>(())
                });
                endless.spawn().wait()
            });
            let canceller = {
                let gate = gate.clone();
                std::thread::spawn(move || {
                    gate.wait_for(1);
                    token.cancel();
                })
            };
            let error = executor.compute(outer).unwrap_err();
            assert!(matches!(error, Error::Cancelled { .. }), "{error}");
            canceller.join().unwrap();
        }
    });
}
