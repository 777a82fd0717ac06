//! The record of a run on a cluster, its report, and the groups of the dashboard.

use std::time::Duration;

use graph_exec::{RunOutcome, prelude::*};

use crate::{
    Test, fleet,
    functions::*,
    results::{connect, fleet},
};

pub(crate) const TESTS: &[Test] = &[
    ("a_record_has_the_workers_as_rows", a_record_has_the_workers_as_rows),
    ("tasks_without_times_are_counted_and_named", tasks_without_times),
    ("a_report_marks_transfers", a_report_marks_transfers),
    ("the_scheduler_groups_tasks_by_function", the_scheduler_groups_tasks_by_function),
    ("progress_reaches_the_bar", progress_reaches_the_bar),
];

fn a_record_has_the_workers_as_rows() {
    let cluster = connect(fleet());
    let parts: Vec<_> = (0..6).map(|n| slow_inc(n, 100)).collect();
    let record = cluster.run(total(parts).named("sum")).unwrap().into_record();
    assert_eq!((record.workers(), record.outcome()), (2, RunOutcome::Done));
    assert!(record.tasks().all(|task| task.worker().is_some()), "{record}");
    assert!(record.work() >= Duration::from_millis(600), "{record}");
    assert!(record.wall() >= Duration::from_millis(300), "{record}");
    assert_eq!(record.task(6).label(), Some("sum"));
    let rows = record.cluster().unwrap();
    assert!(rows.address(0).unwrap().starts_with("tcp://127.0.0.1:"));
    assert_ne!(rows.address(0), rows.address(1));
    assert!(record.tasks().all(|task| task.end() <= record.wall()), "{record}");

    let failed = cluster.attempt(add(parse("x").named("bad"), slow_inc(1, 10)));
    assert_eq!(failed.record().outcome(), RunOutcome::Failed);
    assert!(failed.record().verdict().contains("1 failed"), "{}", failed.record());
}

/// The scheduler forgets what it noted of the first tasks, as it does with those before the last hundred
/// thousand.
fn tasks_without_times() {
    let cluster = connect(fleet());
    let all =
        || total((0..12).map(|n| slow_inc(n, 20)).chain([inc(1), inc(2)]).collect::<Vec<_>>());
    let whole = cluster.run(all()).unwrap().into_record();
    assert_eq!((whole.cluster().unwrap().untimed(), whole.speed_up().is_some()), (0, true));

    let keep = |notes: usize| {
        let buffer = format!("__import__('collections').deque(maxlen={notes})");
        fleet().ask(&format!("setattr(s.plugins['task-stream'], 'buffer', {buffer})"));
    };
    keep(3);
    let record = cluster.run(all()).unwrap().into_record();
    keep(100_000);
    let said = record.to_string();
    let (timed, lost) =
        (record.tasks().filter(|task| task.worker().is_some()).count(), record.cluster());
    let lost = lost.unwrap();
    assert_eq!((timed, lost.untimed()), (3, 12), "{said}");
    // They ran, so they count as tasks of the run, but nothing is claimed that their times would tell.
    assert_eq!((record.counts().done, record.counts().total()), (15, 15), "{said}");
    assert!(said.starts_with("15 tasks on 2 workers took "), "{said}");
    assert_eq!((record.speed_up(), record.limit()), (None, None), "{said}");
    assert_eq!(lost.untimed_functions().iter().map(|(_, tasks)| tasks).sum::<usize>(), 12);
    assert!(said.contains("of 12 tasks no times came back (1"), "{said}");
    assert!(said.contains(" of `cluster::functions::slow_inc`"), "{said}");
    assert!(record.to_html().contains("of 12 tasks no times came back"), "the page says it too");

    let again = cluster.run(all()).unwrap().into_record();
    assert_eq!(again.cluster().unwrap().untimed(), 0, "{again}");
}

fn a_report_marks_transfers() {
    let cluster = connect(fleet());
    // Both workers have blocks, so joining all blocks must move some.
    let blocks: Vec<_> = (0..4).map(|seed| block(seed, 5_000_000)).collect();
    let mut blocks = blocks.into_iter();
    let mut pairs = Vec::new();
    while let (Some(left), Some(right)) = (blocks.next(), blocks.next()) {
        pairs.push(first_of_both(left, right));
    }
    let [a, b] = [block(7, 3_000_000), block(8, 3_000_000)];
    pairs.push(first_of_both(a, b));
    let record = cluster.run(pairs).unwrap().into_record();
    let traffic = record.cluster().unwrap();
    let html = record.to_html();
    assert!(html.contains("on edges went from worker to worker"), "the page tells of traffic");
    assert!(html.contains("tcp://127.0.0.1:"), "the rows have addresses");
    assert_eq!(traffic.transfers().is_empty(), traffic.bytes_moved() == 0, "{record}");
    if let Some(transfer) = traffic.transfers().first() {
        assert!(transfer.start <= transfer.end && transfer.end <= record.task(transfer.task).end());
        assert!(html.contains("\"transfers\":[["), "the page has the transfers to draw");
    }
}

fn the_scheduler_groups_tasks_by_function() {
    let cluster = connect(fleet());
    cluster.compute(add(inc(1), value(2) + inc(3))).unwrap();
    let groups = fleet().ask("sorted(s.task_prefixes)");
    for name in ["'add'", "'inc'", "'value'"] {
        assert!(groups.contains(name), "{groups}");
    }
    assert!(!groups.contains("inc-"), "{groups}");
}

fn progress_reaches_the_bar() {
    // The bar is drawn on a terminal only; this test checks that progress is received.
    let cluster = graph_exec::cluster::Cluster::builder(&fleet().address)
        .python(fleet::python().unwrap())
        .progress(true)
        .connect()
        .unwrap();
    let parts: Vec<_> = (0..8).map(|n| slow_inc(n, 200)).collect();
    let token = graph_exec::CancelToken::new();
    let cluster = cluster.with_cancel(&token);
    let stop = std::thread::spawn({
        let token = token.clone();
        move || {
            std::thread::sleep(Duration::from_millis(700));
            token.cancel();
        }
    });
    let error = cluster.compute(total(parts)).unwrap_err();
    stop.join().unwrap();
    let graph_exec::Error::Cancelled { ended, tasks } = error else { panic!("{error}") };
    assert!(ended > 0 && ended < tasks, "{ended} of {tasks}");
}
