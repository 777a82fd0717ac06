//! Finds nodes that a picture may show as one: those with equal surroundings, and those in a chain.

use super::dense_ids::{FastMap, dense_ids};
use super::traversal::{Neighbours, topological_order};
use crate::graph::{Edge, EdgeKind};

/// Returns node → its class. Two nodes are in one class when they have the same kind, depend on
/// equal sets of nodes, and equal sets of nodes depend on them.
///
/// Dependencies are equal when they have the same kind and equal sets of dependencies, and so on up
/// to the sources; dependents are compared in the same way down to the ends. A set does not count
/// its members, so a last reduction of seven tasks is in the class of those of eight. Nodes of one
/// class have the same depth, so the quotient is acyclic. Time O(|V| + |E| log |E|).
///
/// Source: partition of a DAG by bisimulation, one pass in topological order; A. Dovier,
/// C. Piazza, A. Policriti, "An Efficient Algorithm for Computing Bisimulation Equivalence" (2004).
pub(super) fn classes(kinds: &[usize], edges: &[Edge]) -> Vec<usize> {
    let mut order = topological_order(kinds.len(), edges);
    let built = classes_one_way(kinds, &order, &Neighbours::backwards(kinds.len(), edges));
    order.reverse();
    let used = classes_one_way(kinds, &order, &Neighbours::forwards(kinds.len(), edges));
    dense_ids(built.into_iter().zip(used))
}

/// Returns node → a number for its kind together with the set of its neighbours' numbers.
fn classes_one_way(kinds: &[usize], order: &[usize], neighbours: &Neighbours) -> Vec<usize> {
    let mut class_of = vec![0; kinds.len()];
    let mut known: FastMap<Vec<usize>, usize> = FastMap::default();
    let mut key = Vec::new();
    for &node in order {
        key.clear();
        key.extend(neighbours.of(node).iter().map(|&(other, edge_kind)| {
            // An order edge and a data edge to the same class are two different neighbours.
            2 * class_of[other] + usize::from(edge_kind == EdgeKind::Order)
        }));
        key.sort_unstable();
        key.dedup();
        key.push(kinds[node]);
        let next = known.len();
        class_of[node] = match known.get(key.as_slice()) {
            Some(&class) => class,
            None => {
                known.insert(key.clone(), next);
                next
            }
        };
    }
    class_of
}

/// Returns node → the first node of its chain. In a chain all nodes have one kind, and each is the
/// only dependent of the one before and depends on nothing else. Time O(|V| + |E|).
pub(super) fn chains(kinds: &[usize], edges: &[Edge], nodes: usize) -> Vec<usize> {
    let dependencies = Neighbours::backwards(nodes, edges);
    let dependents = Neighbours::forwards(nodes, edges);
    let mut chain_of: Vec<usize> = (0..nodes).collect();
    for node in topological_order(nodes, edges) {
        if let [(before, _)] = *dependencies.of(node)
            && dependents.of(before).len() == 1
            && kinds[before] == kinds[node]
        {
            chain_of[node] = chain_of[before];
        }
    }
    chain_of
}

#[cfg(test)]
mod tests {
    use super::*;

    // 0 → 2 ┐
    // 1 → 3 ┴► 4
    #[test]
    fn parallel_branches_of_equal_kinds_share_their_classes() {
        let edges = [(0, 2), (1, 3), (2, 4), (3, 4)].map(|(a, b)| Edge::data(a, b));
        assert_eq!(classes(&[7, 7, 8, 8, 9], &edges), [0, 0, 1, 1, 2]);
    }

    // 0 → 2, and nothing needs 1
    #[test]
    fn a_different_use_makes_a_different_class() {
        let class_of = classes(&[7, 7, 8], &[Edge::data(0, 2)]);
        assert_ne!(class_of[0], class_of[1]);
    }

    #[test]
    fn a_chain_ends_where_the_kind_changes() {
        let edges = [(0, 1), (1, 2), (2, 3)].map(|(a, b)| Edge::data(a, b));
        assert_eq!(chains(&[5, 5, 6, 6], &edges, 4), [0, 0, 2, 2]);
    }
}
