//! A picture as boxes, arrows and texts with sizes, places and colours, the same for all formats.

pub(super) mod arrow;
pub(super) mod legend;
pub(super) mod lengths;
pub(super) mod task_box;
pub(super) mod text;

use crate::format::counted;

use super::collapse::quotient::Quotient;
use super::layout;
use super::layout::geometry::{Layout, Point, Size};
use super::style::Style;
use super::style::font::Font;
use super::style::palette;
use arrow::{Arrow, EdgeRoute};
use legend::PlacedLegend;
use task_box::{Label, TaskBox};
use text::Text;

const MARGIN_PX: f64 = 20.0;
const LEGEND_GAP_PX: f64 = 14.0;
const CAPTION_GAP_PX: f64 = 18.0;
const CAPTION_PX: f64 = 12.0;
/// A legend may be this wide, even when the boxes together are narrower.
const LEAST_LEGEND_ROOM_PX: f64 = 420.0;
/// With more edges than this, edge routes are bundled too: unbundled ones of a dense graph would
/// take very many points.
const MOST_UNBUNDLED_ROUTES: usize = 900;

/// A whole picture.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) size: Size,
    /// A description of the picture in a few words.
    pub(super) title: String,
    pub(super) arrows: Vec<Arrow>,
    /// The route of every edge by itself; empty unless the scene is for a page.
    pub(super) edge_routes: Vec<EdgeRoute>,
    pub(super) boxes: Vec<TaskBox>,
    /// Empty when there is no legend.
    pub(super) legend: PlacedLegend,
    /// A line below everything else; `None` when every task has a box.
    pub(super) caption: Option<Text>,
}

impl Scene {
    /// Composes a scene without [`edge_routes`](Scene::edge_routes).
    pub(super) fn new(style: &Style<'_, '_>) -> Self {
        Scene::compose(style, false)
    }

    /// Composes a scene with [`edge_routes`](Scene::edge_routes).
    pub(super) fn for_page(style: &Style<'_, '_>) -> Self {
        Scene::compose(style, true)
    }

    fn compose(style: &Style<'_, '_>, for_page: bool) -> Self {
        let quotient = style.quotient;
        let font = Font::embedded();
        let labels: Vec<Label> =
            quotient.groups().iter().map(|group| Label::new(group, &font)).collect();
        let sizes: Vec<Size> = labels.iter().map(|label| label.box_size).collect();
        let lay_out = |unbundled: &[bool]| {
            layout::lay_out(&sizes, quotient.edges(), style.direction, unbundled)
        };
        let mut layout = lay_out(&style.critical_edges);
        let edges = quotient.edges().len();
        let mut by_edge = match edges {
            _ if !for_page => Layout::default(),
            0..=MOST_UNBUNDLED_ROUTES => lay_out(&vec![true; edges]),
            _ => layout.clone(),
        };
        let mut size = layout.size;
        let mut legend = style.legend.as_ref().map_or_else(PlacedLegend::default, |legend| {
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
        // A legend or caption may be wider than all boxes, which are in the middle above it then.
        let left = (size.width - layout.size.width) / 2.0;
        layout.shift(left, MARGIN_PX);
        by_edge.shift(left, MARGIN_PX);
        let boxes = labels
            .into_iter()
            .zip(&layout.boxes)
            .enumerate()
            .map(|(group, (label, &rect))| TaskBox::new(style, group, label, rect))
            .collect();
        let edge_routes = quotient.edges().iter().zip(by_edge.routes);
        Scene {
            size,
            title: title(quotient),
            arrows: arrow::arrows(style, layout.routes),
            edge_routes: edge_routes
                .map(|(edge, line)| EdgeRoute { from: edge.from, to: edge.to, line })
                .collect(),
            boxes,
            legend,
            caption,
        }
    }
}

fn title(quotient: &Quotient<'_>) -> String {
    match quotient.tasks() {
        0 => "an empty task graph".to_owned(),
        tasks => format!("a task graph of {}", counted(tasks, "task")),
    }
}

/// Returns what the boxes do not show: that there are none, or that some stand for several tasks.
fn caption(quotient: &Quotient<'_>) -> Option<String> {
    if quotient.tasks() == 0 {
        return Some("no tasks".to_owned());
    }
    let (tasks, boxes) = (quotient.tasks(), quotient.groups().len());
    quotient
        .is_collapsed()
        .then(|| format!("{}, drawn as {}", counted(tasks, "task"), counted(boxes, "box")))
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
            let scene = Scene::new(&Style::plain(&graph.collapse()));
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
        let scene = Scene::new(&Style::plain(&graph.collapse()));
        assert_eq!(scene.arrows.iter().filter(|arrow| arrow.head.is_some()).count(), 1);
    }
}
