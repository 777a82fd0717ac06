//! The legend: what the colours of a picture mean.

use super::palette::{CATEGORIES, Ramp};
use crate::escape::printable;
use crate::graph::dot::paint::{self, NEUTRAL, Paint};

/// The number of swatches that show a scale.
const SCALE_STEPS: usize = 7;
/// The most categories that a legend lists.
const MOST_CATEGORIES: usize = 16;

/// A title, and entries that explain the colours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Legend {
    title: String,
    entries: Vec<Entry>,
    /// Whether the outline of the critical path is explained too.
    pub(crate) critical_path: bool,
}

/// Colours side by side, with a text before and one after them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// Empty for a single colour.
    pub(crate) before: String,
    pub(crate) paints: Vec<Paint>,
    pub(crate) after: String,
    /// Whether it explains the outline of the critical path.
    pub(crate) critical: bool,
}

impl Entry {
    fn new(paint: Paint, label: &str) -> Self {
        let label = printable(label);
        Entry { before: String::new(), paints: vec![paint], after: label, critical: false }
    }
}

impl Legend {
    /// Makes one entry per pair of label and colours.
    pub(crate) fn from_categories(
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

    /// Makes the legend of workers. Those that have the same colour share an entry.
    pub(crate) fn from_workers(workers: &[usize], any_without: bool) -> Self {
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
                (!own.is_empty()).then(|| Entry::new(paint::category(colour), &own.join(", ")))
            })
            .collect();
        if any_without {
            entries.push(Entry::new(NEUTRAL, "none or several"));
        }
        Legend { title: "worker".to_owned(), entries, critical_path: false }
    }

    /// Makes the legend of a scale from `low`, light, to `high`, dark.
    pub(crate) fn from_scale(
        title: &str,
        ramp: Ramp,
        low: String,
        high: String,
        any_without: bool,
    ) -> Self {
        let paints = (0..SCALE_STEPS).map(|step| ramp.at(step as f64 / (SCALE_STEPS - 1) as f64));
        let scale = Entry { before: low, paints: paints.collect(), after: high, critical: false };
        let without = any_without.then(|| Entry::new(NEUTRAL, "not measured"));
        let entries = std::iter::once(scale).chain(without).collect();
        Legend { title: title.to_owned(), entries, critical_path: false }
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// Returns the entries, the one of the critical path last.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let critical = self.critical_path.then(|| Entry {
            critical: true,
            ..Entry::new(Paint { border: paint::CRITICAL, ..NEUTRAL }, "critical path")
        });
        self.entries.iter().cloned().chain(critical)
    }

    /// Returns the entries as (text, colours, whether it explains the critical path), for formats
    /// that cannot set colours side by side. A scale has one for each end.
    pub(crate) fn colours(&self) -> impl Iterator<Item = (String, Paint, bool)> + '_ {
        self.entries().flat_map(|entry| {
            let first = (!entry.before.is_empty())
                .then(|| (entry.before.clone(), entry.paints[0], entry.critical));
            let last =
                entry.paints.last().map(|&paint| (entry.after.clone(), paint, entry.critical));
            first.into_iter().chain(last)
        })
    }
}
