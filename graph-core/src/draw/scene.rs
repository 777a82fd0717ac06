//! One description of a picture for all formats: where to put which box, arrow and text.
//!
//! A format only draws what stands here; it decides no size, place, colour or wording.

pub(super) mod arrow;
pub(super) mod legend;
pub(super) mod lengths;
pub(super) mod task_box;
pub(super) mod text;

use crate::format::grouped;

use super::collapse::quotient::Quotient;
use super::layout;
use super::layout::geometry::{Layout, Point, Size};
use super::style::Dressing;
use super::style::font::Font;
use super::style::palette;
use arrow::{Arrow, Way};
use legend::PlacedLegend;
use task_box::{Label, TaskBox};
use text::Text;

const MARGIN_PX: f64 = 20.0;
const LEGEND_GAP_PX: f64 = 14.0;
const CAPTION_GAP_PX: f64 = 18.0;
const CAPTION_PX: f64 = 12.0;
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
            arrows: arrow::arrows(dressing, layout.routes),
            ways: ways.map(|(edge, line)| Way { from: edge.from, to: edge.to, line }).collect(),
            boxes,
            legend,
            caption,
        }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::task_box::{MOST_NAME_PX, PADDING_PX};
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
