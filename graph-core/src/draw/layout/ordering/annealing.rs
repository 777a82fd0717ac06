//! Local search: moves single vertices within their layers, at first also to where more links
//! cross, which leads out of dead ends.
//!
//! Source: simulated annealing, S. Kirkpatrick, C. Gelatt, M. Vecchi, "Optimization by Simulated
//! Annealing" (1983), whose moves are those of sifting.

use super::random::Shuffle;
use crate::draw::layout::crossings;
use crate::draw::layout::proper::ProperGraph;

/// A graph under search, with what every move would change at hand.
///
/// For two vertices of a layer it keeps by how much the crossings of their links grow when one
/// stands left of the other instead of right: the sum, over their neighbours in both adjacent
/// layers, of the sign of the difference of places. A swap of two neighbours in a layer changes
/// these sums only for what the two are linked to, so a move costs the degrees of what it passes.
pub(super) struct Search<'a> {
    graph: &'a mut ProperGraph,
    /// Vertex → its row in the table of its layer.
    row: Vec<usize>,
    /// Layer → table of growth, row by row.
    growth: Vec<Vec<i32>>,
    crossings: i64,
}

impl<'a> Search<'a> {
    pub(super) fn new(graph: &'a mut ProperGraph) -> Self {
        let mut row = vec![0; graph.len()];
        for layer in &graph.order {
            for (index, &vertex) in layer.iter().enumerate() {
                row[vertex] = index;
            }
        }
        let growth = graph.order.iter().map(|layer| vec![0; layer.len() * layer.len()]).collect();
        let crossings = crossings::count(graph) as i64;
        let mut search = Search { graph, row, growth, crossings };
        for layer in search.graph.order.clone() {
            for (place, &left) in layer.iter().enumerate() {
                for &right in &layer[place + 1..] {
                    search.swapped(left, right, -1);
                }
            }
        }
        search
    }

    /// Adds `change` for `left` standing left of `right` to the tables of the adjacent layers.
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

    fn growth(&self, layer: usize, left: usize, right: usize) -> i64 {
        let width = self.graph.order[layer].len();
        i64::from(self.growth[layer][self.row[left] * width + self.row[right]])
    }

    /// Moves the vertex at one place of a layer to another.
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

    /// Moves each vertex of a layer to a place where its links cross few others: the fewest, less
    /// a random number of crossings that grows with the `heat`.
    fn sift(&mut self, layer: usize, shuffle: &mut Shuffle, heat: f64) {
        let vertices = self.graph.order[layer].clone();
        for vertex in vertices {
            let place = self.graph.place[vertex];
            let mut best_change = 0;
            let mut best_place = place;
            let mut least = -heat * shuffle.exponential();
            let mut consider = |change: i64, at: usize, shuffle: &mut Shuffle| {
                let score = change as f64 - heat * shuffle.exponential();
                if score < least {
                    (least, best_change, best_place) = (score, change, at);
                }
            };
            let mut change = 0;
            for left in (0..place).rev() {
                change += self.growth(layer, vertex, self.graph.order[layer][left]);
                consider(change, left, shuffle);
            }
            change = 0;
            for right in place + 1..self.graph.order[layer].len() {
                change -= self.growth(layer, vertex, self.graph.order[layer][right]);
                consider(change, right, shuffle);
            }
            if best_place != place {
                self.shift(layer, place, best_place);
                self.crossings += best_change;
            }
        }
    }

    /// Passes over all layers while the heat falls to nothing. Leaves the graph in the best order
    /// seen and says how many crossings that has. Time O(passes · Σ (vertices of a layer)²).
    pub(super) fn run(mut self, shuffle: &mut Shuffle, passes: usize) -> u64 {
        let mut fewest = self.crossings;
        let mut best = self.graph.order.clone();
        let layers = self.graph.order.len();
        for pass in 0..passes {
            if fewest == 0 {
                break;
            }
            let heat = 1.0 - pass as f64 / passes as f64;
            for step in 0..layers {
                let layer = if pass % 2 == 0 { step } else { layers - 1 - step };
                self.sift(layer, shuffle, heat);
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
