//! Graphs in orders that a seed makes.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use graph_exec::{
    Error, Executor, ExecutorBuilder, MIB, ResourceError, ScheduleFault, fuzz_schedules, prelude::*,
};

fn replay(seed: u64) -> Executor {
    Executor::builder().replay(seed).build().unwrap()
}

/// What tasks have noted, in the order in which they ran.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<u32>>>);

impl Notes {
    fn task(&self, n: u32) -> Delayed<u32> {
        let notes = self.clone();
        value(n).map(move |n| {
            notes.0.lock().unwrap().push(n);
            n
        })
    }

    fn take(&self) -> Vec<u32> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[test]
fn a_seed_makes_one_order_and_seeds_make_them_all() {
    let notes = Notes::default();
    let order = |seed| {
        replay(seed).compute([notes.task(0), notes.task(1), notes.task(2)]).unwrap();
        notes.take()
    };
    let orders: HashSet<Vec<u32>> = (0..100).map(order).collect();
    assert_eq!(orders.len(), 6);
    for seed in 0..100 {
        assert_eq!(order(seed), order(seed));
    }
}

#[test]
fn what_waits_for_another_comes_after_it() {
    let notes = Notes::default();
    for seed in 0..50 {
        let first = notes.task(0).shared();
        let second = notes.task(1).after([&first]);
        let third = first.map(|n| *n);
        replay(seed).compute((second, third)).unwrap();
        assert_eq!(notes.take(), [0, 1]);
    }
}

#[test]
fn graphs_inside_tasks_and_those_that_tasks_make_are_shuffled_too() {
    let notes = Notes::default();
    let nested = |notes: Notes| {
        value(0).and_then(move |_| vec![notes.task(1), notes.task(2)].compute()).map(|_| ())
    };
    let made = |notes: Notes| {
        value(0).map(move |_| vec![notes.task(1), notes.task(2)]).flatten().map(|_| ())
    };
    for (name, graph) in [("nested", &nested as &dyn Fn(Notes) -> Delayed<()>), ("made", &made)] {
        let order = |seed| {
            replay(seed).compute(graph(notes.clone())).unwrap();
            notes.take()
        };
        let orders: HashSet<Vec<u32>> = (0..50).map(order).collect();
        assert_eq!(orders.len(), 2, "{name}: {orders:?}");
        assert!((0..50).all(|seed| order(seed) == order(seed)));
    }
}

#[test]
fn it_is_one_thread_the_calling_one() {
    let executor = replay(1);
    assert_eq!(executor.threads(), 1);
    let there = value(0).map(|_| std::thread::current().id());
    assert_eq!(executor.compute(there).unwrap(), std::thread::current().id());
}

#[test]
fn a_graph_without_side_effects_is_found_sound() {
    let build = || {
        let parts: Vec<_> = (0..20_u64).map(|n| value(n).map(|n| n * n)).collect();
        parts.into_iter().reduce(|a, b| a + b).unwrap()
    };
    fuzz_schedules(100, build).unwrap();
    fuzz_schedules(0, build).unwrap();
}

#[test]
fn the_seed_of_a_failure_or_difference_makes_it_again() {
    // The first task to run empties what the other needs.
    let racing = || {
        let left = Arc::new(Mutex::new(Some(7)));
        let take = |left: &Arc<Mutex<Option<u32>>>, needs: bool| {
            let left = Arc::clone(left);
            value(0).and_then(move |_| match left.lock().unwrap().take() {
                None if needs => Err("nothing is left"),
                left => Ok(left.unwrap_or(0)),
            })
        };
        (take(&left, true), take(&left, false))
    };
    let ScheduleFault::Failed { seed, error } = fuzz_schedules(100, racing).unwrap_err() else {
        panic!("it always gives the same, or fails")
    };
    assert!(matches!(*error, Error::Task(_)));
    assert!(replay(seed).compute(racing()).is_err());

    let always = || value("x").and_then(str::parse::<u8>);
    let fault = fuzz_schedules(100, always).unwrap_err();
    assert!(matches!(fault, ScheduleFault::Failed { seed: 0, .. }), "{fault}");
}

#[test]
fn a_fault_says_how_to_see_it_again() {
    let notes = Notes::default();
    let build = || {
        notes.take();
        let notes = notes.clone();
        let all = [notes.task(1), notes.task(2), notes.task(3)];
        let [a, b, c] = all;
        (a + b + c).map(move |_| notes.take())
    };
    let fault = fuzz_schedules(50, build).unwrap_err();
    let ScheduleFault::Differs { seed, .. } = &fault else { panic!("{fault}") };
    let text = fault.to_string();
    assert!(text.contains(&format!("`Executor::builder().replay({seed})`")), "{text}");
    assert!(text.contains("with seed 0"), "{text}");
}

#[test]
fn a_graph_with_resources_is_tried_as_if_there_were_enough() {
    let build = || {
        // A task that holds one resource computes a graph that needs another, which no plan shows before.
        let inner = |n| value(n).map(|n| n + 1).resource("licence", 3);
        let outer = |n| {
            let outer = value(n).and_then(move |n| inner(n).compute());
            outer.resource("gpu", n)
        };
        (outer(1) + outer(4), outer(2).resource("port", 1))
    };
    fuzz_schedules(20, build).unwrap();
    // What can never be is said as elsewhere.
    let nothing = || value(1).resource("gpu", 0);
    let ScheduleFault::Failed { seed: 0, error } = fuzz_schedules(5, nothing).unwrap_err() else {
        panic!("it cannot start")
    };
    assert!(matches!(*error, Error::Resource(ResourceError::Nothing { .. })), "{error}");
    let circle = || {
        let inner = || value(1).resource("gpu", 1).compute();
        value(1).and_then(move |_| inner()).resource("gpu", 1)
    };
    let ScheduleFault::Failed { seed: 0, error } = fuzz_schedules(5, circle).unwrap_err() else {
        panic!("it waits for what it holds")
    };
    let text = format!("{error:#}");
    assert!(text.contains("it holds `gpu`"), "{text}");
}

#[test]
fn options_that_mean_nothing_in_a_replay_are_refused_by_name() {
    let refused = |builder: ExecutorBuilder, option: &str| {
        let error = builder.replay(1).build().unwrap_err();
        assert!(matches!(error, Error::NotInReplay { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(&format!("`.{option}(…)`")) && text.contains("leave"), "{text}");
    };
    refused(Executor::builder().threads(2), "threads");
    refused(Executor::builder().stack_size(MIB), "stack_size");
    refused(Executor::builder().memory_limit(MIB), "memory_limit");
    // These are what it has anyway.
    assert!(Executor::builder().threads(1).stack_size(0).replay(1).build().is_ok());
    assert!(Executor::builder().threads(0).resource("gpu", 1).replay(1).build().is_ok());
}
