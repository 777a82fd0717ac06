//! What holds for every graph.

use std::collections::VecDeque;

use proptest::prelude::*;

use crate::shapes::Shape;
use crate::simulator::{Durations, peak};

/// A graph in which each task needs some of the tasks before it, one of them perhaps twice.
fn any_graph(tasks: std::ops::Range<usize>) -> impl Strategy<Value = Shape> {
    proptest::collection::vec((any::<[u16; 3]>(), 0_usize..4, any::<bool>()), tasks).prop_map(
        |rows| {
            let mut shape = Shape::new();
            for (task, (draws, count, is_repeated)) in rows.into_iter().enumerate() {
                let needed = draws.into_iter().take(if task == 0 { 0 } else { count });
                let mut needed: Vec<usize> =
                    needed.map(|draw| usize::from(draw) % task.max(1)).collect();
                needed.sort_unstable();
                needed.dedup();
                if is_repeated && let Some(&first) = needed.first() {
                    needed.push(first);
                }
                shape.task(needed);
            }
            shape
        },
    )
}

/// A forest in which every result has at most one dependent.
fn any_trees(tasks: std::ops::Range<usize>) -> impl Strategy<Value = Shape> {
    proptest::collection::vec(any::<u16>(), tasks).prop_map(|draws| {
        let count = draws.len();
        let mut dependencies = vec![Vec::new(); count];
        for (task, draw) in draws.into_iter().enumerate() {
            // One in eight or so is needed by nothing.
            let later = count - task - 1;
            let dependent = task + 1 + usize::from(draw) % (later + later / 8 + 1);
            if let Some(needed) = dependencies.get_mut(dependent) {
                needed.push(task);
            }
        }
        Shape { dependencies }
    })
}

/// First what is ready first.
fn breadth_first(shape: &Shape) -> Vec<usize> {
    let dependents = shape.dependents();
    let mut waiting: Vec<usize> = shape.dependencies.iter().map(Vec::len).collect();
    let mut ready: VecDeque<usize> = (0..shape.len()).filter(|&task| waiting[task] == 0).collect();
    let mut sequence = Vec::new();
    while let Some(task) = ready.pop_front() {
        sequence.push(task);
        for &dependent in &dependents[task] {
            waiting[dependent] -= 1;
            if waiting[dependent] == 0 {
                ready.push_back(dependent);
            }
        }
    }
    sequence
}

/// The lowest strict peak that any sequence on one worker has, by trying all sets of tasks.
fn lowest_peak(shape: &Shape) -> usize {
    let dependents = shape.dependents();
    let set = |tasks: &[usize]| tasks.iter().fold(0_usize, |set, &task| set | 1 << task);
    let needed: Vec<usize> = shape.dependencies.iter().map(|tasks| set(tasks)).collect();
    let needing: Vec<usize> = dependents.iter().map(|tasks| set(tasks)).collect();
    let all = (1_usize << shape.len()) - 1;
    let mut lowest = vec![usize::MAX; all + 1];
    lowest[0] = 0;
    for done in 0..all {
        if lowest[done] == usize::MAX {
            continue;
        }
        let is_live = |task: usize| {
            done >> task & 1 == 1 && (needing[task] == 0 || needing[task] & !done != 0)
        };
        let live = (0..shape.len()).filter(|&task| is_live(task)).count();
        for (task, &needed) in needed.iter().enumerate() {
            if done >> task & 1 == 0 && needed & !done == 0 {
                let with_task = done | 1 << task;
                lowest[with_task] = lowest[with_task].min(lowest[done].max(live + 1));
            }
        }
    }
    lowest[all]
}

fn peak_on_one(shape: &Shape, sequence: &[usize]) -> usize {
    peak(shape, sequence, 1, Durations::Unit).with_outputs
}

proptest! {
    #[test]
    fn every_task_comes_once_and_after_its_dependencies(shape in any_graph(0..60)) {
        for sequence in shape.orders() {
            shape.assert_topological(&sequence);
        }
    }

    #[test]
    fn the_order_is_optimal_for_trees(shape in any_trees(1..11)) {
        let lowest = lowest_peak(&shape);
        for sequence in shape.orders() {
            prop_assert_eq!(peak_on_one(&shape, &sequence), lowest, "{:?}", sequence);
        }
    }

    /// The optimum is NP-hard to find where results are shared (Sethi 1975); on graphs small
    /// enough to try everything the order stays within half as much again and one.
    #[test]
    fn the_order_is_near_the_optimum_for_any_graph(shape in any_graph(1..11)) {
        let lowest = lowest_peak(&shape);
        for sequence in shape.orders() {
            let peak = peak_on_one(&shape, &sequence);
            prop_assert!(2 * peak <= 3 * lowest + 2, "{} where {} do: {:?}", peak, lowest, sequence);
        }
    }

    #[test]
    fn the_order_is_never_worse_than_breadth_first_for_trees(shape in any_trees(1..200)) {
        let breadth = peak_on_one(&shape, &breadth_first(&shape));
        for sequence in shape.orders() {
            prop_assert!(peak_on_one(&shape, &sequence) <= breadth);
        }
    }
}
