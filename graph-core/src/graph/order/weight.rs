//! Which of several tasks to compute first, were there nothing computed yet.
//!
//! It knows nothing of the walk: its answers compare tasks.

use super::rows::{offsets_of, small};
use crate::graph::adjacency::Adjacency;

/// Compares tasks by how heavy their computation is.
pub(super) struct Weight {
    needs: Needs,
    /// task → see [`sharing`].
    sharing: Vec<u32>,
}

impl Weight {
    /// `bottom_up` lists the tasks so that each comes after its dependencies.
    ///
    /// Time O(|V| + |E| log d) for at most d dependencies of one task.
    pub(super) fn new(
        dependencies: &Adjacency,
        dependents: &Adjacency,
        bottom_up: &[u32],
        has_repeated_edges: bool,
    ) -> Self {
        Weight {
            needs: Needs::new(dependencies, bottom_up, has_repeated_edges),
            sharing: sharing(dependencies, dependents, bottom_up),
        }
    }

    /// Sorts tasks so that the neediest comes first, then the tallest, the one that shares least,
    /// the one that stood first.
    pub(super) fn sort_heaviest_first(&self, tasks: &mut Vec<u32>) {
        sort(tasks, &self.sharing, Direction::Rising);
        sort(tasks, &self.needs.height, Direction::Falling);
        sort(tasks, &self.needs.results, Direction::Falling);
    }

    /// What is to rise for the lowest task to come first, then the least needy.
    pub(super) fn height_and_results(&self, task: u32) -> (u32, u32) {
        (self.needs.height[task as usize], self.needs.results[task as usize])
    }

    /// Whether anything that `task` needs is needed by others as well.
    pub(super) fn shares(&self, task: u32) -> bool {
        self.sharing[task as usize] > 0
    }
}

/// How heavy the computation of each task is.
struct Needs {
    /// task → results alive at once while it and all it needs are computed, its own included.
    results: Vec<u32>,
    /// task → tasks on the longest path that ends in it.
    height: Vec<u32>,
}

impl Needs {
    /// Register need after Sethi and Ullman, "The generation of optimal code for arithmetic
    /// expressions" (1970), with any number of operands: computing the neediest operand first,
    /// the i-th one (from 0) runs while i results are kept. Exact for trees; where a result is
    /// shared it counts for each of its dependents, so the number is an upper bound.
    ///
    /// ```text
    ///       +            needs max(3 + 0, 2 + 1, 2 operands + itself) = 3
    ///      / \
    ///     *   neg        3   2
    ///    / \   |
    ///   x   y  z         1 1 1
    /// ```
    fn new(dependencies: &Adjacency, bottom_up: &[u32], has_repeated_edges: bool) -> Self {
        let mut results = vec![1_u32; bottom_up.len()];
        let mut height = vec![0_u32; bottom_up.len()];
        let mut operands: Vec<u32> = Vec::new();
        for &node in bottom_up {
            let row = dependencies.neighbours(node);
            let node = node as usize;
            match row {
                [] => {}
                &[only] => {
                    results[node] = results[only as usize].max(2);
                    height[node] = height[only as usize] + 1;
                }
                several => {
                    operands.clear();
                    operands.extend_from_slice(several);
                    if has_repeated_edges {
                        operands.sort_unstable();
                        operands.dedup();
                    }
                    let mut tallest = 0;
                    for operand in &mut operands {
                        tallest = tallest.max(height[*operand as usize]);
                        *operand = results[*operand as usize];
                    }
                    operands.sort_unstable_by(|a, b| b.cmp(a));
                    let while_computing = operands.iter().zip(0..).map(|(need, kept)| need + kept);
                    let while_running = small(operands.len()) + 1;
                    results[node] = while_computing.max().unwrap_or(0).max(while_running);
                    height[node] = tallest + 1;
                }
            }
        }
        Needs { results, height }
    }
}

/// How much of what each task needs others need as well: over its dependencies, the dependents
/// besides itself, or where there are none, the sharing of that dependency. At most |V|.
///
/// ```text
///  a   b   c   d    a and d share one result (1), b and c two each (2): starting at an end
///  |\ / \ / \ /|    leaves one side open, starting in the middle two.
///  w  x   y   z w'
/// ```
fn sharing(dependencies: &Adjacency, dependents: &Adjacency, bottom_up: &[u32]) -> Vec<u32> {
    let limit = small(bottom_up.len());
    let mut sharing = vec![0_u32; bottom_up.len()];
    for &node in bottom_up {
        let total = dependencies.neighbours(node).iter().fold(0_u32, |total, &needed| {
            let others = small(dependents.neighbours(needed).len()) - 1;
            total.saturating_add(if others == 0 { sharing[needed as usize] } else { others })
        });
        sharing[node as usize] = total.min(limit);
    }
    sharing
}

enum Direction {
    Rising,
    Falling,
}

/// Sorts `nodes` by `key`, equal ones as they stood: one pass of a counting sort.
fn sort(nodes: &mut Vec<u32>, key: &[u32], direction: Direction) {
    let largest = key.iter().max().map_or(0, |&key| key as usize);
    let bucket = |node: u32| match direction {
        Direction::Rising => key[node as usize] as usize,
        Direction::Falling => largest - key[node as usize] as usize,
    };
    let mut lengths = vec![0; largest + 1];
    for &node in &*nodes {
        lengths[bucket(node)] += 1;
    }
    if lengths.contains(&small(nodes.len())) {
        return;
    }
    let mut next = offsets_of(lengths);
    let mut sorted = vec![0; nodes.len()];
    for &node in &*nodes {
        let slot = &mut next[bucket(node)];
        sorted[*slot as usize] = node;
        *slot += 1;
    }
    *nodes = sorted;
}
