//! Orders each layer from left to right, so that few links cross.
//!
//! Source: Gansner et al. (1993), section 3: weighted medians in alternating sweeps, each followed
//! by swaps of neighbours, and the best order seen is kept. Small graphs start from several orders,
//! which simulated annealing then improves.

mod annealing;
mod random;

use super::crossings;
use super::proper::{Bundling, ProperGraph};
use crate::graph::Edge;
use annealing::Annealing;
use random::Random;

/// The number of sweeps for a small graph, and for the largest.
const MOST_SWEEPS: usize = 60;
const FEWEST_SWEEPS: usize = 4;
/// The most links visited in all sweeps together. It bounds the time for large graphs.
const SWEEP_BUDGET: usize = 300_000;
/// Graphs with more links than this start from one order only.
const MOST_LINKS_FOR_SEVERAL_STARTS: usize = 10_000;
/// The number of sweeps without progress after which they end.
const PATIENCE: usize = 12;
/// The same for a random start.
const RESTART_PATIENCE: usize = 4;
/// The most passes of swaps over one layer.
const SWAP_PASSES: usize = 8;
/// The number of random starts for a small graph, and how many more rounds of smoothing each gets
/// than the one before.
const MOST_RESTARTS: usize = 4;
const ROUNDS_PER_START: usize = 20;
/// The most links in all random starts together.
const RESTART_BUDGET: usize = 8_000;
/// Passes of annealing from each start, from the best one, and after edges were bundled.
const START_PASSES: usize = 100;
const FINAL_PASSES: usize = 400;
const BUNDLED_PASSES: usize = 50;
/// The most links in all passes of one annealing.
const PASS_BUDGET: usize = 400_000;
/// Graphs with more links than this are not annealed.
const MOST_ANNEALED_LINKS: usize = 4_000;
/// With more dummies than this, edges are only tried bundled.
const MOST_SEPARATE_DUMMIES: usize = 3_000;

/// One of the two adjacent layers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Above,
    Below,
}

/// Makes the proper graph of a layered one, with its layers in a good order.
///
/// Long edges are tried both bundled and separately. Separate ones that come out side by side are
/// bundled then. Time O(sweeps · |E| log |V|).
pub(super) fn best_order(layer_of: &[usize], edges: &[Edge]) -> ProperGraph {
    let mut bundled = ProperGraph::new(layer_of, edges, Bundling::Bundled);
    let dummies: usize = edges.iter().map(|edge| layer_of[edge.to] - layer_of[edge.from] - 1).sum();
    // The edges of a bundle cannot change places with other edges one by one.
    let fewest = reduce_crossings(&mut bundled);
    if fewest == 0 || dummies > MOST_SEPARATE_DUMMIES || dummies == 0 {
        return bundled;
    }
    let mut separate = ProperGraph::new(layer_of, edges, Bundling::Separate);
    reduce_crossings(&mut separate);
    separate.bundle_neighbours(edges);
    // A vertex that was between two edges of one bundle may have a better place now.
    if anneal(&mut separate, &mut Random::default(), BUNDLED_PASSES) < fewest {
        separate
    } else {
        bundled
    }
}

/// Reorders the layers of `graph` and returns the crossings that are left.
fn reduce_crossings(graph: &mut ProperGraph) -> u64 {
    let links = graph.links().max(1);
    let sweeps = (SWEEP_BUDGET / links).clamp(FEWEST_SWEEPS, MOST_SWEEPS);
    let restarts = (RESTART_BUDGET / links).min(MOST_RESTARTS);
    let mut best: Option<(u64, ProperGraph)> = None;
    let mut random = Random::default();
    let starts = if links > MOST_LINKS_FOR_SEVERAL_STARTS { 1 } else { 2 + restarts };
    for start in 0..starts {
        match start {
            0 => order_depth_first(graph, Side::Above),
            1 => order_depth_first(graph, Side::Below),
            _ => random.order_smoothly(graph, ROUNDS_PER_START * start),
        }
        sweep(graph, sweeps, if start < 2 { PATIENCE } else { RESTART_PATIENCE });
        let count = anneal(graph, &mut random, START_PASSES);
        if best.as_ref().is_none_or(|(fewest, _)| count < *fewest) {
            best = Some((count, graph.clone()));
        }
        if count == 0 {
            break;
        }
    }
    *graph = best.expect("there is at least one start").1;
    anneal(graph, &mut random, FINAL_PASSES)
}

/// Sweeps from the order that `graph` has, as long as that helps, and leaves it in the best order.
fn sweep(graph: &mut ProperGraph, sweeps: usize, patience: usize) {
    let mut fewest = crossings::count(graph);
    let mut best = graph.order.clone();
    let mut stale = 0;
    for sweep in 1..=sweeps {
        if fewest == 0 || stale > patience {
            break;
        }
        sweep_medians(graph, if sweep % 2 == 1 { Side::Above } else { Side::Below });
        swap_neighbours(graph, sweep % 4 >= 2);
        let count = crossings::count(graph);
        stale += 1;
        if count < fewest {
            (fewest, stale) = (count, 0);
            best.clone_from(&graph.order);
        }
    }
    graph.order = best;
    graph.number_places();
}

/// Anneals a `graph` of moderate size from the order that it has. Returns the crossings that are
/// left.
fn anneal(graph: &mut ProperGraph, random: &mut Random, most_passes: usize) -> u64 {
    let links = graph.links().max(1);
    if links > MOST_ANNEALED_LINKS {
        return crossings::count(graph);
    }
    Annealing::new(graph).run(random, (PASS_BUDGET / links).min(most_passes))
}

/// Orders all layers by a depth-first walk from the vertices without links on the side `start`. A
/// tree has no crossings then.
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

/// Sorts each layer by the medians of its links to the layer on `side`, which was sorted before.
/// A vertex without such links keeps its place.
fn sweep_medians(graph: &mut ProperGraph, side: Side) {
    let layers = graph.order.len();
    let mut linked = Vec::new();
    for step in 1..layers {
        let layer = if side == Side::Above { step } else { layers - 1 - step };
        let mut free_places = Vec::new();
        let mut movable = Vec::new();
        for (place, &vertex) in graph.order[layer].iter().enumerate() {
            linked.clear();
            add_places(&mut linked, graph, vertex, side);
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

/// Adds the sorted places of the neighbours of `vertex` on `side`.
fn add_places(places: &mut Vec<usize>, graph: &ProperGraph, vertex: usize, side: Side) {
    let linked = match side {
        Side::Above => &graph.above[vertex],
        Side::Below => &graph.below[vertex],
    };
    let first = places.len();
    places.extend(linked.iter().map(|&other| graph.place[other]));
    places[first..].sort_unstable();
}

/// The sorted places of the neighbours of a layer's vertices, above and below. The adjacent layers
/// do not change while a layer is sorted, so their places are looked up once.
struct LinkedPlaces {
    places: Vec<usize>,
    /// For each vertex of the layer: where in `places` those above begin, where those below begin,
    /// and where these end.
    bounds: Vec<[usize; 3]>,
}

impl LinkedPlaces {
    fn new(graph: &ProperGraph, layer: usize) -> Self {
        let mut places = Vec::new();
        let bounds = graph.order[layer].iter().map(|&vertex| {
            let above = places.len();
            add_places(&mut places, graph, vertex, Side::Above);
            let below = places.len();
            add_places(&mut places, graph, vertex, Side::Below);
            [above, below, places.len()]
        });
        let bounds = bounds.collect();
        LinkedPlaces { places, bounds }
    }

    /// Counts the crossings between the links of two vertices of the layer when `left` is left of
    /// `right`.
    fn crossings(&self, left: usize, right: usize) -> u64 {
        let [left, right] = [left, right].map(|index| {
            let [above, below, end] = self.bounds[index];
            [&self.places[above..below], &self.places[below..end]]
        });
        crossings::count_pair(left[0], right[0]) + crossings::count_pair(left[1], right[1])
    }
}

/// Returns the median. Of an even number of places it is between the two middle ones, nearer to the
/// side where the places are denser.
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
/// also swaps where that changes nothing, which leads out of local minima.
fn swap_neighbours(graph: &mut ProperGraph, ties: bool) {
    for layer in 0..graph.order.len() {
        let mut linked = LinkedPlaces::new(graph, layer);
        // Two neighbours that were compared need not be compared again as long as they stay.
        let mut settled = vec![false; graph.order[layer].len().saturating_sub(1)];
        for pass in 0..SWAP_PASSES {
            let mut improved = false;
            for left in 0..settled.len() {
                if std::mem::replace(&mut settled[left], true) {
                    continue;
                }
                let right = left + 1;
                let now = linked.crossings(left, right);
                if now == 0 {
                    continue;
                }
                let swapped = linked.crossings(right, left);
                if now > swapped || (ties && pass == 0 && now == swapped) {
                    linked.bounds.swap(left, right);
                    graph.order[layer].swap(left, right);
                    for beside in [left.wrapping_sub(1), right] {
                        settled.get_mut(beside).into_iter().for_each(|settled| *settled = false);
                    }
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

    // 0 1 2 3 above 4 5 6 7, linked in reverse: all cross until one layer is reversed
    #[test]
    fn a_reversed_layer_is_uncrossed() {
        let edges: Vec<Edge> = (0..4).map(|node| Edge::data(node, 7 - node)).collect();
        let mut graph = ProperGraph::new(&[0, 0, 0, 0, 1, 1, 1, 1], &edges, Bundling::Bundled);
        assert_eq!(crossings::count(&graph), 6);
        reduce_crossings(&mut graph);
        assert_eq!(crossings::count(&graph), 0);
    }

    #[test]
    fn the_median_is_nearer_to_the_denser_side() {
        assert_eq!(weighted_median(&[0, 1, 2, 9]), Some((1.0 * 7.0 + 2.0 * 1.0) / 8.0));
    }
}
