//! Among ready tasks the more urgent one starts first.

use std::sync::{Arc, Mutex};

use graph_exec::prelude::*;

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
