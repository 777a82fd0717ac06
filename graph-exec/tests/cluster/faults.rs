//! Tasks that fail, processes that are killed, connections that are cut: a run ends with the right result
//! or with an error that says everything.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use graph_exec::{
    Error,
    cluster::{Cluster, ClusterError, RemoteError},
    prelude::*,
};

use crate::{
    Test,
    fleet::{self, Fleet, signal, wait_for},
    functions::*,
    namespace::Namespace,
    proxy::Wire,
    results::{connect, fleet},
};

pub(crate) const TESTS: &[Test] = &[
    ("an_error_comes_back_with_all_that_is_known", an_error_comes_back),
    ("a_panic_comes_back_with_its_message_and_place", a_panic_comes_back),
    ("an_abort_comes_back_and_the_worker_serves_on", an_abort_comes_back),
    ("a_killed_child_is_replaced", a_killed_child_is_replaced),
    ("a_killed_worker_costs_no_result", a_killed_worker_costs_no_result),
    ("a_killed_worker_without_a_nanny_costs_no_result", a_killed_worker_without_a_nanny),
    ("a_worker_whose_wire_is_cut_costs_no_result", a_worker_whose_wire_is_cut),
    ("a_host_that_falls_silent_costs_no_result", a_host_that_falls_silent),
    ("a_client_whose_wire_is_cut_says_so", a_client_whose_wire_is_cut),
];

fn task_error(error: Error) -> graph_exec::TaskError {
    match error {
        Error::Task(error) => error,
        other => panic!("{other}"),
    }
}

fn an_error_comes_back() {
    let cluster = connect(fleet());
    let bad = parse("forty-two").named("the answer").shared();
    let error = task_error(cluster.compute(add(inc(&bad), 1)).unwrap_err());
    let failure = error.failure();
    assert!(failure.function.ends_with("functions::parse"), "{failure:?}");
    assert_eq!(failure.label.as_deref(), Some("the answer"));
    assert!(failure.built_at.file.ends_with("faults.rs"), "{failure:?}");
    assert_eq!(error.path(), ["parse (the answer)", "inc", "add"]);
    let source = std::error::Error::source(&error).unwrap();
    let remote = source.downcast_ref::<RemoteError>().unwrap();
    assert_eq!(remote.message, "invalid digit found in string");
    assert!(remote.worker.starts_with("tcp://127.0.0.1:"), "{remote}");
    // The task has also failed in this process.
    assert!(bad.failure().is_some());
    let shows = |error| format!("{error:#}").contains("invalid digit");
    assert!(shows(bad.compute().unwrap_err()));
    assert!(shows(cluster.compute(inc(&bad)).unwrap_err()));
}

fn a_panic_comes_back() {
    let cluster = connect(fleet());
    let error = task_error(cluster.compute(panics(5).named("bad day")).unwrap_err());
    let text = error.to_string();
    for part in ["panics (bad day)", "faults.rs", "no 5 today", "functions.rs", "on worker tcp://"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(cluster.compute(inc(1)).unwrap(), 2);
}

fn an_abort_comes_back() {
    let cluster = connect(fleet());
    let error = task_error(cluster.compute(inc(aborts(5))).unwrap_err());
    let error = format!("{error:#}");
    assert!(error.contains("`aborts`") && error.contains("SIGABRT"), "{error}");
    assert!(error.contains("faults.rs"), "{error}");
    let many: Vec<_> = (0..4).map(|n| slow_inc(n, 20)).collect();
    assert_eq!(cluster.compute(total(many)).unwrap(), 10);
}

/// The processes that a running `says_where` has noted: its own and its worker's.
fn noted(folder: &Path) -> (u32, u32) {
    wait_for("a task that has begun", || {
        let files = fs::read_dir(folder).unwrap().filter_map(Result::ok);
        let mut files = files.filter(|file| !file.file_name().to_string_lossy().contains('.'));
        let text = fs::read_to_string(files.next()?.path()).ok()?;
        let (own, worker) = text.split_once(' ')?;
        Some((own.parse().ok()?, worker.parse().ok()?))
    })
}

/// Runs tasks that take long, and calls `disturb` while one of them runs.
fn survives(cluster: &Cluster, disturb: impl FnOnce((u32, u32)) + Send) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let tasks = (0..8).map(|n| says_where(path, n, 400)).collect::<Vec<_>>();
    let sum = thread::scope(|scope| {
        scope.spawn(|| disturb(noted(path)));
        cluster.compute(total(tasks))
    });
    assert_eq!(sum.unwrap(), 36);
}

fn a_killed_child_is_replaced() {
    let cluster = connect(fleet());
    survives(&cluster, |(child, _)| signal(child, "KILL"));
}

fn a_killed_worker_costs_no_result() {
    let fleet = Fleet::with_workers(2);
    let cluster = connect(&fleet);
    survives(&cluster, |(_, worker)| signal(worker, "KILL"));
    // The worker's nanny starts another worker, which gets the program.
    fleet.wait_for_workers(2);
    assert_eq!(cluster.compute(inc(1)).unwrap(), 2);
}

fn a_killed_worker_without_a_nanny() {
    let mut fleet = Fleet::scheduler(&[], &[]);
    fleet.add_worker(&["--no-nanny"]);
    fleet.add_worker(&["--no-nanny"]);
    fleet.wait_for_workers(2);
    let cluster = connect(&fleet);
    survives(&cluster, |(child, worker)| {
        signal(worker, "KILL");
        // A child ends with its worker, even while it runs a task.
        wait_for("the end of the child", || {
            fs::read_link(format!("/proc/{child}/exe")).is_err().then_some(())
        });
    });
    fleet.wait_for_workers(1);
}

fn a_worker_whose_wire_is_cut() {
    let mut fleet = Fleet::scheduler(&[], &[]);
    let wire = Wire::to(&fleet.address);
    fleet.add_worker(&[]);
    let behind = wire.address.clone();
    fleet.add_worker_at(&behind, &["--no-nanny"]);
    fleet.wait_for_workers(2);
    let cluster = connect(&fleet);
    survives(&cluster, |_| wire.cut());
}

fn a_host_that_falls_silent() {
    let Some(host) = Namespace::new() else { return };
    // Dask's default is half a minute.
    let timeouts = [("DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP", "12s")];
    let mut fleet = Fleet::scheduler(&["--host", &host.here], &timeouts);
    fleet.add_worker(&[]);
    let address = fleet.address.clone();
    let inside = ["ip", "netns", "exec", &host.name];
    fleet.add_worker_inside(&inside, &address, &["--host", &host.there, "--no-nanny"]);
    fleet.wait_for_workers(2);
    let cluster = connect(&fleet);
    let begin = Instant::now();
    survives(&cluster, |_| host.fall_silent());
    let elapsed = begin.elapsed();
    eprintln!("a silent host was given up after {elapsed:.0?}");
    assert!(elapsed > Duration::from_secs(3), "the host was not needed: {elapsed:?}");
    drop(fleet);
}

fn a_client_whose_wire_is_cut() {
    let wire = Wire::to(&fleet().address);
    let python = fleet::python().unwrap();
    let cluster = Cluster::builder(&wire.address).python(python).connect().unwrap();
    let tasks = (0..40).map(|n| slow_inc(n, 500)).collect::<Vec<_>>();
    let begin = Instant::now();
    let error = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(700));
            wire.cut();
        });
        cluster.compute(total(tasks)).unwrap_err()
    });
    assert!(matches!(error, Error::Cluster(ClusterError::Lost { .. })), "{error:?}");
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
    fleet().wait_until_forgotten();
}
