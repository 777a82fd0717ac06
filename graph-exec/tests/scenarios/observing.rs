//! What observers are told, and what they cannot break.

use std::{
    collections::HashMap,
    panic::panic_any,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use graph_exec::TaskState;
use graph_exec::{
    CancelToken, Error, ObservedTask, Observer, RunFinished, RunOutcome, RunStarted, TaskFinished,
    TaskStarted, prelude::*,
};

use crate::within_a_minute;

fn executors() -> Vec<Executor> {
    let threads = |n| Executor::builder().threads(n).build().unwrap();
    vec![Executor::serial(), Executor::default(), threads(1), threads(4)]
}

#[derive(Debug, Clone, PartialEq)]
enum Event {
    Started(usize),
    Ready(usize),
    TaskStarted(usize),
    TaskFinished(usize, TaskState),
    Finished(RunOutcome, Option<String>),
}

#[derive(Default)]
struct Log(Mutex<Vec<Event>>);

impl Log {
    fn add(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }
    fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Log {
    fn started(&self, event: &RunStarted) {
        self.add(Event::Started(event.tasks));
    }
    fn ready(&self, task: &ObservedTask<'_>) {
        self.add(Event::Ready(task.index()));
    }
    fn task_started(&self, event: &TaskStarted<'_>) {
        self.add(Event::TaskStarted(event.task.index()));
    }
    fn task_finished(&self, event: &TaskFinished<'_>) {
        self.add(Event::TaskFinished(event.task.index(), event.state));
    }
    fn finished(&self, event: &RunFinished<'_>) {
        self.add(Event::Finished(event.outcome, event.error.map(|error| format!("{error:#}"))));
    }
}

#[test]
fn each_task_is_ready_then_starts_then_ends_between_the_run_s_first_and_last_event() {
    for executor in executors() {
        let log = Arc::new(Log::default());
        let executor = executor.with_observer(log.clone());
        let parts: Vec<Delayed<i32>> = (0..10).map(|n| value(n).map(|n| n + 1)).collect();
        executor.compute(parts).unwrap();
        let events = log.events();
        assert_eq!(events.first(), Some(&Event::Started(20)));
        assert_eq!(events.last(), Some(&Event::Finished(RunOutcome::Done, None)));
        let mut steps: HashMap<usize, Vec<&str>> = HashMap::new();
        for event in &events[1..events.len() - 1] {
            let (task, step) = match event {
                Event::Ready(task) => (task, "ready"),
                Event::TaskStarted(task) => (task, "started"),
                Event::TaskFinished(task, TaskState::Done) => (task, "done"),
                other => panic!("{other:?}"),
            };
            steps.entry(*task).or_default().push(step);
        }
        assert_eq!(steps.len(), 20);
        assert!(steps.values().all(|steps| steps == &["ready", "started", "done"]), "{steps:?}");
    }
}

#[test]
fn a_failed_run_and_a_cancelled_one_are_finished_too() {
    for executor in executors() {
        let log = Arc::new(Log::default());
        let broken = value(1).and_then(|_| Err::<i32, _>("broken"));
        executor.clone().with_observer(log.clone()).compute(broken).unwrap_err();
        let events = log.events();
        assert!(events.contains(&Event::TaskFinished(1, TaskState::Failed)), "{events:?}");
        let Some(Event::Finished(RunOutcome::Failed, Some(error))) = events.last() else {
            panic!("{events:?}")
        };
        assert!(error.contains("broken"), "{error}");

        let log = Arc::new(Log::default());
        let token = CancelToken::new();
        token.cancel();
        let executor = executor.with_observer(log.clone()).with_cancel(&token);
        executor.compute(value(1)).unwrap_err();
        let last = log.events().pop();
        assert!(matches!(last, Some(Event::Finished(RunOutcome::Cancelled, Some(_)))), "{last:?}");
    }
}

#[test]
fn a_task_that_was_done_before_gives_no_event() {
    for executor in executors() {
        let log = Arc::new(Log::default());
        let shared = value(1).shared();
        executor.compute(&shared).unwrap();
        executor.with_observer(log.clone()).compute(&shared).unwrap();
        let told = log.events();
        assert!(!told.iter().any(|event| matches!(event, Event::TaskStarted(_))), "{told:?}");
    }
}

struct Panics(Mutex<usize>);

impl Observer for Panics {
    fn task_started(&self, _: &TaskStarted<'_>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        panic!("an observer's own trouble");
    }
    fn finished(&self, _: &RunFinished<'_>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += 100;
        panic!("again");
    }
}

#[test]
fn a_panicking_observer_is_left_out_and_spoils_nothing() {
    for executor in executors() {
        let panics = Arc::new(Panics(Mutex::new(0)));
        let log = Arc::new(Log::default());
        let executor = executor.with_observer(panics.clone()).with_observer(log.clone());
        let mut sum = value(0);
        for n in 1..=50 {
            sum = sum.map(move |sum| sum + n);
        }
        assert_eq!(executor.compute(sum).unwrap(), 1275);
        let told = *panics.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(told, 101, "one task, and the end");
        assert_eq!(log.events().len(), 2 + 3 * 51);
    }
}

/// What is panicked with, and panics itself when dropped.
struct PanicsAgain;

impl Drop for PanicsAgain {
    fn drop(&mut self) {
        panic!("its destructor panics too");
    }
}

/// Panics at the events that it is told to, with a value that does so again.
struct PanicsTwice {
    at_end: bool,
}

impl Observer for PanicsTwice {
    fn task_started(&self, _: &TaskStarted<'_>) {
        if !self.at_end {
            panic_any(PanicsAgain);
        }
    }
    fn finished(&self, _: &RunFinished<'_>) {
        if self.at_end {
            panic_any(PanicsAgain);
        }
    }
}

#[test]
fn what_an_observer_has_panicked_with_may_panic_when_dropped() {
    for executor in executors() {
        for at_end in [false, true] {
            let executor = executor.clone().with_observer(Arc::new(PanicsTwice { at_end }));
            within_a_minute(move || {
                assert_eq!(executor.compute(value(1).map(|n| n + 1)).unwrap(), 2);
                // No thread but those of the executor ends this one.
                let running = executor.spawn(value(2).map(|n| n + 1));
                assert_eq!(pollster::block_on(running).unwrap(), 3);
            });
        }
    }
}

#[test]
fn an_observer_sees_the_runs_of_its_executor_and_not_those_inside_tasks() {
    for executor in executors() {
        let log = Arc::new(Log::default());
        let nested = value(2).map(|n| value(n).map(|n| n + 1).compute().unwrap());
        assert_eq!(executor.with_observer(log.clone()).compute(nested).unwrap(), 3);
        let events = log.events();
        assert_eq!(events.iter().filter(|event| matches!(event, Event::Started(_))).count(), 1);
    }
}

/// Computes a handle when the task with this label starts or ends.
struct Computes {
    handle: Shared<i32>,
    label: &'static str,
    when_it_starts: bool,
    results: Mutex<Vec<Result<i32, Error>>>,
}

impl Computes {
    fn compute(&self, task: &ObservedTask<'_>) {
        if task.label() == Some(self.label) {
            let result = self.handle.compute().map(|number| *number);
            self.results.lock().unwrap().push(result);
        }
    }
}

impl Observer for Computes {
    fn task_started(&self, event: &TaskStarted<'_>) {
        if self.when_it_starts {
            self.compute(&event.task);
        }
    }
    fn task_finished(&self, event: &TaskFinished<'_>) {
        if !self.when_it_starts {
            self.compute(&event.task);
        }
    }
}

#[test]
fn an_observer_that_computes_the_task_that_starts_is_refused() {
    for executor in executors() {
        let results = within_a_minute(move || {
            let handle = value(1).map(|n| n + 1).named("X").shared();
            let (label, results) = ("X", Mutex::default());
            let observer =
                Arc::new(Computes { handle: handle.clone(), label, when_it_starts: true, results });
            let result = executor.with_observer(observer.clone()).compute(&handle);
            assert_eq!(*result.unwrap(), 2);
            std::mem::take(&mut *observer.results.lock().unwrap())
        });
        assert!(matches!(results[..], [Err(Error::WouldDeadlock { .. })]), "{results:?}");
    }
}

/// ```text
///  thread 1 │ X starts ─ 1 ──────────────────────── X ends ─ its observer computes T ─ waits
///  thread 2 │            2 T starts ─ computes X: waits ──── is told ─────── T ends
/// ```
#[test]
fn an_observer_computes_what_waits_for_the_task_that_has_ended() {
    for executor in executors() {
        let (x_started, wait_for_x) = mpsc::channel();
        let (asks, wait_until_asked) = mpsc::channel();
        let x = value(1)
            .map(move |n| {
                x_started.send(()).unwrap();
                wait_until_asked.recv().unwrap();
                thread::sleep(Duration::from_millis(50));
                n + 1
            })
            .named("X")
            .shared();
        let t = value(())
            .and_then({
                let x = x.clone();
                move |()| {
                    asks.send(()).unwrap();
                    x.compute().map(|n| *n + 1)
                }
            })
            .shared();
        let (label, results) = ("X", Mutex::default());
        let observer =
            Arc::new(Computes { handle: t.clone(), label, when_it_starts: false, results });
        let waiting = thread::spawn(move || {
            wait_for_x.recv().unwrap();
            *Executor::builder().threads(1).build().unwrap().compute(&t).unwrap()
        });
        let results = within_a_minute(move || {
            assert_eq!(*executor.with_observer(observer.clone()).compute(&x).unwrap(), 2);
            assert_eq!(waiting.join().unwrap(), 3);
            std::mem::take(&mut *observer.results.lock().unwrap())
        });
        assert!(matches!(results[..], [Ok(3)]), "{results:?}");
    }
}
