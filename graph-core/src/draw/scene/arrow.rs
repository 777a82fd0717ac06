//! The edges of a scene: lines with arrow heads.

use crate::draw::layout::geometry::{Point, Route, Segment};
use crate::draw::style::Dressing;
use crate::graph::EdgeKind;

const HEAD_LENGTH_PX: f64 = 8.0;
const HEAD_HALF_WIDTH_PX: f64 = 3.8;

/// An edge: its line, which ends inside the head, and its head.
#[derive(Debug)]
pub(crate) struct Arrow {
    pub(crate) line: Route,
    /// A triangle, tip first; `None` where another arrow has put it already.
    pub(crate) head: Option<[Point; 3]>,
    pub(crate) dashed: bool,
    /// Says whether it lies on the critical path. Such arrows come last, on top of the others.
    pub(crate) critical: bool,
}

/// An edge from box to box, also where an arrow shows it together with others.
#[derive(Debug)]
pub(crate) struct Way {
    /// The boxes that it joins, by index.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) line: Route,
}

impl Arrow {
    /// An arrow along `line`, still between no boxes.
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
        // The line ends inside its head, so that its own width does not blunt the tip.
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

/// The arrows of all edges; those on the critical path come last.
pub(super) fn arrows(dressing: &Dressing<'_, '_>, routes: Vec<Route>) -> Vec<Arrow> {
    let mut headed = vec![false; dressing.quotient.groups().len()];
    let mut arrows = Vec::with_capacity(routes.len());
    let on_path = &dressing.critical_edges;
    for ((edge, route), &critical) in dressing.quotient.edges().iter().zip(routes).zip(on_path) {
        // All arrows into a box end in the same point: one head is enough, and one on top.
        let first = critical || !std::mem::replace(&mut headed[edge.to], true);
        let line = Arrow::new(route, first);
        let dashed = edge.kind == EdgeKind::Order;
        arrows.push(Arrow { dashed, critical, ..line });
    }
    arrows.sort_by_key(|arrow| arrow.critical);
    arrows
}
