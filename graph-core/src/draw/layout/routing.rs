//! Draws each edge: curves between the layers, straight verticals through them.
//!
//! Between two bands there are no boxes, and a curve stays between the two bands because its
//! control points do. Within a band an edge only ever goes straight up and down, in a column
//! that it has for itself. That is why no edge passes over a box.

use super::coordinates::Band;
use super::geometry::{Point, Rect, Route, Segment};
use super::proper::ProperGraph;
use crate::graph::Edge;

/// The straight end of every edge, room for its arrow head.
pub(super) const HEAD_ROOM_PX: f64 = 13.0;

/// How far a curve goes straight on at its ends, as a share of its height: at a half it would lie
/// flat in the middle, where many curves side by side become one dark stripe.
const HANDLE: f64 = 0.38;

/// The route of every edge. An edge that shares a trunk with an earlier one starts where it
/// leaves it, unless its route is to be whole. Time O(|E| + dummies).
pub(super) fn route(
    graph: &ProperGraph,
    edges: &[Edge],
    whole: &[bool],
    boxes: &[Rect],
    columns: &[f64],
    bands: &[Band],
) -> Vec<Route> {
    let mut drawn = vec![false; graph.len()];
    let stop = |vertex: usize| Stop { x: columns[vertex], band: bands[graph.layer_of[vertex]] };
    let mut route_edge = |edge: &Edge, last_stop: usize, whole: bool| {
        let mut new_stops = Vec::new();
        let mut vertex = last_stop;
        while graph.is_dummy(vertex) && (whole || !drawn[vertex]) {
            drawn[vertex] |= !whole;
            new_stops.push(vertex);
            vertex = graph.above[vertex][0];
        }
        let first = stop(vertex);
        let start_y = if graph.is_dummy(vertex) { first.band.bottom } else { boxes[vertex].bottom };
        let mut route = Route { start: Point { x: first.x, y: start_y }, segments: Vec::new() };
        route.line_down_to(first.band.bottom);
        for &dummy in new_stops.iter().rev() {
            let Stop { x, band } = stop(dummy);
            route.curve_to(Point { x, y: band.top - HEAD_ROOM_PX });
            route.line_down_to(band.bottom);
        }
        let target = stop(edge.to);
        route.curve_to(Point { x: target.x, y: target.band.top - HEAD_ROOM_PX });
        route.line_down_to(boxes[edge.to].top);
        route
    };
    let stops = edges.iter().zip(&graph.last_stop).zip(whole);
    stops.map(|((edge, &last_stop), &whole)| route_edge(edge, last_stop, whole)).collect()
}

/// A column and the layer in which an edge passes through it.
struct Stop {
    x: f64,
    band: Band,
}

impl Route {
    fn end(&self) -> Point {
        self.segments.last().map_or(self.start, Segment::end)
    }

    /// Goes straight down to `y`, as one line with a vertical line before it.
    fn line_down_to(&mut self, y: f64) {
        let end = self.end();
        if y <= end.y {
            return;
        }
        match self.segments.last_mut() {
            Some(Segment::Line(previous)) if previous.x == end.x => previous.y = y,
            _ => self.segments.push(Segment::Line(Point { x: end.x, y })),
        }
    }

    /// Goes down to `target` on a curve that starts and ends vertically.
    fn curve_to(&mut self, target: Point) {
        let start = self.end();
        if start.x == target.x {
            self.line_down_to(target.y);
            return;
        }
        let handle = HANDLE * (target.y - start.y);
        self.segments.push(Segment::Cubic(
            Point { x: start.x, y: start.y + handle },
            Point { x: target.x, y: target.y - handle },
            target,
        ));
    }
}
