//! Tasks that wait for the run that they are part of, or in a circle of runs: an error, and never a hang.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{self, Sender},
    },
    thread,
};

use graph_exec::{
    CancelToken, Error, ObservedTask, Observer, RunFinished, Running, TaskFinished, TaskStarted,
    prelude::*, task,
};

use crate::{Gate, threads, until, watchdog::within_a_minute};

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

/// What an observer does at the end of a run, given the slot that the run is in.
type Hook = Box<dyn Fn(&Slot, &Sender<Result<(), Error>>) + Send + Sync>;

struct AtTheEnd {
    slot: Slot,
    tell: Mutex<Sender<Result<(), Error>>>,
    hook: Hook,
}

impl Observer for AtTheEnd {
    fn finished(&self, _: &RunFinished<'_>) {
        let tell = self.tell.lock().unwrap().clone();
        (self.hook)(&self.slot, &tell);
    }
}

fn take(slot: &Slot) -> Running<()> {
    until(|| slot.lock().unwrap().is_some());
    slot.lock().unwrap().take().unwrap()
}

type Told = mpsc::Receiver<Result<(), Error>>;

/// The executor, observed like that; the slot, and what is told.
fn observed(executor: Executor, hook: Hook) -> (Executor, Slot, Told) {
    let (slot, (tell, told)) = (Slot::default(), mpsc::channel());
    let observer = AtTheEnd { slot: Arc::clone(&slot), tell: Mutex::new(tell), hook };
    (executor.with_observer(Arc::new(observer)), slot, told)
}

/// An observer that waits for the run in the slot.
fn that_waits(wait: Wait) -> Hook {
    Box::new(move |slot, tell| tell.send(wait(take(slot))).unwrap())
}

/// ```text
///  run R │ task │ end of R: the observer is told, and waits for R
/// ```
#[test]
fn an_observer_that_waits_for_the_run_whose_end_it_hears_of_is_told_so() {
    within_a_minute("own end", || {
        for wait in WAYS {
            for count in [1, 2] {
                let (executor, slot, told) = observed(threads(count), that_waits(wait));
                *slot.lock().unwrap() = Some(executor.spawn(value(())));
                let error = told.recv().unwrap().unwrap_err();
                assert!(error.to_string().contains("Observer::finished"), "{error}");
                assert_eq!(refused([Err(error)]), ["Observer::finished"]);
            }
        }
    });
}

/// ```text
///  worker │ another run's task
///  thread │ cancels R, of which no task is running, and so ends it: the observer is told, and waits for R
/// ```
#[test]
fn an_observer_that_hears_of_the_end_on_another_thread_is_told_so_too() {
    within_a_minute("cancelled", || {
        for wait in WAYS {
            let (pool, gate, token) = (threads(1), Gate::default(), CancelToken::new());
            let (executor, slot, told) = observed(pool.clone(), that_waits(wait));
            let of_task = gate.clone();
            let busy = pool.spawn(value(()).map(move |()| of_task.pass()));
            gate.wait_for(1);
            *slot.lock().unwrap() = Some(executor.with_cancel(&token).spawn(value(())));
            token.cancel();
            assert_eq!(refused([told.recv().unwrap()]), ["Observer::finished"]);
            gate.open();
            busy.wait().unwrap();
        }
    });
}

/// ```text
///  run R │ task │ end of R: the observer computes ── task ── waits for R
/// ```
#[test]
fn a_task_that_an_observer_of_the_end_computes_is_part_of_that_end() {
    within_a_minute("computed at the end", || {
        for wait in WAYS {
            for count in [1, 2] {
                let pool = threads(count);
                for inner in [pool.clone(), threads(1), Executor::serial()] {
                    let hook: Hook = Box::new(move |slot, tell| {
                        inner.compute(waits("at the end", slot, wait, tell)).unwrap();
                    });
                    let (executor, slot, told) = observed(pool.clone(), hook);
                    *slot.lock().unwrap() = Some(executor.spawn(value(())));
                    assert_eq!(refused([told.recv().unwrap()]), ["map (at the end)"]);
                }
            }
        }
    });
}

/// ```text
///  run R │ task │ end of R: the observer waits for S
///  run S │                task ── waits for R
/// ```
#[test]
fn of_an_observer_and_a_task_that_wait_for_each_others_runs_one_is_told() {
    within_a_minute("circle through an end", || {
        for wait in WAYS {
            for _ in 0..10 {
                let (executor, of_observer, told) = observed(threads(1), that_waits(wait));
                let (of_task, (tell, task_told)) = (Slot::default(), mpsc::channel());
                let other = threads(1).spawn(waits("of the task", &of_task, wait, &tell));
                *of_task.lock().unwrap() = Some(executor.spawn(value(())));
                *of_observer.lock().unwrap() = Some(other);
                let told = refused([told.recv().unwrap(), task_told.recv().unwrap()]);
                let one = ["Observer::finished", "map (of the task)"];
                assert!(told.len() == 1 && one.contains(&&*told[0]), "{told:?}");
            }
        }
    });
}

/// What is computed when a run was cancelled is not part of that run.
#[test]
fn what_an_observer_computes_at_the_end_of_a_cancelled_run_is_not_cancelled() {
    within_a_minute("computed after a cancellation", || {
        let hook: Hook = Box::new(|_, tell| {
            for executor in [threads(1), Executor::serial()] {
                let checks = value(()).and_then(|()| task::check());
                tell.send(executor.compute(checks)).unwrap();
            }
        });
        let (executor, _, told) = observed(threads(1), hook);
        let gate = Gate::default();
        let of_task = gate.clone();
        let run = executor.spawn(value(()).map(move |()| of_task.pass()));
        gate.wait_for(1);
        run.cancel();
        gate.open();
        assert!(told.recv().unwrap().is_ok() && told.recv().unwrap().is_ok());
        assert!(matches!(run.wait(), Err(Error::Cancelled { .. })));
    });
}

/// Waits for the run in the slot when it first hears of this event of a task.
struct DuringTask {
    event: &'static str,
    slot: Slot,
    tell: Mutex<Sender<Result<(), Error>>>,
}

impl DuringTask {
    fn hear(&self, event: &str) {
        // Of the run's first task nobody knows before `spawn` returns, so the second is meant.
        if event == self.event && self.slot.lock().unwrap().is_some() {
            self.tell.lock().unwrap().send(take(&self.slot).wait()).unwrap();
        }
    }
}

impl Observer for DuringTask {
    fn ready(&self, _: &ObservedTask<'_>) {
        self.hear("ready");
    }

    fn task_started(&self, _: &TaskStarted<'_>) {
        self.hear("started");
    }

    fn task_finished(&self, _: &TaskFinished<'_>) {
        self.hear("finished");
    }
}

#[test]
fn an_observer_that_waits_for_the_run_of_a_task_that_it_hears_of_is_told_so() {
    within_a_minute("own task", || {
        let events = [("ready", "Observer::ready"), ("started", "map"), ("finished", "map")];
        for (event, waiting) in events {
            for count in [1, 2] {
                let (slot, (tell, told)) = (Slot::default(), mpsc::channel());
                let gate = Gate::default();
                let first = gate.clone();
                let graph = value(()).map(move |()| first.pass()).map(|()| ());
                let observer = DuringTask { event, slot: slot.clone(), tell: Mutex::new(tell) };
                let run = threads(count).with_observer(Arc::new(observer)).spawn(graph);
                gate.wait_for(1);
                *slot.lock().unwrap() = Some(run);
                gate.open();
                assert_eq!(refused([told.recv().unwrap()]), [waiting], "{event}");
            }
        }
    });
}
