//! Among ready tasks the more urgent one starts first.

use std::{
    sync::{Arc, Mutex},
    thread::sleep,
    time::Duration,
};

use graph_exec::prelude::*;

use crate::{gate::Gate, within_a_minute};

#[derive(Default, Clone)]
struct Started(Arc<Mutex<Vec<String>>>);

impl Started {
    fn task(&self, name: &str) -> Delayed<u32> {
        let (log, text) = (self.clone(), name.to_owned());
        value(0).map(move |n| {
            log.0.lock().unwrap().push(text);
            n
        })
    }
    fn after(&self, name: &str, input: Delayed<u32>) -> Delayed<u32> {
        let (log, text) = (self.clone(), name.to_owned());
        input.map(move |n| {
            log.0.lock().unwrap().push(text);
            n
        })
    }
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn one_worker() -> [Executor; 2] {
    [Executor::serial(), Executor::builder().threads(1).build().unwrap()]
}

#[test]
fn the_highest_priority_starts_first_and_the_lowest_last() {
    for executor in one_worker() {
        let started = Started::default();
        let tasks = vec![
            started.task("low").priority(-1),
            started.task("none"),
            started.task("high").priority(7),
            started.task("middle").priority(3),
        ];
        executor.compute(tasks).unwrap();
        assert_eq!(started.take(), ["high", "middle", "none", "low"]);
    }
}

#[test]
fn what_an_urgent_task_needs_is_urgent_too() {
    for executor in one_worker() {
        let started = Started::default();
        let other = started.task("other");
        let needed = started.after("needed", started.task("needed before"));
        let urgent = started.after("urgent", needed).priority(1);
        executor.compute((other, urgent)).unwrap();
        assert_eq!(started.take(), ["needed before", "needed", "urgent", "other"]);
    }
}

#[test]
fn a_priority_never_changes_a_result_on_many_workers() {
    let executor = Executor::builder().threads(4).build().unwrap();
    let parts: Vec<Delayed<i64>> =
        (0..500).map(|n| value(n).map(|n| n * n).priority((n % 7) as i32 - 3)).collect();
    let sum = parts.into_iter().reduce(|a, b| a + b).unwrap();
    assert_eq!(executor.compute(sum).unwrap(), (0..500).map(|n| n * n).sum::<i64>());
}

/// ```text
///  other executor │ shared task ── waits ────────────────── ends
///  threads(1), A  │ wants it (5) ─ task (0)                  │ goes on with it (5)
///  threads(1), B  │                        task (3) ─ … ─────┴                     … ─ task (3)
///  threads(1), C  │                        waits (1): before A, as long as A has only task (0)
/// ```
#[test]
fn a_run_is_as_urgent_as_what_it_was_waiting_for() {
    within_a_minute(|| {
        let other = Executor::builder().threads(1).build().unwrap();
        let executor = Executor::builder().threads(1).build().unwrap();
        let [has_begun, may_end, may_leave] = [(); 3].map(|()| Arc::new(Gate::default()));
        let shared = {
            let (has_begun, may_end) = (Arc::clone(&has_begun), Arc::clone(&may_end));
            value(0).map(move |n: u32| {
                has_begun.open();
                assert!(may_end.wait());
                n
            })
        };
        let shared = shared.shared();
        let ends = other.spawn(&shared);
        assert!(has_begun.wait());

        let started = Started::default();
        let urgent = started.after("urgent", shared.map(|n| *n)).priority(5);
        let first = {
            let may_leave = Arc::clone(&may_leave);
            value(0).map(move |n: u32| {
                assert!(may_leave.wait());
                sleep(Duration::from_millis(5));
                n
            })
        };
        let a = executor.spawn((urgent, started.after("last", first)));
        let b = (0..300).fold(value(0), |before, n| {
            let may_end = Arc::clone(&may_end);
            let task = move |n_before: u32| {
                if n == 3 {
                    may_end.open();
                }
                sleep(Duration::from_millis(1));
                n_before
            };
            before.map(task)
        });
        let b = executor.spawn(started.after("end of b", b).priority(3));
        let c = executor.spawn(value(0).map(|n: u32| n).priority(1));
        may_leave.open();
        while !(a.is_finished() && b.is_finished()) {
            sleep(Duration::from_millis(1));
        }
        for result in [a.wait().map(|_| 0), b.wait(), c.wait(), ends.wait().map(|_| 0)] {
            result.unwrap();
        }
        let started = started.take();
        let place = |name| started.iter().position(|started| started == name);
        assert!(place("urgent") < place("end of b"), "{started:?}");
    });
}
