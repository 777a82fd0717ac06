//! The parts of a page that need no script: sentences, tiles, the table, the legend.

use std::{fmt::Write, time::Duration};

use super::{
    catalogue::Catalogue,
    escape::Escaped,
    memory::Memory,
    picture::Picture,
    shares::{percent, share_of},
    stream::{MOST_ITEMS, Stream},
};
use crate::{
    FunctionRecord, RunOutcome, RunRecord,
    quantities::{bytes, counted, grouped, short},
};

/// The legend names so many functions, those that took longest.
const MOST_IN_LEGEND: usize = 14;
/// Above so many functions the table would make the report too large.
const MOST_IN_TABLE: usize = 1000;

pub(super) fn title(record: &RunRecord) -> String {
    format!("{} tasks in {} – run report", grouped(record.tasks().len()), short(record.wall()))
}

pub(super) fn outcome(record: &RunRecord) -> &'static str {
    match record.outcome() {
        RunOutcome::Done => "done",
        RunOutcome::Failed => "failed",
        RunOutcome::Cancelled => "cancelled",
    }
}

pub(super) fn advice(record: &RunRecord) -> String {
    record.advice().map_or_else(String::new, |advice| {
        format!("<p class=\"advice\">{}</p>", Escaped(&capitalised(&advice)))
    })
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str() + "."
}

pub(super) fn tiles(record: &RunRecord, memory: Option<&Memory>) -> String {
    let mut tiles = String::new();
    let mut tile = |name: &str, figure: &str, note: &str| {
        writeln!(
            tiles,
            "<div class=\"tile\"><dt>{name}</dt><dd><strong>{figure}</strong>\
             <span>{note}</span></dd></div>"
        )
        .expect("writing to a string cannot fail");
    };
    let capacity = record.wall().as_secs_f64() * record.workers() as f64;
    let busy = share_of(record.work().as_secs_f64(), capacity);
    let planning = format!("{} of it planning", short(record.planning()));
    tile("Wall time", &short(record.wall()), &planning);
    let workers = if record.workers() == 1 { "worker" } else { "workers" };
    tile(
        "Busy",
        &percent(busy),
        &format!("{} of work on {} {workers}", short(record.work()), record.workers()),
    );
    let (reached, possible) = (record.speed_up(), record.best_possible());
    tile(
        "Speed-up",
        &format!("{reached:.2}×"),
        &format!("of {possible:.2}× possible: {}", percent(share_of(reached, possible))),
    );
    tile(
        "Critical path",
        &short(record.critical_path()),
        &format!(
            "{} in a row, {} of the wall time",
            counted(record.critical_tasks().len(), "task"),
            percent(share_of(record.critical_path().as_secs_f64(), record.wall().as_secs_f64()))
        ),
    );
    match record.overhead() {
        Some(overhead) => {
            tile("Scheduling", &percent(overhead), "of the time, planning included");
        }
        None => tile("Scheduling", "–", "too few tasks to tell"),
    }
    match (record.memory(), memory) {
        (Some(limited), _) => tile(
            "Peak memory",
            &bytes(limited.peak),
            &format!(
                "declared, of a limit of {}; {}",
                bytes(limited.limit),
                match limited.forced {
                    0 => "never exceeded".to_owned(),
                    forced => format!(
                        "exceeded by {} with {} that had to go on",
                        bytes(limited.excess),
                        counted(forced, "task")
                    ),
                }
            ),
        ),
        (None, Some(memory)) => tile("Peak memory", &bytes(memory.peak), "declared by tasks"),
        (None, None) => tile("Peak memory", "–", "no task declares its bytes"),
    }
    tiles
}

/// A bar of three parts, and what they are.
pub(super) fn worker_time(record: &RunRecord) -> String {
    let idle = record.idle();
    let parts = [
        ("running", "Running", record.work(), "inside tasks"),
        ("ready", "Idle, tasks ready", idle.not_picked_up, "ready, but not picked up yet"),
        ("nothing", "Idle, nothing ready", idle.nothing_ready, "the graph itself left them idle"),
    ];
    let whole: f64 = parts.iter().map(|(.., time, _)| time.as_secs_f64()).sum();
    let mut bar = String::new();
    let mut list = String::new();
    let mut left = 0.0;
    for (class, name, time, what) in parts {
        let share = share_of(time.as_secs_f64(), whole);
        let width = share * 1000.0;
        write!(bar, "<rect class=\"{class}\" x=\"{left:.1}\" width=\"{width:.1}\" height=\"28\"/>")
            .expect("writing to a string cannot fail");
        left += width;
        write!(
            list,
            "<li><svg class=\"swatch\" aria-hidden=\"true\"><rect class=\"{class}\" width=\"12\" \
             height=\"12\" rx=\"3\"/></svg><strong>{}</strong> {name} <span>{}, {what}</span></li>",
            percent(share),
            short(time),
        )
        .expect("writing to a string cannot fail");
    }
    format!(
        "<svg class=\"shares\" viewBox=\"0 0 1000 28\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\">{bar}</svg>\n<ul class=\"shares-key\">{list}</ul>"
    )
}

pub(super) fn legend(record: &RunRecord, catalogue: &Catalogue, picture: &Picture) -> String {
    let rows = record.by_function();
    let mut legend = String::new();
    for row in rows.iter().take(MOST_IN_LEGEND) {
        let Some(number) = number_of(row, catalogue) else { continue };
        write!(
            legend,
            "<button type=\"button\" class=\"key\" data-function=\"{number}\" \
             aria-pressed=\"false\" title=\"{path}\">{swatch}<span class=\"name\">{name}</span>\
             </button>",
            path = Escaped(&row.function),
            swatch = swatch(picture, number),
            name = Escaped(name_of(&row.function)),
        )
        .expect("writing to a string cannot fail");
    }
    if rows.len() > MOST_IN_LEGEND {
        write!(legend, "<span>and {}</span>", counted(rows.len() - MOST_IN_LEGEND, "function"))
            .expect("writing to a string cannot fail");
    }
    legend
}

fn number_of(row: &FunctionRecord, catalogue: &Catalogue) -> Option<usize> {
    catalogue.functions.iter().position(|path| *path == row.function)
}

fn name_of(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

fn swatch(picture: &Picture, function: usize) -> String {
    format!(
        "<svg class=\"swatch\" aria-hidden=\"true\"><rect width=\"12\" height=\"12\" rx=\"3\" \
         fill=\"{}\"/></svg>",
        picture.colours[function].border
    )
}

pub(super) fn bundled(record: &RunRecord, stream: &Stream) -> String {
    stream.cell_ns.map_or_else(String::new, |cell_ns| {
        format!(
            "<p class=\"note\" id=\"bundled\">{} tasks ran, more than the {} that a report shows \
             one by one: neighbours on a worker that took less than {} stand together here, by \
             function. Their times and counts are exact.</p>",
            grouped(record.tasks().filter(|task| task.worker().is_some()).count()),
            grouped(MOST_ITEMS),
            short(Duration::from_nanos(cell_ns)),
        )
    })
}

pub(super) fn memory(memory: Option<&Memory>) -> String {
    match memory {
        Some(memory) => {
            let limit = memory.limit.map_or_else(String::new, |limit| {
                format!(" <span class=\"limit\">limit {}</span>", bytes(limit))
            });
            format!(
                "<h3>Declared memory{limit}</h3>\n<canvas id=\"memory\" role=\"img\" \
                 aria-label=\"Declared memory over time\"></canvas>"
            )
        }
        None => "<p class=\"note\">Memory over time is shown when tasks declare their bytes.</p>"
            .to_owned(),
    }
}

pub(super) fn functions(record: &RunRecord, catalogue: &Catalogue, picture: &Picture) -> String {
    let rows = record.by_function();
    let mut table = String::new();
    for row in rows.iter().take(MOST_IN_TABLE) {
        let Some(number) = number_of(row, catalogue) else { continue };
        write!(
            table,
            "<tr><th scope=\"row\" data-value=\"{path}\">{swatch}<span class=\"name\">{name}</span>",
            path = Escaped(&row.function),
            swatch = swatch(picture, number),
            // A narrow window breaks the path between its parts.
            name = Escaped(&row.function).to_string().replace("::", "::<wbr>"),
        )
        .expect("writing to a string cannot fail");
        if row.failed > 0 {
            write!(table, " <em class=\"failed\">{} failed</em>", grouped(row.failed))
                .expect("writing to a string cannot fail");
        }
        table += "</th>";
        let mut cell = |value: &dyn std::fmt::Display, text: &str| {
            write!(table, "<td data-value=\"{value}\">{text}</td>")
                .expect("writing to a string cannot fail");
        };
        cell(&row.count, &grouped(row.count));
        cell(&row.total.as_nanos(), &short(row.total));
        cell(&row.share, &percent(row.share));
        for time in [row.median, row.p95, row.max] {
            cell(&time.as_nanos(), &short(time));
        }
        let critical = if row.critical_share == 0.0 { "–" } else { &percent(row.critical_share) };
        cell(&row.critical_share, critical);
        table += "</tr>\n";
    }
    if rows.len() > MOST_IN_TABLE {
        write!(
            table,
            "<tr class=\"rest\"><td colspan=\"8\">and {} that took less</td></tr>",
            counted(rows.len() - MOST_IN_TABLE, "function")
        )
        .expect("writing to a string cannot fail");
    }
    table
}

pub(super) fn graph_note(record: &RunRecord, picture: &Picture) -> String {
    let tasks = record.tasks().len();
    if picture.svg.is_none() {
        return format!(
            "{} in {}: too large a picture for a report. <code>visualize</code> saves it to a \
             file.",
            counted(tasks, "task"),
            counted(picture.boxes, "box"),
        )
        .replace("boxs", "boxes");
    }
    let note = if picture.boxes < tasks {
        "Tasks that play the same part are drawn as one box. "
    } else {
        ""
    };
    format!("{note}Boxes with a thick outline hold tasks of the critical path.")
}

/// The picture's fixed colours become the page's, so that it is legible on dark paper too.
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
    let mut seen = std::collections::HashSet::new();
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
