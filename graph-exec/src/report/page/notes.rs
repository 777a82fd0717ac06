//! Notes on the task stream, the memory chart and the graph.

use std::time::Duration;

use graph_core::__run::format::{bytes, counted, grouped, time};

#[cfg(feature = "cluster")]
use super::escape::Escaped;
use crate::{
    record::run_record::RunRecord,
    report::data::{
        memory::Memory,
        picture::Picture,
        process::Process,
        stream::{MOST_ITEMS, Stream},
        waits::{self, KINDS},
    },
};

/// How many workers are named with their addresses.
#[cfg(feature = "cluster")]
const MOST_WORKERS: usize = 64;

/// Says that the stream shows bundles; empty when it shows every task.
pub(super) fn bundled(record: &RunRecord, stream: &Stream) -> String {
    stream.cell_ns.map_or_else(String::new, |cell_ns| {
        format!(
            "<p class=\"note\" id=\"bundled\">{} tasks ran, more than the {} that a report shows \
             one by one: neighbours on a worker that took less than {} stand together here, by \
             function. Their times and counts are exact.</p>",
            grouped(record.tasks().filter(|task| task.worker().is_some()).count()),
            grouped(MOST_ITEMS),
            time(Duration::from_nanos(cell_ns)),
        )
    })
}

/// The memory chart, or a note that no task declares its bytes.
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
        None => "<p class=\"note\">Declared memory is shown over time when tasks declare their bytes.</p>"
            .to_owned(),
    }
}

/// The charts of the process; empty when the system does not tell.
pub(super) fn process(process: Option<&Process>) -> String {
    let Some(process) = process else { return String::new() };
    let mut charts = "<h3>Memory of the process</h3>\n<canvas id=\"process-memory\" role=\"img\" \
                      aria-label=\"Memory of the process over time\"></canvas>"
        .to_owned();
    if !process.cores.is_empty() {
        charts += "\n<h3>Cores in use</h3>\n<canvas id=\"cores\" role=\"img\" \
                   aria-label=\"Cores in use over time\"></canvas>";
    }
    charts
}

/// What the hatching of bars means; empty when no worker was seen to wait.
pub(super) fn waits(record: &RunRecord) -> String {
    let kinds = waits::kinds(record);
    if kinds.is_empty() {
        return String::new();
    }
    // The script draws the hatching into the canvases.
    let keys: String = kinds
        .iter()
        .map(|&kind| {
            format!(
                "<span class=\"wait\"><canvas class=\"hatch\" data-kind=\"{kind}\" width=\"26\" \
                 height=\"14\"></canvas>{}</span>",
                KINDS[kind]
            )
        })
        .collect();
    format!("<p class=\"note\" id=\"waits\">Hatched: the task waited {keys}</p>")
}

/// How many bytes went from worker to worker, and the addresses of the workers; empty for a run on
/// this machine.
#[cfg(feature = "cluster")]
pub(super) fn traffic(record: &RunRecord) -> String {
    let Some(cluster) = record.cluster() else { return String::new() };
    let addresses = (0..record.workers().min(MOST_WORKERS))
        .filter_map(|worker| Some(format!("worker {worker} is {}", cluster.address(worker)?)));
    let addresses = addresses.collect::<Vec<_>>().join(", ");
    format!(
        "<p class=\"note\" id=\"traffic\">On a cluster: {}. Striped: inputs on their way to the \
         worker. {}.</p>",
        Escaped(&cluster.to_string()),
        Escaped(&addresses),
    )
}

#[cfg(not(feature = "cluster"))]
pub(super) fn traffic(_: &RunRecord) -> String {
    String::new()
}

pub(super) fn graph(record: &RunRecord, picture: &Picture) -> String {
    let tasks = record.tasks().len();
    if picture.svg.is_none() {
        return format!(
            "{} in {}: too large a picture for a report. <code>visualize</code> saves it to a \
             file.",
            counted(tasks, "task"),
            counted(picture.boxes, "box"),
        );
    }
    let note = if picture.boxes < tasks {
        "Tasks that play the same part are drawn as one box. "
    } else {
        ""
    };
    format!("{note}Boxes with a thick outline hold tasks of the critical path.")
}
