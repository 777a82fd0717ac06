//! Puts the page together from a template with named holes.

mod escape;
mod functions;
mod head;
mod notes;
mod policy;
mod script;
mod shares;
mod style;
mod summary;
mod troubles;

use self::{
    escape::{Escaped, json_in_script},
    script::SCRIPT,
    style::{STYLE, colour_rules},
};
use super::data::ReportData;

const TEMPLATE: &str = include_str!("page/page.html");

/// The page of a report as HTML.
pub(super) fn write(data: &ReportData<'_>) -> String {
    let ReportData { record, catalogue, stream, memory, process, picture } = data;
    let style = format!("{STYLE}{}", colour_rules(picture));
    fill(TEMPLATE, |hole| match hole {
        "policy" => policy::content_policy(&style, SCRIPT),
        "title" => summary::title(record),
        "style" => style.clone(),
        "outcome" => record.outcome().to_string(),
        "outcome-class" => record.outcome().to_string().replace(' ', "-"),
        "verdict" => Escaped(&record.verdict()).to_string(),
        "head" => head::write(record),
        "advice" => summary::advice(record),
        "tiles" => summary::tiles(record, memory.as_ref()),
        "worker-time" => summary::worker_time(record),
        "legend" => functions::legend(record, catalogue, picture),
        "bundled" => notes::bundled(record, stream),
        "traffic" => notes::traffic(record),
        "memory" => notes::memory(memory.as_ref()),
        "process" => notes::process(process.as_ref()),
        "waits" => notes::waits(record),
        "functions" => functions::table(record, catalogue, picture),
        "failures" => troubles::failures(record),
        "troubles" => troubles::write(record),
        "graph-note" => notes::graph(record, picture),
        "graph" => picture.svg.clone().unwrap_or_default(),
        "data" => json_in_script(&data.to_json()),
        "script" => SCRIPT.to_owned(),
        other => unreachable!("the template has a hole `{other}` that nobody fills"),
    })
}

/// Fills each hole `{{name}}` of a template. Holes in what is filled in are left as they are.
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
