//! Tasks that wait for the run that they are part of, or in a circle of runs: an error, and never a hang.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{self, Sender},
    },
    thread,
};

use graph_exec::{Error, Running, prelude::*, task};

use crate::{threads, until, watchdog::within_a_minute};

#[delayed]
fn both(_one: (), _other: ()) {}

/// Where a task finds a run that was begun after the task was built.
type Slot = Arc<Mutex<Option<Running<()>>>>;

type Wait = fn(Running<()>) -> Result<(), Error>;

/// How a task waits for a run.
const WAYS: [Wait; 3] =
    [Running::wait, |run| pollster::block_on(run), |run| run.attempt().into_result()];

/// A task that waits for the run in a slot, and tells how that has ended.
fn waits(name: &str, slot: &Slot, wait: Wait, tell: &Sender<Result<(), Error>>) -> Delayed<()> {
    let (slot, tell) = (Arc::clone(slot), tell.clone());
    let task = value(()).map(move |()| {
        until(|| slot.lock().unwrap().is_some());
        let run = slot.lock().unwrap().take().unwrap();
        tell.send(wait(run)).unwrap();
    });
    task.named(name)
}

/// The names of the tasks that were told that they would wait for ever. Those that have waited for a run
/// that such a task has given up are told of that.
fn refused(told: impl IntoIterator<Item = Result<(), Error>>) -> Vec<String> {
    let of_one = |result: Result<(), Error>| match result {
        Err(Error::WouldDeadlock { task, wants: None, .. }) => Some(task),
        Ok(()) | Err(Error::Cancelled { .. }) => None,
        Err(error) => panic!("{error}"),
    };
    told.into_iter().filter_map(of_one).collect()
}

/// ```text
///  run R │ task ── waits for R
/// ```
#[test]
fn a_task_that_waits_for_its_own_run_is_told_so_by_name() {
    within_a_minute("own run", || {
        for wait in WAYS {
            for count in [1, 2] {
                let (slot, (tell, told)) = (Slot::default(), mpsc::channel());
                let run = threads(count).spawn(waits("own", &slot, wait, &tell));
                *slot.lock().unwrap() = Some(run);
                assert_eq!(refused([told.recv().unwrap()]), ["map (own)"]);
            }
        }
    });
}

/// ```text
///  run R │ task ── waits for S
///  run S │         task ── waits for R
/// ```
#[test]
fn of_runs_whose_tasks_wait_for_each_other_one_is_told() {
    within_a_minute("circle of runs", || {
        for wait in WAYS {
            for count in [2, 3] {
                for _ in 0..20 {
                    let (tell, told) = mpsc::channel();
                    let slots: Vec<Slot> = (0..count).map(|_| Slot::default()).collect();
                    let runs: Vec<_> = slots
                        .iter()
                        .map(|slot| threads(1).spawn(waits("one of them", slot, wait, &tell)))
                        .collect();
                    for (index, run) in runs.into_iter().enumerate() {
                        *slots[(index + 1) % count].lock().unwrap() = Some(run);
                    }
                    let told = told.iter().take(count).collect::<Vec<_>>();
                    assert_eq!(refused(told), ["map (one of them)"]);
                }
            }
        }
    });
}

/// ```text
///  run R │ task ── computes ── task ── waits for R
/// ```
#[test]
fn a_run_around_the_run_of_the_task_is_its_own_too() {
    within_a_minute("around", || {
        for wait in WAYS {
            for inner in [threads(1), threads(2), Executor::serial()] {
                let (slot, (tell, told)) = (Slot::default(), mpsc::channel());
                let nested = waits("inner", &slot, wait, &tell);
                let outer = value(nested).map(move |nested| inner.compute(nested).is_ok());
                let run = threads(1).spawn(outer.map(|_| ()));
                *slot.lock().unwrap() = Some(run);
                assert_eq!(refused([told.recv().unwrap()]), ["map (inner)"]);
            }
        }
    });
}

/// What the rest of the process asks of a run goes on, also in a task beside the one that waits.
///
/// ```text
///  run R │ task ── waits for R
///        │ sibling ── checks, again and again ── is told, for R was given up with its handle
/// ```
#[test]
fn a_task_beside_one_that_waits_for_its_own_run_goes_on() {
    within_a_minute("sibling", || {
        let (slot, (tell, told)) = (Slot::default(), mpsc::channel());
        let waits = waits("own", &slot, Running::wait, &tell);
        let (begin, begun) = mpsc::channel();
        let checks = value(tell).map(move |tell| {
            begin.send(()).unwrap();
            while task::check().is_ok() {
                thread::yield_now();
            }
            tell.send(Ok(())).unwrap();
        });
        let run = threads(2).spawn(both(waits, checks));
        begun.recv().unwrap();
        *slot.lock().unwrap() = Some(run);
        let told = told.iter().collect::<Vec<_>>();
        assert_eq!(told.len(), 2);
        assert_eq!(refused(told), ["map (own)"]);
    });
}
