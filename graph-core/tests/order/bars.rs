//! How many results are alive at the peak, pinned.

use graph_core::{Adjacency, Numbering, order};

use crate::shapes::*;
use crate::simulator::{Durations, Peak, peak};

/// The worst peaks over all orders of creation and several durations.
fn worst(shape: &Shape, workers: usize) -> Peak {
    let mut worst = Peak::default();
    let durations = [Durations::Unit].into_iter().chain((1..=5).map(Durations::Random));
    let sequences = shape.orders();
    for durations in durations {
        for sequence in &sequences {
            let peak = peak(shape, sequence, workers, durations);
            worst.with_outputs = worst.with_outputs.max(peak.with_outputs);
            worst.without_outputs = worst.without_outputs.max(peak.without_outputs);
            worst.finished = worst.finished.max(peak.finished);
            worst.roots = worst.roots.max(peak.roots);
        }
    }
    worst
}

#[test]
fn no_more_loads_than_workers_are_alive() {
    for shape in [pairs(300), pairs_with_total(300)] {
        for workers in [1, 2, 3, 4, 8] {
            assert!(worst(&shape, workers).roots <= workers);
        }
    }
}

/// One worker needs log₂ 256 results beside a load and the sum it computes, the fewest possible.
///
/// Four workers must do with 13 finished results when all tasks take the same time; counted from
/// the start of its task on, each worker's running one comes on top. A task that takes 20 times as
/// long as its neighbours holds their sums up, which costs two more.
#[test]
fn a_binary_tree_over_256_loads_keeps_little_more_than_its_depth_alive() {
    let tree = tree(256, 2, false);
    assert_eq!(worst(&tree, 1).with_outputs, 10);
    for sequence in tree.orders() {
        let in_step = peak(&tree, &sequence, 4, Durations::Unit);
        assert!(in_step.finished <= 12, "at most 13: {in_step:?}");
        assert!(in_step.with_outputs <= 14, "finished and running: {in_step:?}");
    }
    let on_four = worst(&tree, 4);
    assert!(on_four.finished <= 14, "of unequal tasks: {on_four:?}");
    assert!(on_four.with_outputs <= 18, "finished and running, of unequal tasks: {on_four:?}");
}

/// For each shape the strict peak without outputs, on one worker and on four. Where one chain of
/// sums waits for many loads, as in a comb, four workers load ahead: an order cannot hold them.
#[test]
fn few_results_are_alive_whatever_the_shape() {
    for (name, shape, on_one, on_four) in [
        ("tree, one root shared", tree(256, 2, true), 10, 19),
        // At each of 4 levels up to 3 siblings wait for the fourth.
        ("4-ary tree", tree(256, 4, false), 14, 25),
        // 10 loads of a group, 9 groups, 2 groups of groups, and the sum that runs.
        ("two-stage reduction", tree(300, 10, false), 22, 33),
        // One row or column of 30, and the task that runs.
        ("wavefront 30 × 30", wavefront(30, 30), 31, 37),
        ("wavefront 10 × 50", wavefront(10, 50), 11, 19),
        // All loads, the parts of one bucket, the bucket.
        ("shuffle 20 × 20", shuffle(20, 20, false), 41, 54),
        // And what is gathered so far.
        ("shuffle with total", shuffle(20, 20, true), 59, 65),
        ("shuffle into few buckets", shuffle(30, 5, true), 64, 73),
        ("shuffle into many buckets", shuffle(5, 30, true), 39, 45),
        // 99 joins that wait for the total, and one diamond.
        ("diamonds", diamonds(100), 102, 107),
        ("chain of diamonds", chain_of_diamonds(100), 3, 3),
        ("windows of 3", sliding_window(100, 3, false), 4, 13),
        ("windows with total", sliding_window(100, 3, true), 101, 104),
        // Two rows of 15 and a little if built in rows; half as much again if built at random.
        ("stencil 15 × 15", stencil(15, 15, false), 48, 56),
        ("stencil with total", stencil(15, 15, true), 242, 249),
        ("comb", comb(100, false), 3, 75),
        ("comb, one root shared", comb(100, true), 4, 73),
        ("10 steps of 30 blocks", time_steps(30, 10), 42, 50),
        ("30 steps of 10 blocks", time_steps(10, 30), 16, 20),
    ] {
        let (one, four) = (worst(&shape, 1).without_outputs, worst(&shape, 4).without_outputs);
        assert!(one <= on_one, "{name}: {one} on one worker, {on_one} allowed");
        assert!(four <= on_four, "{name}: {four} on four workers, {on_four} allowed");
    }
}

/// A chain *can go on* with a task that frees one of the results it reads, is an output, or leads to
/// such a task through others that wait for it alone.
///
/// ```text
///  x  x  x
///  |  |  |     After one x is loaded, the chain above it goes to its end before the next one.
///  x  x  x
///  |  |  |
///  x  x  x
/// ```
#[test]
fn no_root_starts_while_a_started_chain_can_go_on() {
    let mut chains = Shape::new();
    for _ in 0..20 {
        (0..5).fold(None, |before: Option<usize>, _| Some(chains.task(before)));
    }
    let shapes = [
        chains,
        pairs_with_total(30),
        tree(64, 2, true),
        diamonds(20),
        shuffle(6, 6, false),
        sliding_window(40, 3, false),
        stencil(7, 7, false),
        time_steps(8, 8),
        comb(20, false),
        anomalies(20, 4),
    ];
    for shape in shapes {
        let dependents = shape.dependents();
        let frees_or_ends = |task: usize, is_done: &[bool], before: Option<usize>| {
            let is_last = |needed: &usize| {
                Some(*needed) != before
                    && dependents[*needed].iter().all(|&one| one == task || is_done[one])
            };
            dependents[task].is_empty() || shape.dependencies[task].iter().any(is_last)
        };
        let leads_on = |ready: usize, is_done: &[bool]| {
            let (mut task, mut before) = (ready, None);
            loop {
                if frees_or_ends(task, is_done, before) {
                    return true;
                }
                let &[next] = dependents[task].as_slice() else { return false };
                let waits_for_more = |&needed: &usize| needed != task && !is_done[needed];
                if shape.dependencies[next].iter().any(waits_for_more) {
                    return false;
                }
                (task, before) = (next, Some(task));
            }
        };
        for sequence in shape.orders() {
            let mut is_done = vec![false; shape.len()];
            for task in sequence {
                if shape.dependencies[task].is_empty() {
                    let goes_on = |&other: &usize| {
                        let needed = &shape.dependencies[other];
                        let is_ready = !is_done[other] && needed.iter().all(|&task| is_done[task]);
                        is_ready && !needed.is_empty() && leads_on(other, &is_done)
                    };
                    assert_eq!((0..shape.len()).find(goes_on), None, "before root {task}");
                }
                is_done[task] = true;
            }
        }
    }
}

#[test]
fn equal_tasks_keep_the_order_of_creation() {
    let mut independent = Shape::new();
    independent.tasks(20, &[]);
    assert_eq!(independent.graph().order(), Vec::from_iter(0..20));
    assert_eq!(pairs(10).graph().order(), Vec::from_iter(0..20));

    let mut forked = Shape::new();
    let top = forked.task([]);
    forked.tasks(19, &[top]);
    assert_eq!(forked.graph().order(), Vec::from_iter(0..20));
    let newest_first = forked.renumbered(&Vec::from_iter((0..20).rev())).adjacency();
    assert!(order(&newest_first, Numbering::NewestFirst).into_iter().eq((0..20).rev()));
}

#[test]
fn the_graph_and_its_adjacency_agree() {
    let graph = tree(32, 2, true);
    let priorities = order(&graph.adjacency(), Numbering::OldestFirst);
    for (place, node) in graph.graph().order().into_iter().enumerate() {
        assert_eq!(priorities[node] as usize, place);
    }
    assert!(order(&Adjacency::default(), Numbering::NewestFirst).is_empty());
}

/// Test threads have 2 MiB of stack.
#[test]
fn a_chain_of_a_million_needs_no_stack() {
    let chain = Adjacency::from_edges(1_000_000, (1..1_000_000).map(|task| (task, task - 1)));
    for numbering in [Numbering::OldestFirst, Numbering::NewestFirst] {
        assert!(order(&chain, numbering).into_iter().eq(0..1_000_000));
        assert!(order(&chain.inverted(), numbering).into_iter().eq((0..1_000_000).rev()));
    }
}

#[test]
#[should_panic = "no cycle"]
fn a_cycle_is_refused() {
    order(&Adjacency::from_edges(3, [(0, 1), (1, 2), (2, 0)]), Numbering::OldestFirst);
}

#[test]
#[should_panic = "no cycle"]
fn a_task_that_needs_itself_is_refused() {
    order(&Adjacency::from_edges(1, [(0, 0)]), Numbering::NewestFirst);
}
