//! What failed and why, and the list of tasks that failed, were tried again, or did not start.

use std::{collections::HashMap, fmt::Write};

use graph_core::{
    __run::format::{counted, grouped, time},
    SourceLocation, TaskState,
};

use super::escape::Escaped;
use crate::record::{analysis::fate::Fate, run_record::RunRecord, task::TaskRecord};

/// How many tasks of each kind are listed.
const MOST_LISTED: usize = 200;

/// How many distinct failures are shown.
const MOST_FAILURES: usize = 50;

/// The distinct failures, each with its reason, its task, and who needed it; empty when none failed.
pub(super) fn failures(record: &RunRecord) -> String {
    let failures = record.failures();
    if failures.is_empty() {
        return String::new();
    }
    let counts = record.counts();
    let mut list = String::new();
    for failure in failures.iter().take(MOST_FAILURES) {
        let task = record.task(failure.tasks[0]);
        let times = match failure.tasks.len() {
            1 => String::new(),
            many => format!("<strong>{}×</strong> ", grouped(many)),
        };
        write!(list, "<li>{times}<span class=\"reason\">{}</span><br>", Escaped(&failure.reason),)
            .expect("writing to a string cannot fail");
        // Inside the button, which is one block: beside it, the word would stand on a line of its own.
        let first = if failure.tasks.len() > 1 { "first " } else { "" };
        match task.worker() {
            Some(_) => write!(
                list,
                "<button type=\"button\" class=\"find\" data-task=\"{}\" title=\"Show in the task \
                 stream\">{first}<span class=\"name\">{}</span></button>",
                task.index(),
                Escaped(&failure.which),
            ),
            None => write!(list, "{first}<span class=\"name\">{}</span>", Escaped(&failure.which)),
        }
        .expect("writing to a string cannot fail");
        let mut more = Vec::new();
        if failure.attempts > 1 {
            more.push(format!("after {} attempts", failure.attempts));
        }
        if !failure.needed_by.is_empty() {
            let needed_by = failure.needed_by.join(" → ");
            more.push(format!("needed by <span class=\"name\">{}</span>", Escaped(&needed_by)));
        }
        if !more.is_empty() {
            write!(list, "<br>{}", more.join(", ")).expect("writing to a string cannot fail");
        }
        list += "</li>\n";
    }
    if failures.len() > MOST_FAILURES {
        writeln!(list, "<li>and {} more kinds</li>", grouped(failures.len() - MOST_FAILURES))
            .expect("writing to a string cannot fail");
    }
    format!(
        "<section id=\"failures\" aria-labelledby=\"failures-title\">\n\
         <h2 id=\"failures-title\">{} failed, {}</h2>\n<ul>\n{list}</ul>\n</section>",
        counted(counts.failed, "task"),
        match failures.len() {
            1 => "for one reason".to_owned(),
            reasons => format!("for {} reasons", grouped(reasons)),
        },
    )
}

/// The section with the list as a table; empty when there are no such tasks.
pub(super) fn write(record: &RunRecord) -> String {
    let failed = |task: &TaskRecord<'_>| task.state() == TaskState::Failed;
    let retried = |task: &TaskRecord<'_>| !failed(task) && task.attempts() > 1;
    let with = |fate: Fate| move |task: &TaskRecord<'_>| task.fate() == fate;
    let mut rows = String::new();
    add(&mut rows, record, "failed", "✕ failed", failed);
    add(&mut rows, record, "retried", "↻ retried", retried);
    add(&mut rows, record, "cancelled", "■ ended early", with(Fate::Cancelled));
    add_groups(&mut rows, record, "– skipped", Fate::Skipped);
    add_groups(&mut rows, record, "– not started", Fate::NotStarted);
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "<section aria-labelledby=\"troubles-title\">\n\
         <h2 id=\"troubles-title\">Failed, retried and cancelled tasks</h2>\n\
         <div class=\"wide\"><table id=\"troubles\"><thead><tr><th scope=\"col\">What</th>\
         <th scope=\"col\">Task</th><th scope=\"col\">Built at</th>\
         <th scope=\"col\" class=\"number\">Attempts</th>\
         <th scope=\"col\" class=\"number\">Started</th>\
         <th scope=\"col\" class=\"number\">Took</th>\
         <th scope=\"col\">Worker</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n\
         </section>"
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

/// Adds a row for each function and place with tasks that did not start, because they differ in little else.
fn add_groups(rows: &mut String, record: &RunRecord, what: &str, fate: Fate) {
    let mut groups: Vec<(TaskRecord<'_>, usize)> = Vec::new();
    let mut places: HashMap<(String, SourceLocation), usize> = HashMap::new();
    for task in record.tasks().filter(|task| task.fate() == fate) {
        let place = *places.entry((task.function().path(), task.built_at())).or_insert_with(|| {
            groups.push((task, 0));
            groups.len() - 1
        });
        groups[place].1 += 1;
    }
    let left_out = groups.len().saturating_sub(MOST_LISTED);
    for (task, count) in groups.into_iter().take(MOST_LISTED) {
        let name = match count {
            1 => task.name(),
            many => format!("{} ×{}", task.function().name, grouped(many)),
        };
        writeln!(
            rows,
            "<tr><td class=\"cancelled\">{what}</td><td><span class=\"name\">{}</span></td>\
             <td><code>{}</code></td><td class=\"number\">0</td><td class=\"number\">–</td>\
             <td class=\"number\">–</td><td>–</td></tr>",
            Escaped(&name),
            Escaped(&task.built_at().to_string()),
        )
        .expect("writing to a string cannot fail");
    }
    if left_out > 0 {
        writeln!(
            rows,
            "<tr class=\"rest\"><td class=\"cancelled\">{what}</td><td colspan=\"6\">and tasks from {} \
             more places</td></tr>",
            grouped(left_out),
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
