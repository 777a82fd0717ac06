//! What the colours of a picture mean, and where that stands in it.

use crate::draw::layout::geometry::{Point, Rect, Size};
use crate::draw::scene::Text;

use super::font::{Font, Keep};
use super::palette::{self, CATEGORIES, NEUTRAL, Paint, Ramp};
use super::printable::printable;

const TEXT_PX: f64 = 12.0;
const SWATCH: Size = Size { width: 22.0, height: 14.0 };
const ROW_PX: f64 = 24.0;
/// Between a swatch and its text, between two entries.
const NEAR_PX: f64 = 6.0;
const FAR_PX: f64 = 18.0;
const MOST_LABEL_PX: f64 = 200.0;
/// Swatches that show a scale.
const SCALE_STEPS: usize = 7;
/// Functions that a legend names; a longer list explains nothing.
const MOST_CATEGORIES: usize = 16;

/// A line that explains the colours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Legend {
    title: String,
    entries: Vec<Entry>,
    /// Says whether the outline of the critical path is explained too.
    pub(crate) critical_path: bool,
}

/// Colours side by side and the texts before and behind them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) before: String,
    pub(crate) paints: Vec<Paint>,
    pub(crate) behind: String,
    pub(crate) critical: bool,
}

impl Entry {
    fn new(paint: Paint, label: &str) -> Self {
        let label = printable(label);
        Entry { before: String::new(), paints: vec![paint], behind: label, critical: false }
    }
}

impl Legend {
    /// One entry per label, the first of each.
    pub(crate) fn of_categories(
        title: &str,
        categories: impl Iterator<Item = (String, Paint)>,
    ) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut more = false;
        for (label, paint) in categories {
            let entry = Entry::new(paint, &label);
            if entries.contains(&entry) {
                continue;
            }
            more = entries.len() == MOST_CATEGORIES;
            if more {
                break;
            }
            entries.push(entry);
        }
        if more {
            entries.push(Entry::new(NEUTRAL, "and more"));
        }
        Legend { title: title.to_owned(), entries, critical_path: false }
    }

    /// The colours of workers, which repeat when there are many.
    pub(crate) fn of_workers(workers: &[usize], any_without: bool) -> Self {
        let mut entries: Vec<Entry> = (0..CATEGORIES)
            .filter_map(|colour| {
                let mut own: Vec<String> = workers
                    .iter()
                    .filter(|&&worker| worker % CATEGORIES == colour)
                    .map(ToString::to_string)
                    .collect();
                if own.len() > 3 {
                    own.truncate(2);
                    own.push("…".to_owned());
                }
                (!own.is_empty()).then(|| Entry::new(palette::category(colour), &own.join(", ")))
            })
            .collect();
        if any_without {
            entries.push(Entry::new(NEUTRAL, "none or several"));
        }
        Legend { title: "worker".to_owned(), entries, critical_path: false }
    }

    /// From `low` to `high`, light to dark.
    pub(crate) fn of_scale(
        title: &str,
        ramp: Ramp,
        low: String,
        high: String,
        any_without: bool,
    ) -> Self {
        let paints = (0..SCALE_STEPS).map(|step| ramp.at(step as f64 / (SCALE_STEPS - 1) as f64));
        let scale = Entry { before: low, paints: paints.collect(), behind: high, critical: false };
        let without = any_without.then(|| Entry::new(NEUTRAL, "not measured"));
        let entries = std::iter::once(scale).chain(without).collect();
        Legend { title: title.to_owned(), entries, critical_path: false }
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// What stands in the legend, the critical path last.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let critical = self.critical_path.then(|| Entry {
            critical: true,
            ..Entry::new(Paint { border: palette::CRITICAL, ..NEUTRAL }, "critical path")
        });
        self.entries.iter().cloned().chain(critical)
    }
}

impl Legend {
    /// The colours one by one with what each means, for formats that cannot set them side by
    /// side, and whether it is the outline that means it. Of a scale these are both ends.
    pub(crate) fn colours(&self) -> impl Iterator<Item = (String, Paint, bool)> + '_ {
        self.entries().flat_map(|entry| {
            let first = (!entry.before.is_empty())
                .then(|| (entry.before.clone(), entry.paints[0], entry.critical));
            let last =
                entry.paints.last().map(|&paint| (entry.behind.clone(), paint, entry.critical));
            first.into_iter().chain(last)
        })
    }
}

/// A legend with places, relative to its upper left corner.
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
    pub(crate) critical: bool,
}

impl PlacedLegend {
    /// Sets the entries in rows at most `room_px` wide, if each of them is that narrow.
    pub(crate) fn new(legend: &Legend, font: &Font, room_px: f64) -> Self {
        let mut placed = PlacedLegend::default();
        let mut pen = Point { x: 0.0, y: 0.0 };
        pen.x += placed.write(font, pen, legend.title()) + FAR_PX;
        for entry in legend.entries() {
            let label = |text: &str| font.cut(text, TEXT_PX, MOST_LABEL_PX, Keep::Start);
            let (before, behind) = (label(&entry.before), label(&entry.behind));
            let text_px = |text: &str| font.width_px(text, TEXT_PX);
            let width = text_px(&before)
                + entry.paints.len() as f64 * SWATCH.width
                + text_px(&behind)
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
            pen.x += placed.write(font, pen, &behind) + FAR_PX;
        }
        placed.size.height = pen.y + ROW_PX;
        placed
    }

    /// Writes to the right of the pen and says how far.
    fn write(&mut self, font: &Font, pen: Point, content: &str) -> f64 {
        let width = font.width_px(content, TEXT_PX);
        let anchor = Point { x: pen.x + width / 2.0, y: pen.y + ROW_PX / 2.0 + 4.3 };
        let content = content.to_owned();
        self.texts.push(Text { content, anchor, size_px: TEXT_PX, colour: palette::DETAIL });
        self.size.width = self.size.width.max(pen.x + width);
        width
    }

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
