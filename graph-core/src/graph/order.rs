//! Static priority that keeps few results alive.
//!
//! It knows the structure alone: no names, durations, sizes or workers. Every result counts as one,
//! and an edge that only orders counts like one that carries a result.

mod begun;
pub(crate) mod numbering;
mod prepared;
mod rows;
mod traversal;
mod weight;

use crate::graph::{Graph, adjacency::Adjacency};
use numbering::Numbering;
use prepared::Prepared;
use rows::small;
use traversal::Traversal;

/// Gives every task its priority, 0 first, so that each comes after its dependencies and few
/// results live at once.
///
/// `dependencies` holds for each task the tasks it needs; `numbering` says which tasks are older. Workers that
/// always take the ready task with the lowest number keep to the spirit of the order, however
/// many they are. The order depends on structure alone, ties going to the task built first.
///
/// A root starts only when no started chain can go on: when no ready task would free a result or
/// is an output, and none has become ready that leads to such a task through others that wait for
/// it alone. For trees no order on one worker keeps fewer results alive. Where results are shared
/// the optimum is NP-hard to find, and this is a heuristic; if outputs share what they need, it
/// tries the heaviest first and the lightest first, and takes the latter when that keeps fewer
/// results alive besides finished outputs.
///
/// Time O((|V| + |E|) log² d) for at most d dependencies of one task, near |V| + |E| in practice;
/// space O(|V| + |E|); no recursion. It is fastest when no task is older than its
/// dependencies, as among tasks built one after the other.
///
/// Sources: the aims and the test graphs are those of `dask/order.py`; the weight of a task is
/// the register need of Sethi and Ullman, "The generation of optimal code for arithmetic
/// expressions" (1970).
///
/// # Panics
/// When tasks need each other in a circle or one that is not there; [`Graph::check`] finds out
/// without a panic.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Adjacency, Numbering, order};
///
/// //      4         each load is reduced before the next one starts
/// //     / \
/// //    1   3
/// //    |   |
/// //    0   2
/// let dependencies = Adjacency::from_edges(5, [(1, 0), (3, 2), (4, 1), (4, 3)]);
/// assert_eq!(order(&dependencies, Numbering::OldestFirst), [0, 1, 2, 3, 4]);
/// ```
pub fn order(dependencies: &Adjacency, numbering: Numbering) -> Vec<u32> {
    let mut prepared = Prepared::new(dependencies, numbering);
    let heavy_first = Traversal::new(&prepared).run();
    if prepared.ask_for_light_outputs_first() {
        let light_first = Traversal::new(&prepared).run();
        if light_first.peak < heavy_first.peak {
            return light_first.priority;
        }
    }
    heavy_first.priority
}

impl Graph {
    /// The indices of the nodes in the order in which one worker should run them; see [`order`].
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Edge, Graph, Node};
    ///
    /// let nodes = ["load", "load", "sum", "sum"].map(Node::new).to_vec();
    /// let edges = vec![Edge::data(0, 2), Edge::data(1, 3)];
    /// let graph = Graph::new(nodes, edges, vec![2, 3])?;
    /// assert_eq!(graph.order(), [0, 2, 1, 3]);
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn order(&self) -> Vec<usize> {
        let edges = self.edges().iter().map(|edge| (small(edge.to), small(edge.from)));
        let priorities = order(&Adjacency::from_edges(self.len(), edges), Numbering::OldestFirst);
        let mut sequence = vec![0; priorities.len()];
        for (node, &priority) in priorities.iter().enumerate() {
            sequence[priority as usize] = node;
        }
        sequence
    }
}
