//! Which tasks share a group, and the edges between the groups.

use super::dense_ids::number_below;
use super::traversal;
use crate::graph::{Edge, EdgeKind, Graph};

/// A partition of a graph's tasks whose quotient is acyclic.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Partition {
    /// Task → its group; groups are numbered by their first task.
    group_of: Vec<usize>,
    groups: usize,
    edges: Vec<Edge>,
}

impl Partition {
    /// Every task for itself.
    pub(super) fn discrete(graph: &Graph) -> Self {
        Partition {
            group_of: (0..graph.len()).collect(),
            groups: graph.len(),
            edges: without_duplicates(graph.edges().iter().copied()),
        }
    }

    /// The coarser partition that also merges groups of equal class, and then those that would
    /// lie on a cycle. Time O(|V| + |E| log |E|).
    pub(super) fn merge(&self, class_of: &[usize]) -> Self {
        let merged = self.merge_as_told(class_of);
        let component_of = traversal::strong_components(merged.groups, &merged.edges);
        merged.merge_as_told(&component_of)
    }

    fn merge_as_told(&self, class_of: &[usize]) -> Self {
        let bound = class_of.iter().map(|class| class + 1).max().unwrap_or(0);
        let new_group_of = number_below(bound, self.group_of.iter().map(|&group| class_of[group]));
        let mut renamed = vec![0; self.groups];
        for (&old, &new) in self.group_of.iter().zip(&new_group_of) {
            renamed[old] = new;
        }
        let groups = new_group_of.iter().map(|group| group + 1).max().unwrap_or(0);
        let edges = without_duplicates(self.edges.iter().map(|edge| Edge {
            from: renamed[edge.from],
            to: renamed[edge.to],
            kind: edge.kind,
        }));
        Partition { group_of: new_group_of, groups, edges }
    }

    /// How many groups there are.
    pub(super) fn len(&self) -> usize {
        self.groups
    }

    /// Task → its group.
    pub(super) fn group_of(&self) -> &[usize] {
        &self.group_of
    }

    /// The edges between different groups, one per pair, sorted by dependent.
    pub(super) fn edges(&self) -> &[Edge] {
        &self.edges
    }
}

/// An edge list with one edge per pair, data before order, sorted by dependent.
fn without_duplicates(edges: impl Iterator<Item = Edge>) -> Vec<Edge> {
    let mut edges: Vec<Edge> = edges.filter(|edge| edge.from != edge.to).collect();
    edges.sort_unstable_by_key(|edge| (edge.to, edge.from, edge.kind == EdgeKind::Order));
    edges.dedup_by_key(|edge| (edge.to, edge.from));
    edges
}
