//! Routes each edge: curves between the layers, vertical lines through them.
//!
//! Between two bands there are no boxes, and a curve stays between the two bands because its
//! control points do. Within a band an edge is vertical, in a column of its own. That is why no
//! edge passes over a box.

use super::coordinates::{Band, Coordinates};
use super::geometry::{Point, Rect, Route, Segment};
use super::proper::ProperGraph;
use crate::graph::Edge;

/// Length of the straight end of every edge, room for its arrow head.
pub(super) const HEAD_ROOM_PX: f64 = 13.0;

/// Distance of a curve's control points from its ends, as a share of its height. With a half it
/// would be flat in the middle, where many curves side by side become one dark stripe.
const HANDLE: f64 = 0.38;

/// Returns the route of every edge. An edge that is in a bundle with an earlier one starts where it
/// leaves the bundle, unless it is `unbundled`. Time O(|E| + dummies).
pub(super) fn route(
    graph: &ProperGraph,
    edges: &[Edge],
    unbundled: &[bool],
    boxes: &[Rect],
    coordinates: &Coordinates,
) -> Vec<Route> {
    let Coordinates { columns, bands } = coordinates;
    let mut drawn = vec![false; graph.len()];
    let stop = |vertex: usize| Stop { x: columns[vertex], band: bands[graph.layer_of[vertex]] };
    let mut route_edge = |edge: &Edge, last_stop: usize, unbundled: bool| {
        let mut new_stops = Vec::new();
        let mut vertex = last_stop;
        while graph.is_dummy(vertex) && (unbundled || !drawn[vertex]) {
            drawn[vertex] |= !unbundled;
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
    let stops = edges.iter().zip(&graph.last_stop).zip(unbundled);
    stops.map(|((edge, &last_stop), &unbundled)| route_edge(edge, last_stop, unbundled)).collect()
}

/// A vertex that an edge passes through: its column and the band of its layer.
struct Stop {
    x: f64,
    band: Band,
}

impl Route {
    fn end(&self) -> Point {
        self.segments.last().map_or(self.start, Segment::end)
    }

    /// Adds a vertical line down to `y`. One that follows a vertical line makes it longer.
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

    /// Adds a curve down to `target` that starts and ends vertically.
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
