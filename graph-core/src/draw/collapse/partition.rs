//! A partition of the tasks into groups, and the edges between the groups.

use super::dense_ids::dense_ids_below;
use super::strong_components::strong_components;
use crate::graph::{Edge, Graph};

/// A partition of a graph's tasks whose quotient is acyclic.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Partition {
    /// Task → its group; groups are numbered by their first task.
    group_of: Vec<usize>,
    /// The number of groups.
    groups: usize,
    edges: Vec<Edge>,
}

impl Partition {
    /// Makes a group of every task.
    pub(super) fn discrete(graph: &Graph) -> Self {
        Partition {
            group_of: (0..graph.len()).collect(),
            groups: graph.len(),
            edges: Edge::without_duplicates(graph.edges().iter().copied()),
        }
    }

    /// Merges the groups of each class, and then the groups that lie on a cycle. Time
    /// O(|V| + |E| log |E|).
    pub(super) fn merge(&self, class_of: &[usize]) -> Self {
        let merged = self.merge_classes(class_of);
        let component_of = strong_components(merged.groups, &merged.edges);
        merged.merge_classes(&component_of)
    }

    fn merge_classes(&self, class_of: &[usize]) -> Self {
        let bound = class_of.iter().map(|class| class + 1).max().unwrap_or(0);
        let new_group_of =
            dense_ids_below(bound, self.group_of.iter().map(|&group| class_of[group]));
        let mut renamed = vec![0; self.groups];
        for (&old, &new) in self.group_of.iter().zip(&new_group_of) {
            renamed[old] = new;
        }
        let groups = new_group_of.iter().map(|group| group + 1).max().unwrap_or(0);
        let edges = Edge::without_duplicates(self.edges.iter().map(|edge| Edge {
            from: renamed[edge.from],
            to: renamed[edge.to],
            kind: edge.kind,
        }));
        Partition { group_of: new_group_of, groups, edges }
    }

    /// Returns the number of groups.
    pub(super) fn len(&self) -> usize {
        self.groups
    }

    /// Returns task → its group.
    pub(super) fn group_of(&self) -> &[usize] {
        &self.group_of
    }

    /// Returns the edges between different groups, one per pair, sorted by dependent and then by
    /// dependency.
    pub(super) fn edges(&self) -> &[Edge] {
        &self.edges
    }
}
