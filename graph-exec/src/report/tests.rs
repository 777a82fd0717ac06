//! Pages of records whose times are chosen, for what real runs do not show reliably.

use std::{sync::Arc, time::Duration};

use graph_core::{
    __run::{Ended, Signature},
    Adjacency, Function, TaskState,
};

use super::data::memory::Memory;
use crate::record::{
    entries::Entries,
    outcome::RunOutcome,
    recorder::{Detail, Notebook, Span},
    run_data::RunData,
    run_record::RunRecord,
};

fn convert() -> Function {
    Function { module: "stock", name: "convert", file: "stock.rs", line: 1, column: 1 }
}

fn span(task: u32, start_ns: u64, end_ns: u64) -> Span {
    let caller = std::panic::Location::caller();
    let function = convert;
    Span { task, worker: 0, start_ns, end_ns, function, caller, attempts: 1, ended: Ended::Done }
}

/// A record of one worker. Spans name tasks as a plan does: the newest is 0.
fn record(dependencies: &[(u32, u32)], wall_ns: u64, notebook: Notebook) -> RunRecord {
    let tasks = notebook.spans.len();
    let caller = std::panic::Location::caller();
    let signature = || Signature { function: convert, caller, label: None };
    let idle = |_| (signature(), TaskState::Cancelled);
    RunRecord::new(RunData {
        outcome: RunOutcome::Done,
        wall: Duration::from_nanos(wall_ns),
        entries: Arc::new(Entries::new(tasks, vec![notebook], idle)),
        dependencies: Adjacency::from_edges(tasks, dependencies.iter().copied()),
        ..RunData::empty(1)
    })
}

#[test]
fn declared_bytes_are_live_until_the_last_consumer_ends() {
    // Task 1 declares 100 bytes and results in 60; task 0 takes them and declares 10.
    let detail = |bytes, result_bytes| Detail { bytes, result_bytes, ..Detail::default() };
    let notebook = Notebook {
        spans: vec![span(1, 0, 400), span(0, 400, 800)],
        details: vec![(1, detail(Some(100), Some(60))), (0, detail(Some(10), None))],
        ..Notebook::default()
    };
    let memory = Memory::new(&record(&[(0, 1)], 1000, notebook)).unwrap();
    assert_eq!(memory.peak, 100);
    let json = serde_json::to_value(&memory).unwrap();
    let at = |share: f64| {
        let steps = json["steps"].as_array().unwrap();
        steps[(share * steps.len() as f64) as usize].as_u64().unwrap()
    };
    assert_eq!([at(0.2), at(0.6), at(0.9)], [100, 70, 10]);
}

#[test]
fn without_declared_bytes_there_is_no_memory() {
    let notebook = Notebook { spans: vec![span(0, 0, 5)], ..Notebook::default() };
    let record = record(&[], 10, notebook);
    assert_eq!(Memory::new(&record), None);
    assert!(record.to_html().contains("no task declares its bytes"));
}

#[test]
fn a_task_that_was_tried_again_is_marked_and_listed() {
    let notebook =
        Notebook { spans: vec![Span { attempts: 3, ..span(0, 0, 400) }], ..Notebook::default() };
    let html = record(&[], 1000, notebook).to_html();
    assert!(html.contains("\"retried\":[[0,3]]"), "the stream marks it");
    assert!(html.contains("↻ retried</td>"), "the list names it");
}

#[test]
fn a_run_of_hours_keeps_its_nanoseconds() {
    let hours = 100 * 3_600_000_000_000;
    let notebook = Notebook { spans: vec![span(0, hours - 7, hours)], ..Notebook::default() };
    let html = record(&[], hours, notebook).to_html();
    assert!(html.contains(&format!("\"wallNs\":{hours}")), "not cut to 32 bits");
}

#[test]
fn an_empty_record_makes_a_page() {
    let html = RunRecord::empty(2).to_html();
    assert!(html.contains("\"items\":0"));
}
