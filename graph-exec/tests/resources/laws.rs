//! Random graphs with resources give what they give one after the other, and no limit is exceeded.

use std::sync::Arc;

use graph_exec::prelude::*;
use proptest::prelude::*;

use crate::{Gauge, watchdog::within_a_minute};

/// How much there is of each resource.
const CAPACITIES: [u32; 3] = [1, 2, 3];
const NAMES: [&str; 3] = ["a", "b", "c"];

#[derive(Debug, Clone)]
struct Task {
    /// How far back its inputs are.
    inputs: Vec<usize>,
    /// How much it needs of each.
    needs: [u32; 3],
    priority: i32,
    /// How it runs: itself, as a graph computed inside, or as one that it returns.
    kind: u8,
}

fn task() -> impl Strategy<Value = Task> {
    let needs = (0..=1u32, 0..=2u32, 0..=3u32).prop_map(|(a, b, c)| [a, b, c]);
    (prop::collection::vec(1..6usize, 0..3), needs, -1..=1i32, 0..6u8)
        .prop_map(|(inputs, needs, priority, kind)| Task { inputs, needs, priority, kind })
}

fn needing(handle: Delayed<u64>, needs: [u32; 3]) -> Delayed<u64> {
    let used = NAMES.into_iter().zip(needs).filter(|&(_, amount)| amount > 0);
    used.fold(handle, |handle, (name, amount)| handle.resource(name, amount))
}

fn occupy(gauges: &[Gauge; 3], needs: [u32; 3]) {
    for (gauge, amount) in gauges.iter().zip(needs).filter(|&(_, amount)| amount > 0) {
        gauge.occupy(amount);
    }
}

fn build(tasks: &[Task], gauges: &Arc<[Gauge; 3]>) -> Vec<Shared<u64>> {
    let mut handles: Vec<Shared<u64>> = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        let inputs: Vec<Shared<u64>> = task
            .inputs
            .iter()
            .filter_map(|&back| Some(handles[index.checked_sub(back)?].clone()))
            .collect();
        let (gauges, needs) = (Arc::clone(gauges), task.needs);
        let own = index as u64 + 1;
        let total = graph_exec::defer!(total(inputs, own));
        let handle = match task.kind {
            // What needs the resources is inside.
            0 => total.map(move |n| {
                let inner = value(n).map(move |n| {
                    occupy(&gauges, needs);
                    n
                });
                needing(inner, needs).compute().unwrap()
            }),
            1 => {
                let made = total.map(move |n| {
                    let inner = value(n).map(move |n| {
                        occupy(&gauges, needs);
                        n
                    });
                    needing(inner, needs)
                });
                made.flatten()
            }
            _ => {
                let outer = total.map(move |n| {
                    occupy(&gauges, needs);
                    n
                });
                needing(outer, needs)
            }
        };
        handles.push(handle.priority(task.priority).shared());
    }
    handles
}

fn total(inputs: Vec<u64>, own: u64) -> u64 {
    inputs.into_iter().fold(own, |all, one| all.wrapping_mul(31).wrapping_add(one))
}

fn model(tasks: &[Task]) -> Vec<u64> {
    let mut values: Vec<u64> = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        let inputs = task.inputs.iter().filter_map(|&back| Some(values[index.checked_sub(back)?]));
        values.push(total(inputs.collect(), index as u64 + 1));
    }
    values
}

fn results(executor: &Executor, handles: &[Shared<u64>]) -> Vec<u64> {
    let values = executor.compute(handles.to_vec()).unwrap();
    values.into_iter().map(|value| *value).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn graphs_with_resources_give_what_they_give_in_sequence(
        tasks in prop::collection::vec(task(), 1..40),
        threads in 1..5usize,
        seed: u64,
    ) {
        within_a_minute("law", || {
            let expected = model(&tasks);
            let declare = |builder: graph_exec::ExecutorBuilder| {
                NAMES.into_iter().zip(CAPACITIES).fold(builder, |builder, (name, amount)| builder.resource(name, amount))
            };
            let parallel = declare(Executor::builder().threads(threads)).build().unwrap();
            let shuffled = declare(Executor::builder().replay(seed)).build().unwrap();
            let limited = declare(Executor::builder().threads(threads).memory_limit(1)).build().unwrap();
            for executor in [&parallel, &shuffled, &limited] {
                let gauges = Arc::new([(); 3].map(|()| Gauge::default()));
                let handles = build(&tasks, &gauges);
                let values = if seed.is_multiple_of(2) {
                    results(executor, &handles)
                } else {
                    // Two runs at once that want the same.
                    let other = executor.spawn(handles.clone());
                    let values = results(executor, &handles);
                    assert_eq!(other.wait().unwrap().iter().map(|value| **value).collect::<Vec<_>>(), expected);
                    values
                };
                assert_eq!(values, expected);
                for (gauge, capacity) in gauges.iter().zip(CAPACITIES) {
                    assert!(gauge.most() <= capacity, "{} of {capacity}", gauge.most());
                }
            }
        });
    }
}
