//! Simulated annealing: moves single vertices within their layers, at first also to places where
//! more links cross, which leads out of local minima.
//!
//! Source: S. Kirkpatrick, C. Gelatt, M. Vecchi, "Optimization by Simulated Annealing" (1983), with
//! the moves of sifting.

use super::random::Random;
use crate::draw::layout::crossings;
use crate::draw::layout::proper::ProperGraph;

/// A graph, and a table of what every move would change.
///
/// For two vertices of a layer the table holds by how much the crossings of their links grow when
/// one is left of the other instead of right: the sum, over their neighbours in both adjacent
/// layers, of the sign of the difference of places. A swap of two vertices in a layer changes these
/// sums only for their neighbours, so the cost of a move is the sum of the degrees of the vertices
/// that it passes.
pub(super) struct Annealing<'a> {
    graph: &'a mut ProperGraph,
    /// Vertex → its row in the table of its layer.
    row: Vec<usize>,
    /// Layer → its table, row by row.
    growth: Vec<Vec<i32>>,
    /// The crossings in the whole graph.
    crossings: i64,
}

impl<'a> Annealing<'a> {
    pub(super) fn new(graph: &'a mut ProperGraph) -> Self {
        let mut row = vec![0; graph.len()];
        for layer in &graph.order {
            for (index, &vertex) in layer.iter().enumerate() {
                row[vertex] = index;
            }
        }
        let growth = graph.order.iter().map(|layer| vec![0; layer.len() * layer.len()]).collect();
        let crossings = crossings::count(graph) as i64;
        let mut annealing = Annealing { graph, row, growth, crossings };
        for layer in annealing.graph.order.clone() {
            for (place, &left) in layer.iter().enumerate() {
                for &right in &layer[place + 1..] {
                    annealing.swapped(left, right, -1);
                }
            }
        }
        annealing
    }

    /// Adds `change` to the tables of the adjacent layers, for `left` being left of `right`.
    fn swapped(&mut self, left: usize, right: usize, change: i32) {
        let layer = self.graph.layer_of[left];
        for (linked, other_layer) in
            [(&self.graph.above, layer.wrapping_sub(1)), (&self.graph.below, layer + 1)]
        {
            let Some(table) = self.growth.get_mut(other_layer) else { continue };
            let width = self.graph.order[other_layer].len();
            for &one in &linked[left] {
                for &other in &linked[right] {
                    let (one, other) = (self.row[one], self.row[other]);
                    table[one * width + other] += change;
                    table[other * width + one] -= change;
                }
            }
        }
    }

    /// Returns by how much the crossings grow with `left` left of `right` instead of right of it.
    fn growth(&self, layer: usize, left: usize, right: usize) -> i64 {
        let width = self.graph.order[layer].len();
        i64::from(self.growth[layer][self.row[left] * width + self.row[right]])
    }

    /// Moves the vertex at one place of a layer to another, and updates the tables.
    fn shift(&mut self, layer: usize, from: usize, to: usize) {
        let vertex = self.graph.order[layer][from];
        if to < from {
            for place in to..from {
                let other = self.graph.order[layer][place];
                self.swapped(other, vertex, 2);
            }
            self.graph.order[layer][to..=from].rotate_right(1);
        } else {
            for place in from + 1..=to {
                let other = self.graph.order[layer][place];
                self.swapped(vertex, other, 2);
            }
            self.graph.order[layer][from..=to].rotate_left(1);
        }
        for place in from.min(to)..=from.max(to) {
            self.graph.place[self.graph.order[layer][place]] = place;
        }
    }

    /// Moves each vertex of a layer to the place where its links cross the fewest others. From each
    /// count a random number is subtracted that grows with the `temperature`.
    fn sift(&mut self, layer: usize, random: &mut Random, temperature: f64) {
        let vertices = self.graph.order[layer].clone();
        for vertex in vertices {
            let place = self.graph.place[vertex];
            let mut best_change = 0;
            let mut best_place = place;
            let mut least = -temperature * random.exponential();
            let mut consider = |change: i64, at: usize, random: &mut Random| {
                let score = change as f64 - temperature * random.exponential();
                if score < least {
                    (least, best_change, best_place) = (score, change, at);
                }
            };
            let mut change = 0;
            for left in (0..place).rev() {
                change += self.growth(layer, vertex, self.graph.order[layer][left]);
                consider(change, left, random);
            }
            change = 0;
            for right in place + 1..self.graph.order[layer].len() {
                change -= self.growth(layer, vertex, self.graph.order[layer][right]);
                consider(change, right, random);
            }
            if best_place != place {
                self.shift(layer, place, best_place);
                self.crossings += best_change;
            }
        }
    }

    /// Goes over all layers so many times, while the temperature falls to zero. Leaves the graph in
    /// the best order seen and returns its crossings. Time O(passes · Σ (vertices of a layer)²).
    pub(super) fn run(mut self, random: &mut Random, passes: usize) -> u64 {
        let mut fewest = self.crossings;
        let mut best = self.graph.order.clone();
        let layers = self.graph.order.len();
        for pass in 0..passes {
            if fewest == 0 {
                break;
            }
            let temperature = 1.0 - pass as f64 / passes as f64;
            for step in 0..layers {
                let layer = if pass % 2 == 0 { step } else { layers - 1 - step };
                self.sift(layer, random, temperature);
            }
            if self.crossings < fewest {
                fewest = self.crossings;
                best.clone_from(&self.graph.order);
            }
        }
        debug_assert_eq!(self.crossings as u64, crossings::count(self.graph));
        self.graph.order = best;
        self.graph.number_places();
        fewest as u64
    }
}
