//! Workers that cannot run the program, that die at the wrong time, or that lie.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use graph_exec::{
    Error,
    cluster::{Cluster, ClusterError},
};

use crate::{
    Test,
    fleet::{self, Fleet, signal, wait_for},
    functions::*,
    refusals::refusal,
    results::connect,
    watchdog::within_a_minute,
};

pub(crate) const TESTS: &[Test] = &[
    ("a_worker_without_room_is_set_aside", a_worker_without_room_is_set_aside),
    ("a_worker_that_dies_during_a_connection_is_no_error", a_worker_that_dies),
    ("a_worker_that_sends_code_runs_none_here", a_worker_that_sends_code),
    ("programs_that_nobody_uses_do_not_pile_up", programs_do_not_pile_up),
];

/// Makes a worker that cannot write a file of more than a mebibyte, as if its disk were full.
pub(crate) const NO_ROOM: &str =
    "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n";

/// Code that does something as soon as the worker's half of the adaptor has arrived.
fn on_arrival(action: &str) -> String {
    format!(
        "import os, sys, threading, time\n\
         def wait():\n\
         \x20   while True:\n\
         \x20       for name, module in list(sys.modules.items()):\n\
         \x20           if name.startswith('graph_exec_cluster_') and hasattr(module, 'begin_session'):\n\
         \x20               {action}\n\
         \x20               return\n\
         \x20       time.sleep(0.001)\n\
         threading.Thread(target=wait, daemon=True).start()\n"
    )
}

/// Adds a worker without a nanny that runs a piece of Python when it starts; returns its process.
pub(crate) fn add_worker_with(fleet: &mut Fleet, code: &str, options: &[&str]) -> u32 {
    let script = fleet.folder().join(format!("preload-{}.py", code.len()));
    fs::write(&script, code).unwrap();
    fleet.add_worker(&[&["--no-nanny", "--preload", script.to_str().unwrap()], options].concat())
}

/// The files whose names begin with `program-`, in the folders of all workers.
fn programs(fleet: &Fleet) -> Vec<String> {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                look(&entry.path(), found);
            } else if name.starts_with("program-") {
                found.push(name);
            }
        }
    }
    let mut found = Vec::new();
    look(fleet.folder(), &mut found);
    found
}

fn a_worker_without_room_is_set_aside() {
    let mut fleet = Fleet::scheduler(&[], &[]);
    let good = fleet.add_worker(&["--no-nanny"]);
    fleet.wait_for_workers(1);
    let before = connect(&fleet);
    assert!(before.set_aside().is_empty());
    assert_eq!(before.compute(processes(0)).unwrap().1, good);
    add_worker_with(&mut fleet, NO_ROOM, &[]);
    fleet.wait_for_workers(2);
    // It has come after the connection, so it gets tasks, and passes them on.
    within_a_minute("a worker without room that comes later", || {
        let finished = before.run((0..10).map(|_| processes(50)).collect::<Vec<_>>()).unwrap();
        assert!(finished.value().iter().all(|ran| ran.1 == good), "{:?}", finished.value());
        let record = finished.record().cluster().unwrap();
        let [problem] = record.set_aside() else { panic!("{record:?}") };
        assert!(problem.reason.contains("cannot be written to"), "{problem}");
        assert!(problem.reason.contains("`--local-directory`"), "{problem}");
        assert!(record.to_string().contains("cannot be written to"), "{record}");
    });
    let files = programs(&fleet);
    assert!(files.len() == 1 && !files[0].contains("unfinished"), "{files:?}");
    // It does not keep a connection from being made, and gets no tasks.
    within_a_minute("a worker without room", || {
        let cluster = connect(&fleet);
        let finished = cluster.run((0..6).map(|_| processes(20)).collect::<Vec<_>>()).unwrap();
        assert!(finished.value().iter().all(|ran| ran.1 == good), "{:?}", finished.value());
        let record = finished.record().cluster().unwrap();
        assert_eq!((cluster.set_aside().len(), record.set_aside()), (1, cluster.set_aside()));
    });
    // When it is the only one that is left, that is an error: of a run, and of a connection.
    within_a_minute("a run without workers", || {
        let cluster = connect(&fleet);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("begun");
        let error = std::thread::scope(|scope| {
            scope.spawn(|| {
                wait_for("a task", || file.exists().then_some(()));
                signal(good, "KILL");
            });
            cluster.compute(endless(file.as_path())).unwrap_err()
        });
        let Error::Cluster(ClusterError::Program { workers }) = &error else { panic!("{error}") };
        assert!(
            workers.len() == 1 && error.to_string().contains("cannot be written to"),
            "{error}"
        );
        let builder = Cluster::builder(&fleet.address).python(fleet::python().unwrap());
        assert!(refusal(builder).contains("cannot be written to"));
    });
}

fn a_worker_that_dies() {
    let mut fleet = Fleet::with_workers(1);
    add_worker_with(&mut fleet, &on_arrival("os._exit(1)"), &[]);
    fleet.wait_for_workers(2);
    within_a_minute("a worker that dies during a connection", || {
        let cluster = connect(&fleet);
        assert_eq!(cluster.compute(tree(20)).unwrap(), (1..=20).sum::<i64>());
    });
    fleet.wait_for_workers(1);
}

fn a_worker_that_sends_code() {
    let folder = tempfile::tempdir().unwrap();
    // Whoever reads what it sends instead of results and errors tells which process it is.
    let code = format!("(os.system, ('touch {}/$PPID',))", folder.path().display());
    let lie = format!(
        "module.Value.__reduce_ex__ = lambda value, protocol: {code}\n\
         \x20               module.RustError.__reduce__ = lambda error: {code}"
    );
    let mut fleet = Fleet::scheduler(&[], &[]);
    let worker = add_worker_with(&mut fleet, &on_arrival(&lie), &[]);
    fleet.wait_for_workers(1);
    within_a_minute("a worker that sends code", || {
        let cluster = connect(&fleet);
        // Until the lie has begun, there are results.
        let error = wait_for("a lie", || cluster.compute(inc(1)).err());
        assert!(error.to_string().contains("what is no result of this program"), "{error}");
        assert!(cluster.compute(parse("no number")).is_err());
        // The client goes on, and asks the next time too.
        assert!(cluster.compute(inc(2)).is_err());
    });
    let ran = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let ran: Vec<_> = ran.map(|name| name.into_string().unwrap()).collect();
    // Only the worker itself reads its own error, before it sends it.
    assert!(ran.iter().all(|process| *process == worker.to_string()), "{ran:?}, not {worker}");
}

fn programs_do_not_pile_up() {
    let fleet = Fleet::with_workers(1);
    let connect = |number: u32| {
        // It greets, and does nothing else.
        let script = format!("#!/bin/sh\n# {number}\nprintf 'GXC1\\002\\000\\000\\000{{}}'\n");
        let file = fleet.folder().join(format!("script-{number}"));
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let builder = Cluster::builder(&fleet.address).python(fleet::python().unwrap());
        builder.executable(&file).connect().unwrap()
    };
    within_a_minute("programs that nobody uses", || {
        let used = connect(0);
        (1..7).for_each(|number| drop(connect(number)));
        let last = connect(7);
        // Two that are used, and three that may be used again.
        let files = wait_for("the end of old programs", || {
            let files = programs(&fleet);
            (files.len() <= 5).then_some(files)
        });
        assert_eq!(files.len(), 5, "{files:?}");
        // The same programs, and what two clients send along.
        let names = "sorted(n for n in s.worker_plugins if n.startswith('graph_exec_cluster_'))";
        let plugins = fleet.ask(names);
        assert_eq!(plugins.matches("graph_exec_cluster_").count(), 7, "{plugins}");
        drop((used, last));
    });
}
