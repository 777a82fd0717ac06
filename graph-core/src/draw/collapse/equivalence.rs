//! Finds nodes that play the same part.

use super::dense_ids::{FastMap, number};
use super::traversal::{Adjacency, topological_order};
use crate::graph::{Edge, EdgeKind};

/// Node → its class: two nodes share one when they are of one kind, everything they need is
/// built alike, and everything that needs them is used alike.
///
/// "Built alike" looks at kinds all the way up, "used alike" all the way down, each as a set, so
/// that a last reduction of seven joins those of eight. Depth is part of being built alike, so
/// the quotient is acyclic. Time O(|V| + |E| log |E|).
///
/// Source: partition of a DAG by bisimulation, one pass in topological order; A. Dovier,
/// C. Piazza, A. Policriti, "An Efficient Algorithm for Computing Bisimulation Equivalence" (2004).
pub(super) fn classes(kinds: &[usize], edges: &[Edge]) -> Vec<usize> {
    let mut order = topological_order(kinds.len(), edges);
    let built = classes_one_way(kinds, &order, &Adjacency::backwards(kinds.len(), edges));
    order.reverse();
    let used = classes_one_way(kinds, &order, &Adjacency::forwards(kinds.len(), edges));
    number(built.into_iter().zip(used))
}

/// Node → the number of its kind together with the set of its neighbours' numbers.
fn classes_one_way(kinds: &[usize], order: &[usize], neighbours: &Adjacency) -> Vec<usize> {
    let mut class_of = vec![0; kinds.len()];
    let mut known: FastMap<Vec<usize>, usize> = FastMap::default();
    let mut key = Vec::new();
    for &node in order {
        key.clear();
        key.extend(neighbours.of(node).iter().map(|&(other, edge_kind)| {
            // Order edges count as another neighbour than data edges from the same class.
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

/// Node → the first node of its run: consecutive nodes of one kind, each the only dependent of
/// the one before and depending on nothing else. Time O(|V| + |E|).
pub(super) fn runs(kinds: &[usize], edges: &[Edge], nodes: usize) -> Vec<usize> {
    let dependencies = Adjacency::backwards(nodes, edges);
    let dependents = Adjacency::forwards(nodes, edges);
    let mut run_of: Vec<usize> = (0..nodes).collect();
    for node in topological_order(nodes, edges) {
        if let [(before, _)] = *dependencies.of(node)
            && dependents.of(before).len() == 1
            && kinds[before] == kinds[node]
        {
            run_of[node] = run_of[before];
        }
    }
    run_of
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

    // 0 → 2, but nothing needs 1
    #[test]
    fn a_different_use_makes_a_different_class() {
        let class_of = classes(&[7, 7, 8], &[Edge::data(0, 2)]);
        assert_ne!(class_of[0], class_of[1]);
    }

    #[test]
    fn a_run_ends_where_the_kind_changes() {
        let edges = [(0, 1), (1, 2), (2, 3)].map(|(a, b)| Edge::data(a, b));
        assert_eq!(runs(&[5, 5, 6, 6], &edges, 4), [0, 0, 2, 2]);
    }
}
