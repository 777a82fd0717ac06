//! What a tooltip says of a task, and which characters may stand in a picture.

use crate::graph::Node;

/// Returns function path, label, argument, source location and state of a task.
pub(crate) fn lines(node: &Node) -> Vec<String> {
    let mut lines = vec![node.function.clone()];
    lines.extend(node.label.as_ref().map(|label| format!("named {label}")));
    lines.extend(node.argument.as_ref().map(|argument| format!("argument {argument}")));
    if !node.built_at.file.is_empty() {
        lines.push(format!("built at {}", node.built_at));
    }
    lines.push(node.state.name().to_owned());
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

/// Says whether a character is visible, allowed in XML and DOT, and does not change the direction
/// of its neighbours: no control, no direction mark and no non-character.
pub(crate) fn is_printable(character: char) -> bool {
    let is_direction_mark = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_non_character = matches!(u32::from(character) & 0xffff, 0xfffe | 0xffff);
    !character.is_control() && !is_direction_mark && !is_non_character
}
