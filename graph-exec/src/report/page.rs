//! Puts the page together: a template with named holes, and what goes into them.

use super::{
    catalogue::Catalogue, data, escape::Escaped, memory::Memory, parts, picture::Picture, policy,
    stream::Stream, traffic, troubles,
};
use crate::RunRecord;

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = concat!(
    include_str!("colours.css"),
    include_str!("page.css"),
    include_str!("charts.css"),
    include_str!("table.css"),
    include_str!("print.css"),
);
/// One script, in parts that build on those before.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("script/decode.js"),
    include_str!("script/time.js"),
    include_str!("script/view.js"),
    include_str!("script/theme.js"),
    include_str!("script/tooltip.js"),
    include_str!("script/axis.js"),
    include_str!("script/transfers.js"),
    include_str!("script/stream.js"),
    include_str!("script/series.js"),
    include_str!("script/controls.js"),
    include_str!("script/table.js"),
    include_str!("script/graph.js"),
    include_str!("script/start.js"),
    "})();\n",
);

pub(super) fn write(record: &RunRecord) -> String {
    let graph = record.graph();
    let catalogue = Catalogue::of(record);
    let picture = Picture::of(record, &graph, &catalogue);
    let stream = Stream::of(record, &catalogue);
    let memory = Memory::of(record);
    let style = format!("{STYLE}{}", parts::colour_rules(&picture));
    fill(TEMPLATE, |hole| match hole {
        "policy" => policy::of(&style, SCRIPT),
        "title" => parts::title(record),
        "style" => style.clone(),
        "outcome" => parts::outcome(record).to_owned(),
        "verdict" => Escaped(&record.verdict()).to_string(),
        "advice" => parts::advice(record),
        "tiles" => parts::tiles(record, memory.as_ref()),
        "worker-time" => parts::worker_time(record),
        "legend" => parts::legend(record, &catalogue, &picture),
        "bundled" => parts::bundled(record, &stream),
        "traffic" => traffic::note(record),
        "memory" => parts::memory(memory.as_ref()),
        "functions" => parts::functions(record, &catalogue, &picture),
        "troubles" => troubles::write(record),
        "graph-note" => parts::graph_note(record, &picture),
        "graph" => picture.svg.clone().unwrap_or_default(),
        "data" => data::write(record, &catalogue, &stream, memory.as_ref(), &picture),
        "script" => SCRIPT.to_owned(),
        other => unreachable!("the template has a hole `{other}` that nobody fills"),
    })
}

/// Fills each `{{name}}` of a template; what is filled in is not looked at again.
fn fill(template: &str, content: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(2 * template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (hole, after) = after.split_once("}}").expect("every hole of the template is closed");
        filled += before;
        filled += &content(hole);
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_left_alone() {
        assert_eq!(fill("a{{x}}b{{y}}", |hole| format!("<{{{{{hole}}}}}>")), "a<{{x}}>b<{{y}}>");
    }

    #[test]
    fn nothing_in_the_script_or_the_style_ends_its_element() {
        for text in [SCRIPT, STYLE] {
            assert!(!text.contains("</") && !text.contains("<!--"));
        }
    }
}
