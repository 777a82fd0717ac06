//! Gives every node a layer, so that every edge goes down.

use super::simplex;
use crate::graph::adjacency::Adjacency;
use crate::graph::{Edge, dependencies, dependents};

/// The most passes over all nodes to move them to better layers. Each is linear, and few change
/// anything.
const BALANCING_PASSES: usize = 8;

/// Returns the layer of every node, from 0 at the top. Every edge leads to a higher number.
///
/// The first layers are the lengths of the longest paths from a source. Then nodes move within
/// their slack towards the side where they have more edges, which shortens edges: a constant that
/// only the last task needs moves from the top to just above it. Last, the network simplex
/// minimises the sum of all edge lengths. Time O(|V| + |E|) and a bounded number of steps of the
/// simplex.
///
/// Source: Gansner et al. (1993), section 2.
pub(super) fn assign(nodes: usize, edges: &[Edge]) -> Vec<usize> {
    let (dependencies, dependents) = (dependencies(nodes, edges), dependents(nodes, edges));
    let order = dependents.topological_order();
    assert_eq!(order.len(), nodes, "a graph that is drawn has no cycle");
    let mut layer = vec![0i64; nodes];
    for &node in &order {
        let below = layer[node as usize] + 1;
        for &dependent in dependents.neighbours(node) {
            let layer = &mut layer[dependent as usize];
            *layer = below.max(*layer);
        }
    }
    for _ in 0..BALANCING_PASSES {
        let mut moved = false;
        for &node in order.iter().rev().chain(&order) {
            let (above, below) = (dependencies.neighbours(node), dependents.neighbours(node));
            let highest = above.iter().map(|&other| layer[other as usize] + 1).max();
            let lowest = below.iter().map(|&other| layer[other as usize] - 1).min();
            let own = &mut layer[node as usize];
            let better = match (highest, lowest) {
                (None, None) => *own,
                (None, Some(lowest)) => lowest,
                (Some(highest), None) => highest,
                (Some(highest), Some(lowest)) => match below.len().cmp(&above.len()) {
                    std::cmp::Ordering::Greater => lowest,
                    std::cmp::Ordering::Less => highest,
                    std::cmp::Ordering::Equal => (*own).clamp(highest, lowest),
                },
            };
            moved |= better != *own;
            *own = better;
        }
        if !moved {
            break;
        }
    }
    simplex::shorten_edges(&mut layer, edges);
    let mut layer_of = without_gaps(&layer);
    even_out(&mut layer_of, &order, &dependencies, &dependents);
    layer_of
}

/// Moves each node with as many edges up as down to the layer with the fewest nodes that it can be
/// in. The sum of the edge lengths stays the same.
fn even_out(
    layer_of: &mut [usize],
    order: &[u32],
    dependencies: &Adjacency,
    dependents: &Adjacency,
) {
    let layers = layer_of.iter().map(|layer| layer + 1).max().unwrap_or(0);
    let mut nodes_in = vec![0usize; layers];
    layer_of.iter().for_each(|&layer| nodes_in[layer] += 1);
    for &node in order {
        let (above, below) = (dependencies.neighbours(node), dependents.neighbours(node));
        if above.len() != below.len() {
            continue;
        }
        let highest = above.iter().map(|&other| layer_of[other as usize] + 1).max();
        let lowest = below.iter().map(|&other| layer_of[other as usize] - 1).min();
        let (Some(highest), Some(lowest)) = (highest, lowest) else { continue };
        let node = node as usize;
        let own = layer_of[node];
        nodes_in[own] -= 1;
        let emptiest =
            (highest..=lowest).min_by_key(|&layer| (nodes_in[layer], usize::MAX - layer));
        layer_of[node] = emptiest.unwrap_or(own);
        nodes_in[layer_of[node]] += 1;
    }
}

/// Renumbers the layers that hold nodes as 0, 1, 2, …
fn without_gaps(layer: &[i64]) -> Vec<usize> {
    let mut used = layer.to_vec();
    used.sort_unstable();
    used.dedup();
    layer.iter().map(|own| used.partition_point(|other| other < own)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // 0 → 1 → 2 → 3 ← 4
    #[test]
    fn a_source_is_just_above_its_dependent() {
        let edges = [Edge::data(0, 1), Edge::data(1, 2), Edge::data(2, 3), Edge::data(4, 3)];
        assert_eq!(assign(5, &edges), [0, 1, 2, 3, 2]);
    }

    // 5 → 6 → 7, 6 → 4 beside the long chain 0 → 1 → 2 → 3 → 4: only 5, 6 and 7 together can go
    // down
    #[test]
    fn a_group_moves_where_no_node_could_alone() {
        let pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (5, 6), (6, 7), (6, 8), (6, 4)];
        let layer_of = assign(9, &pairs.map(|(from, to)| Edge::data(from, to)));
        assert_eq!((layer_of[5], layer_of[6], layer_of[7], layer_of[8]), (2, 3, 4, 4));
    }

    #[test]
    fn an_end_is_just_below_its_dependency() {
        let edges = [Edge::data(0, 1), Edge::data(1, 2), Edge::data(2, 3), Edge::data(0, 4)];
        assert_eq!(assign(5, &edges), [0, 1, 2, 3, 1]);
    }
}
