//! Collapses a large graph into a quotient that a reader can follow: similar tasks become one box.
//!
//! ```text
//! read ─► convert ┐                 read ×9 900 ─► convert ×9 900 ─► total
//! read ─► convert ┼► total   ═══►
//!   …        …    ┘
//! ```
//!
//! Groups that form a cycle are merged into one, so every quotient is acyclic and can be drawn.
//! Nothing recurses.

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
    /// Returns the quotient that a picture of this graph shows: up to 300 tasks a group for every
    /// task, above that groups of similar tasks.
    ///
    /// Time O((|V| + |E|) log |E|) for each partition that is tried.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Edge, Graph, Node};
    ///
    /// let chain = (1..1000).map(|node| Edge::data(node - 1, node)).collect();
    /// let graph = Graph::new(vec![Node::new("step"); 1000], chain, vec![999])?;
    /// assert_eq!(graph.collapse().groups()[0].tasks(), 1000);
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn collapse(&self) -> Quotient<'_> {
        self.collapse_above(Limits::READABLE)
    }

    /// Returns the quotient that keeps `limits`.
    pub(crate) fn collapse_above(&self, limits: Limits) -> Quotient<'_> {
        Quotient::from_partition(self, &coarsening::choose_partition(self, limits))
    }
}

#[cfg(test)]
mod tests;
