//! Orders each layer from left to right so that few links cross.
//!
//! Source: Gansner et al. (1993), section 3: weighted medians in alternating sweeps, each followed
//! by swaps of neighbours, keeping the best order seen.

use super::crossings;
use super::proper::ProperGraph;

/// Sweeps for a small graph, and for the largest.
const MOST_SWEEPS: usize = 60;
const FEWEST_SWEEPS: usize = 4;
/// Links visited in all sweeps together: what keeps a large graph's time sane.
const SWEEP_BUDGET: usize = 2_000_000;
/// Sweeps without progress after which the search ends.
const PATIENCE: usize = 12;
/// Passes of swaps over one layer.
const SWAP_PASSES: usize = 8;

/// Which adjacent layer a vertex looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Above,
    Below,
}

/// Reorders the layers of `graph`. Time O(sweeps · |E| log |V|).
pub(super) fn reduce_crossings(graph: &mut ProperGraph) {
    let sweeps = (SWEEP_BUDGET / graph.links().max(1)).clamp(FEWEST_SWEEPS, MOST_SWEEPS);
    let mut best: Option<(u64, Vec<Vec<usize>>)> = None;
    for start in [Side::Above, Side::Below] {
        order_depth_first(graph, start);
        let mut stale = 0;
        for sweep in 0..=sweeps {
            // Sweep 0 judges the start itself.
            if sweep > 0 {
                sweep_medians(graph, if sweep % 2 == 1 { Side::Above } else { Side::Below });
                swap_neighbours(graph, sweep % 4 >= 2);
            }
            let count = crossings::count(graph);
            if best.as_ref().is_none_or(|(fewest, _)| count < *fewest) {
                best = Some((count, graph.order.clone()));
                stale = 0;
            } else {
                stale += 1;
            }
            if count == 0 || stale > PATIENCE {
                break;
            }
        }
        if best.as_ref().is_some_and(|(fewest, _)| *fewest == 0) {
            break;
        }
    }
    if let Some((_, order)) = best {
        graph.order = order;
        graph.number_places();
    }
}

/// Orders all layers by a depth-first walk from the ends that have nothing on `start`'s side, so
/// that a tree starts without a crossing.
fn order_depth_first(graph: &mut ProperGraph, start: Side) {
    let mut order = vec![Vec::new(); graph.order.len()];
    let mut seen = vec![false; graph.len()];
    let (behind, ahead) = match start {
        Side::Above => (&graph.above, &graph.below),
        Side::Below => (&graph.below, &graph.above),
    };
    let mut pending = Vec::new();
    for root in (0..graph.len()).filter(|&vertex| behind[vertex].is_empty()) {
        pending.push(root);
        while let Some(vertex) = pending.pop() {
            if std::mem::replace(&mut seen[vertex], true) {
                continue;
            }
            order[graph.layer_of[vertex]].push(vertex);
            pending.extend(ahead[vertex].iter().rev().filter(|&&other| !seen[other]));
        }
    }
    graph.order = order;
    graph.number_places();
}

/// Sorts each layer by the medians of its links to the layer on `side`, walking away from it.
/// A vertex without such links keeps its place.
fn sweep_medians(graph: &mut ProperGraph, side: Side) {
    let layers = graph.order.len();
    for step in 1..layers {
        let layer = if side == Side::Above { step } else { layers - 1 - step };
        let mut free_places = Vec::new();
        let mut movable = Vec::new();
        for (place, &vertex) in graph.order[layer].iter().enumerate() {
            let linked = places(graph, vertex, side);
            if let Some(median) = weighted_median(&linked) {
                free_places.push(place);
                movable.push((median, vertex));
            }
        }
        movable.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (place, (_, vertex)) in free_places.into_iter().zip(movable) {
            graph.order[layer][place] = vertex;
        }
        graph.number_places_in(layer);
    }
}

/// The sorted places of what `vertex` is linked to on `side`.
fn places(graph: &ProperGraph, vertex: usize, side: Side) -> Vec<usize> {
    let linked = match side {
        Side::Above => &graph.above[vertex],
        Side::Below => &graph.below[vertex],
    };
    let mut places: Vec<usize> = linked.iter().map(|&other| graph.place[other]).collect();
    places.sort_unstable();
    places
}

/// The median; between the two middle places the one nearer to where the places crowd.
fn weighted_median(sorted: &[usize]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let at = |index: usize| sorted[index] as f64;
    match sorted.len() {
        0 => None,
        2 => Some((at(0) + at(1)) / 2.0),
        odd if odd % 2 == 1 => Some(at(middle)),
        even => {
            let spread_left = at(middle - 1) - at(0);
            let spread_right = at(even - 1) - at(middle);
            let spread = spread_left + spread_right;
            if spread == 0.0 {
                return Some((at(middle - 1) + at(middle)) / 2.0);
            }
            Some((at(middle - 1) * spread_right + at(middle) * spread_left) / spread)
        }
    }
}

/// Swaps neighbours wherever that removes crossings, layer by layer. With `ties`, the first pass
/// also swaps where it changes nothing, which leads out of dead ends.
fn swap_neighbours(graph: &mut ProperGraph, ties: bool) {
    for layer in 0..graph.order.len() {
        // The adjacent layers stand still meanwhile, so their places are looked up once.
        let mut linked: Vec<[Vec<usize>; 2]> = graph.order[layer]
            .iter()
            .map(|&vertex| [Side::Above, Side::Below].map(|side| places(graph, vertex, side)))
            .collect();
        for pass in 0..SWAP_PASSES {
            let mut improved = false;
            for left in 0..linked.len().saturating_sub(1) {
                let right = left + 1;
                let (above, above_swapped) =
                    crossings::count_pair(&linked[left][0], &linked[right][0]);
                let (below, below_swapped) =
                    crossings::count_pair(&linked[left][1], &linked[right][1]);
                let (now, swapped) = (above + below, above_swapped + below_swapped);
                if now > swapped || (ties && pass == 0 && now == swapped && now > 0) {
                    linked.swap(left, right);
                    graph.order[layer].swap(left, right);
                    improved = true;
                }
            }
            if !improved {
                break;
            }
        }
        graph.number_places_in(layer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Edge;

    // 0 1 2 3 above 4 5 6 7, linked in reverse: all cross until one layer is turned round
    #[test]
    fn a_reversed_layer_is_uncrossed() {
        let edges: Vec<Edge> = (0..4).map(|node| Edge::data(node, 7 - node)).collect();
        let mut graph = ProperGraph::new(&[0, 0, 0, 0, 1, 1, 1, 1], &edges);
        assert_eq!(crossings::count(&graph), 6);
        reduce_crossings(&mut graph);
        assert_eq!(crossings::count(&graph), 0);
    }

    #[test]
    fn the_median_leans_towards_the_crowd() {
        assert_eq!(weighted_median(&[0, 1, 2, 9]), Some((1.0 * 7.0 + 2.0 * 1.0) / 8.0));
    }
}
