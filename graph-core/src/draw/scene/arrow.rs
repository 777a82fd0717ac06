//! The edges of a scene: lines with arrow heads.

use crate::draw::layout::geometry::{Point, Route, Segment};
use crate::draw::style::Style;
use crate::graph::EdgeKind;

const HEAD_LENGTH_PX: f64 = 8.0;
const HEAD_HALF_WIDTH_PX: f64 = 3.8;

/// An arrow for an edge.
#[derive(Debug)]
pub(crate) struct Arrow {
    /// Its line. The part that belongs to a bundle is in the line of one of the bundled edges. It
    /// ends inside the head.
    pub(crate) line: Route,
    /// A triangle, tip first; `None` where another arrow has a head in the same place.
    pub(crate) head: Option<[Point; 3]>,
    /// Whether it is dashed, for an order edge.
    pub(crate) dashed: bool,
    /// Whether it is on the critical path. Such arrows come last, on top of the others.
    pub(crate) critical: bool,
}

/// The route of an edge by itself, from box to box, which a page shows when one of the boxes is
/// pointed at.
#[derive(Debug)]
pub(crate) struct EdgeRoute {
    /// The box at its start, by index.
    pub(crate) from: usize,
    /// The box at its end, by index.
    pub(crate) to: usize,
    pub(crate) line: Route,
}

impl Arrow {
    /// Makes an arrow along `line` that is neither dashed nor critical.
    fn new(mut line: Route, with_head: bool) -> Self {
        let before = match line.segments[..] {
            [.., second_last, _] => second_last.end(),
            _ => line.start,
        };
        let Some(Segment::Line(end)) = line.segments.last_mut() else {
            unreachable!("a route ends with a straight line, room for the head")
        };
        let tip = *end;
        let length = (tip.x - before.x).hypot(tip.y - before.y);
        let (along_x, along_y) = ((tip.x - before.x) / length, (tip.y - before.y) / length);
        let back = |by: f64, aside: f64| Point {
            x: tip.x - along_x * by - along_y * aside,
            y: tip.y - along_y * by + along_x * aside,
        };
        // The line ends inside the head, so that its width does not make the tip blunt.
        *end = back(HEAD_LENGTH_PX * 0.75, 0.0);
        let head = with_head.then(|| {
            [
                tip,
                back(HEAD_LENGTH_PX, HEAD_HALF_WIDTH_PX),
                back(HEAD_LENGTH_PX, -HEAD_HALF_WIDTH_PX),
            ]
        });
        Arrow { line, head, dashed: false, critical: false }
    }
}

/// Returns the arrows of all edges; those on the critical path come last.
pub(super) fn arrows(style: &Style<'_, '_>, routes: Vec<Route>) -> Vec<Arrow> {
    let mut headed = vec![false; style.quotient.groups().len()];
    let mut arrows = Vec::with_capacity(routes.len());
    let on_path = &style.critical_edges;
    for ((edge, route), &critical) in style.quotient.edges().iter().zip(routes).zip(on_path) {
        // All arrows into a box end in the same point, so one head is enough. A critical arrow has
        // one on top.
        let with_head = critical || !std::mem::replace(&mut headed[edge.to], true);
        let line = Arrow::new(route, with_head);
        let dashed = edge.kind == EdgeKind::Order;
        arrows.push(Arrow { dashed, critical, ..line });
    }
    arrows.sort_by_key(|arrow| arrow.critical);
    arrows
}
