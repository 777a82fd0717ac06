//! One description of a picture for all formats: where to put which box, arrow and text.
//!
//! A format only draws what stands here; it decides no size, place, colour or wording.

use crate::format::grouped;
use crate::graph::EdgeKind;
use crate::state::TaskState;

use super::collapse::{Group, Quotient};
use super::layout;
use super::layout::geometry::{Layout, Point, Rect, Route, Segment, Size};
use super::style::Dressing;
use super::style::font::{Font, Keep};
use super::style::legend::PlacedLegend;
use super::style::palette::{self, Colour, Paint};
use super::style::printable::printable;

const NAME_PX: f64 = 13.0;
const DETAIL_PX: f64 = 11.0;
/// Texts longer than this are cut.
const MOST_NAME_PX: f64 = 240.0;
const MOST_DETAIL_PX: f64 = 200.0;
/// Generous, because a reader without this font gets another one, and not all are narrower.
const PADDING_PX: f64 = 14.0;
const LEAST_BOX_PX: f64 = 58.0;
const ONE_LINE_PX: f64 = 32.0;
const TWO_LINES_PX: f64 = 46.0;
const MARGIN_PX: f64 = 20.0;
const LEGEND_GAP_PX: f64 = 14.0;
const CAPTION_GAP_PX: f64 = 18.0;
const CAPTION_PX: f64 = 12.0;
const HEAD_LENGTH_PX: f64 = 8.0;
const HEAD_HALF_WIDTH_PX: f64 = 3.8;
const THIN_PX: f64 = 1.2;
const THICK_PX: f64 = 2.2;
const CRITICAL_PX: f64 = 3.0;
/// A legend may be so wide even when the boxes are narrower.
const LEAST_LEGEND_ROOM_PX: f64 = 420.0;
/// Pictures with more edges than this never get whole routes, for those of a dense graph would be
/// long beyond measure.
const MOST_WHOLE_ROUTES: usize = 900;

/// A whole picture.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) size: Size,
    /// What the picture is, in one sentence.
    pub(super) title: String,
    pub(super) arrows: Vec<Arrow>,
    /// What is shown of an edge alone; only for pages.
    pub(super) ways: Vec<Way>,
    pub(super) boxes: Vec<TaskBox>,
    pub(super) legend: PlacedLegend,
    pub(super) caption: Option<Text>,
}

/// An edge: its line, which ends inside the head, and its head.
#[derive(Debug)]
pub(super) struct Arrow {
    pub(super) line: Route,
    /// A triangle, tip first; `None` where another arrow has put it already.
    pub(super) head: Option<[Point; 3]>,
    pub(super) dashed: bool,
    /// Says whether it lies on the critical path. Such arrows come last, on top of the others.
    pub(super) critical: bool,
}

/// An edge from box to box, also where an arrow shows it together with others.
#[derive(Debug)]
pub(super) struct Way {
    /// The boxes that it joins, by index.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) line: Route,
}

/// A rounded box with its texts.
#[derive(Debug)]
pub(super) struct TaskBox {
    pub(super) rect: Rect,
    pub(super) paint: Paint,
    pub(super) border_px: f64,
    pub(super) dashed: bool,
    /// Says whether it is on the critical path; the border shows it.
    pub(super) critical: bool,
    pub(super) texts: Vec<Text>,
    pub(super) badge: Option<Badge>,
    /// What a reader sees when the pointer rests on the box.
    pub(super) hover: String,
}

/// A centred line of text.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) content: String,
    /// The middle of the line, on its baseline.
    pub(super) anchor: Point,
    pub(super) size_px: f64,
    pub(super) colour: Colour,
}

/// A small disc on the upper right corner of a box that tells its state.
#[derive(Debug)]
pub(super) struct Badge {
    pub(super) centre: Point,
    pub(super) colour: Colour,
    /// White strokes on the disc, each a line from point to point.
    pub(super) strokes: Vec<Vec<Point>>,
}

/// The radius of a box's corners.
pub(super) const CORNER_PX: f64 = 8.0;
/// The radius of a badge.
pub(super) const BADGE_PX: f64 = 6.5;
/// The width of a line between two boxes, and on the critical path.
pub(super) const LINE_PX: f64 = 1.3;
pub(super) const CRITICAL_LINE_PX: f64 = 2.6;
/// The radius of a legend's swatch, and the width of its border.
pub(super) const SWATCH_CORNER_PX: f64 = 3.0;
pub(super) const SWATCH_BORDER_PX: f64 = 1.0;
/// The width of a stroke on a badge.
pub(super) const BADGE_STROKE_PX: f64 = 1.6;
/// Distance of a quarter circle's control points from its corner, in radii, for a cubic that looks
/// round.
#[cfg(any(feature = "pdf", feature = "png"))]
pub(super) const ROUND: f64 = 1.0 - 0.552_284_75;
/// Lengths of the dashes of a dashed line, and of the gaps between them.
pub(super) const DASH_PX: [f64; 2] = [5.0, 4.0];

impl Scene {
    /// Composes the picture of a quotient.
    pub(super) fn of(dressing: &Dressing<'_, '_>) -> Self {
        Scene::new(dressing, false)
    }

    /// The same with a way for every edge, so that each can be shown alone.
    pub(super) fn for_page(dressing: &Dressing<'_, '_>) -> Self {
        Scene::new(dressing, true)
    }

    fn new(dressing: &Dressing<'_, '_>, for_page: bool) -> Self {
        let quotient = dressing.quotient;
        let font = Font::embedded();
        let labels: Vec<Label> =
            quotient.groups().iter().map(|group| Label::of(group, &font)).collect();
        let sizes: Vec<Size> = labels.iter().map(|label| label.box_size).collect();
        let lay_out =
            |whole: &[bool]| layout::lay_out(&sizes, quotient.edges(), dressing.direction, whole);
        let mut layout = lay_out(&dressing.critical_edges);
        let edges = quotient.edges().len();
        let mut alone = match edges {
            _ if !for_page => Layout::default(),
            0..=MOST_WHOLE_ROUTES => lay_out(&vec![true; edges]),
            _ => layout.clone(),
        };
        let mut size = layout.size;
        let mut legend = dressing.legend.as_ref().map_or_else(PlacedLegend::default, |legend| {
            PlacedLegend::new(legend, &font, size.width.max(LEAST_LEGEND_ROOM_PX))
        });
        if !legend.texts.is_empty() {
            legend.shift(MARGIN_PX, MARGIN_PX + size.height + LEGEND_GAP_PX);
            size.width = size.width.max(legend.size.width);
            size.height += LEGEND_GAP_PX + legend.size.height;
        }
        size.width += 2.0 * MARGIN_PX;
        size.height += 2.0 * MARGIN_PX;
        let caption = caption(quotient).map(|content| {
            let width = font.width_px(&content, CAPTION_PX);
            size.width = size.width.max(width + 2.0 * MARGIN_PX);
            size.height += CAPTION_GAP_PX;
            let anchor = Point { x: size.width / 2.0, y: size.height - MARGIN_PX + 4.0 };
            Text { content, anchor, size_px: CAPTION_PX, colour: palette::DETAIL }
        });
        // A legend or caption may be wider than the boxes; they stay in the middle above it.
        let left = (size.width - layout.size.width) / 2.0;
        layout.shift(left, MARGIN_PX);
        alone.shift(left, MARGIN_PX);
        let boxes = labels
            .into_iter()
            .zip(&layout.boxes)
            .enumerate()
            .map(|(group, (label, &rect))| TaskBox::new(dressing, group, label, rect))
            .collect();
        let ways = quotient.edges().iter().zip(alone.routes);
        Scene {
            size,
            title: title(quotient),
            arrows: arrows(dressing, layout.routes),
            ways: ways.map(|(edge, line)| Way { from: edge.from, to: edge.to, line }).collect(),
            boxes,
            legend,
            caption,
        }
    }
}

fn arrows(dressing: &Dressing<'_, '_>, routes: Vec<Route>) -> Vec<Arrow> {
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

fn title(quotient: &Quotient<'_>) -> String {
    match quotient.tasks() {
        0 => "an empty task graph".to_owned(),
        1 => "a task graph of 1 task".to_owned(),
        tasks => format!("a task graph of {} tasks", grouped(tasks)),
    }
}

/// What the picture does not show by itself: that it is empty, or that boxes stand for many.
fn caption(quotient: &Quotient<'_>) -> Option<String> {
    if quotient.tasks() == 0 {
        return Some("no tasks".to_owned());
    }
    let boxes = quotient.groups().len();
    let plural = if boxes == 1 { "box" } else { "boxes" };
    quotient
        .is_collapsed()
        .then(|| format!("{} tasks, drawn as {} {plural}", grouped(quotient.tasks()), boxes))
}

/// The texts of a box, cut to size, and the box that holds them.
struct Label {
    name: String,
    detail: Option<String>,
    box_size: Size,
}

impl Label {
    fn of(group: &Group<'_>, font: &Font) -> Self {
        let count = match group.tasks() {
            1 => String::new(),
            tasks => format!(" ×{}", grouped(tasks)),
        };
        let most_px = MOST_NAME_PX - font.width_px(&count, NAME_PX);
        let name = font.cut(&printable(&group.name()), NAME_PX, most_px, Keep::Start) + &count;
        let detail = group.detail().map(printable).filter(|detail| !detail.is_empty());
        let detail = detail.map(|detail| {
            // A path's folders are what it shares with its neighbours; its end is telling.
            let is_path = detail.contains(['/', '\\']);
            let keep = if is_path { Keep::End } else { Keep::Start };
            font.cut(&detail, DETAIL_PX, MOST_DETAIL_PX, keep)
        });
        let detail_px = detail.as_ref().map_or(0.0, |detail| font.width_px(detail, DETAIL_PX));
        let text_px = font.width_px(&name, NAME_PX).max(detail_px);
        let box_size = Size {
            width: (text_px + 2.0 * PADDING_PX).ceil().max(LEAST_BOX_PX),
            height: if detail.is_some() { TWO_LINES_PX } else { ONE_LINE_PX },
        };
        Label { name, detail, box_size }
    }
}

impl TaskBox {
    fn new(dressing: &Dressing<'_, '_>, index: usize, label: Label, rect: Rect) -> Self {
        let group = &dressing.quotient.groups()[index];
        let (paint, critical) = (dressing.paints[index], dressing.critical_groups[index]);
        let Point { x, y } = rect.centre();
        let name_y = if label.detail.is_some() { y - 3.0 } else { y + 4.5 };
        let mut texts = vec![Text {
            content: label.name,
            anchor: Point { x, y: name_y },
            size_px: NAME_PX,
            colour: palette::NAME,
        }];
        texts.extend(label.detail.map(|content| Text {
            content,
            anchor: Point { x, y: y + 13.5 },
            size_px: DETAIL_PX,
            colour: palette::DETAIL,
        }));
        let state = group.state();
        let border = match state {
            _ if critical => palette::CRITICAL,
            TaskState::Failed => palette::FAILED,
            _ => paint.border,
        };
        let border_px = match group.is_output() {
            _ if critical => CRITICAL_PX,
            true => THICK_PX,
            false => THIN_PX,
        };
        TaskBox {
            rect,
            paint: Paint { border, ..paint },
            border_px,
            critical,
            dashed: state == TaskState::Cancelled,
            texts,
            badge: Badge::of(state, rect),
            hover: dressing.hovers[index].clone(),
        }
    }
}

impl Badge {
    fn of(state: TaskState, rect: Rect) -> Option<Self> {
        let centre = Point { x: rect.right - 3.0, y: rect.top + 3.0 };
        let at = |(x, y): (f64, f64)| Point { x: centre.x + x, y: centre.y + y };
        let lines = |lines: &[&[(f64, f64)]]| {
            lines.iter().map(|line| line.iter().copied().map(at).collect()).collect()
        };
        let (colour, strokes) = match state {
            TaskState::Done => (palette::DONE, lines(&[&[(-2.8, 0.2), (-0.8, 2.2), (2.9, -2.2)]])),
            TaskState::Failed => (
                palette::FAILED,
                lines(&[&[(-2.2, -2.2), (2.2, 2.2)], &[(-2.2, 2.2), (2.2, -2.2)]]),
            ),
            TaskState::Running => {
                (palette::RUNNING, lines(&[&[(-1.4, -2.6), (2.4, 0.0), (-1.4, 2.6), (-1.4, -2.6)]]))
            }
            TaskState::Waiting | TaskState::Ready | TaskState::Cancelled => return None,
        };
        Some(Badge { centre, colour, strokes })
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::{Edge, Graph, Node};

    proptest! {
        #[test]
        fn no_text_leaves_its_box(function in "\\PC{0,80}", label in "\\PC{0,120}") {
            let node = Node::new(function).with_label(label);
            let graph = Graph::new(vec![node], vec![], vec![0]).unwrap();
            let scene = Scene::of(&Dressing::plain(&graph.collapse()));
            let font = Font::embedded();
            for text in &scene.boxes[0].texts {
                let width = font.width_px(&text.content, text.size_px);
                let room = scene.boxes[0].rect.width() - 2.0 * (PADDING_PX - 0.01);
                prop_assert!(width <= room, "{} is {width} wide, room for {room}", text.content);
            }
            prop_assert!(scene.boxes[0].rect.width() <= MOST_NAME_PX + 2.0 * PADDING_PX + 1.0);
        }
    }

    #[test]
    fn a_box_has_one_arrow_head_however_many_arrows_end_there() {
        let nodes = vec![Node::new("f"); 3];
        let edges = vec![Edge::data(0, 2), Edge::data(1, 2)];
        let graph = Graph::new(nodes, edges, vec![2]).unwrap();
        let scene = Scene::of(&Dressing::plain(&graph.collapse()));
        assert_eq!(scene.arrows.iter().filter(|arrow| arrow.head.is_some()).count(), 1);
    }
}
