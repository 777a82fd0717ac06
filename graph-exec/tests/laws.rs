//! Laws over random graphs: what a run gives is what a plain loop gives, each needed task runs
//! once, and no other runs.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::prelude::*;
use proptest::prelude::*;

/// One task of a random graph.
#[derive(Debug, Clone)]
struct Plan {
    /// Earlier tasks whose results it takes, some perhaps twice.
    inputs: Vec<usize>,
    ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Value,
    Error,
    Panic,
}

#[delayed]
fn mix(
    number: u64,
    inputs: &[Arc<u64>],
    ending: Ending,
    runs: Arc<AtomicUsize>,
) -> Result<u64, String> {
    runs.fetch_add(1, Ordering::SeqCst);
    match ending {
        Ending::Value => {
            Ok(inputs.iter().fold(number, |sum, input| sum.wrapping_mul(31).wrapping_add(**input)))
        }
        Ending::Error => Err(format!("error {number}")),
        Ending::Panic => panic!("panic {number}"),
    }
}

fn graphs(failures: bool) -> impl Strategy<Value = (Vec<Plan>, Vec<usize>)> {
    let ending = if failures {
        prop_oneof![12 => Just(Ending::Value), 1 => Just(Ending::Error), 1 => Just(Ending::Panic)]
            .boxed()
    } else {
        Just(Ending::Value).boxed()
    };
    let task = (prop::collection::vec(any::<prop::sample::Index>(), 0..4), ending);
    let tasks = prop::collection::vec(task, 1..60).prop_map(|tasks| {
        let plan = |(place, (inputs, ending)): (usize, (Vec<prop::sample::Index>, Ending))| Plan {
            inputs: if place == 0 {
                vec![]
            } else {
                inputs.iter().map(|input| input.index(place)).collect()
            },
            ending,
        };
        tasks.into_iter().enumerate().map(plan).collect::<Vec<_>>()
    });
    (tasks, prop::collection::vec(any::<prop::sample::Index>(), 1..4)).prop_map(
        |(tasks, outputs)| {
            let outputs = outputs.iter().map(|output| output.index(tasks.len())).collect();
            (tasks, outputs)
        },
    )
}

/// The obvious sequential model: the value of each task, or `None` when it or an input fails.
fn model(plans: &[Plan]) -> Vec<Option<u64>> {
    let mut values: Vec<Option<u64>> = vec![];
    for (number, plan) in plans.iter().enumerate() {
        let inputs: Option<Vec<u64>> = plan.inputs.iter().map(|&input| values[input]).collect();
        values.push(inputs.filter(|_| plan.ending == Ending::Value).map(|inputs| {
            inputs
                .iter()
                .fold(number as u64, |sum, input| sum.wrapping_mul(31).wrapping_add(*input))
        }));
    }
    values
}

fn build(plans: &[Plan]) -> (Vec<Shared<u64>>, Vec<Arc<AtomicUsize>>) {
    let runs: Vec<Arc<AtomicUsize>> = plans.iter().map(|_| Arc::default()).collect();
    let mut tasks: Vec<Shared<u64>> = vec![];
    for (number, plan) in plans.iter().enumerate() {
        let inputs: Vec<Shared<u64>> =
            plan.inputs.iter().map(|&input| tasks[input].clone()).collect();
        tasks.push(mix(number as u64, inputs, plan.ending, Arc::clone(&runs[number])).shared());
    }
    (tasks, runs)
}

fn needed(plans: &[Plan], outputs: &[usize]) -> Vec<bool> {
    let mut needed = vec![false; plans.len()];
    outputs.iter().for_each(|&output| needed[output] = true);
    for task in (0..plans.len()).rev() {
        if needed[task] {
            plans[task].inputs.iter().for_each(|&input| needed[input] = true);
        }
    }
    needed
}

fn executors() -> Vec<Executor> {
    let threads = |threads| Executor::builder().threads(threads).build().unwrap();
    vec![Executor::serial(), threads(1), threads(3)]
}

proptest! {

    #[test]
    fn every_executor_gives_what_the_model_gives((plans, outputs) in graphs(false)) {
        let expected = model(&plans);
        for executor in executors() {
            let (tasks, runs) = build(&plans);
            let wanted: Vec<&Shared<u64>> = outputs.iter().map(|&output| &tasks[output]).collect();
            let results = executor.compute(wanted).unwrap();
            for (result, &output) in results.iter().zip(&outputs) {
                prop_assert_eq!(Some(**result), expected[output]);
            }
            for (task, needed) in needed(&plans, &outputs).into_iter().enumerate() {
                prop_assert_eq!(runs[task].load(Ordering::SeqCst), usize::from(needed));
            }
        }
    }

    #[test]
    fn keep_going_gives_all_that_the_model_gives((plans, outputs) in graphs(true)) {
        let expected = model(&plans);
        for executor in executors() {
            let (tasks, runs) = build(&plans);
            let wanted: Vec<&Shared<u64>> = outputs.iter().map(|&output| &tasks[output]).collect();
            let results = executor.keep_going().compute(wanted).unwrap();
            for (result, &output) in results.into_iter().zip(&outputs) {
                prop_assert_eq!(result.ok().map(|value| *value), expected[output]);
            }
            prop_assert!(runs.iter().all(|runs| runs.load(Ordering::SeqCst) <= 1));
        }
    }

    #[test]
    fn fail_fast_gives_a_real_failure_or_everything((plans, outputs) in graphs(true)) {
        let expected = model(&plans);
        let all_there = outputs.iter().all(|&output| expected[output].is_some());
        for executor in executors() {
            let (tasks, _) = build(&plans);
            let wanted: Vec<&Shared<u64>> = outputs.iter().map(|&output| &tasks[output]).collect();
            prop_assert_eq!(executor.compute(wanted).is_ok(), all_there);
            // What a failed run left undone, the next one does.
            let wanted: Vec<&Shared<u64>> = outputs.iter().map(|&output| &tasks[output]).collect();
            for (result, &output) in executor.keep_going().compute(wanted).unwrap().into_iter().zip(&outputs) {
                prop_assert_eq!(result.ok().map(|value| *value), expected[output]);
            }
        }
    }

    #[test]
    fn overlapping_runs_agree((plans, outputs) in graphs(true)) {
        let expected = model(&plans);
        let (tasks, runs) = build(&plans);
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let (tasks, outputs, expected) = (&tasks, &outputs, &expected);
                scope.spawn(move || {
                    let executor = if thread == 0 { Executor::serial() } else { Executor::default() };
                    let wanted: Vec<&Shared<u64>> = outputs.iter().map(|&output| &tasks[output]).collect();
                    let results = executor.keep_going().compute(wanted).unwrap();
                    for (result, &output) in results.into_iter().zip(outputs) {
                        assert_eq!(result.ok().map(|value| *value), expected[output]);
                    }
                });
            }
        });
        prop_assert!(runs.iter().all(|runs| runs.load(Ordering::SeqCst) <= 1));
    }

    #[test]
    fn a_snapshot_holds_together_and_numbers_dependencies_first((plans, outputs) in graphs(false)) {
        let (tasks, _) = build(&plans);
        let wanted: Vec<&Shared<u64>> = outputs.iter().map(|&output| &tasks[output]).collect();
        let graph = Graph::of(&wanted).unwrap();
        graph.check().unwrap();
        prop_assert!(graph.edges().iter().all(|edge| edge.from < edge.to));
        prop_assert_eq!(graph.len(), needed(&plans, &outputs).iter().filter(|&&needed| needed).count());
    }
}
