//! Splits a graph into connected components and packs their layouts side by side.

use super::geometry::{Layout, Point, Rect, Route, Size};
use crate::graph::Edge;
use crate::graph::adjacency::Adjacency;

/// Space between two components on a shelf, and between two shelves.
const COMPONENT_GAP_PX: f64 = 24.0;
/// Width ÷ height of a screen, which the whole should be near to.
const ASPECT: f64 = 16.0 / 10.0;

/// A connected part of the graph: indices of its nodes and edges in the whole graph, ascending.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Component {
    pub(super) nodes: Vec<usize>,
    pub(super) edges: Vec<usize>,
}

impl Component {
    /// Returns the sizes of its nodes, and its edges with nodes numbered from 0.
    pub(super) fn extract(&self, sizes: &[Size], edges: &[Edge]) -> (Vec<Size>, Vec<Edge>) {
        // `nodes` ascends, so binary search finds a node's place in it.
        let local = |node: usize| self.nodes.partition_point(|&other| other < node);
        let own_sizes = self.nodes.iter().map(|&node| sizes[node]).collect();
        let own_edges = self
            .edges
            .iter()
            .map(|&edge| {
                let Edge { from, to, kind } = edges[edge];
                Edge { from: local(from), to: local(to), kind }
            })
            .collect();
        (own_sizes, own_edges)
    }
}

/// Returns the connected components, in the order of their first nodes. Time O(|V| + |E|).
pub(super) fn split(nodes: usize, edges: &[Edge]) -> Vec<Component> {
    const UNSEEN: usize = usize::MAX;
    let both_ways = |edge: &Edge| {
        let (from, to) = (edge.from as u32, edge.to as u32);
        [(from, to), (to, from)]
    };
    let connected = Adjacency::from_edges(nodes, edges.iter().flat_map(both_ways));
    let mut component_of = vec![UNSEEN; nodes];
    let mut components: Vec<Component> = Vec::new();
    for first in 0..nodes {
        if component_of[first] != UNSEEN {
            continue;
        }
        let number = components.len();
        let mut members = vec![first];
        component_of[first] = number;
        let mut next = 0;
        while let Some(&node) = members.get(next) {
            next += 1;
            for &neighbour in connected.neighbours(node as u32) {
                let neighbour = neighbour as usize;
                if component_of[neighbour] == UNSEEN {
                    component_of[neighbour] = number;
                    members.push(neighbour);
                }
            }
        }
        members.sort_unstable();
        components.push(Component { nodes: members, edges: Vec::new() });
    }
    for (index, edge) in edges.iter().enumerate() {
        components[component_of[edge.from]].edges.push(index);
    }
    components
}

/// Packs the layouts of all components on shelves, the highest first, with several low ones above
/// each other beside a high one.
///
/// Source: the next-fit decreasing-height rule for strip packing, E. Coffman, M. Garey, D. Johnson,
/// R. Tarjan (1980), with a strip of a width that makes the whole like a screen in shape.
pub(super) fn pack(
    components: &[Component],
    layouts: &[Layout],
    nodes: usize,
    edges: usize,
) -> Layout {
    let mut whole = Layout {
        boxes: vec![Rect::default(); nodes],
        routes: vec![Route::default(); edges],
        size: Size::default(),
    };
    let mut highest_first: Vec<usize> = (0..components.len()).collect();
    highest_first.sort_by(|&a, &b| layouts[b].size.height.total_cmp(&layouts[a].size.height));
    let area: f64 = layouts
        .iter()
        .map(|layout| {
            (layout.size.width + COMPONENT_GAP_PX) * (layout.size.height + COMPONENT_GAP_PX)
        })
        .sum();
    let widest = layouts.iter().map(|layout| layout.size.width).fold(0.0, f64::max);
    let shelf_width = widest.max((area * ASPECT).sqrt());
    let mut shelf = Shelf::default();
    for index in highest_first {
        let mut layout = layouts[index].clone();
        let corner = shelf.place(layout.size, shelf_width);
        layout.shift(corner.x, corner.y);
        whole.size.width = whole.size.width.max(corner.x + layout.size.width);
        whole.size.height = whole.size.height.max(corner.y + layout.size.height);
        for (&node, rect) in components[index].nodes.iter().zip(layout.boxes) {
            whole.boxes[node] = rect;
        }
        for (&edge, route) in components[index].edges.iter().zip(layout.routes) {
            whole.routes[edge] = route;
        }
    }
    whole
}

/// The free place for the next layout: below the last one, beside it, or on a new shelf.
#[derive(Debug, Default)]
struct Shelf {
    /// The upper edge and the height of the shelf.
    top: f64,
    height: f64,
    /// Left edge and width of the column that is being filled, and where its free part starts.
    left: f64,
    width: f64,
    free_top: f64,
}

impl Shelf {
    /// Returns the upper left corner for a layout that is not higher than those before it.
    fn place(&mut self, size: Size, shelf_width: f64) -> Point {
        let fits_below = self.free_top + size.height <= self.top + self.height
            && self.left + size.width <= shelf_width.max(self.left + self.width);
        if !fits_below {
            let next_left =
                if self.width > 0.0 { self.left + self.width + COMPONENT_GAP_PX } else { 0.0 };
            if next_left > 0.0 && next_left + size.width > shelf_width {
                self.top += self.height + COMPONENT_GAP_PX;
                (self.left, self.height) = (0.0, 0.0);
            } else {
                self.left = next_left;
            }
            (self.width, self.free_top) = (0.0, self.top);
            self.height = self.height.max(size.height);
        }
        let corner = Point { x: self.left, y: self.free_top };
        self.width = self.width.max(size.width);
        self.free_top += size.height + COMPONENT_GAP_PX;
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_pairs_are_two_components() {
        let components = split(4, &[Edge::data(0, 2), Edge::data(1, 3)]);
        assert_eq!(components.len(), 2);
        assert_eq!(components[1], Component { nodes: vec![1, 3], edges: vec![1] });
    }

    #[test]
    fn many_small_components_fill_a_screen_not_a_strip() {
        let layouts =
            vec![Layout { size: Size { width: 50.0, height: 50.0 }, ..Layout::default() }; 100];
        let components = vec![Component::default(); 100];
        let Size { width, height } = pack(&components, &layouts, 0, 0).size;
        assert!((1.0..2.5).contains(&(width / height)), "{width} × {height}");
    }
}
