//! A run that was cancelled, or whose client was killed, leaves nothing on the scheduler.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use graph_exec::{CancelToken, Error, cluster::Cluster};

use crate::{
    Test,
    fleet::{self, wait_for},
    functions::*,
    results::{connect, fleet},
};

pub(crate) const TESTS: &[Test] = &[
    ("a_cancelled_run_leaves_nothing", a_cancelled_run_leaves_nothing),
    ("a_killed_client_leaves_nothing", a_killed_client_leaves_nothing),
    ("a_run_that_is_over_leaves_nothing", a_run_that_is_over_leaves_nothing),
];

/// The variable with the scheduler's address for a copy of this program that will be killed.
pub(crate) const VARIABLE: &str = "CLUSTER_TEST_CLIENT";

pub(crate) fn become_a_client_if_asked() {
    let Ok(address) = std::env::var(VARIABLE) else { return };
    let cluster = Cluster::builder(address).python(fleet::python().unwrap()).connect().unwrap();
    crate::abandoned::run_endless_tasks_if_asked(&cluster);
    let tasks: Vec<_> = (0..100).map(|n| slow_inc(n, 300)).collect();
    let _ = cluster.compute(total(tasks));
    std::process::exit(0);
}

fn a_cancelled_run_leaves_nothing() {
    let token = CancelToken::new();
    let cluster = connect(fleet()).with_cancel(&token);
    let tasks: Vec<_> = (0..100).map(|n| slow_inc(n, 300)).collect();
    let begin = Instant::now();
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(500));
            token.cancel();
        });
        cluster.compute(total(tasks)).unwrap_err()
    });
    assert!(matches!(error, Error::Cancelled { tasks: 101, .. }), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    fleet().wait_until_forgotten();
    assert_eq!(connect(fleet()).compute(inc(1)).unwrap(), 2);
}

fn a_killed_client_leaves_nothing() {
    let mut client = Command::new(std::env::current_exe().unwrap())
        .env(VARIABLE, &fleet().address)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("the client's tasks", || (fleet().ask("len(s.tasks) > 50") == "True").then_some(()));
    client.kill().unwrap();
    client.wait().unwrap();
    fleet().wait_until_forgotten();
}

fn a_run_that_is_over_leaves_nothing() {
    let cluster = connect(fleet());
    cluster.compute(tree(50)).unwrap();
    fleet().wait_until_forgotten();
    drop(cluster);
}
