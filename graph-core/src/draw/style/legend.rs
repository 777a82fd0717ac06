//! What the colours of a picture mean.

use super::palette::{self, CATEGORIES, NEUTRAL, Paint, Ramp};
use super::printable::printable;

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
