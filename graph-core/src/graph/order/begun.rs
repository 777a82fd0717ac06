//! The tasks that already have something computed for them: the traversal goes on there first.
//!
//! It knows what has been placed, and decides nothing but which of a task's dependencies is next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{
    prepared::Prepared,
    rows::{NONE, small},
};

/// Of a node with at most this many dependencies they are searched one by one. A node with more is
/// *wide*, and has them in a heap.
const NARROW: usize = 8;

/// Which tasks are begun: a task is *begun* once any task below it has been placed.
///
/// ```text
///              s              a0, a1, b0 are placed, a1's result is alive for b1. All that s
///          /  / \  \          asks for weighs the same; but b1 is begun, and after it a1 can
///        b0  b1 b2  b3        go, while b2 and b3 would load afresh beside it.
///       / \ / \ / \ / \
///      a0  a1 a2  a3  a4
/// ```
pub(super) struct Begun {
    /// task → whether it is begun.
    is_begun: Vec<bool>,
    /// node → which of the heaps it has, [`NONE`] for a narrow one.
    heap_of: Vec<u32>,
    /// wide node → begun dependencies, those that lack the fewest first, then the heaviest. An
    /// entry is outdated when its task is placed, or has a better one.
    heaps: Vec<BinaryHeap<Reverse<(u32, u32, u32)>>>,
    /// task → whether a wide node needs it.
    feeds_wide: Vec<bool>,
    /// Tasks that are begun, and whose dependents are still to be marked. Empty between two calls.
    to_mark: Vec<u32>,
}

impl Begun {
    pub(super) fn new(graph: &Prepared) -> Self {
        let nodes = graph.dependents.len();
        let mut begun = Begun {
            is_begun: vec![false; nodes],
            heap_of: vec![NONE; nodes],
            heaps: Vec::new(),
            feeds_wide: vec![false; nodes],
            to_mark: Vec::new(),
        };
        for node in 0..small(nodes) {
            let dependencies = graph.dependencies.neighbours(node);
            if dependencies.len() > NARROW {
                begun.heap_of[node as usize] = small(begun.heaps.len());
                begun.heaps.push(BinaryHeap::new());
                for &dependency in dependencies {
                    begun.feeds_wide[dependency as usize] = true;
                }
            }
        }
        begun
    }

    /// Notes that `task` has been placed and its dependents wait for one task less. Over all
    /// tasks, time O(|E| log² d) for at most d dependencies of one task.
    pub(super) fn note_placed(&mut self, graph: &Prepared, task: u32, waiting: &[u32]) {
        self.is_begun[task as usize] = true;
        for &dependent in graph.dependents.neighbours(task) {
            if !self.is_begun[dependent as usize] {
                self.is_begun[dependent as usize] = true;
                self.to_mark.push(dependent);
            } else if self.feeds_wide[dependent as usize] {
                let lacking = waiting[dependent as usize];
                // Halvings and the last few, or a dense graph would cost more than its edges.
                if lacking <= 3 || lacking.is_power_of_two() {
                    self.offer(graph, dependent, waiting);
                }
            }
        }
        while let Some(begun) = self.to_mark.pop() {
            if self.feeds_wide[begun as usize] {
                self.offer(graph, begun, waiting);
            }
            for &dependent in graph.dependents.neighbours(begun) {
                if !self.is_begun[dependent as usize] {
                    self.is_begun[dependent as usize] = true;
                    self.to_mark.push(dependent);
                }
            }
        }
    }

    /// Puts `task` before all wide nodes that need it. A ready tail goes without being asked for.
    fn offer(&mut self, graph: &Prepared, task: u32, waiting: &[u32]) {
        if waiting[task as usize] == 0 && graph.is_tail[task as usize] {
            return;
        }
        let entry = (waiting[task as usize], graph.place_by_weight[task as usize], task);
        for &dependent in graph.dependents.neighbours(task) {
            if let Some(heap) = self.heaps.get_mut(self.heap_of[dependent as usize] as usize) {
                heap.push(Reverse(entry));
            }
        }
    }

    /// A begun dependency of `asking`, unless `heaviest` does as well. `others` are the
    /// dependencies that come after `heaviest`.
    pub(super) fn next(
        &mut self,
        asking: u32,
        heaviest: u32,
        others: &[u32],
        priority: &[u32],
    ) -> Option<u32> {
        let is_open = |task: u32| priority[task as usize] == NONE;
        let Some(heap) = self.heaps.get_mut(self.heap_of[asking as usize] as usize) else {
            if self.is_begun[heaviest as usize] {
                return Some(heaviest);
            }
            let is_begun = |task: u32| self.is_begun[task as usize];
            return others.iter().copied().find(|&task| is_begun(task) && is_open(task));
        };
        while let Some(Reverse((_, _, task))) = heap.pop() {
            if is_open(task) {
                return Some(task);
            }
        }
        None
    }
}
