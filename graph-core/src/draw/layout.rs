//! Computes where the boxes and arrows of a picture go: a layered layout.
//!
//! ```text
//! components ─► layers ─► proper graph ─► ordering ─► coordinates ─► routing ─► packing
//! ```
//!
//! It knows sizes and edges only, no task, no colour and no text. In the layout of an acyclic graph
//! no two boxes overlap, and no edge passes over a box. The same input gives the same output bit by
//! bit, and nothing recurses.
//!
//! Source of the scheme: K. Sugiyama, S. Tagawa, M. Toda, "Methods for Visual Understanding of
//! Hierarchical System Structures" (1981), as refined by E. Gansner, E. Koutsofios, S. North,
//! K.-P. Vo, "A Technique for Drawing Directed Graphs" (1993).

mod chains;
mod components;
mod coordinates;
mod crossings;
pub(super) mod direction;
pub(super) mod geometry;
mod layers;
mod ordering;
mod proper;
mod routing;
mod simplex;

#[cfg(test)]
mod tests;

use crate::graph::Edge;

use components::Component;
use coordinates::Coordinates;
use direction::Direction;
use geometry::{Layout, Point, Rect, Size};

/// Places boxes of the given sizes and routes the edges between them.
///
/// The edges must be acyclic and name each pair of boxes once. An edge that is `unbundled` gets a
/// route from box to box, also where the route of another edge covers part of it.
/// Time O(s · (|V| + |E| + d) log |V|) for d crossings of an edge with a layer and a number of
/// sweeps s that shrinks as the graph grows.
pub(crate) fn lay_out(
    sizes: &[Size],
    edges: &[Edge],
    direction: Direction,
    unbundled: &[bool],
) -> Layout {
    let components = components::split(sizes.len(), edges);
    let in_rows = matches!(direction, Direction::Automatic | Direction::LeftToRight);
    if let Some(chains) = in_rows.then(|| chains::find(&components, sizes.len(), edges)).flatten()
        && (direction == Direction::Automatic || chains::fit_in_rows(&chains, sizes))
    {
        return chains::lay_out(&chains, sizes, edges);
    }
    let layouts: Vec<Layout> = components
        .iter()
        .map(|component| lay_out_component(component, sizes, edges, direction, unbundled))
        .collect();
    let mut layout = components::pack(&components, &layouts, sizes.len(), edges.len());
    layout.turn_towards(direction);
    layout
}

/// Lays out one connected component by itself, downwards or to the right.
fn lay_out_component(
    component: &Component,
    sizes: &[Size],
    edges: &[Edge],
    direction: Direction,
    unbundled: &[bool],
) -> Layout {
    let unbundled: Vec<bool> = component.edges.iter().map(|&edge| unbundled[edge]).collect();
    let (mut sizes, edges) = component.extract(sizes, edges);
    if direction.is_sideways() {
        sizes.iter_mut().for_each(|size| *size = size.transposed());
    }
    let layer_of = layers::assign(sizes.len(), &edges);
    let proper = ordering::best_order(&layer_of, &edges);
    let coordinates = Coordinates::new(&proper, &sizes);
    let boxes: Vec<Rect> = (0..sizes.len())
        .map(|node| {
            let centre = Point {
                x: coordinates.columns[node],
                y: coordinates.bands[layer_of[node]].centre(),
            };
            Rect::around(centre, sizes[node])
        })
        .collect();
    let routes = routing::route(&proper, &edges, &unbundled, &boxes, &coordinates);
    let mut layout = Layout { boxes, routes, size: Size::default() };
    layout.move_to_origin();
    if direction.is_sideways() {
        layout.transpose();
    }
    layout
}
