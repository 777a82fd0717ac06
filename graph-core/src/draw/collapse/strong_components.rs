//! Strongly connected components.

use crate::graph::{Edge, dependents};

/// Returns node → the number of its strongly connected component. Time O(|V| + |E|), no recursion.
///
/// Source: R. Tarjan, "Depth-First Search and Linear Graph Algorithms" (1972), with the call
/// stack written out.
pub(super) fn strong_components(nodes: usize, edges: &[Edge]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let dependents = dependents(nodes, edges);
    let mut seen_as = vec![UNSEEN; nodes];
    let mut earliest_reached = vec![0; nodes];
    let mut component_of = vec![UNSEEN; nodes];
    let mut components = 0;
    let mut seen = 0;
    let mut open = Vec::new();
    // (node, how many of its dependents were visited)
    let mut path: Vec<(usize, usize)> = Vec::new();
    for root in 0..nodes {
        if seen_as[root] != UNSEEN {
            continue;
        }
        path.push((root, 0));
        while let Some((node, visited)) = path.last_mut() {
            let node = *node;
            if *visited == 0 {
                seen_as[node] = seen;
                earliest_reached[node] = seen;
                seen += 1;
                open.push(node);
            }
            if let Some(&dependent) = dependents.neighbours(node as u32).get(*visited) {
                let dependent = dependent as usize;
                *visited += 1;
                if seen_as[dependent] == UNSEEN {
                    path.push((dependent, 0));
                } else if component_of[dependent] == UNSEEN {
                    earliest_reached[node] = earliest_reached[node].min(seen_as[dependent]);
                }
                continue;
            }
            path.pop();
            if let Some(&(before, _)) = path.last() {
                earliest_reached[before] = earliest_reached[before].min(earliest_reached[node]);
            }
            if earliest_reached[node] == seen_as[node] {
                while let Some(member) = open.pop() {
                    component_of[member] = components;
                    if member == node {
                        break;
                    }
                }
                components += 1;
            }
        }
    }
    component_of
}

#[cfg(test)]
mod tests {
    use super::*;

    // 0 → 1 ⇄ 2 → 3
    #[test]
    fn nodes_on_a_cycle_share_a_component() {
        let edges = [(0, 1), (1, 2), (2, 1), (2, 3)].map(|(a, b)| Edge::data(a, b));
        let component_of = strong_components(4, &edges);
        assert_eq!(component_of[1], component_of[2]);
        assert_ne!(component_of[0], component_of[1]);
        assert_ne!(component_of[3], component_of[1]);
    }

    #[test]
    fn a_long_ring_needs_no_deep_stack() {
        let ring: Vec<Edge> =
            (0..300_000).map(|node| Edge::data(node, (node + 1) % 300_000)).collect();
        let component_of = strong_components(300_000, &ring);
        assert!(component_of.iter().all(|&component| component == 0));
    }
}
