//! Graphs of many kinds, each of which can be numbered anew.

use graph_core::{Adjacency, Edge, Graph, Node, Numbering};

use crate::simulator::Generator;

/// A graph as lists: task → the tasks it needs.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub dependencies: Vec<Vec<usize>>,
}

impl Shape {
    pub(crate) fn new() -> Self {
        Shape { dependencies: Vec::new() }
    }

    /// Adds a task that needs `dependencies` and returns its index.
    pub(crate) fn task(&mut self, dependencies: impl IntoIterator<Item = usize>) -> usize {
        self.dependencies.push(dependencies.into_iter().collect());
        self.dependencies.len() - 1
    }

    /// Adds `count` tasks that need the same.
    pub(crate) fn tasks(&mut self, count: usize, dependencies: &[usize]) -> Vec<usize> {
        (0..count).map(|_| self.task(dependencies.iter().copied())).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.dependencies.len()
    }

    pub(crate) fn dependents(&self) -> Vec<Vec<usize>> {
        let mut dependents = vec![Vec::new(); self.len()];
        for (task, dependencies) in self.dependencies.iter().enumerate() {
            for &dependency in dependencies {
                dependents[dependency].push(task);
            }
        }
        dependents
    }

    pub(crate) fn adjacency(&self) -> Adjacency {
        let small = |task: usize| u32::try_from(task).unwrap();
        let row = |task: usize| {
            self.dependencies[task].iter().map(move |&needed| (small(task), small(needed)))
        };
        Adjacency::from_edges(self.len(), (0..self.len()).flat_map(row))
    }

    pub(crate) fn graph(&self) -> Graph {
        let edge = |to: usize| self.dependencies[to].iter().map(move |&from| Edge::data(from, to));
        Graph::new(
            (0..self.len()).map(|task| Node::new(format!("f{task}"))).collect(),
            (0..self.len()).flat_map(edge).collect(),
            vec![],
        )
        .unwrap()
    }

    /// The same graph when task `i` is the `created[i]`-th to be created.
    pub(crate) fn renumbered(&self, created: &[usize]) -> Shape {
        let mut dependencies = vec![Vec::new(); self.len()];
        for (task, needed) in self.dependencies.iter().enumerate() {
            dependencies[created[task]] = needed.iter().map(|&task| created[task]).collect();
        }
        Shape { dependencies }
    }

    /// Orders the graph for each of several orders of creation, forward, reversed and shuffled,
    /// the last ones numbered from the newest on, and returns the sequences in the numbers of this shape.
    pub(crate) fn orders(&self) -> Vec<Vec<usize>> {
        let forward: Vec<usize> = (0..self.len()).collect();
        let mut creations = vec![forward.clone(), forward.iter().rev().copied().collect()];
        creations.extend((1..=4).map(|seed| shuffled(self.len(), seed)));
        let numberings = [[Numbering::OldestFirst; 4].as_slice(), &[Numbering::NewestFirst; 2]];
        creations
            .iter()
            .zip(numberings.concat())
            .map(|(created, numbering)| {
                let mut created_as = vec![0; created.len()];
                for (task, &number) in created.iter().enumerate() {
                    created_as[number] = task;
                }
                let priorities =
                    graph_core::order(&self.renumbered(created).adjacency(), numbering);
                let mut sequence = vec![usize::MAX; self.len()];
                for (number, &priority) in priorities.iter().enumerate() {
                    sequence[priority as usize] = created_as[number];
                }
                self.assert_topological(&sequence);
                sequence
            })
            .collect()
    }

    pub(crate) fn assert_topological(&self, sequence: &[usize]) {
        let mut is_done = vec![false; self.len()];
        for &task in sequence {
            assert!(!is_done[task], "{task} occurs twice in {sequence:?}");
            assert!(
                self.dependencies[task].iter().all(|&task| is_done[task]),
                "{task} is too early"
            );
            is_done[task] = true;
        }
        assert!(is_done.iter().all(|&is_done| is_done), "a task is missing in {sequence:?}");
    }
}

/// 0 to `count`, excluded, in an order that depends on `seed` alone.
pub(crate) fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut random = Generator(seed);
    let mut numbers: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        let other = usize::try_from(random.below(last as u64 + 1)).unwrap();
        numbers.swap(last, other);
    }
    numbers
}

/// `load_i → reduce_i`, not connected.
pub(crate) fn pairs(count: usize) -> Shape {
    let mut shape = Shape::new();
    for _ in 0..count {
        let load = shape.task([]);
        shape.task([load]);
    }
    shape
}

/// `load_i → reduce_i`, and one total of all.
pub(crate) fn pairs_with_total(count: usize) -> Shape {
    let mut shape = pairs(count);
    shape.task((0..count).map(|pair| 2 * pair + 1));
    shape
}

/// Neighbours reduced `arity` at a time until one is left; each leaf may need `shared` as well.
pub(crate) fn tree(leaves: usize, arity: usize, shares_a_root: bool) -> Shape {
    let mut shape = Shape::new();
    let shared = if shares_a_root { vec![shape.task([])] } else { vec![] };
    let leaves = shape.tasks(leaves, &shared);
    reduced(&mut shape, leaves, arity);
    shape
}

/// Reduces neighbours `arity` at a time until one is left, which is returned; one that is alone
/// goes on as it is.
pub(crate) fn reduced(shape: &mut Shape, mut level: Vec<usize>, arity: usize) -> usize {
    while level.len() > 1 {
        level = level
            .chunks(arity)
            .map(|group| match group {
                [alone] => *alone,
                group => shape.task(group.iter().copied()),
            })
            .collect();
    }
    level[0]
}

/// Every task needs its left and its upper neighbour.
pub(crate) fn wavefront(rows: usize, columns: usize) -> Shape {
    let mut shape = Shape::new();
    for row in 0..rows {
        for column in 0..columns {
            let here = row * columns + column;
            let left = (column > 0).then(|| here - 1);
            let upper = (row > 0).then(|| here - columns);
            shape.task(left.into_iter().chain(upper));
        }
    }
    shape
}

/// Each load is cut into one part per bucket; each bucket gathers its parts from all loads.
pub(crate) fn shuffle(loads: usize, buckets: usize, has_total: bool) -> Shape {
    let mut shape = Shape::new();
    let parts: Vec<Vec<usize>> = (0..loads)
        .map(|_| {
            let load = shape.task([]);
            shape.tasks(buckets, &[load])
        })
        .collect();
    let gathered: Vec<usize> =
        (0..buckets).map(|bucket| shape.task(parts.iter().map(|parts| parts[bucket]))).collect();
    if has_total {
        shape.task(gathered);
    }
    shape
}

/// `load → (low, high) → join`, `count` times, and a total.
pub(crate) fn diamonds(count: usize) -> Shape {
    let mut shape = Shape::new();
    let joins: Vec<usize> = (0..count)
        .map(|_| {
            let load = shape.task([]);
            let sides = shape.tasks(2, &[load]);
            shape.task(sides)
        })
        .collect();
    shape.task(joins);
    shape
}

/// Each join opens the next diamond.
pub(crate) fn chain_of_diamonds(count: usize) -> Shape {
    let mut shape = Shape::new();
    let mut top = shape.task([]);
    for _ in 0..count {
        let sides = shape.tasks(2, &[top]);
        top = shape.task(sides);
    }
    shape
}

/// Every task needs `width` neighbouring loads.
pub(crate) fn sliding_window(loads: usize, width: usize, has_total: bool) -> Shape {
    let mut shape = Shape::new();
    let loads = shape.tasks(loads, &[]);
    let windows: Vec<usize> =
        loads.windows(width).map(|window| shape.task(window.iter().copied())).collect();
    if has_total {
        shape.task(windows);
    }
    shape
}

/// Every task needs a load and the loads around it in the plane.
pub(crate) fn stencil(rows: usize, columns: usize, has_total: bool) -> Shape {
    let mut shape = Shape::new();
    shape.tasks(rows * columns, &[]);
    let mut cells = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let around = (row.saturating_sub(1)..(row + 2).min(rows)).flat_map(|row| {
                (column.saturating_sub(1)..(column + 2).min(columns))
                    .map(move |column| row * columns + column)
            });
            cells.push(shape.task(around));
        }
    }
    if has_total {
        shape.task(cells);
    }
    shape
}

/// A chain of sums, each of which needs its own load and, if `shares_a_root`, all of them one.
pub(crate) fn comb(teeth: usize, shares_a_root: bool) -> Shape {
    let mut shape = Shape::new();
    let shared = if shares_a_root { vec![shape.task([])] } else { vec![] };
    let mut sum = None;
    for _ in 0..teeth {
        let tooth = shape.task(shared.iter().copied());
        sum = Some(shape.task(sum.into_iter().chain([tooth])));
    }
    shape
}

/// `steps` stages over the same blocks; each block of a stage needs its neighbours in the last.
pub(crate) fn time_steps(blocks: usize, steps: usize) -> Shape {
    let mut shape = Shape::new();
    let mut stage = shape.tasks(blocks, &[]);
    for _ in 0..steps {
        stage = (0..blocks)
            .map(|block| {
                let around = block.saturating_sub(1)..(block + 2).min(blocks);
                shape.task(around.map(|block| stage[block]))
            })
            .collect();
    }
    shape
}

/// `loads` less the mean of their group, and the mean of all that over time, across the groups.
pub(crate) fn anomalies(loads: usize, groups: usize) -> Shape {
    let mut shape = Shape::new();
    let taker = shape.task([]);
    let samples = shape.tasks(loads, &[]);
    let stacks: Vec<usize> = (0..groups)
        .map(|group| {
            let members = samples.iter().skip(group).step_by(groups);
            let chunks = members
                .map(|&sample| {
                    let item = shape.task([taker, sample]);
                    shape.task([item])
                })
                .collect();
            let mean = reduced(&mut shape, chunks, 4);
            shape.task([mean])
        })
        .collect();
    let chunks = (0..loads)
        .map(|time| {
            let item = shape.task([taker, stacks[time % groups]]);
            shape.task([item, samples[time]])
        })
        .collect();
    reduced(&mut shape, chunks, 4);
    shape
}
