//! The list of tasks that failed, were tried again, or did not start.

use std::fmt::Write;

use graph_core::{
    __run::format::{counted, grouped, time},
    TaskState,
};

use super::escape::Escaped;
use crate::record::{run_record::RunRecord, task::TaskRecord};

/// How many tasks of each kind are listed.
const MOST_LISTED: usize = 200;

/// The list as a table, or a sentence when there are no such tasks.
pub(super) fn write(record: &RunRecord) -> String {
    let failed = |task: &TaskRecord<'_>| task.state() == TaskState::Failed;
    let retried = |task: &TaskRecord<'_>| !failed(task) && task.attempts() > 1;
    let cancelled = |task: &TaskRecord<'_>| task.state() == TaskState::Cancelled;
    let mut rows = String::new();
    add(&mut rows, record, "failed", "✕ failed", failed);
    add(&mut rows, record, "retried", "↻ retried", retried);
    add(&mut rows, record, "cancelled", "– not started", cancelled);
    if rows.is_empty() {
        return "<p class=\"note\">No task failed, was tried again or was left out.</p>".to_owned();
    }
    format!(
        "<div class=\"wide\"><table id=\"troubles\"><thead><tr><th scope=\"col\">What</th>\
         <th scope=\"col\">Task</th><th scope=\"col\">Built at</th>\
         <th scope=\"col\" class=\"number\">Attempts</th>\
         <th scope=\"col\" class=\"number\">Started</th>\
         <th scope=\"col\" class=\"number\">Took</th>\
         <th scope=\"col\">Worker</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>"
    )
}

/// Adds a row for each task that `belongs`, and one that counts those that are not listed.
fn add(
    rows: &mut String,
    record: &RunRecord,
    class: &str,
    what: &str,
    belongs: impl Fn(&TaskRecord<'_>) -> bool,
) {
    let mut found = 0;
    for task in record.tasks().filter(belongs) {
        found += 1;
        if found <= MOST_LISTED {
            write_row(rows, class, what, &task);
        }
    }
    if found > MOST_LISTED {
        writeln!(
            rows,
            "<tr class=\"rest\"><td class=\"{class}\">{what}</td><td colspan=\"6\">and {} more of \
             {}</td></tr>",
            grouped(found - MOST_LISTED),
            counted(found, "task"),
        )
        .expect("writing to a string cannot fail");
    }
}

fn write_row(rows: &mut String, class: &str, what: &str, task: &TaskRecord<'_>) {
    let name = task.name();
    write!(rows, "<tr><td class=\"{class}\">{what}</td><td>")
        .expect("writing to a string cannot fail");
    match task.worker() {
        // The script makes the button show the task in the stream.
        Some(_) => write!(
            rows,
            "<button type=\"button\" class=\"find\" data-task=\"{}\" title=\"Show in the task \
             stream\"><span class=\"name\">{}</span></button>",
            task.index(),
            Escaped(&name),
        ),
        None => write!(rows, "<span class=\"name\">{}</span>", Escaped(&name)),
    }
    .expect("writing to a string cannot fail");
    write!(
        rows,
        "</td><td><code>{}</code></td><td class=\"number\">{}</td>",
        Escaped(&task.built_at().to_string()),
        task.attempts(),
    )
    .expect("writing to a string cannot fail");
    match task.worker() {
        Some(worker) => writeln!(
            rows,
            "<td class=\"number\">{}</td><td class=\"number\">{}</td><td>worker {worker}</td></tr>",
            time(task.start()),
            time(task.duration()),
        ),
        None => {
            writeln!(rows, "<td class=\"number\">–</td><td class=\"number\">–</td><td>–</td></tr>")
        }
    }
    .expect("writing to a string cannot fail");
}
