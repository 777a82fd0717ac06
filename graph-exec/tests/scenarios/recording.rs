//! What the record of a run says.

use std::{thread::sleep, time::Duration};

use graph_exec::TaskState;
use graph_exec::{RunRecord, prelude::*};

const NAP: Duration = Duration::from_millis(20);

#[delayed]
fn nap(after: u32) -> u32 {
    sleep(NAP);
    after + 1
}

#[delayed]
fn join(parts: &[u32]) -> u32 {
    parts.iter().sum()
}

fn threads(n: usize) -> Executor {
    Executor::builder().threads(n).build().unwrap()
}

/// ```text
///  nap ── nap ──┐
///  nap ─────────┴ join
/// ```
fn record(executor: &Executor) -> RunRecord {
    executor.run(join(vec![nap(nap(1)), nap(1)])).unwrap().into_record()
}

#[test]
fn times_follow_the_edges() {
    for executor in [Executor::serial(), threads(1), threads(2)] {
        let record = record(&executor);
        assert_eq!(record.tasks().len(), 4);
        for task in record.tasks() {
            assert_eq!((task.state(), task.attempts()), (TaskState::Done, 1));
            assert!(task.ready() <= task.start(), "{task:?}");
            assert_eq!(task.queue_wait(), task.start() - task.ready());
            assert!(task.end() <= record.wall());
            for dependency in task.dependencies() {
                assert!(record.task(dependency).end() <= task.ready());
                assert!(record.task(dependency).path() <= task.path() - task.duration());
            }
        }
        let critical: Vec<usize> = record.critical_tasks().map(|task| task.index()).collect();
        assert_eq!(critical, [0, 1, 3]);
        assert!(record.critical_path() >= NAP * 2);
        assert!(record.work() >= NAP * 3);
        assert!(record.occupancy() <= record.workers() as f64);
        assert!(record.speed_up().is_none_or(|reached| reached <= record.workers() as f64));
    }
}

#[test]
fn the_share_of_each_worker_adds_up() {
    let record = record(&threads(2));
    let idle = record.idle();
    let all = record.work() + idle.planning + idle.nothing_ready + idle.not_picked_up;
    let available = record.wall() * 2;
    let off = all.abs_diff(available);
    assert!(off <= Duration::from_micros(1), "{all:?} of {available:?}");
    // While one worker does the second nap of the chain, the other has nothing.
    assert!(idle.nothing_ready >= NAP / 2, "{idle:?}");
}

#[test]
fn the_table_by_function_holds_every_task_once() {
    let record = record(&threads(2));
    let rows = record.by_function();
    assert_eq!(rows.iter().map(|row| row.count).sum::<usize>(), 4);
    assert!(rows[0].function.ends_with("::nap"));
    assert!((rows.iter().map(|row| row.share).sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(rows[0].median >= NAP && rows[0].median <= rows[0].p95 && rows[0].p95 <= rows[0].max);
    let text = record.to_string();
    assert!(text.starts_with("4 tasks on 2 workers took "), "{text}");
    assert!(text.contains("::nap") && text.contains("critical"), "{text}");
    assert_eq!(record.advice(), None, "tasks of 20 ms are large enough");
}

#[test]
fn a_task_that_was_done_before_did_not_run_here() {
    for executor in [Executor::serial(), threads(2)] {
        let shared = value(1).shared();
        executor.compute(&shared).unwrap();
        let record = executor.run(shared.map(|n| n + 1)).unwrap().into_record();
        assert_eq!(record.task(0).state(), TaskState::Done);
        assert_eq!((record.task(0).worker(), record.task(0).attempts()), (None, 0));
        assert!(record.task(1).worker().is_some());
        assert_eq!(record.work(), record.task(1).duration());
    }
}

#[test]
fn labels_and_places_are_kept_though_the_tasks_are_gone() {
    let line = line!() + 1;
    let task = value(1).named("one \"quoted\"").map(|n| n + 1);
    let record = threads(1).run(task).unwrap().into_record();
    assert_eq!(record.task(0).label(), Some("one \"quoted\""));
    assert_eq!(record.task(0).name(), "value (one \"quoted\")");
    assert_eq!(record.task(0).built_at().line, line);
    assert_eq!(record.task(1).label(), None);
}

#[test]
fn what_failed_and_what_did_not_start_is_there() {
    for executor in [Executor::serial(), threads(1), threads(3)] {
        let broken = value(1).and_then(|_| Err::<i32, _>("broken")).named("bad");
        let attempt = executor.attempt(broken.map(|n| n + 1).named("later"));
        let record = attempt.record();
        let states: Vec<TaskState> = record.tasks().map(|task| task.state()).collect();
        assert_eq!(states, [TaskState::Done, TaskState::Failed, TaskState::Cancelled]);
        assert_eq!(record.task(2).name(), "map (later)");
        assert!(
            record.verdict().ends_with("; 1 failed, 1 needed that and did not start"),
            "{}",
            record.verdict()
        );
        assert!(attempt.into_result().is_err());
    }
}

#[test]
fn small_tasks_are_advised_against_and_large_ones_are_not() {
    for executor in [Executor::serial(), threads(1)] {
        let mut sum = value(0u64);
        for n in 0..5_000 {
            sum = sum.map(move |sum| sum + n);
        }
        let record = executor.run(sum).unwrap().into_record();
        assert!(record.overhead().unwrap() > 0.1, "{:?}", record.overhead());
        assert!(record.to_string().contains("let each task do the work of several"));
    }
    let mut chain = value(0u32);
    for _ in 0..200 {
        chain = chain.map(|n| {
            sleep(Duration::from_micros(200));
            n
        });
    }
    let record = threads(1).run(chain).unwrap().into_record();
    assert!(record.overhead().unwrap() < 0.1, "{:?}", record.overhead());
}
