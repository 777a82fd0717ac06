//! One description of a picture for all formats: where to put which box, arrow and text.
//!
//! A format only draws what stands here; it decides no size, place, colour or wording.

use crate::collapse::{Group, Quotient};
use crate::layout::{self, Point, Rect, Route, Segment, Size};
use crate::{EdgeKind, TaskState};

use super::hover;
use super::palette::{self, Colour, Paint, Palette};
use super::text::{Font, Keep, grouped, printable};

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
const CAPTION_GAP_PX: f64 = 18.0;
const CAPTION_PX: f64 = 12.0;
const HEAD_LENGTH_PX: f64 = 8.0;
const HEAD_HALF_WIDTH_PX: f64 = 3.8;
const THIN_PX: f64 = 1.2;
const THICK_PX: f64 = 2.2;

/// A whole picture.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) size: Size,
    /// What the picture is, in one sentence.
    pub(super) title: String,
    pub(super) arrows: Vec<Arrow>,
    pub(super) boxes: Vec<TaskBox>,
    pub(super) caption: Option<Text>,
}

/// An edge: its line, which ends inside the head, and its head.
#[derive(Debug)]
pub(super) struct Arrow {
    pub(super) line: Route,
    /// A triangle, tip first; `None` where another arrow has put it already.
    pub(super) head: Option<[Point; 3]>,
    pub(super) dashed: bool,
}

/// A rounded box with its texts.
#[derive(Debug)]
pub(super) struct TaskBox {
    pub(super) rect: Rect,
    pub(super) paint: Paint,
    pub(super) border_px: f64,
    pub(super) dashed: bool,
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
/// The width of a line between two boxes.
pub(super) const LINE_PX: f64 = 1.3;
/// The width of a stroke on a badge.
pub(super) const BADGE_STROKE_PX: f64 = 1.6;
/// Lengths of the dashes of a dashed line, and of the gaps between them.
pub(super) const DASH_PX: [f64; 2] = [5.0, 4.0];

impl Scene {
    /// Composes the picture of a quotient.
    pub(super) fn of(quotient: &Quotient<'_>) -> Self {
        let font = Font::embedded();
        let labels: Vec<Label> =
            quotient.groups().iter().map(|group| Label::of(group, &font)).collect();
        let sizes: Vec<Size> = labels.iter().map(|label| label.box_size).collect();
        let mut layout = layout::lay_out(&sizes, quotient.edges());
        layout.shift(MARGIN_PX, MARGIN_PX);
        let mut size = Size {
            width: layout.size.width + 2.0 * MARGIN_PX,
            height: layout.size.height + 2.0 * MARGIN_PX,
        };
        let caption = caption(quotient).map(|content| {
            let width = font.width_px(&content, CAPTION_PX);
            size.width = size.width.max(width + 2.0 * MARGIN_PX);
            size.height += CAPTION_GAP_PX;
            let anchor = Point { x: size.width / 2.0, y: size.height - MARGIN_PX + 4.0 };
            Text { content, anchor, size_px: CAPTION_PX, colour: palette::DETAIL }
        });
        // A caption may be wider than the boxes; they stay in the middle above it.
        let spare = size.width - layout.size.width - 2.0 * MARGIN_PX;
        layout.shift(spare / 2.0, 0.0);
        let mut colours = Palette::default();
        let boxes = quotient
            .groups()
            .iter()
            .zip(labels)
            .zip(&layout.boxes)
            .map(|((group, label), &rect)| {
                TaskBox::new(group, label, rect, colours.paint(group.function()))
            })
            .collect();
        let mut headed = vec![false; quotient.groups().len()];
        let arrows = quotient
            .edges()
            .iter()
            .zip(layout.routes)
            .map(|(edge, route)| {
                // All arrows into a box end in the same point: one head is enough.
                let first = !std::mem::replace(&mut headed[edge.to], true);
                Arrow::new(route, edge.kind == EdgeKind::Order, first)
            })
            .collect();
        Scene { size, title: title(quotient), arrows, boxes, caption }
    }
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
    fn new(group: &Group<'_>, label: Label, rect: Rect, paint: Paint) -> Self {
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
        let border = if state == TaskState::Failed { palette::FAILED } else { paint.border };
        TaskBox {
            rect,
            paint: Paint { border, ..paint },
            border_px: if group.is_output() { THICK_PX } else { THIN_PX },
            dashed: state == TaskState::Cancelled,
            texts,
            badge: Badge::of(state, rect),
            hover: hover::text(group),
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
    fn new(mut line: Route, dashed: bool, with_head: bool) -> Self {
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
        Arrow { line, head, dashed }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Graph, Node};

    proptest! {
        #[test]
        fn no_text_leaves_its_box(function in "\\PC{0,80}", label in "\\PC{0,120}") {
            let node = Node::new(function).with_label(label);
            let graph = Graph::new(vec![node], vec![], vec![0]).unwrap();
            let scene = Scene::of(&graph.collapse());
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
        let edges = vec![crate::Edge::data(0, 2), crate::Edge::data(1, 2)];
        let graph = Graph::new(nodes, edges, vec![2]).unwrap();
        let scene = Scene::of(&graph.collapse());
        assert_eq!(scene.arrows.iter().filter(|arrow| arrow.head.is_some()).count(), 1);
    }
}
