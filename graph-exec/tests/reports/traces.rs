//! Traces have the fields that the Trace Event Format requires of each kind of event.

use std::{collections::HashSet, time::Duration};

use graph_exec::RunRecord;
use serde_json::Value;

use crate::runs;

/// The trace of a record. It is kept under the name when `DELAYED_SCREENSHOTS` is set, to be looked at in a
/// viewer.
fn trace_of(record: &RunRecord, name: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.trace.json");
    record.trace(&path).unwrap();
    if let Some(kept) = std::env::var_os("DELAYED_SCREENSHOTS") {
        std::fs::create_dir_all(&kept).unwrap();
        let kept = std::path::Path::new(&kept).join(format!("{name}.trace.json"));
        std::fs::copy(&path, kept).unwrap();
    }
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn check(trace: &Value) {
    let (mut open_arrows, mut slices, mut named) = (HashSet::new(), Vec::new(), HashSet::new());
    for event in trace["traceEvents"].as_array().unwrap() {
        for field in ["name", "ph"] {
            assert!(event[field].is_string(), "{event} has no {field}");
        }
        for field in ["pid", "tid"] {
            // Process 0 and thread 0 belong to the system.
            assert!(event[field].as_u64().is_some_and(|id| id > 0), "{event} has no {field}");
        }
        assert!(event["ts"].as_f64().is_some_and(|ts| ts >= 0.0), "{event} has no ts");
        match event["ph"].as_str().unwrap() {
            "M" => {
                assert!(event["args"].is_object(), "{event}");
                if event["name"] == "thread_name" {
                    assert!(named.insert(event["tid"].as_u64()), "{event} names a thread again");
                }
            }
            "X" => {
                assert!(named.contains(&event["tid"].as_u64()), "{event}: the thread has no name");
                assert!(event["dur"].as_f64().is_some_and(|dur| dur >= 0.0), "{event}");
                assert!(event["args"]["built_at"].as_str().unwrap().contains(".rs:"), "{event}");
                slices.push(event);
            }
            "C" => {
                let value = event["args"].as_object().unwrap().values().next().unwrap();
                assert!(value.as_i64().is_some_and(|value| value >= 0), "{event}");
            }
            "s" => assert!(open_arrows.insert(event["id"].as_u64().unwrap()), "{event}"),
            "f" => {
                assert_eq!(event["bp"], "e", "{event}");
                assert!(open_arrows.remove(&event["id"].as_u64().unwrap()), "{event}");
            }
            other => panic!("an event of an unknown kind {other}: {event}"),
        }
    }
    assert!(open_arrows.is_empty(), "arrows that end nowhere");
    // Slices of one thread never overlap, not even by a nanosecond, which is what viewers read.
    let nanoseconds = |time: &Value| (time.as_f64().unwrap() * 1000.0).round() as u64;
    slices.sort_by(|a, b| {
        let key = |event: &Value| (event["tid"].as_u64(), event["ts"].as_f64());
        key(a).partial_cmp(&key(b)).unwrap()
    });
    for pair in slices.windows(2) {
        if pair[0]["tid"] == pair[1]["tid"] {
            let end = nanoseconds(&pair[0]["ts"]) + nanoseconds(&pair[0]["dur"]);
            assert!(end <= nanoseconds(&pair[1]["ts"]), "{} {}", pair[0], pair[1]);
        }
    }
}

#[test]
fn a_trace_has_a_slice_for_each_task_that_ran() {
    let record = runs::forty_nine();
    let trace = trace_of(&record, "49");
    check(&trace);
    let events = trace["traceEvents"].as_array().unwrap();
    let of_phase = |phase: &str| events.iter().filter(|event| event["ph"] == phase).count();
    assert_eq!(of_phase("X"), record.tasks().len());
    let edges: usize = record.tasks().map(|task| task.dependencies().len()).sum();
    assert_eq!(of_phase("s"), edges);
    let critical = |event: &&Value| event["ph"] == "s" && event["name"] == "critical path";
    assert_eq!(events.iter().filter(critical).count(), record.critical_tasks().len() - 1);
    for counter in ["running", "ready"] {
        let last = events.iter().rfind(|event| event["ph"] == "C" && event["name"] == counter);
        assert_eq!(last.unwrap()["args"]["tasks"], 0, "in the end none is {counter}");
    }
    let workers = events.iter().filter(|event| event["name"] == "thread_name").count();
    assert_eq!(workers, record.workers());
    assert_eq!(trace["otherData"]["verdict"], record.verdict());
    let label = |event: &&Value| event["args"]["label"] == runs::WILD_LABELS[2];
    let label = events.iter().find(label);
    assert_ne!(label.expect("labels come through as they are")["name"], runs::WILD_LABELS[2]);
}

#[test]
fn a_trace_marks_what_failed_and_counts_what_did_not_start() {
    let record = runs::with_failures();
    let trace = trace_of(&record, "failures");
    check(&trace);
    let events = trace["traceEvents"].as_array().unwrap();
    let failed: Vec<&Value> =
        events.iter().filter(|event| event["args"]["state"] == "failed").collect();
    assert_eq!(failed.len(), 1);
    assert_eq!((&failed[0]["cname"], &failed[0]["name"]), (&"terrible".into(), &"✕ parse".into()));
    assert_eq!(failed[0]["args"]["reason"], "line 7 is not a number");
    let failures = &trace["otherData"]["failures"];
    assert!(failures[0].as_str().unwrap().contains("line 7 is not a number"), "{failures}");
    assert_eq!(trace["otherData"]["failed"], 1);
    assert_eq!(trace["otherData"]["skipped"], 1);
    assert_eq!(trace["otherData"]["not_started"], 0);
}

#[test]
fn many_tasks_make_a_sound_trace() {
    let record = runs::with_tasks(10_000, Duration::from_micros(1));
    check(&trace_of(&record, "10000"));
}
