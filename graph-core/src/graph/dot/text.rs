//! What a tooltip says of a task.

use crate::{escape::is_printable, graph::Node};

/// Returns function path, label, argument, source location and state of a task, and why it failed.
pub(crate) fn lines(node: &Node) -> Vec<String> {
    let mut lines = vec![node.function.clone()];
    lines.extend(node.label.as_ref().map(|label| format!("named {label}")));
    lines.extend(node.argument.as_ref().map(|argument| format!("argument {argument}")));
    if !node.built_at.file.is_empty() {
        lines.push(format!("built at {}", node.built_at));
    }
    lines.push(node.state.name().to_owned());
    lines.extend(node.failure.as_ref().map(|reason| format!("because {reason}")));
    lines
}

/// Joins the lines of a tooltip. A replacement character stands for every one that is not
/// [printable](is_printable).
pub(crate) fn one_string(lines: Vec<String>) -> String {
    let clean = |line: String| -> String {
        line.chars().map(|c| if is_printable(c) { c } else { '\u{fffd}' }).collect()
    };
    lines.into_iter().map(clean).collect::<Vec<_>>().join("\n")
}
