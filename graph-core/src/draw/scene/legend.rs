//! The legend of a scene: where its texts and colours are.

use crate::draw::layout::geometry::{Point, Rect, Size};
use crate::draw::style::font::{Font, Keep};
use crate::draw::style::legend::Legend;
use crate::draw::style::palette;
use crate::graph::dot::paint::Paint;

use super::text::Text;

const TEXT_PX: f64 = 12.0;
const SWATCH: Size = Size { width: 22.0, height: 14.0 };
const ROW_PX: f64 = 24.0;
/// Space between a swatch and its text, and between two entries.
const NEAR_PX: f64 = 6.0;
const FAR_PX: f64 = 18.0;
const MOST_LABEL_PX: f64 = 200.0;

/// A legend with places, relative to its upper left corner until it is shifted.
#[derive(Debug, Default)]
pub(crate) struct PlacedLegend {
    pub(crate) swatches: Vec<Swatch>,
    pub(crate) texts: Vec<Text>,
    pub(crate) size: Size,
}

/// A small box that shows a colour.
#[derive(Debug)]
pub(crate) struct Swatch {
    pub(crate) rect: Rect,
    pub(crate) paint: Paint,
    /// Whether it explains the outline of the critical path.
    pub(crate) critical: bool,
}

impl PlacedLegend {
    /// Places the entries in rows of at most `room_px`. An entry that is wider has a row of its
    /// own.
    pub(crate) fn new(legend: &Legend, font: &Font, room_px: f64) -> Self {
        let mut placed = PlacedLegend::default();
        let mut pen = Point { x: 0.0, y: 0.0 };
        pen.x += placed.write(font, pen, legend.title()) + FAR_PX;
        for entry in legend.entries() {
            let label = |text: &str| font.cut(text, TEXT_PX, MOST_LABEL_PX, Keep::Start);
            let (before, after) = (label(&entry.before), label(&entry.after));
            let text_px = |text: &str| font.width_px(text, TEXT_PX);
            let width = text_px(&before)
                + entry.paints.len() as f64 * SWATCH.width
                + text_px(&after)
                + if before.is_empty() { NEAR_PX } else { 2.0 * NEAR_PX };
            if pen.x > 0.0 && pen.x + width > room_px {
                pen = Point { x: 0.0, y: pen.y + ROW_PX };
            }
            if !before.is_empty() {
                pen.x += placed.write(font, pen, &before) + NEAR_PX;
            }
            for &paint in &entry.paints {
                let centre = Point { x: pen.x + SWATCH.width / 2.0, y: pen.y + ROW_PX / 2.0 };
                let rect = Rect::around(centre, SWATCH);
                placed.swatches.push(Swatch { rect, paint, critical: entry.critical });
                pen.x += SWATCH.width;
            }
            pen.x += NEAR_PX;
            pen.x += placed.write(font, pen, &after) + FAR_PX;
        }
        placed.size.height = pen.y + ROW_PX;
        placed
    }

    /// Adds a text to the right of `pen` and returns its width.
    fn write(&mut self, font: &Font, pen: Point, content: &str) -> f64 {
        let width = font.width_px(content, TEXT_PX);
        let anchor = Point { x: pen.x + width / 2.0, y: pen.y + ROW_PX / 2.0 + 4.3 };
        let content = content.to_owned();
        self.texts.push(Text { content, anchor, size_px: TEXT_PX, colour: palette::DETAIL });
        self.size.width = self.size.width.max(pen.x + width);
        width
    }

    /// Moves all swatches and texts.
    pub(crate) fn shift(&mut self, dx: f64, dy: f64) {
        for swatch in &mut self.swatches {
            swatch.rect = swatch.rect.shifted(dx, dy);
        }
        for text in &mut self.texts {
            text.anchor.x += dx;
            text.anchor.y += dy;
        }
    }
}
