//! The style sheet of a page.

use std::{collections::HashSet, fmt::Write};

use crate::report::data::picture::Picture;

pub(super) const STYLE: &str = concat!(
    include_str!("style/colours.css"),
    include_str!("style/page.css"),
    include_str!("style/charts.css"),
    include_str!("style/table.css"),
    include_str!("style/print.css"),
);

/// Rules that replace the fixed colours of the picture by those of the page, so that it is legible on
/// a dark page too.
pub(super) fn colour_rules(picture: &Picture) -> String {
    let fixed = &picture.fixed;
    let mut rules = format!(
        "#graph svg > rect[fill=\"{}\"] {{ fill: none; }}\n\
         #graph text[fill=\"{}\"] {{ fill: var(--ink); }}\n\
         #graph text[fill=\"{}\"] {{ fill: var(--detail); }}\n\
         #graph [stroke=\"{edge}\"] {{ stroke: var(--edge); }}\n\
         #graph path[fill=\"{edge}\"] {{ fill: var(--edge); }}\n\
         :root {{ --failed: {}; }}\n",
        fixed.background,
        fixed.name,
        fixed.detail,
        fixed.failed,
        edge = fixed.edge,
    );
    let mut seen = HashSet::new();
    for colours in picture.colours.iter().chain([&picture.several]) {
        if seen.insert(colours) {
            writeln!(
                rules,
                "#graph rect[fill=\"{}\"] {{ \
                 fill: color-mix(in srgb, {} var(--tint), var(--card)); }}",
                colours.fill, colours.border,
            )
            .expect("writing to a string cannot fail");
        }
    }
    rules
}
