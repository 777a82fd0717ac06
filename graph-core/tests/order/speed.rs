//! Time per task: `cargo test --release -p graph-core --test order -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use graph_core::{Adjacency, Numbering, order};

use crate::shapes::shuffled;

const TASKS: u32 = 1_000_000;

/// Adjacency of `0..TASKS` when `dependencies` lists what each task needs.
fn adjacency<I: IntoIterator<Item = u32>>(dependencies: impl Fn(u32) -> I) -> Adjacency {
    let mut targets = Vec::new();
    let mut offsets = vec![0];
    for task in 0..TASKS {
        targets.extend(dependencies(task));
        offsets.push(u32::try_from(targets.len()).unwrap());
    }
    Adjacency::new(offsets, targets)
}

/// The same graph, numbered the other way round: as a walk from the outputs meets its tasks.
fn newest_first(adjacency: &Adjacency) -> Adjacency {
    renumbered(adjacency, &Vec::from_iter((0..adjacency.len()).rev()))
}

/// The same graph, its tasks created in another order.
fn renumbered(adjacency: &Adjacency, created: &[usize]) -> Adjacency {
    let number = |task: usize| u32::try_from(created[task]).unwrap();
    let edges = adjacency.edges();
    let renamed = edges.map(|(one, other)| (number(one as usize), number(other as usize)));
    Adjacency::from_edges(adjacency.len(), renamed)
}

fn fastest_of_three(adjacency: &Adjacency, numbering: Numbering) -> Duration {
    let time = || {
        let start = Instant::now();
        assert_eq!(order(adjacency, numbering).len(), adjacency.len());
        start.elapsed()
    };
    (0..3).map(|_| time()).min().unwrap()
}

#[test]
#[ignore = "a measurement, which means something in release builds only"]
fn a_million_tasks_take_well_under_a_second() {
    let side = 1_000;
    let shapes = [
        ("independent", adjacency(|_| [])),
        ("chain", adjacency(|task| task.checked_sub(1))),
        ("fan-in", adjacency(|task| 0..if task == TASKS - 1 { task } else { 0 })),
        ("fan-out", adjacency(|task| 0..task.min(1))),
        (
            "binary tree",
            // The leaves first: task t of the upper half joins 2 (t - TASKS / 2) and its neighbour.
            adjacency(|task| {
                let first = 2 * task.saturating_sub(TASKS / 2);
                first..if task < TASKS / 2 { first } else { (first + 2).min(task) }
            }),
        ),
        ("load → reduce", adjacency(|task| (task % 2 == 1).then(|| task - 1))),
        (
            "wavefront",
            adjacency(|task| {
                let left = (task % side > 0).then(|| task - 1);
                left.into_iter().chain(task.checked_sub(side))
            }),
        ),
        (
            "shuffle",
            // 998 tasks, 998 × 1000 parts of one each, 1002 that gather.
            adjacency(|task| {
                let loads = 998;
                let parts = TASKS - 1_002;
                let load = (loads..parts).contains(&task).then(|| (task - loads) % loads);
                let stride = 1_002;
                let first = loads + task.saturating_sub(parts);
                let gathered = first..if task < parts { first } else { parts };
                load.into_iter().chain(gathered.step_by(stride))
            }),
        ),
    ];
    let created = shuffled(TASKS as usize, 1);
    println!("{:16} {:>8} {:>8} {:>8} ns per task", "", "in order", "newest", "shuffled");
    for (name, shape) in &shapes {
        let ordered = fastest_of_three(shape, Numbering::OldestFirst);
        let newest = fastest_of_three(&newest_first(shape), Numbering::NewestFirst);
        let shuffled = fastest_of_three(&renumbered(shape, &created), Numbering::OldestFirst);
        let per_task = |time: Duration| time.as_nanos() / u128::from(TASKS);
        let [ordered_ns, newest_ns, shuffled_ns] = [ordered, newest, shuffled].map(per_task);
        println!("{name:16} {ordered_ns:>8} {newest_ns:>8} {shuffled_ns:>8}");
        assert!(ordered < Duration::from_millis(500), "{name} took {ordered:?}");
        assert!(newest < Duration::from_millis(500), "{name} took {newest:?} newest first");
        assert!(shuffled < Duration::from_secs(3), "{name} took {shuffled:?} when shuffled");
    }
}
