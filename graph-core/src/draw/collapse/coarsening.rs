//! Chooses how coarse a quotient is: the finest of a series of partitions that is readable.
//!
//! The partitions get coarser from step to step. A group holds
//!
//! 1. tasks that differ in their constants only;
//! 2. tasks that follow each other in a chain and run one function, and then 1 again;
//! 3. tasks of one function at one depth;
//! 4. tasks of one function in one band of depths, wider and wider;
//! 5. all tasks in one band of depths.

use super::dense_ids::dense_ids;
use super::equivalence;
use super::partition::Partition;
use crate::graph::{Graph, dependents};
use crate::task::state::TaskState;

/// How many tasks and edges a picture may show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    /// A graph with more tasks than this is collapsed, to at most this many groups.
    pub(crate) tasks: usize,
    /// The most edges between groups. It holds for collapsed graphs only.
    pub(crate) edges: usize,
}

impl Limits {
    /// As many as a reader can follow on a screen.
    pub(crate) const READABLE: Limits = Limits { tasks: 300, edges: 900 };
}

/// The most groups when tasks of different depths share a box. Such a picture is an outline only,
/// and a small one is easier to read.
pub(super) const MOST_BANDED_GROUPS: usize = 60;

/// Returns the finest partition of the series that keeps the limits. A graph with few enough tasks
/// is not collapsed, however many edges it has.
pub(super) fn choose_partition(graph: &Graph, limits: Limits) -> Partition {
    let tasks = Partition::discrete(graph);
    if tasks.len() <= limits.tasks {
        return tasks;
    }
    let most_banded_groups = MOST_BANDED_GROUPS.min(limits.tasks).max(1);
    let readable = |partition: &Partition, most_groups: usize| {
        partition.len() <= most_groups.max(1) && partition.edges().len() <= limits.edges
    };
    // A failed or finished task must not disappear in a group of waiting ones.
    let functions = dense_ids(graph.nodes().iter().map(|node| node.function.as_str()));
    let roles = dense_ids(graph.nodes().iter().map(|node| (&node.function, settled(node.state))));
    let alike = tasks.merge(&equivalence::classes(&roles, tasks.edges()));
    if readable(&alike, limits.tasks) {
        return alike;
    }
    let chained =
        alike.merge(&equivalence::chains(&alike.kinds(&functions), alike.edges(), alike.len()));
    let alike = if chained.len() == alike.len() {
        alike
    } else {
        chained.merge(&equivalence::classes(&chained.kinds(&functions), chained.edges()))
    };
    if readable(&alike, limits.tasks) {
        return alike;
    }
    let depths = alike.depths();
    let kinds = alike.kinds(&functions);
    let banded = |width: usize, by_kind: bool| {
        let key = |(&kind, &depth): (&usize, &usize)| (by_kind.then_some(kind), depth / width);
        alike.merge(&dense_ids(kinds.iter().zip(&depths).map(key)))
    };
    let by_depth = banded(1, true);
    if readable(&by_depth, limits.tasks) {
        return by_depth;
    }
    let deepest = depths.iter().copied().max().unwrap_or(0) + 1;
    // Each band has at least one group, so narrower bands would make too many.
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

/// The state as far as it decides about groups: a ready task counts as a waiting one.
fn settled(state: TaskState) -> TaskState {
    if state == TaskState::Ready { TaskState::Waiting } else { state }
}

/// Stands for the function of a group whose tasks run different ones.
const MIXED: usize = usize::MAX;

impl Partition {
    /// Returns group → the number of the function that all its tasks run, or [`MIXED`].
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

    /// Returns group → the number of edges on the longest path that ends in it.
    fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0; self.len()];
        let dependents = dependents(self.len(), self.edges());
        for group in dependents.topological_order() {
            let below = depths[group as usize] + 1;
            for &dependent in dependents.neighbours(group) {
                let depth = &mut depths[dependent as usize];
                *depth = below.max(*depth);
            }
        }
        depths
    }
}
