//! Finds nodes that a picture may show as one: those with equal surroundings, and those in a chain.

use rustc_hash::FxHashMap;

use super::dense_ids::dense_ids;
use crate::graph::adjacency::Adjacency;
use crate::graph::{Edge, EdgeKind, dependencies, dependents};

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
    let mut order = dependents(kinds.len(), edges).topological_order();
    let built = classes_one_way(kinds, &order, edges, |edge| (edge.to, edge.from));
    order.reverse();
    let used = classes_one_way(kinds, &order, edges, |edge| (edge.from, edge.to));
    dense_ids(built.into_iter().zip(used))
}

/// Returns node → a number for its kind together with the set of its neighbours' numbers. `ends`
/// gives the node of an edge and its neighbour, which comes before it in `order`.
fn classes_one_way(
    kinds: &[usize],
    order: &[u32],
    edges: &[Edge],
    ends: impl Fn(&Edge) -> (usize, usize),
) -> Vec<usize> {
    let places = 0..edges.len() as u32;
    let edges_of = Adjacency::from_edges(
        kinds.len(),
        places.map(|place| (ends(&edges[place as usize]).0 as u32, place)),
    );
    let mut class_of = vec![0; kinds.len()];
    let mut known: FxHashMap<Vec<usize>, usize> = FxHashMap::default();
    let mut key = Vec::new();
    for &node in order {
        key.clear();
        key.extend(edges_of.neighbours(node).iter().map(|&place| {
            let edge = &edges[place as usize];
            // An order edge and a data edge to the same class are two different neighbours.
            2 * class_of[ends(edge).1] + usize::from(edge.kind == EdgeKind::Order)
        }));
        key.sort_unstable();
        key.dedup();
        key.push(kinds[node as usize]);
        let next = known.len();
        class_of[node as usize] = match known.get(key.as_slice()) {
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
    let (dependencies, dependents) = (dependencies(nodes, edges), dependents(nodes, edges));
    let mut chain_of: Vec<usize> = (0..nodes).collect();
    for node in dependents.topological_order() {
        if let [before] = *dependencies.neighbours(node)
            && dependents.neighbours(before).len() == 1
            && kinds[before as usize] == kinds[node as usize]
        {
            chain_of[node as usize] = chain_of[before as usize];
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
