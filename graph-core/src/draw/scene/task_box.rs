//! The boxes of a scene: size, texts, border and badge.

use crate::draw::collapse::group::Group;
use crate::draw::layout::geometry::{Point, Rect, Size};
use crate::draw::style::Style;
use crate::draw::style::font::{Font, Keep};
use crate::draw::style::palette;
use crate::escape::printable;
use crate::format::grouped;
use crate::graph::dot::paint::{self, Colour, Paint};
use crate::task::state::TaskState;

use super::text::Text;

const NAME_PX: f64 = 13.0;
const DETAIL_PX: f64 = 11.0;
/// Wider texts are cut.
pub(super) const MOST_NAME_PX: f64 = 240.0;
const MOST_DETAIL_PX: f64 = 200.0;
/// Space on both sides of a text. It is wide, because a reader without this font sees another one,
/// which may be wider.
pub(super) const PADDING_PX: f64 = 14.0;
const LEAST_BOX_PX: f64 = 58.0;
const ONE_LINE_PX: f64 = 32.0;
const TWO_LINES_PX: f64 = 46.0;
const THIN_PX: f64 = 1.2;
const THICK_PX: f64 = 2.2;
const CRITICAL_PX: f64 = 3.0;

/// A rounded box with its texts.
#[derive(Debug)]
pub(crate) struct TaskBox {
    pub(crate) rect: Rect,
    pub(crate) paint: Paint,
    pub(crate) border_px: f64,
    /// Whether the border is dashed, for cancelled tasks.
    pub(crate) dashed: bool,
    /// Whether a task of it is on the critical path. The colour and width of the border show it.
    pub(crate) critical: bool,
    pub(crate) texts: Vec<Text>,
    /// `None` for a state without a badge.
    pub(crate) badge: Option<Badge>,
    /// The text that a reader sees when the pointer rests on the box.
    pub(crate) tooltip: String,
}

/// A small disc with a sign on the upper right corner of a box, which shows the state.
#[derive(Debug)]
pub(crate) struct Badge {
    pub(crate) centre: Point,
    pub(crate) colour: Colour,
    /// The sign: white lines, each from point to point.
    pub(crate) strokes: Vec<Vec<Point>>,
}

/// The texts of a box, cut to the widths they may have, and the size of the box around them.
pub(super) struct Label {
    name: String,
    /// `None` without a label, a telling argument and a failure.
    detail: Option<String>,
    /// The size of the box.
    pub(super) box_size: Size,
}

impl Label {
    /// Cuts the texts of a group and measures its box.
    pub(super) fn new(group: &Group<'_>, font: &Font) -> Self {
        let count = match group.tasks() {
            1 => String::new(),
            tasks => format!(" ×{}", grouped(tasks)),
        };
        let most_px = MOST_NAME_PX - font.width_px(&count, NAME_PX);
        let name = font.cut(&printable(&group.name()), NAME_PX, most_px, Keep::Start) + &count;
        let detail = group.detail().map(printable).filter(|detail| !detail.is_empty());
        // Of a failed task, why it failed is what the reader looks for.
        let detail = match (detail, group.failure().map(printable)) {
            (Some(detail), Some(reason)) => Some(format!("{detail}: {reason}")),
            (detail, reason) => reason.or(detail),
        };
        let detail = detail.map(|detail| {
            // Paths often begin with the same folders; the end is what tells them apart.
            let is_path = detail.contains(['/', '\\']) && group.failure().is_none();
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
    /// Makes the box of the group with this index.
    pub(super) fn new(style: &Style<'_, '_>, index: usize, label: Label, rect: Rect) -> Self {
        let group = &style.quotient.groups()[index];
        let (paint, critical) = (style.paints[index], style.critical_groups[index]);
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
            _ if critical => paint::CRITICAL,
            TaskState::Failed => paint::FAILED,
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
            badge: Badge::new(state, rect),
            tooltip: style.tooltips[index].clone(),
        }
    }
}

impl Badge {
    /// Makes the badge of a box, if the state has one.
    fn new(state: TaskState, rect: Rect) -> Option<Self> {
        let centre = Point { x: rect.right - 3.0, y: rect.top + 3.0 };
        let at = |(x, y): (f64, f64)| Point { x: centre.x + x, y: centre.y + y };
        let lines = |lines: &[&[(f64, f64)]]| {
            lines.iter().map(|line| line.iter().copied().map(at).collect()).collect()
        };
        let (colour, strokes) = match state {
            TaskState::Done => (palette::DONE, lines(&[&[(-2.8, 0.2), (-0.8, 2.2), (2.9, -2.2)]])),
            TaskState::Failed => {
                (paint::FAILED, lines(&[&[(-2.2, -2.2), (2.2, 2.2)], &[(-2.2, 2.2), (2.2, -2.2)]]))
            }
            TaskState::Running => {
                (palette::RUNNING, lines(&[&[(-1.4, -2.6), (2.4, 0.0), (-1.4, 2.6), (-1.4, -2.6)]]))
            }
            TaskState::Waiting | TaskState::Ready | TaskState::Cancelled => return None,
        };
        Some(Badge { centre, colour, strokes })
    }
}
