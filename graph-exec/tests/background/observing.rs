//! Records and observers of runs in the background.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::{Observer, RunFinished, RunOutcome, RunRecord, TaskState, prelude::*};

use crate::{threads, until, watchdog::within_a_minute};

#[test]
fn a_record_is_there_after_the_end_also_of_a_failed_run() {
    within_a_minute("records", || {
        for executor in [Executor::serial(), threads(2)] {
            let mut running = executor.spawn_recorded(value(1).map(|n| n + 1));
            until(|| running.is_finished());
            let record = running.record().unwrap();
            assert_eq!((record.tasks().len(), record.outcome()), (2, RunOutcome::Done));
            assert_eq!(pollster::block_on(&mut running).unwrap(), 2);
            // It is kept for who had to await the end.
            assert_eq!(running.record().unwrap().wall(), record.wall());

            let failing = value("x").and_then(str::parse::<u8>);
            let finished = executor.spawn_recorded(failing).attempt();
            assert_eq!(finished.record().outcome(), RunOutcome::Failed);
            assert_eq!(finished.record().failures().len(), 1);
            assert!(finished.into_result().is_err());

            assert!(executor.spawn(value(1)).record().is_none());
        }
    });
}

/// The tasks are gone after the end, so what was noted of them must not be asked of them again.
#[test]
fn a_record_is_the_same_whenever_it_is_asked_for() {
    within_a_minute("records again", || {
        for executor in [Executor::serial(), threads(2)] {
            let graph = || value(1).named("x".repeat(100)).map(|n| n + 1);
            for broken in [false, true] {
                let graph = graph().and_then(move |n| if broken { Err("broken") } else { Ok(n) });
                let running = executor.spawn_recorded(graph);
                until(|| running.is_finished());
                let seen = |record: &RunRecord| {
                    let tasks = record.tasks().map(|task| {
                        (task.label().map(str::to_owned), task.state(), task.start(), task.worker())
                    });
                    (tasks.collect::<Vec<_>>(), record.outcome(), record.origin().began)
                };
                let first = seen(&running.record().unwrap());
                assert_eq!(first.0[0].0, Some("x".repeat(100)));
                assert_eq!(first.0[1].1, TaskState::Done);
                assert_eq!(seen(&running.record().unwrap()), first);
                let finished = running.attempt();
                assert_eq!(seen(finished.record()), first);
                assert_eq!(finished.into_result().is_err(), broken);
            }
        }
    });
}

#[derive(Default)]
struct Ends(Mutex<Vec<RunOutcome>>);

impl Observer for Ends {
    fn finished(&self, event: &RunFinished<'_>) {
        // An observer may compute.
        assert_eq!(value(1).compute().unwrap(), 1);
        self.0.lock().unwrap().push(event.outcome);
    }
}

#[test]
fn observers_hear_of_each_end_once_and_are_let_go() {
    within_a_minute("observers", || {
        let ends = Arc::new(Ends::default());
        let executor = threads(2).with_observer(Arc::clone(&ends) as Arc<dyn Observer>);
        let started = Arc::new(AtomicUsize::new(0));
        for n in 0..60 {
            let counter = Arc::clone(&started);
            let running = executor.spawn(value(n).map(move |n| {
                counter.fetch_add(1, Ordering::SeqCst);
                n
            }));
            match n % 3 {
                0 => running.detach(),
                1 => drop(running),
                _ => assert_eq!(running.wait().unwrap(), n),
            }
        }
        drop(executor);
        until(|| ends.0.lock().unwrap().len() == 60);
        until(|| Arc::strong_count(&ends) == 1);
        let done = ends.0.lock().unwrap().iter().filter(|&&end| end == RunOutcome::Done).count();
        assert!(done >= 40, "only runs that were dropped may be cancelled: {done}");
    });
}
