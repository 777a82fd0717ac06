//! The graph made ready for the walk: both directions of its edges, sorted, each edge once.
//!
//! It places nothing itself.

use super::numbering::Numbering;
use super::rows::{offsets_of, small};
use super::weight::Weight;
use crate::graph::adjacency::Adjacency;

/// The graph with both directions of its edges, without repeated edges, and with one node added
/// at the end, the *goal*, which needs every task that nothing else needs.
pub(super) struct Prepared {
    /// node → the tasks it needs, in the order in which to ask for them.
    pub dependencies: Adjacency,
    /// node → the tasks that need it, in order of creation.
    pub dependents: Adjacency,
    /// task → whether everything that follows it hangs on it alone, down to the outputs.
    ///
    /// ```text
    ///  c   d   y      b, c, d and y are tails: once one of them is ready, nothing else has to be
    ///   \ /   / \     computed to finish what follows it. a and e are none, for y needs both.
    ///    b   a   e
    /// ```
    pub is_tail: Vec<bool>,
    /// task → its place among all tasks, the heaviest first, outputs perhaps the lightest first.
    pub place_by_weight: Vec<u32>,
    weight: Weight,
}

impl Prepared {
    /// Time O(|V| + |E| log d) for at most d dependencies of one task, space O(|V| + |E|).
    pub(super) fn new(dependencies: &Adjacency, numbering: Numbering) -> Self {
        let (dependents, shape) = invert(dependencies, numbering);
        let bottom_up = dependencies_first(&dependents, &shape, numbering);
        let is_tail = tails(&dependents, &shape.dependency_count, &bottom_up);
        let weight = Weight::new(dependencies, &dependents, &bottom_up, shape.has_repeated_edges);
        drop(bottom_up);
        let mut sequence: Vec<u32> = numbering.oldest_first(is_tail.len()).collect();
        weight.sort_heaviest_first(&mut sequence);
        let dependencies = rows_in_order(&dependents, shape.dependency_count, &sequence);
        let mut place_by_weight = vec![0; sequence.len()];
        for (place, &node) in sequence.iter().enumerate() {
            place_by_weight[node as usize] = small(place);
        }
        Prepared { dependencies, dependents, is_tail, place_by_weight, weight }
    }

    /// Makes the goal ask for outputs that share what they need the other way round, after all that
    /// share nothing. Returns whether that changes anything.
    ///
    /// Those that hang on the lightest go first; of several that hang on one still the heaviest.
    ///
    /// ```text
    /// a           a hangs on c like d, so it goes first of the two for its longer path;
    /// |           f hangs on itself, for it needs more than one.
    /// b   d   f
    ///  \ /   / \
    ///   c   g   e
    /// ```
    pub(super) fn ask_for_light_outputs_first(&mut self) -> bool {
        let goal = small(self.is_tail.len());
        let heavy_first = self.dependencies.neighbours(goal);
        let (mut sharing, mut light_first): (Vec<u32>, Vec<u32>) =
            heavy_first.iter().partition(|&&output| self.weight.shares(output));
        sharing.sort_by_cached_key(|&output| self.weight.height_and_results(self.hangs_on(output)));
        light_first.append(&mut sharing);
        if light_first == heavy_first {
            return false;
        }
        // The outputs exchange their places by weight among themselves.
        let mut places: Vec<u32> =
            heavy_first.iter().map(|&output| self.place_by_weight[output as usize]).collect();
        places.sort_unstable();
        for (&output, place) in light_first.iter().zip(places) {
            self.place_by_weight[output as usize] = place;
        }
        self.dependencies.row_mut(goal).copy_from_slice(&light_first);
        true
    }

    /// The end of the chain that leads down from `output`: a task that needs none or several, or is
    /// needed by several.
    fn hangs_on(&self, output: u32) -> u32 {
        let mut task = output;
        while let &[only] = self.dependencies.neighbours(task)
            && self.dependents.neighbours(task).len() == 1
        {
            task = only;
        }
        task
    }
}

/// What one pass over the edges tells.
struct Shape {
    /// node, the goal included → how many different tasks it needs.
    dependency_count: Vec<u32>,
    has_repeated_edges: bool,
    /// Whether every task was built after its dependencies, so that oldest first is an order.
    is_built_bottom_up: bool,
}

/// Dependents of every task, each once; those of a task that nothing needs are the goal.
fn invert(dependencies: &Adjacency, numbering: Numbering) -> (Adjacency, Shape) {
    let nodes = dependencies.len();
    let goal = small(nodes);
    let mut shape = Shape {
        dependency_count: vec![0; nodes + 1],
        has_repeated_edges: false,
        is_built_bottom_up: true,
    };
    let mut dependent_count = vec![0_u32; nodes + 1];
    let mut last_dependent = vec![goal; nodes];
    for node in numbering.oldest_first(nodes) {
        for &dependency in dependencies.neighbours(node) {
            shape.is_built_bottom_up &= numbering.is_older(dependency, node);
            if last_dependent[dependency as usize] == node {
                shape.has_repeated_edges = true;
                continue;
            }
            last_dependent[dependency as usize] = node;
            shape.dependency_count[node as usize] += 1;
            dependent_count[dependency as usize] += 1;
        }
    }
    for count in &mut dependent_count[..nodes] {
        if *count == 0 {
            *count = 1;
            shape.dependency_count[nodes] += 1;
        }
    }
    let offsets = offsets_of(dependent_count);
    // Whatever is not written below stays the goal.
    let mut targets = vec![goal; offsets[nodes] as usize];
    let mut next = offsets.clone();
    for node in numbering.oldest_first(nodes) {
        for &dependency in dependencies.neighbours(node) {
            let slot = &mut next[dependency as usize];
            let is_repeated =
                *slot > offsets[dependency as usize] && targets[*slot as usize - 1] == node;
            if !is_repeated {
                targets[*slot as usize] = node;
                *slot += 1;
            }
        }
    }
    (Adjacency::new(offsets, targets), shape)
}

/// The tasks so that each comes after its dependencies, in breadth (Kahn 1962).
fn dependencies_first(dependents: &Adjacency, shape: &Shape, numbering: Numbering) -> Vec<u32> {
    let goal = small(dependents.len() - 1);
    if shape.is_built_bottom_up {
        return numbering.oldest_first(goal as usize).collect();
    }
    let mut waiting = shape.dependency_count.clone();
    let mut sequence: Vec<u32> = (0..goal).filter(|&node| waiting[node as usize] == 0).collect();
    let mut position = 0;
    while let Some(&node) = sequence.get(position) {
        position += 1;
        for &dependent in dependents.neighbours(node) {
            waiting[dependent as usize] -= 1;
            if waiting[dependent as usize] == 0 && dependent != goal {
                sequence.push(dependent);
            }
        }
    }
    assert_eq!(sequence.len(), goal as usize, "a graph that is to be ordered has no cycle");
    sequence
}

/// Which tasks are tails; see [`Prepared::is_tail`].
fn tails(dependents: &Adjacency, dependency_count: &[u32], bottom_up: &[u32]) -> Vec<bool> {
    let goal = bottom_up.len();
    let mut is_tail = vec![false; goal];
    for &node in bottom_up.iter().rev() {
        is_tail[node as usize] = dependents.neighbours(node).iter().all(|&dependent| {
            let dependent = dependent as usize;
            dependent == goal || (dependency_count[dependent] == 1 && is_tail[dependent])
        });
    }
    is_tail
}

/// Dependencies of every node, in the order of `sequence`: handing all tasks to their dependents
/// in that order leaves every row sorted.
fn rows_in_order(dependents: &Adjacency, lengths: Vec<u32>, sequence: &[u32]) -> Adjacency {
    let offsets = offsets_of(lengths);
    let mut next = offsets.clone();
    let mut targets = vec![0; offsets[offsets.len() - 1] as usize];
    for &node in sequence {
        for &dependent in dependents.neighbours(node) {
            let slot = &mut next[dependent as usize];
            targets[*slot as usize] = node;
            *slot += 1;
        }
    }
    Adjacency::new(offsets, targets)
}
