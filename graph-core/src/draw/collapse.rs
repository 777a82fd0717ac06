//! The readable quotient of a large graph: tasks that play the same part become one box.
//!
//! ```text
//! read ─► convert ┐                 read ×9 900 ─► convert ×9 900 ─► total
//! read ─► convert ┼► total   ═══►
//!   …        …    ┘
//! ```
//!
//! Whatever a partition merges, groups that would form a cycle become one group, so a quotient
//! can always be drawn. Nothing recurses.

pub(super) mod coarsening;
mod dense_ids;
mod equivalence;
pub(super) mod group;
mod partition;
pub(super) mod quotient;
mod traversal;

use crate::graph::Graph;

use coarsening::Limits;
use quotient::Quotient;

impl Graph {
    /// The quotient that a picture of this graph shows: every task for itself up to 300 tasks,
    /// above that groups of tasks that play the same part.
    ///
    /// Time O((|V| + |E|) log) for each partition tried.
    ///
    /// ```
    /// use graph_core::{Edge, Graph, Node};
    ///
    /// let chain = (1..1000).map(|node| Edge::data(node - 1, node)).collect();
    /// let graph = Graph::new(vec![Node::new("step"); 1000], chain, vec![999])?;
    /// assert_eq!(graph.collapse().groups()[0].tasks(), 1000);
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn collapse(&self) -> Quotient<'_> {
        self.collapse_above(Limits::READABLE)
    }

    pub(crate) fn collapse_above(&self, limits: Limits) -> Quotient<'_> {
        Quotient::from_partition(self, &coarsening::choose_partition(self, limits))
    }
}

#[cfg(test)]
mod tests;
