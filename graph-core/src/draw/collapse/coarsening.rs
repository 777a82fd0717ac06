//! How coarse a quotient has to be: the first partition on a ladder that is readable.
//!
//! Coarser and coarser partitions are tried:
//!
//! 1. tasks that nothing but their constants tells apart;
//! 2. runs of one function along a chain, then 1 again;
//! 3. tasks of one function at one depth;
//! 4. tasks of one function in one band of depths, wider and wider;
//! 5. all tasks in one band of depths.

use super::dense_ids::number;
use super::partition::Partition;
use super::{equivalence, traversal};
use crate::graph::Graph;
use crate::state::TaskState;

/// How much a picture may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    /// Above this many tasks it is collapsed, to at most so many groups.
    pub(crate) tasks: usize,
    /// More edges than this between groups are a tangle, however few the groups.
    pub(crate) edges: usize,
}

impl Limits {
    /// What can be read on a screen.
    pub(crate) const READABLE: Limits = Limits { tasks: 300, edges: 900 };
}

/// Once tasks of different depths share a box the picture is a sketch, and a small one reads best.
pub(super) const MOST_BANDED_GROUPS: usize = 60;

/// The finest partition on the ladder that keeps the limits. A graph of few tasks may have as many
/// edges as it likes.
pub(super) fn choose_partition(graph: &Graph, limits: Limits) -> Partition {
    let tasks = Partition::discrete(graph);
    if tasks.len() <= limits.tasks {
        return tasks;
    }
    let most_banded_groups = MOST_BANDED_GROUPS.min(limits.tasks).max(1);
    let readable = |partition: &Partition, most_groups: usize| {
        partition.len() <= most_groups.max(1) && partition.edges().len() <= limits.edges
    };
    // A failed or finished task plays another part than one that waits, and should be seen.
    let functions = number(graph.nodes().iter().map(|node| node.function.as_str()));
    let parts = number(graph.nodes().iter().map(|node| (&node.function, settled(node.state))));
    let alike = tasks.merge(&equivalence::classes(&parts, tasks.edges()));
    if readable(&alike, limits.tasks) {
        return alike;
    }
    let runs =
        alike.merge(&equivalence::runs(&alike.kinds(&functions), alike.edges(), alike.len()));
    let alike = if runs.len() == alike.len() {
        alike
    } else {
        runs.merge(&equivalence::classes(&runs.kinds(&functions), runs.edges()))
    };
    if readable(&alike, limits.tasks) {
        return alike;
    }
    let depths = alike.depths();
    let kinds = alike.kinds(&functions);
    let banded = |width: usize, by_kind: bool| {
        let key = |(&kind, &depth): (&usize, &usize)| (by_kind.then_some(kind), depth / width);
        alike.merge(&number(kinds.iter().zip(&depths).map(key)))
    };
    let by_depth = banded(1, true);
    if readable(&by_depth, limits.tasks) {
        return by_depth;
    }
    let deepest = depths.iter().copied().max().unwrap_or(0) + 1;
    // Each band has a group at least, so narrower bands cannot be few enough.
    let narrowest = deepest.div_ceil(most_banded_groups).max(1);
    let widths = || {
        std::iter::successors(Some(narrowest), move |&width| {
            (width < deepest).then_some(width.saturating_mul(2))
        })
    };
    for by_kind in [true, false] {
        for width in widths() {
            let partition = banded(width, by_kind);
            if readable(&partition, most_banded_groups) {
                return partition;
            }
        }
    }
    unreachable!("one band that holds all depths is one group, which is readable")
}

/// The state as far as pictures tell states apart.
fn settled(state: TaskState) -> TaskState {
    if state == TaskState::Ready { TaskState::Waiting } else { state }
}

/// The kind of a group whose tasks run different functions.
const MIXED: usize = usize::MAX;

impl Partition {
    /// Group → the number of the function that all its tasks run, or [`MIXED`].
    fn kinds(&self, functions: &[usize]) -> Vec<usize> {
        let mut kinds: Vec<Option<usize>> = vec![None; self.len()];
        for (&group, &function) in self.group_of().iter().zip(functions) {
            let kind = kinds[group].get_or_insert(function);
            if *kind != function {
                *kind = MIXED;
            }
        }
        kinds.into_iter().map(|kind| kind.unwrap_or(MIXED)).collect()
    }

    /// Group → the length of the longest path that ends in it.
    fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0; self.len()];
        let dependents = traversal::Adjacency::forwards(self.len(), self.edges());
        for group in traversal::topological_order(self.len(), self.edges()) {
            for &(dependent, _) in dependents.of(group) {
                depths[dependent] = depths[dependent].max(depths[group] + 1);
            }
        }
        depths
    }
}
