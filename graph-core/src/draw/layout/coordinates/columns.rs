//! Computes the column of every vertex: the x of its centre.

use std::ops::Range;

use crate::draw::layout::geometry::Size;
use crate::draw::layout::proper::ProperGraph;

/// Free space between two boxes of a layer.
const BOX_GAP_PX: f64 = 22.0;
/// Free space between an edge through a layer and the boxes or edges beside it.
const LINE_GAP_PX: f64 = 12.0;

/// A link whose ends differ by less than this is made vertical where possible.
const NEARLY_VERTICAL_PX: f64 = 8.0;

/// The weights of links by the kinds of their ends. Long edges should be straight above all.
const WEIGHT_BETWEEN_DUMMIES: f64 = 8.0;
const WEIGHT_OF_DUMMY_AND_BOX: f64 = 2.0;
const WEIGHT_BETWEEN_BOXES: f64 = 1.0;
/// The factor for the weights of the links on one side of a box that has more on the other.
const MINORITY_SHARE: f64 = 0.03;
/// The greatest weight of a vertex, however many links it has.
const HEAVIEST: f64 = 16.0;
/// The weight of a vertex without links: it stays where it is, but gives way to all others.
const LIGHTEST: f64 = 0.05;

/// The number of rounds for a small graph, and for the largest.
const MOST_ROUNDS: usize = 80;
const FEWEST_ROUNDS: usize = 8;
/// The most links visited in all rounds together.
const ROUND_BUDGET: usize = 1_500_000;
/// An empty vertical strip that is wider than this is made narrower where possible.
const WIDEST_STRIP_PX: f64 = 30.0;
/// The number of rounds between two searches for such strips.
const ROUNDS_PER_SQUEEZE: usize = 8;
/// The number of last rounds that use the links in both directions, so that neither dominates.
const SETTLING_ROUNDS: usize = 8;

/// Returns the x of every vertex's centre.
///
/// Rounds go down and up through the layers. Each layer is solved exactly, for the x that minimise
/// the weighted squared distances to the linked columns and keep the order and the gaps. With the
/// least x of each place subtracted, keeping the gaps means not to decrease: an isotonic
/// regression.
///
/// Source: priority and median placement in Sugiyama et al. (1981), with the step per layer
/// replaced by isotonic regression: R. Barlow, D. Bartholomew, J. Bremner, H. Brunk,
/// "Statistical Inference under Order Restrictions" (1972).
pub(super) fn columns(graph: &ProperGraph, sizes: &[Size]) -> Vec<f64> {
    let offsets = least_offsets(graph, sizes);
    let mut columns = after_all_rounds(graph, &offsets);
    straighten(graph, &offsets, &mut columns, graph.order.iter(), &graph.above);
    straighten(graph, &offsets, &mut columns, graph.order.iter().rev(), &graph.below);
    columns
}

/// Returns the columns after all rounds, before nearly vertical links are straightened.
fn after_all_rounds(graph: &ProperGraph, offsets: &[f64]) -> Vec<f64> {
    let rows = Rows::new(graph, offsets);
    let mut columns = vec![0.0; graph.len()];
    for layer in &rows.layers {
        let width = layer.clone().last().map_or(0.0, |last| rows.offsets[last]);
        for position in layer.clone() {
            columns[position] = rows.offsets[position] - width / 2.0;
        }
    }
    let rounds = (ROUND_BUDGET / graph.links().max(1)).clamp(FEWEST_ROUNDS, MOST_ROUNDS);
    let layers = rows.layers.len();
    let (mut wishes, mut blocks) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let downwards = round % 2 == 0;
        let both = round % 4 >= 2 || round + SETTLING_ROUNDS >= rounds;
        let (above, below) = (both || downwards, both || !downwards);
        for step in 0..layers {
            let layer = rows.layers[if downwards { step } else { layers - 1 - step }].clone();
            wishes.clear();
            wishes.extend(layer.clone().map(|position| {
                let wish = rows.wish(&columns, position, above, below);
                Wish { target: wish.target - rows.offsets[position], ..wish }
            }));
            fit_increasing(&wishes, &mut blocks, &mut columns[layer.clone()]);
            for position in layer {
                columns[position] += rows.offsets[position];
            }
        }
        if round % ROUNDS_PER_SQUEEZE == 0 {
            squeeze(&rows, &mut columns);
        }
    }
    squeeze(&rows, &mut columns);
    let mut column_of = vec![0.0; graph.len()];
    for (&vertex, column) in graph.order.iter().flatten().zip(columns) {
        column_of[vertex] = column;
    }
    column_of
}

/// The graph in a form that is quick to read, once a round. Vertices are numbered by *position*:
/// layer after layer, from left to right.
struct Rows {
    /// Layer → its positions.
    layers: Vec<Range<usize>>,
    /// Position → its x when its layer is packed as tightly as the gaps allow.
    offsets: Vec<f64>,
    /// Position → where in `links` its links upwards begin, where its links downwards begin, and
    /// where these end.
    bounds: Vec<[usize; 3]>,
    /// The position of the other end, and the weight.
    links: Vec<(usize, f64)>,
}

impl Rows {
    fn new(graph: &ProperGraph, offsets: &[f64]) -> Self {
        let mut rows = Rows {
            layers: Vec::with_capacity(graph.order.len()),
            offsets: graph.order.iter().flatten().map(|&vertex| offsets[vertex]).collect(),
            bounds: Vec::with_capacity(graph.len()),
            links: Vec::with_capacity(2 * graph.links()),
        };
        let mut first = 0;
        for layer in &graph.order {
            rows.layers.push(first..first + layer.len());
            first += layer.len();
        }
        for &vertex in graph.order.iter().flatten() {
            let (up, down) = (&graph.above[vertex], &graph.below[vertex]);
            // A box belongs in the middle of its many dependencies rather than next to its one
            // dependent, and the other way round. That is what makes a tree look like one.
            let share = |own: usize, other: usize| {
                if graph.is_dummy(vertex) || own >= other { 1.0 } else { MINORITY_SHARE }
            };
            let begin = rows.links.len();
            rows.add_links(graph, vertex, up, share(up.len(), down.len()));
            let middle = rows.links.len();
            rows.add_links(graph, vertex, down, share(down.len(), up.len()));
            rows.bounds.push([begin, middle, rows.links.len()]);
        }
        rows
    }

    fn add_links(&mut self, graph: &ProperGraph, vertex: usize, linked: &[usize], share: f64) {
        for &other in linked {
            let weight = match (graph.is_dummy(vertex), graph.is_dummy(other)) {
                (true, true) => WEIGHT_BETWEEN_DUMMIES,
                (false, false) => WEIGHT_BETWEEN_BOXES,
                _ => WEIGHT_OF_DUMMY_AND_BOX,
            };
            let position = self.layers[graph.layer_of[other]].start + graph.place[other];
            self.links.push((position, share * weight));
        }
    }

    /// Returns where the vertex at `position` would be best, by its links above or below or both.
    fn wish(&self, columns: &[f64], position: usize, above: bool, below: bool) -> Wish {
        let [begin, middle, end] = self.bounds[position];
        let range = if above { begin } else { middle }..if below { end } else { middle };
        let (mut weight, mut weighted) = (0.0, 0.0);
        for &(other, link_weight) in &self.links[range] {
            weight += link_weight;
            weighted += link_weight * columns[other];
        }
        if weight > 0.0 {
            Wish { target: weighted / weight, weight: weight.min(HEAVIEST) }
        } else {
            Wish { target: columns[position], weight: LIGHTEST }
        }
    }
}

/// Narrows empty vertical strips by moving everything to their right to the left, as far as the
/// layers allow. Without this, parts that are joined by few links drift apart.
fn squeeze(rows: &Rows, columns: &mut [f64]) {
    let mut from_left = columns.to_vec();
    from_left.sort_unstable_by(f64::total_cmp);
    let strips: Vec<(f64, f64)> = from_left
        .windows(2)
        .map(|pair| (pair[0], pair[1]))
        .filter(|(left, right)| right - left > WIDEST_STRIP_PX)
        .collect();
    for &(left, right) in strips.iter().rev() {
        let slack_of = |layer: &Range<usize>| {
            let left_of = columns[layer.clone()].partition_point(|&column| column <= left);
            let other = layer.start + left_of;
            let between = other > layer.start && other < layer.end;
            let gap = |of: &[f64]| of[other] - of[other - 1];
            between.then(|| gap(columns) - gap(&rows.offsets))
        };
        let slack = rows.layers.iter().filter_map(slack_of).fold(f64::INFINITY, f64::min);
        let step = slack.min(right - left - WIDEST_STRIP_PX);
        if step > 0.0 {
            columns.iter_mut().filter(|column| **column > left).for_each(|column| *column -= step);
        }
    }
}

/// Makes nearly vertical links vertical, because they look like a mistake: moves a vertex without a
/// vertical link into the column of its nearest neighbour in `linked`, where there is room.
fn straighten<'a>(
    graph: &ProperGraph,
    offsets: &[f64],
    columns: &mut [f64],
    layers: impl Iterator<Item = &'a Vec<usize>>,
    linked: &[Vec<usize>],
) {
    for layer in layers {
        for (place, &vertex) in layer.iter().enumerate() {
            let distance = |other: &usize| (columns[*other] - columns[vertex]).abs();
            if graph.above[vertex]
                .iter()
                .chain(&graph.below[vertex])
                .any(|other| distance(other) == 0.0)
            {
                continue;
            }
            let nearest = linked[vertex]
                .iter()
                .min_by(|a, b| distance(a).total_cmp(&distance(b)))
                .filter(|other| distance(other) < NEARLY_VERTICAL_PX);
            let Some(&nearest) = nearest else { continue };
            let goal = columns[nearest];
            let clears = |left: usize, left_x: f64, right: usize, right_x: f64| {
                right_x - left_x >= offsets[right] - offsets[left]
            };
            let clears_left =
                place == 0 || clears(layer[place - 1], columns[layer[place - 1]], vertex, goal);
            let clears_right = layer
                .get(place + 1)
                .is_none_or(|&right| clears(vertex, goal, right, columns[right]));
            if clears_left && clears_right {
                columns[vertex] = goal;
            }
        }
    }
}

/// Returns each vertex's x when its layer is packed as tightly as the gaps allow, from 0.
fn least_offsets(graph: &ProperGraph, sizes: &[Size]) -> Vec<f64> {
    let half_width = |vertex: usize| {
        if graph.is_dummy(vertex) { 0.0 } else { sizes[vertex].width / 2.0 }
    };
    let mut offsets = vec![0.0; graph.len()];
    for layer in &graph.order {
        for pair in layer.windows(2) {
            let (left, right) = (pair[0], pair[1]);
            let any_dummy = graph.is_dummy(left) || graph.is_dummy(right);
            let gap = if any_dummy { LINE_GAP_PX } else { BOX_GAP_PX };
            offsets[right] = offsets[left] + half_width(left) + gap + half_width(right);
        }
    }
    offsets
}

/// Where a vertex would be best.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Wish {
    /// An x, in [`fit_increasing`] less the least x of the vertex.
    target: f64,
    /// How much it counts.
    weight: f64,
}

/// Neighbouring vertices of a layer that get one value.
struct Block {
    /// The sum of targets times weights.
    weighted: f64,
    /// The sum of weights.
    weight: f64,
    /// The weighted mean of the targets.
    mean: f64,
    /// The number of vertices.
    members: usize,
}

/// Computes the values that do not decrease and are nearest to the wishes by weighted squares.
///
/// This is the pool-adjacent-violators algorithm: blocks whose means are out of order are merged
/// into one with their common mean, until none are. `blocks` is scratch space. Time O(n).
fn fit_increasing(wishes: &[Wish], blocks: &mut Vec<Block>, fitted: &mut [f64]) {
    blocks.clear();
    for &Wish { target, weight } in wishes {
        let weighted = target * weight;
        let mut block = Block { weighted, weight, mean: weighted / weight, members: 1 };
        while let Some(previous) = blocks.pop_if(|previous| previous.mean >= block.mean) {
            block.weighted += previous.weighted;
            block.weight += previous.weight;
            block.mean = block.weighted / block.weight;
            block.members += previous.members;
        }
        blocks.push(block);
    }
    let mut rest = fitted;
    for block in blocks {
        let (own, others) = rest.split_at_mut(block.members);
        own.fill(block.mean);
        rest = others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::layout::proper::Bundling;
    use crate::graph::Edge;

    fn wish(target: f64) -> Wish {
        Wish { target, weight: 1.0 }
    }

    fn fit(wishes: &[Wish]) -> Vec<f64> {
        let mut fitted = vec![0.0; wishes.len()];
        fit_increasing(wishes, &mut Vec::new(), &mut fitted);
        fitted
    }

    #[test]
    fn wishes_in_order_are_fulfilled() {
        assert_eq!(fit(&[wish(1.0), wish(2.0), wish(5.0)]), [1.0, 2.0, 5.0]);
    }

    #[test]
    fn wishes_out_of_order_meet_at_their_mean() {
        assert_eq!(fit(&[wish(0.0), wish(6.0), wish(3.0), wish(3.0)]), [0.0, 4.0, 4.0, 4.0]);
    }

    // 0   1
    //  \ /
    //   2
    #[test]
    fn a_box_is_midway_under_its_dependencies() {
        let edges = [Edge::data(0, 2), Edge::data(1, 2)];
        let graph = ProperGraph::new(&[0, 0, 1], &edges, Bundling::Bundled);
        let columns = columns(&graph, &[Size { width: 60.0, height: 30.0 }; 3]);
        assert!(((columns[0] + columns[1]) / 2.0 - columns[2]).abs() < 0.01, "{columns:?}");
        assert!(columns[1] - columns[0] >= 60.0 + BOX_GAP_PX);
    }
}
