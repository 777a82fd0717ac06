//! Records, observers and pictures of runs whose tasks made tasks.

use std::sync::{Arc, Mutex};

use graph_exec::{Observer, RunOutcome, TaskFinished, TaskStarted, TaskState, prelude::*};

use super::on_all;

#[test]
fn every_task_that_ran_counts() {
    on_all("counting", |executor| {
        let all = value((0..20).collect::<Vec<i32>>()).map_each(|n| n + 1);
        let finished = executor.run(all).unwrap();
        let record = finished.record();
        assert_eq!(record.tasks().len(), 22);
        assert!(record.to_string().starts_with("22 tasks"), "{record}");
        assert!(record.tasks().all(|task| task.state() == TaskState::Done));
        assert!(record.tasks().all(|task| task.worker().is_some()));
    });
}

/// ```text
///   value ── map ─┄ value ── map ──┐
///                                   ├► flatten ── map
/// ```
#[test]
fn the_graph_of_a_run_shows_what_was_spliced_in() {
    on_all("splicing", |executor| {
        let inner = |n: i32| value(n).named("x").map(|n| n + 1).named("y");
        let output = value(1).map(inner).named("made").flatten().map(|n| n * 2).named("last");
        let finished = executor.run(output).unwrap();
        let record = finished.record();
        let graph = record.graph();
        let index = |name: &str| {
            let found = graph.nodes().iter().position(|node| node.label.as_deref() == Some(name));
            found.unwrap_or_else(|| panic!("{name} is missing"))
        };
        let flatten = graph.nodes().iter().position(|node| node.name() == "flatten").unwrap();
        let edges: Vec<(usize, usize)> =
            graph.edges().iter().map(|edge| (edge.from, edge.to)).collect();
        for edge in [
            (index("made"), flatten),
            (index("made"), index("x")),
            (index("x"), index("y")),
            (index("y"), flatten),
            (flatten, index("last")),
        ] {
            assert!(edges.contains(&edge), "{edge:?} is missing in {edges:?}");
        }
        assert_eq!(graph.outputs(), [index("last")]);
        for task in record.tasks() {
            assert!(task.ready() <= task.start(), "{task:?}");
            for dependency in task.dependencies() {
                assert!(record.task(dependency).end() <= task.start(), "{task:?}");
            }
        }
        assert!(record.critical_path() <= record.wall());
    });
}

#[test]
fn the_steps_of_a_loop_follow_each_other_in_its_record() {
    on_all("steps", |executor| {
        let output = iterate(0, |n| value(n).map(|n| n + 1), |n| *n == 10);
        let record = executor.run(output).unwrap().into_record();
        assert_eq!(record.tasks().len(), 21);
        let critical = record.critical_tasks().count();
        assert_eq!(critical, 21, "each step waits for the last");
    });
}

#[test]
fn a_task_in_two_plans_counts_once() {
    on_all("once", |executor| {
        let table = value(3).named("table").shared();
        let inner = table.clone();
        let dynamic = value(4).map(move |n| inner.map(move |m| n * m)).flatten();
        let sum = dynamic + table.map(|n| *n);
        let record = executor.run(sum).unwrap().into_record();
        let tables = record.tasks().filter(|task| task.label() == Some("table")).count();
        assert_eq!((tables, record.tasks().len()), (1, 7));
    });
}

#[test]
fn a_record_of_a_stopped_run_says_what_did_not_run() {
    on_all("stopped", |executor| {
        let inner = |n: i32| {
            let bad = value(n).map(|_| -> i32 { panic!("no") }).named("bad");
            bad.map(|n| n + 1).named("after")
        };
        let output = value(1).map(inner).flatten();
        let record = executor.clone().keep_going().run(output).unwrap().into_record();
        let state = |name: &str| {
            record.tasks().find(|task| task.label() == Some(name)).map(|task| task.state())
        };
        assert_eq!(state("bad"), Some(TaskState::Failed));
        assert_eq!(state("after"), Some(TaskState::Cancelled));
        assert_eq!(record.outcome(), RunOutcome::Failed);
    });
}

#[derive(Default)]
struct Log(Mutex<Vec<(usize, String, &'static str)>>);

impl Log {
    fn note(&self, task: &graph_exec::ObservedTask<'_>, what: &'static str) {
        self.0.lock().unwrap().push((task.index(), task.name(), what));
    }
}

impl Observer for Log {
    fn ready(&self, task: &graph_exec::ObservedTask<'_>) {
        self.note(task, "ready");
    }
    fn task_started(&self, event: &TaskStarted<'_>) {
        self.note(&event.task, "started");
    }
    fn task_finished(&self, event: &TaskFinished<'_>) {
        self.note(&event.task, "finished");
    }
}

#[test]
fn observers_are_told_of_each_task_once() {
    on_all("observing", |executor| {
        let log = Arc::new(Log::default());
        let executor = executor.clone().with_observer(log.clone());
        let inner = |n: i32| (0..n).map(|n| value(n).map(|n| n + 1)).collect::<Vec<_>>();
        executor.compute(value(5).map(inner).flatten()).unwrap();
        let mut log = log.0.lock().unwrap().clone();
        for what in ["started", "finished"] {
            let mut indices: Vec<usize> =
                log.iter().filter(|(.., event)| *event == what).map(|(index, ..)| *index).collect();
            indices.sort_unstable();
            assert_eq!(indices, (0..13).collect::<Vec<_>>(), "{what}");
        }
        log.retain(|(_, name, _)| name == "flatten");
        let events: Vec<_> = log.iter().map(|(.., event)| *event).collect();
        assert!(events.ends_with(&["started", "finished"]), "{events:?}");
    });
}

#[cfg(feature = "report")]
#[test]
fn a_report_a_trace_and_a_picture_of_such_a_run_are_made() {
    on_all("files", |executor| {
        let inner = |n: i32| value(n).map(|n| n + 1);
        let finished = executor.run(value(1).map(inner).flatten()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        finished.report(folder.path().join("run.html")).unwrap();
        finished.trace(folder.path().join("run.json")).unwrap();
        let record = finished.record();
        let graph = record.graph();
        let picture = graph.picture().measured(record.measured());
        assert!(picture.to_svg().contains("flatten"));
    });
}
