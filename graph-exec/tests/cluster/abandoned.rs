//! Tasks that would never end: their processes are ended when nobody wants the result, and nothing of
//! them runs again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use graph_exec::{CancelToken, Error, cluster::Cluster};

use crate::{
    Test,
    fleet::{self, Fleet, signal, wait_for},
    functions::*,
    results::{connect, fleet},
    watchdog::within_a_minute,
};

pub(crate) const TESTS: &[Test] = &[
    ("a_cancelled_task_that_never_ends_is_ended", a_cancelled_task_is_ended),
    ("a_dead_client_s_task_that_never_ends_is_ended", a_dead_clients_task_is_ended),
    ("a_task_that_takes_too_long_is_ended", a_task_that_takes_too_long_is_ended),
    ("a_task_that_takes_too_much_memory_is_ended", a_task_that_takes_too_much_memory_is_ended),
    ("a_child_that_has_ended_leaves_no_zombie", a_child_that_has_ended_leaves_no_zombie),
];

/// The variable with the folder for the endless tasks of a client that will be killed.
const FOLDER: &str = "CLUSTER_TEST_ENDLESS";

/// Runs endless tasks in a copy of this program, when it is told to.
pub(crate) fn run_endless_tasks_if_asked(cluster: &Cluster) {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let tasks = [0, 1].map(|n| endless(Path::new(&folder).join(n.to_string()).as_path()));
    let _ = cluster.compute(tasks);
}

/// The processes that have begun an endless task, from the file that it writes.
fn begun(file: &Path) -> Vec<u32> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

fn wait_for_begin(file: &Path) -> u32 {
    wait_for("a task that has begun", || begun(file).first().copied())
}

/// Waits until there is no trace of a process, not even a zombie.
fn wait_for_end(process: u32) {
    let folder = PathBuf::from(format!("/proc/{process}"));
    wait_for("the end of a child", || (!folder.exists()).then_some(()));
}

fn a_cancelled_task_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("begun");
    within_a_minute("a cancelled task", || {
        let token = CancelToken::new();
        let cluster = connect(fleet()).with_cancel(&token);
        let error = std::thread::scope(|scope| {
            scope.spawn(|| {
                wait_for_begin(&file);
                token.cancel();
            });
            cluster.compute(endless(file.as_path())).unwrap_err()
        });
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        wait_for_end(wait_for_begin(&file));
        fleet().wait_until_forgotten();
        // Both workers have their place back.
        let many: Vec<_> = (0..4).map(|n| slow_inc(n, 100)).collect();
        assert_eq!(connect(fleet()).compute(total(many)).unwrap(), 10);
    });
    assert_eq!(begun(&file).len(), 1, "it has not run again");
}

fn a_dead_clients_task_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let files = [0, 1].map(|n| folder.path().join(n.to_string()));
    within_a_minute("a dead client's tasks", || {
        let mut client = Command::new(std::env::current_exe().unwrap())
            .env(crate::leftovers::VARIABLE, &fleet().address)
            .env(FOLDER, folder.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // They have the places of both workers.
        let children = files.each_ref().map(|file| wait_for_begin(file));
        client.kill().unwrap();
        client.wait().unwrap();
        assert_eq!(connect(fleet()).compute(inc(1)).unwrap(), 2);
        children.into_iter().for_each(wait_for_end);
    });
    assert!(files.iter().all(|file| begun(file).len() == 1), "none has run again");
}

fn a_task_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    within_a_minute("a task that takes too long", || {
        let limited = |retries| {
            let builder = Cluster::builder(&fleet().address).python(fleet::python().unwrap());
            builder.task_timeout(Duration::from_secs(1)).retries(retries).connect().unwrap()
        };
        let once = folder.path().join("once");
        let error = limited(0).compute(inc(endless(once.as_path()))).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("`endless`") && error.contains("longer than the 1 s"), "{error}");
        wait_for_end(wait_for_begin(&once));
        assert_eq!(begun(&once).len(), 1, "it has not run again");
        let twice = folder.path().join("twice");
        let error = limited(1).compute(endless(twice.as_path())).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("longer than the 1 s"), "{error}");
        assert_eq!(begun(&twice).len(), 2, "it was to be tried again once");
        // What is quick enough is not affected, however many there are.
        let many: Vec<_> = (0..10).map(|n| slow_inc(n, 300)).collect();
        assert_eq!(limited(0).compute(total(many)).unwrap(), 55);
    });
}

fn a_task_that_takes_too_much_memory_is_ended() {
    let mut fleet = Fleet::scheduler(&[], &[]);
    fleet.add_worker(&["--no-nanny", "--memory-limit", "900MB"]);
    fleet.wait_for_workers(1);
    within_a_minute("a task that takes too much memory", || {
        let cluster = connect(&fleet);
        assert_eq!(cluster.compute(holds(200)).unwrap(), 200 << 20);
        let error = format!("{:#}", cluster.compute(inc_size(holds(4000))).unwrap_err());
        for part in ["`holds`", "abandoned.rs", "--memory-limit", "MiB"] {
            assert!(error.contains(part), "{part}: {error}");
        }
        // The worker itself lives on.
        assert_eq!(cluster.compute(inc(1)).unwrap(), 2);
    });
    fleet.wait_for_workers(1);
}

fn a_child_that_has_ended_leaves_no_zombie() {
    within_a_minute("a child that has ended", || {
        let (child, worker) = connect(fleet()).compute(processes(0)).unwrap();
        assert!(Path::new(&format!("/proc/{child}")).exists(), "it waits for another task");
        signal(child, "KILL");
        wait_for_end(child);
        assert!(Path::new(&format!("/proc/{worker}")).exists());
    });
}
