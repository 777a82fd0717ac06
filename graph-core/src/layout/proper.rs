//! The graph between layering and coordinates: every link joins two neighbouring layers.

use crate::{Edge, EdgeKind};

/// A layered graph whose long edges are cut by dummies, one per layer that they cross.
///
/// Vertices `0..boxes` are the boxes, the others dummies. All long edges of one kind out of one
/// box share one trunk of dummies and leave it where they need to: they carry the same result,
/// and a dense graph gets |V| · layers dummies at most instead of |E| · layers.
#[derive(Debug, Clone)]
pub(super) struct ProperGraph {
    /// How many vertices are boxes.
    pub(super) boxes: usize,
    /// Vertex → its layer.
    pub(super) layer_of: Vec<usize>,
    /// Vertex → its neighbours in the layer above.
    pub(super) above: Vec<Vec<usize>>,
    /// Vertex → its neighbours in the layer below.
    pub(super) below: Vec<Vec<usize>>,
    /// Layer → its vertices from left to right.
    pub(super) order: Vec<Vec<usize>>,
    /// Vertex → its place in its layer.
    pub(super) place: Vec<usize>,
    /// Edge → the vertex from which it enters the box at its end.
    pub(super) last_stop: Vec<usize>,
}

impl ProperGraph {
    /// Cuts the edges. `order` starts as the order of creation.
    pub(super) fn new(layer_of: &[usize], edges: &[Edge]) -> Self {
        let boxes = layer_of.len();
        let layers = layer_of.iter().map(|layer| layer + 1).max().unwrap_or(0);
        let mut graph = ProperGraph {
            boxes,
            layer_of: layer_of.to_vec(),
            above: vec![Vec::new(); boxes],
            below: vec![Vec::new(); boxes],
            order: vec![Vec::new(); layers],
            place: Vec::new(),
            last_stop: Vec::with_capacity(edges.len()),
        };
        let mut trunks: [Vec<Vec<usize>>; 2] = [vec![Vec::new(); boxes], vec![Vec::new(); boxes]];
        for edge in edges {
            let trunk = &mut trunks[usize::from(edge.kind == EdgeKind::Order)][edge.from];
            let dummies = layer_of[edge.to] - layer_of[edge.from] - 1;
            while trunk.len() < dummies {
                let end = trunk.last().copied().unwrap_or(edge.from);
                trunk.push(graph.add_dummy_below(end));
            }
            let last_stop = if dummies == 0 { edge.from } else { trunk[dummies - 1] };
            graph.link(last_stop, edge.to);
            graph.last_stop.push(last_stop);
        }
        for vertex in 0..graph.layer_of.len() {
            graph.order[graph.layer_of[vertex]].push(vertex);
        }
        graph.place = vec![0; graph.layer_of.len()];
        graph.number_places();
        graph
    }

    /// How many vertices there are, boxes and dummies.
    pub(super) fn len(&self) -> usize {
        self.layer_of.len()
    }

    pub(super) fn is_dummy(&self, vertex: usize) -> bool {
        vertex >= self.boxes
    }

    /// How many links there are between neighbouring layers.
    pub(super) fn links(&self) -> usize {
        self.below.iter().map(Vec::len).sum()
    }

    /// Makes `place` agree with `order` in all layers.
    pub(super) fn number_places(&mut self) {
        for layer in 0..self.order.len() {
            self.number_places_in(layer);
        }
    }

    /// Makes `place` agree with `order` in one layer.
    pub(super) fn number_places_in(&mut self, layer: usize) {
        for (place, &vertex) in self.order[layer].iter().enumerate() {
            self.place[vertex] = place;
        }
    }

    fn add_dummy_below(&mut self, vertex: usize) -> usize {
        let dummy = self.layer_of.len();
        self.layer_of.push(self.layer_of[vertex] + 1);
        self.above.push(Vec::new());
        self.below.push(Vec::new());
        self.link(vertex, dummy);
        dummy
    }

    fn link(&mut self, upper: usize, lower: usize) {
        self.below[upper].push(lower);
        self.above[lower].push(upper);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // 0 → 1 → 2 → 3, 0 → 2, 0 → 3: the long edges share the dummy beside 1
    #[test]
    fn long_edges_of_one_box_share_a_trunk() {
        let edges = [(0, 1), (1, 2), (2, 3), (0, 2), (0, 3)].map(|(a, b)| Edge::data(a, b));
        let graph = ProperGraph::new(&[0, 1, 2, 3], &edges);
        assert_eq!(graph.len(), 6);
        assert_eq!(graph.last_stop, [0, 1, 2, 4, 5]);
    }

    #[test]
    fn an_order_edge_has_a_trunk_of_its_own() {
        let edges = [Edge::data(0, 1), Edge::data(1, 2), Edge::data(0, 2), Edge::order(0, 2)];
        assert_eq!(ProperGraph::new(&[0, 1, 2], &edges).len(), 5);
    }
}
