//! Workers in a simulated time take tasks from the queue.

use std::{cmp::Reverse, collections::BinaryHeap};

use graph_core::{Adjacency, Numbering, order};
use proptest::prelude::*;

use super::*;
use crate::run::schedule::{
    longest_path::{LearnedDurations, LongestPaths},
    room::Room,
};

/// Tasks with what each needs, all of it before the task; the last one is the output.
#[derive(Debug, Clone)]
struct Graph {
    needs: Vec<Vec<usize>>,
    durations: Vec<u64>,
    priorities: Vec<i32>,
}

impl Graph {
    fn new(tasks: &[(&[usize], u64)]) -> Self {
        let needs = tasks.iter().map(|(needs, _)| needs.to_vec()).collect();
        let durations = tasks.iter().map(|&(_, duration)| duration).collect();
        Graph { needs, durations, priorities: Vec::new() }
    }

    fn len(&self) -> usize {
        self.needs.len()
    }

    /// A plan lists the newest task first.
    fn index(&self, task: usize) -> u32 {
        (self.len() - 1 - task) as u32
    }

    fn task(&self, index: u32) -> usize {
        self.len() - 1 - index as usize
    }

    fn adjacency(&self) -> Adjacency {
        let edges = (0..self.len()).rev().flat_map(|task| {
            self.needs[task].iter().map(move |&needed| (self.index(task), self.index(needed)))
        });
        let edges: Vec<(u32, u32)> = edges.collect();
        Adjacency::from_edges(self.len(), edges)
    }

    /// Index → position in the memory order, where what is urgent comes first.
    fn positions(&self) -> Vec<u32> {
        let mut positions = order(&self.adjacency(), Numbering::NewestFirst);
        if !self.priorities.is_empty() {
            let mut indices: Vec<u32> = (0..self.len() as u32).collect();
            let priority = |index: u32| self.priorities[index as usize];
            indices.sort_by_key(|&index| (Reverse(priority(index)), positions[index as usize]));
            for (&index, position) in indices.iter().zip(0..) {
                positions[index as usize] = position;
            }
        }
        positions
    }
}

/// What lives, counted in the plainest way: a result from the start of its task until the last task that takes it
/// has ended, the output to the end.
struct Live<'a> {
    graph: &'a Graph,
    is_started: Vec<bool>,
    has_ended: Vec<bool>,
}

impl<'a> Live<'a> {
    fn new(graph: &'a Graph) -> Self {
        Live { graph, is_started: vec![false; graph.len()], has_ended: vec![false; graph.len()] }
    }

    fn count(&self) -> usize {
        let graph = self.graph;
        let is_needed = |needed: usize| {
            needed + 1 == graph.len()
                || (0..graph.len())
                    .any(|task| !self.has_ended[task] && graph.needs[task].contains(&needed))
        };
        (0..graph.len()).filter(|&task| self.is_started[task] && is_needed(task)).count()
    }

    /// The most that live when the tasks run one after the other in an order.
    fn peak(graph: &Graph, positions: &[u32]) -> usize {
        let mut indices: Vec<u32> = (0..graph.len() as u32).collect();
        indices.sort_by_key(|&index| positions[index as usize]);
        let mut live = Live::new(graph);
        let mut peak = 0;
        for task in indices.into_iter().map(|index| graph.task(index)) {
            live.is_started[task] = true;
            peak = peak.max(live.count());
            live.has_ended[task] = true;
        }
        peak
    }
}

/// What became of a simulated run.
struct Simulated {
    /// The tasks in the order in which they were started.
    started: Vec<usize>,
    makespan: u64,
    /// The most results that lived at once.
    peak: usize,
    /// The most that may: the peak of the memory order, and one for each worker.
    most: usize,
}

/// Runs a graph, and checks each choice.
fn simulate(graph: &Graph, workers: usize) -> Simulated {
    let (dependencies, positions) = (graph.adjacency(), graph.positions());
    let dependents = dependencies.inverted();
    let durations: Vec<u64> =
        (0..graph.len() as u32).map(|index| graph.durations[graph.task(index)]).collect();
    let room = |durations| {
        Room::new(&dependencies, [0].into_iter(), positions.clone(), durations, workers)
    };
    let paths = LongestPaths::new(&dependencies, LearnedDurations::planted(durations), room);
    let sources = (0..graph.len() as u32).filter(|&task| dependencies.neighbours(task).is_empty());
    let ranks = Ranks::by_longest_paths(positions.clone(), graph.priorities.clone(), paths);
    let queue = LongestPathQueue::new(sources.collect(), ranks, workers);
    let mut awaited: Vec<usize> = graph.needs.iter().map(Vec::len).collect();
    let mut ready: Vec<u32> = queue.sources().to_vec();
    let mut running = BinaryHeap::new();
    let mut live = Live::new(graph);
    let most = Live::peak(graph, &positions) + workers;
    let mut simulated = Simulated { started: Vec::new(), makespan: 0, peak: 0, most };
    loop {
        while running.len() < workers
            && let Some(index) = queue.next()
        {
            let task = graph.task(index);
            live.is_started[task] = true;
            let count = live.count();
            let first_turn = ready.iter().min_by_key(|&&index| positions[index as usize]);
            assert!(
                count <= most || first_turn == Some(&index),
                "task {task} is not the next of the memory order, and {count} of {most} live"
            );
            simulated.peak = simulated.peak.max(count);
            simulated.started.push(task);
            ready.retain(|&other| other != index);
            running.push(Reverse((simulated.makespan + graph.durations[task], task)));
        }
        assert!(running.len() == workers || ready.is_empty(), "a worker waits beside ready tasks");
        let Some(Reverse((now, task))) = running.pop() else { break };
        simulated.makespan = now;
        live.has_ended[task] = true;
        let index = graph.task(task as u32) as u32;
        queue.ranks.ready(index).end(dependencies.neighbours(index));
        for &dependent in dependents.neighbours(index) {
            let awaited = &mut awaited[graph.task(dependent)];
            *awaited -= 1;
            if *awaited == 0 {
                ready.push(dependent);
                queue.push(dependent);
            }
        }
    }
    simulated
}

fn longest_path(graph: &Graph) -> u64 {
    let mut paths = vec![0; graph.len()];
    for task in 0..graph.len() {
        let before = graph.needs[task].iter().map(|&needed| paths[needed]).max().unwrap_or(0);
        paths[task] = before + graph.durations[task];
    }
    paths.into_iter().max().unwrap_or(0)
}

fn graphs() -> impl Strategy<Value = Graph> {
    let task = (proptest::collection::vec(any::<u16>(), 0..4), 0..6_u32, -2..3_i32);
    (proptest::collection::vec(task, 1..25), any::<bool>()).prop_map(|(tasks, has_priorities)| {
        let count = tasks.len();
        let mut graph = Graph { needs: vec![], durations: vec![], priorities: vec![] };
        let mut is_used = vec![false; count];
        for (task, (draws, length, _)) in tasks.iter().enumerate() {
            let mut needs: Vec<usize> = draws
                .iter()
                .filter(|_| task > 0)
                .map(|&draw| usize::from(draw) % task.max(1))
                .collect();
            if task + 1 == count {
                // It needs what nobody needs, so that there is one output.
                needs.extend((0..task).filter(|&other| !is_used[other]));
            }
            needs.sort_unstable();
            needs.dedup();
            needs.iter().for_each(|&needed| is_used[needed] = true);
            graph.needs.push(needs);
            graph.durations.push(10_u64.pow(*length) / 10);
        }
        if has_priorities {
            // A task is as urgent as what waits for it.
            graph.priorities = tasks.iter().rev().map(|&(_, _, priority)| priority).collect();
            let adjacency = graph.adjacency();
            for index in 0..count as u32 {
                let own = graph.priorities[index as usize];
                for &needed in adjacency.neighbours(index) {
                    let inherited = &mut graph.priorities[needed as usize];
                    *inherited = own.max(*inherited);
                }
            }
        }
        graph
    })
}

proptest! {
    /// Everything runs; no worker waits while a task is ready; and only the task whose turn it is in the memory
    /// order starts when with it more results live than that order's peak and one for each worker.
    #[test]
    fn every_task_starts_and_room_decides(graph in graphs(), workers in 1..9_usize) {
        let Simulated { started, makespan, peak, most } = simulate(&graph, workers);
        let mut sorted = started;
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..graph.len()).collect::<Vec<_>>());
        // Graham, "Bounds on multiprocessing timing anomalies" (1969), for any order in which nobody waits.
        let work: u64 = graph.durations.iter().sum();
        let longest = longest_path(&graph);
        let workers_count = workers as u64;
        prop_assert!(makespan * workers_count <= work + (workers_count - 1) * longest);
        if workers == 1 {
            prop_assert!(peak <= most, "{peak} of {most} live");
        }
    }
}

/// `count` tasks that take `duration` and need nothing.
fn loads(count: usize, duration: u64) -> Vec<(&'static [usize], u64)> {
    vec![(&[], duration); count]
}

#[test]
fn a_long_task_starts_first_however_late_it_was_built() {
    let mut tasks = loads(60, 5);
    tasks.push((&[], 150));
    let all: Vec<usize> = (0..61).collect();
    tasks.push((&all, 0));
    let Simulated { started, makespan, .. } = simulate(&Graph::new(&tasks), 2);
    assert_eq!((started[0], makespan), (60, 225));
}

/// ```text
///  0 1 2 3 4 5 6 7        All loads have the longest paths, which lead to the last sum; to start them
///   8   9   a   b         all first would keep eight results, where the memory order keeps five.
///     c       d
///         e (1000)
/// ```
#[test]
fn where_the_longest_paths_need_more_room_the_memory_order_decides() {
    let mut tasks = loads(8, 50);
    let pairs: Vec<[usize; 2]> = (0..7).map(|pair| [2 * pair, 2 * pair + 1]).collect();
    tasks.extend(pairs.iter().map(|pair| (&pair[..], 1)));
    tasks[14].1 = 1000;
    let graph = Graph::new(&tasks);
    let Simulated { started, peak, most, .. } = simulate(&graph, 1);
    assert_eq!((peak, most), (6, 6));
    let before_the_first_sum = started.iter().take_while(|&&task| task < 8).count();
    assert!(before_the_first_sum < 8, "{started:?}");
}

/// Shapes in which what starts out of turn would pile up: the longest path begins with each source.
fn usual_shapes() -> Vec<(&'static str, Graph)> {
    fn graph(needs: Vec<Vec<usize>>, duration: impl Fn(usize, &[usize]) -> u64) -> Graph {
        let durations = needs.iter().enumerate().map(|(task, needs)| duration(task, needs));
        Graph { durations: durations.collect(), needs, priorities: Vec::new() }
    }
    let sources_last = |last: usize| {
        move |task: usize, needs: &[usize]| match needs.len() {
            _ if task == last => 1_000_000,
            0 => 50,
            _ => 2,
        }
    };
    let tree = |join: fn(usize, usize) -> [usize; 2]| {
        let mut needs = vec![Vec::new(); 64];
        let (mut begin, mut count) = (0, 64);
        while count > 1 {
            count /= 2;
            needs.extend((0..count).map(|one| join(one, count).map(|one| begin + one).to_vec()));
            begin += 2 * count;
        }
        graph(needs, sources_last(126))
    };
    // Rows: each task needs its left neighbour and the one above.
    let (width, height) = (12, 8);
    let grid = (0..width * height).map(|task| {
        let left = (task % width > 0).then(|| task - 1);
        let above = (task >= width).then(|| task - width);
        left.into_iter().chain(above).collect()
    });
    let grid = graph(grid.collect(), |task, _| [1, 40, 7][task % 3]);
    // Each of many is loaded, changed in three steps, and added to what there is.
    let mut needs: Vec<Vec<usize>> = Vec::new();
    let mut sum = None;
    for _ in 0..24 {
        needs.push(vec![]);
        for _ in 0..3 {
            needs.push(vec![needs.len() - 1]);
        }
        let last = needs.len() - 1;
        needs.push([last].into_iter().chain(sum).collect());
        sum = Some(needs.len() - 1);
    }
    let last = needs.len() - 1;
    let chains = graph(needs, sources_last(last));
    // All pieces are made from one, and none goes before all are there.
    let fork = [vec![]].into_iter().chain((1..41).map(|_| vec![0])).chain([(1..41).collect()]);
    let fork_join = graph(fork.collect(), |task, _| task as u64);
    vec![
        ("neighbours joined", tree(|one, _| [2 * one, 2 * one + 1])),
        ("halves joined", tree(|one, count| [one, count + one])),
        ("grid", grid),
        ("chains into a sum", chains),
        ("fork and join", fork_join),
    ]
}

/// The most that live when the workers keep to the memory order, and none waits while a task is ready.
fn peak_in_order(graph: &Graph, workers: usize) -> usize {
    let positions = graph.positions();
    let mut live = Live::new(graph);
    let (mut now, mut peak, mut running) = (0, 0, BinaryHeap::new());
    loop {
        let is_ready = |&task: &usize| {
            !live.is_started[task] && graph.needs[task].iter().all(|&needed| live.has_ended[needed])
        };
        let ready = (0..graph.len()).filter(is_ready);
        let next = ready.min_by_key(|&task| positions[graph.index(task) as usize]);
        if let Some(task) = next.filter(|_| running.len() < workers) {
            live.is_started[task] = true;
            peak = peak.max(live.count());
            running.push(Reverse((now + graph.durations[task], task)));
        } else if let Some(Reverse((end, task))) = running.pop() {
            now = end;
            live.has_ended[task] = true;
        } else {
            return peak;
        }
    }
}

/// With room for no more, a worker starts what comes next in the memory order rather than nothing, and while that runs
/// its result lives beside what it takes. So each worker but one may add a result to what the rule says, or to what
/// the memory order keeps by itself on so many workers.
#[test]
fn in_usual_shapes_no_more_results_live_than_may() {
    for (shape, graph) in usual_shapes() {
        for workers in [1, 2, 4, 8] {
            let Simulated { peak, most, started, .. } = simulate(&graph, workers);
            assert_eq!(started.len(), graph.len());
            let most = most.max(peak_in_order(&graph, workers)) + workers - 1;
            assert!(peak <= most, "{shape}: {peak} of {most} live on {workers} workers");
        }
    }
}

#[test]
fn tasks_that_are_not_urgent_keep_to_the_memory_order_but_for_one_for_each_worker() {
    // Loads of 10 with sums of 30: the longest path begins with every load.
    let mut tasks = loads(80, 10);
    let needs: Vec<[usize; 1]> = (0..80).map(|load| [load]).collect();
    tasks.extend(needs.iter().map(|needs| (&needs[..], 30)));
    let all: Vec<usize> = (80..160).collect();
    tasks.push((&all, 0));
    let graph = Graph::new(&tasks);
    let Simulated { started, makespan, .. } = simulate(&graph, 4);
    let (mut loaded, mut most) = (0_i32, 0);
    for &task in &started[..120] {
        loaded += if task < 80 { 1 } else { -1 };
        most = most.max(loaded);
    }
    assert!(most <= 2 * 4, "{most} loads wait for their sums");
    assert!(makespan <= 800 + 40, "{makespan}");
}

#[test]
fn what_the_user_says_is_urgent_starts_before_a_longer_path() {
    let mut graph = Graph::new(&[(&[], 1), (&[], 100), (&[], 1), (&[0, 1, 2], 0)]);
    // From the newest down.
    graph.priorities = vec![0, 5, 0, 0];
    let Simulated { started, .. } = simulate(&graph, 1);
    assert_eq!(started[..2], [2, 1]);
}
