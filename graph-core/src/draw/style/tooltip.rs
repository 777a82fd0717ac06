//! The text that a reader sees when the pointer rests on a box.

use crate::draw::collapse::group::Group;
use crate::escape::is_printable;
use crate::format::grouped;
use crate::graph::Node;
use crate::task::state::TaskState;

/// The most functions that a tooltip lists.
const MOST_FUNCTIONS: usize = 12;

/// Returns function path, label, argument, source location and state of a single task; of several
/// tasks how many run each function and are in each state.
pub(crate) fn text(group: &Group<'_>) -> String {
    let lines =
        if group.tasks() == 1 { lines_of_task(group.first()) } else { lines_of_group(group) };
    let clean = |line: String| -> String {
        line.chars().map(|c| if is_printable(c) { c } else { '\u{fffd}' }).collect()
    };
    lines.into_iter().map(clean).collect::<Vec<_>>().join("\n")
}

fn lines_of_task(node: &Node) -> Vec<String> {
    let mut lines = vec![node.function.clone()];
    lines.extend(node.label.as_ref().map(|label| format!("named {label}")));
    lines.extend(node.argument.as_ref().map(|argument| format!("argument {argument}")));
    if !node.built_at.file.is_empty() {
        lines.push(format!("built at {}", node.built_at));
    }
    lines.push(state_name(node.state).to_owned());
    lines
}

fn lines_of_group(group: &Group<'_>) -> Vec<String> {
    let functions = group.functions();
    let mut lines: Vec<String> = functions
        .iter()
        .take(MOST_FUNCTIONS)
        .map(|(function, tasks)| format!("{function} ×{}", grouped(*tasks)))
        .collect();
    if functions.len() > MOST_FUNCTIONS {
        lines.push(format!("and {} more functions", functions.len() - MOST_FUNCTIONS));
    }
    let states = group.states().iter();
    let states: Vec<String> =
        states.map(|&(state, tasks)| format!("{} {}", grouped(tasks), state_name(state))).collect();
    lines.push(states.join(", "));
    lines
}

/// Returns the word for a state.
pub(crate) fn state_name(state: TaskState) -> &'static str {
    match state {
        TaskState::Waiting => "waiting",
        TaskState::Ready => "ready",
        TaskState::Running => "running",
        TaskState::Done => "done",
        TaskState::Failed => "failed",
        TaskState::Cancelled => "cancelled",
    }
}
