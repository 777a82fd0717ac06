//! A run that was cancelled, or whose client was killed, leaves nothing on the scheduler; and what a killed
//! worker left behind is removed.

use std::{
    fs::{self, File},
    path::Path,
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
    ("what_a_killed_worker_had_not_finished_is_removed_and_listed", unfinished_files_are_listed),
];

/// The variable with the scheduler's address for a copy of this program that will be killed.
pub(crate) const VARIABLE: &str = "CLUSTER_TEST_CLIENT";

pub(crate) fn become_a_client_if_asked() {
    let Ok(address) = std::env::var(VARIABLE) else { return };
    let cluster = Cluster::builder(address).python(fleet::python().unwrap()).connect().unwrap();
    crate::memory::run_many_tasks_if_asked(&cluster);
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
    assert!(begin.elapsed() < Duration::from_secs(14), "{:?}", begin.elapsed());
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

fn unfinished_files_are_listed() {
    // The folders of workers lie side by side. Two that were killed had got a part of a program; a third one
    // still gets it, so its file is locked.
    let ours = fleet().ask("next(iter(s.workers.values())).local_directory");
    let folder = Path::new(&ours).parent().unwrap();
    let unfinished = |worker: &str, program: &str| {
        let folder = folder.join(worker);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(program);
        fs::write(&path, "half").unwrap();
        path
    };
    let left = [
        unfinished("worker-killed-1", "program-0a1b.unfinished"),
        unfinished("worker-killed-2", "program-2c3d.unfinished"),
    ];
    let whole = unfinished("worker-killed-1", "program-0a1b");
    let arriving = unfinished("worker-alive", "program-4e5f.unfinished");
    let lock = File::open(&arriving).unwrap();
    lock.lock().unwrap();

    let cluster = connect(fleet());
    let mut listed: Vec<&str> = cluster.removed_files().iter().map(|file| &*file.path).collect();
    listed.sort_unstable();
    assert_eq!(listed, left.each_ref().map(|path| path.to_str().unwrap()));
    assert!(cluster.removed_files().iter().all(|file| file.worker.starts_with("tcp://")));
    assert!(left.iter().all(|path| !path.exists()), "they are gone");
    assert!(arriving.exists() && whole.exists(), "what is being written, or is whole, stays");

    let first = cluster.run(inc(1)).unwrap().into_record();
    assert_eq!(first.cluster().unwrap().removed_files(), cluster.removed_files());
    assert!(first.to_string().contains("program-0a1b.unfinished"), "{first}");
    let second = cluster.run(inc(2)).unwrap().into_record();
    assert!(second.cluster().unwrap().removed_files().is_empty(), "that is no news: {second}");
    assert!(connect(fleet()).removed_files().is_empty());
    for worker in ["worker-killed-1", "worker-killed-2", "worker-alive"] {
        fs::remove_dir_all(folder.join(worker)).unwrap();
    }
}
