//! The top of a page: title, verdict, tiles, and where the workers' time went.

use std::{fmt::Write, time::Duration};

use graph_core::__run::format::{bytes, counted, time};

use super::{
    escape::Escaped,
    shares::{percent, share_of},
};
use crate::{record::run_record::RunRecord, report::data::memory::Memory};

pub(super) fn title(record: &RunRecord) -> String {
    format!("{} in {} – run report", counted(record.tasks().len(), "task"), time(record.wall()))
}

/// The record's advice, and what it says of attempts, of the memory limit and of resources, as paragraphs; empty when
/// there is none.
pub(super) fn advice(record: &RunRecord) -> String {
    let notes = [record.attempt_notes(), record.memory_notes(), record.resource_notes()].concat();
    let notes = notes.iter().map(|note| capitalised(note)).collect::<Vec<_>>().join(" ");
    let advice = record.advice().map(|advice| capitalised(&advice));
    advice
        .into_iter()
        .chain(Some(notes).filter(|notes| !notes.is_empty()))
        .map(|sentences| format!("<p class=\"advice\">{}</p>", Escaped(&sentences)))
        .collect()
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
    let occupied = share_of(record.work().as_secs_f64(), capacity);
    let planning = format!("{} of it planning", time(record.planning()));
    tile("Wall time", &time(record.wall()), &planning);
    let between = between(record);
    // Workers that wait inside tasks are occupied too, so it says how much of that was computing.
    let inside = match record.task_time() {
        Some(inside) => {
            format!(
                "{} inside tasks, of which {} computing",
                time(record.work().saturating_sub(between)),
                time(inside.computed.saturating_sub(between))
            )
        }
        None => format!("{} inside tasks", time(record.work().saturating_sub(between))),
    };
    tile("Occupied", &percent(occupied), &inside);
    let (reached, possible) = (record.speed_up(), record.best_possible());
    match reached {
        Some(reached) => tile(
            "Speed-up",
            &format!("{reached:.2}×"),
            &format!("of {possible:.2}× possible: {}", percent(share_of(reached, possible))),
        ),
        None => tile("Speed-up", "–", record.why_unknown().unwrap_or_default()),
    }
    tile(
        "Critical path",
        &time(record.critical_path()),
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
        (None, None) => match record.process().iter().map(|seen| seen.resident_bytes).max() {
            Some(most) => tile(
                "Peak memory",
                &bytes(most),
                "of the whole process; no task declares its bytes",
            ),
            None => tile("Peak memory", "–", "no task declares its bytes"),
        },
    }
    tiles
}

/// The time from task to task, which counts as time inside them, as far as that was computing.
fn between(record: &RunRecord) -> Duration {
    let inside = record.task_time().map_or_else(|| record.work(), |time| time.computed);
    record.between().min(inside)
}

/// Where the workers' time went: a bar with a part for each reason, and a list that names them.
pub(super) fn worker_time(record: &RunRecord) -> String {
    let idle = record.idle();
    // Between two tasks of microseconds no clock is read, so that time counts as theirs until here.
    let between = between(record);
    let inside = match record.task_time() {
        Some(time) => vec![
            (
                "running",
                "Computing",
                time.computed.saturating_sub(between),
                "inside tasks, on a core",
            ),
            ("core", "Waiting for a core", time.waited_for_core, "inside tasks"),
            ("lock", "Waiting for a lock", time.waited_for_lock, "inside tasks"),
            ("sleep", "Sleeping", time.slept, "inside tasks"),
            ("disk", "Waiting for files", time.waited_for_disk, "inside tasks"),
            ("network", "Waiting for sockets", time.waited_for_network, "inside tasks"),
            (
                "other",
                "Waiting for something else",
                time.waited_otherwise,
                "inside tasks, for other threads or processes",
            ),
        ],
        None => {
            let inside = record.work().saturating_sub(between);
            vec![("running", "Inside tasks", inside, "computing or waiting")]
        }
    };
    let outside = [
        ("scheduling", "Between tasks", between, "on the way to the next, as sampled"),
        ("planning", "Idle, planning", idle.planning, "tasks were collected and ordered"),
        ("memory", "Idle, memory limit", idle.memory_limit, "tasks were ready but did not fit"),
        ("resource", "Idle, resources", idle.resource, "what ready tasks needed was in use"),
        ("network", "Idle, network", idle.network, "inputs were on their way"),
        ("ready", "Idle, tasks ready", idle.not_picked_up, "ready, but not picked up yet"),
        ("futures", "Idle, futures", idle.futures, "tasks waited for futures, and none was ready"),
        (
            "attempts",
            "Idle, between attempts",
            idle.between_attempts,
            "tasks waited for another attempt, and none was ready",
        ),
        ("nothing", "Idle, nothing ready", idle.nothing_ready, "the graph itself left them idle"),
    ];
    let parts: Vec<_> = inside.into_iter().chain(outside).collect();
    let whole: f64 = parts.iter().map(|(.., length, _)| length.as_secs_f64()).sum();
    let mut bar = String::new();
    let mut list = String::new();
    let mut left = 0.0;
    for (class, name, length, what) in parts.into_iter().filter(|(.., length, _)| !length.is_zero())
    {
        let share = share_of(length.as_secs_f64(), whole);
        let width = share * 1000.0;
        write!(bar, "<rect class=\"{class}\" x=\"{left:.1}\" width=\"{width:.1}\" height=\"28\"/>")
            .expect("writing to a string cannot fail");
        left += width;
        write!(
            list,
            "<li><svg class=\"swatch\" aria-hidden=\"true\"><rect class=\"{class}\" width=\"12\" \
             height=\"12\" rx=\"3\"/></svg><strong>{}</strong> {name} <span>{}, {what}</span></li>",
            percent(share),
            time(length),
        )
        .expect("writing to a string cannot fail");
    }
    format!(
        "<svg class=\"shares\" viewBox=\"0 0 1000 28\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\">{bar}</svg>\n<ul class=\"shares-key\">{list}</ul>"
    )
}
