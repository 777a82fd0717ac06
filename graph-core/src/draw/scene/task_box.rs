//! The boxes of a scene: how large each is, its texts, its border and its badge.

use crate::draw::collapse::group::Group;
use crate::draw::layout::geometry::{Point, Rect, Size};
use crate::draw::style::Dressing;
use crate::draw::style::font::{Font, Keep};
use crate::draw::style::palette::{self, Colour, Paint};
use crate::draw::style::printable::printable;
use crate::format::grouped;
use crate::state::TaskState;

use super::text::Text;

const NAME_PX: f64 = 13.0;
const DETAIL_PX: f64 = 11.0;
/// Texts longer than this are cut.
pub(super) const MOST_NAME_PX: f64 = 240.0;
const MOST_DETAIL_PX: f64 = 200.0;
/// Generous, because a reader without this font gets another one, and not all are narrower.
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
    pub(crate) dashed: bool,
    /// Says whether it is on the critical path; the border shows it.
    pub(crate) critical: bool,
    pub(crate) texts: Vec<Text>,
    pub(crate) badge: Option<Badge>,
    /// What a reader sees when the pointer rests on the box.
    pub(crate) hover: String,
}

/// A small disc on the upper right corner of a box that tells its state.
#[derive(Debug)]
pub(crate) struct Badge {
    pub(crate) centre: Point,
    pub(crate) colour: Colour,
    /// White strokes on the disc, each a line from point to point.
    pub(crate) strokes: Vec<Vec<Point>>,
}

/// The texts of a box, cut to size, and the box that holds them.
pub(super) struct Label {
    name: String,
    detail: Option<String>,
    pub(super) box_size: Size,
}

impl Label {
    pub(super) fn of(group: &Group<'_>, font: &Font) -> Self {
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
    pub(super) fn new(dressing: &Dressing<'_, '_>, index: usize, label: Label, rect: Rect) -> Self {
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
