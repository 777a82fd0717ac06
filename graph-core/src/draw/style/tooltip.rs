//! The text that a reader sees when the pointer rests on a box.

use crate::draw::collapse::group::Group;
use crate::format::grouped;
use crate::graph::dot::text;

/// The most functions that a tooltip lists.
const MOST_FUNCTIONS: usize = 12;

/// Returns function path, label, argument, source location and state of a single task; of several
/// tasks how many run each function and are in each state.
pub(crate) fn of_group(group: &Group<'_>) -> String {
    text::one_string(if group.tasks() == 1 {
        text::lines(group.first())
    } else {
        lines_of_group(group)
    })
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
        states.map(|&(state, tasks)| format!("{} {}", grouped(tasks), state.name())).collect();
    lines.push(states.join(", "));
    lines.extend(group.failure().map(|reason| format!("one failed because {reason}")));
    lines
}
