//! The proper graph: a layered graph in which every link joins two neighbouring layers.

use crate::graph::{Edge, EdgeKind};

/// Whether the long edges of one kind out of one box are bundled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bundling {
    /// They share their dummies as far as possible. They carry the same result, and a dense graph
    /// gets at most |V| · layers dummies instead of |E| · layers.
    Bundled,
    /// Each edge has dummies of its own.
    Separate,
}

/// A layered graph whose long edges are cut by dummies, one in each layer that they cross.
///
/// Vertices `0..boxes` are the boxes, the others are dummies.
#[derive(Debug, Clone)]
pub(super) struct ProperGraph {
    /// The number of boxes.
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
    /// Edge → the vertex before the box at its end.
    pub(super) last_stop: Vec<usize>,
    /// Vertex, less the number of boxes → the kind of the edges through that dummy.
    kind_of_dummy: Vec<EdgeKind>,
}

impl ProperGraph {
    /// Makes the graph. In `order`, vertices are in the order in which they were made.
    pub(super) fn new(layer_of: &[usize], edges: &[Edge], bundling: Bundling) -> Self {
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
            kind_of_dummy: Vec::new(),
        };
        let mut bundles: [Vec<Vec<usize>>; 2] = [vec![Vec::new(); boxes], vec![Vec::new(); boxes]];
        for edge in edges {
            let bundle = &mut bundles[usize::from(edge.kind == EdgeKind::Order)][edge.from];
            if bundling == Bundling::Separate {
                bundle.clear();
            }
            let dummies = layer_of[edge.to] - layer_of[edge.from] - 1;
            while bundle.len() < dummies {
                let end = bundle.last().copied().unwrap_or(edge.from);
                bundle.push(graph.add_dummy_below(end, edge.kind));
            }
            let last_stop = if dummies == 0 { edge.from } else { bundle[dummies - 1] };
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

    /// Returns the number of vertices, boxes and dummies.
    pub(super) fn len(&self) -> usize {
        self.layer_of.len()
    }

    pub(super) fn is_dummy(&self, vertex: usize) -> bool {
        vertex >= self.boxes
    }

    /// Returns the number of links between neighbouring layers.
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

    fn add_dummy_below(&mut self, vertex: usize, kind: EdgeKind) -> usize {
        let dummy = self.layer_of.len();
        self.kind_of_dummy.push(kind);
        self.layer_of.push(self.layer_of[vertex] + 1);
        self.above.push(Vec::new());
        self.below.push(Vec::new());
        self.link(vertex, dummy);
        dummy
    }

    /// Returns the vertices of every edge, both ends included.
    fn paths(&self, edges: &[Edge]) -> Vec<Vec<usize>> {
        let path = |(edge, &last_stop): (&Edge, &usize)| {
            let mut path = vec![edge.to, last_stop];
            let mut vertex = last_stop;
            while self.is_dummy(vertex) {
                vertex = self.above[vertex][0];
                path.push(vertex);
            }
            path.reverse();
            path
        };
        edges.iter().zip(&self.last_stop).map(path).collect()
    }

    /// Replaces the links by those along the paths of the edges.
    fn relink(&mut self, paths: &[Vec<usize>]) {
        self.above.iter_mut().chain(&mut self.below).for_each(Vec::clear);
        for (path, last_stop) in paths.iter().zip(&mut self.last_stop) {
            *last_stop = path[path.len() - 2];
        }
        for pair in paths.iter().flat_map(|path| path.windows(2)) {
            // A link of a bundle is in the paths of several edges.
            if !self.above[pair[1]].contains(&pair[0]) {
                self.link(pair[0], pair[1]);
            }
        }
    }

    /// Bundles edges of one kind out of one box where they pass through neighbouring dummies of a
    /// layer: the two become one.
    pub(super) fn bundle_neighbours(&mut self, edges: &[Edge]) {
        let mut merged_into: Vec<usize> = (0..self.len()).collect();
        for layer in 0..self.order.len() {
            for pair in self.order[layer].windows(2) {
                let [left, right] = [pair[0], pair[1]];
                if !self.is_dummy(left) || !self.is_dummy(right) {
                    continue;
                }
                let origin = |dummy: usize| {
                    let kind = self.kind_of_dummy[dummy - self.boxes];
                    (merged_into[self.above[dummy][0]], kind)
                };
                if origin(left) == origin(right) {
                    merged_into[right] = merged_into[left];
                }
            }
        }
        let mut paths = self.paths(edges);
        let stays: Vec<usize> = (0..self.len()).filter(|&old| merged_into[old] == old).collect();
        let mut number = vec![None; self.len()];
        for (new, &old) in stays.iter().enumerate() {
            number[old] = Some(new);
        }
        let renamed = |vertex: usize| {
            number[merged_into[vertex]].expect("a vertex is merged into one that stays")
        };
        self.layer_of = stays.iter().map(|&old| self.layer_of[old]).collect();
        let kinds = stays.iter().skip(self.boxes);
        self.kind_of_dummy = kinds.map(|&old| self.kind_of_dummy[old - self.boxes]).collect();
        for layer in &mut self.order {
            layer.retain(|&old| merged_into[old] == old);
            layer.iter_mut().for_each(|vertex| *vertex = renamed(*vertex));
        }
        paths.iter_mut().flatten().for_each(|vertex| *vertex = renamed(*vertex));
        self.above = vec![Vec::new(); stays.len()];
        self.below = vec![Vec::new(); stays.len()];
        self.place = vec![0; stays.len()];
        self.relink(&paths);
        self.number_places();
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
    fn long_edges_of_one_box_are_bundled() {
        let edges = [(0, 1), (1, 2), (2, 3), (0, 2), (0, 3)].map(|(a, b)| Edge::data(a, b));
        let graph = ProperGraph::new(&[0, 1, 2, 3], &edges, Bundling::Bundled);
        assert_eq!(graph.len(), 6);
        assert_eq!(graph.last_stop, [0, 1, 2, 4, 5]);
    }

    #[test]
    fn an_order_edge_is_not_bundled_with_data_edges() {
        let edges = [Edge::data(0, 1), Edge::data(1, 2), Edge::data(0, 2), Edge::order(0, 2)];
        assert_eq!(ProperGraph::new(&[0, 1, 2], &edges, Bundling::Bundled).len(), 5);
    }
}
