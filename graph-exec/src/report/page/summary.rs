//! The top of a page: title, verdict, tiles, and where the workers' time went.

use std::fmt::Write;

use super::{
    escape::Escaped,
    shares::{percent, share_of},
};
use crate::{
    quantities::{bytes, counted, grouped, short},
    record::run_record::RunRecord,
    report::data::memory::Memory,
};

pub(super) fn title(record: &RunRecord) -> String {
    format!("{} tasks in {} – run report", grouped(record.tasks().len()), short(record.wall()))
}

/// The record's advice as a paragraph; empty when there is none.
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

/// The figures of the run, each in a tile of its own.
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
                match limited.overcommitted {
                    0 => "never exceeded".to_owned(),
                    tasks => format!(
                        "exceeded by {} with {} that had to go on",
                        bytes(limited.excess),
                        counted(tasks, "task")
                    ),
                }
            ),
        ),
        (None, Some(memory)) => tile("Peak memory", &bytes(memory.peak), "declared by tasks"),
        (None, None) => tile("Peak memory", "–", "no task declares its bytes"),
    }
    tiles
}

/// Where the workers' time went: a bar of three parts, and a list that names them.
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
