//! What is refused: with one sentence, and in time.

use std::{
    error::Error as _,
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use graph_exec::{
    Error,
    cluster::{Cluster, ClusterBuilder, ClusterError},
    iterate,
    prelude::*,
};

use crate::{
    Test,
    fleet::{self, Fleet},
    functions::*,
    results::{connect, fleet},
};

pub(crate) const TESTS: &[Test] = &[
    ("nobody_at_that_address", nobody_at_that_address),
    ("something_else_at_that_address", something_else_at_that_address),
    ("a_cluster_without_workers", a_cluster_without_workers),
    ("another_version_of_dask", another_version_of_dask),
    ("no_python_or_one_without_dask", no_python_or_one_without_dask),
    ("a_worker_exe_that_is_missing_or_another", a_worker_exe_that_is_missing_or_another),
    ("a_program_that_workers_cannot_run", a_program_that_workers_cannot_run),
    ("a_program_without_init", a_program_without_init),
    ("a_graph_that_cannot_travel", a_graph_that_cannot_travel),
    ("no_time_for_any_task", no_time_for_any_task),
];

fn builder(address: &str) -> ClusterBuilder {
    Cluster::builder(address).python(fleet::python().unwrap())
}

/// The error with which a connection is refused; it must come by itself, after five seconds at most if nothing else
/// needs the machine.
fn cause(builder: ClusterBuilder) -> ClusterError {
    let begin = Instant::now();
    let error = builder.connect().expect_err("refused");
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}: {error}", begin.elapsed());
    let text = error.to_string();
    assert!(!text.contains('\n') && !text.contains("Traceback"), "{text}");
    if let Some(source) = error.source() {
        assert!(!text.contains(&source.to_string()), "the cause is `source()`: {text}");
        assert!(format!("{error:#}").ends_with(&source.to_string()), "{error:#}");
    }
    let Error::Cluster(error) = error else { panic!("{error}") };
    error
}

/// Its sentence.
pub(crate) fn refusal(builder: ClusterBuilder) -> String {
    cause(builder).to_string()
}

fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing: {text}");
    }
}

fn nobody_at_that_address() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("tcp://127.0.0.1:{port}");
    says(&refusal(builder(&address)), &["no Dask scheduler answers at", &address]);
    let error = cause(builder("nonsense://x"));
    says(&error.to_string(), &["`nonsense://x` is not an address", "like `tcp://head:8786`"]);
    let ClusterError::InvalidAddress { address, .. } = error else { panic!("{error}") };
    assert_eq!(address, "nonsense://x");
}

fn something_else_at_that_address() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", silent.local_addr().unwrap());
    says(&refusal(builder(&address)), &["no Dask scheduler answers at", &address]);
    let rude = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", rude.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in rude.incoming().map_while(Result::ok) {
            use std::io::Write;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }
    });
    says(&refusal(builder(&address)), &["no Dask scheduler answers at", &address]);
}

fn a_cluster_without_workers() {
    let fleet = Fleet::scheduler(&[], &[]);
    let error = cause(builder(&fleet.address));
    says(&error.to_string(), &["has no worker", "`dask worker tcp://"]);
    let ClusterError::NoWorkers { address, .. } = error else { panic!("{error}") };
    assert_eq!(address, fleet.address);
}

fn another_version_of_dask() {
    // The cluster's interpreters report an older version of the library.
    let folder = tempfile::tempdir().unwrap();
    let disguise = "from importlib import metadata\n\
                    real = metadata.version\n\
                    metadata.version = lambda name: '2024.1.0' if name == 'distributed' else real(name)\n";
    fs::write(folder.path().join("sitecustomize.py"), disguise).unwrap();
    let mut fleet = Fleet::scheduler(&[], &[("PYTHONPATH", folder.path().to_str().unwrap())]);
    fleet.add_worker(&[]);
    let error = cause(builder(&fleet.address));
    says(&error.to_string(), &["2024.1.0", &fleet::version(), "must be the same"]);
    let ClusterError::Versions(mismatch) = error else { panic!("{error}") };
    assert!(mismatch.place.contains(&fleet.address), "{mismatch:?}");
    assert_eq!(mismatch.theirs.distributed, "2024.1.0");
    assert_eq!(mismatch.ours.distributed, fleet::version());
    assert_eq!(mismatch.theirs.python, mismatch.ours.python);
}

fn no_python_or_one_without_dask() {
    let error = cause(Cluster::builder(&fleet().address).python("/nowhere/python3"));
    says(&error.to_string(), &["/nowhere/python3", "pip install distributed"]);
    let ClusterError::Python { source, .. } = error else { panic!("{error}") };
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
    let folder = tempfile::tempdir().unwrap();
    let bare = folder.path().join("python");
    fs::write(&bare, "#!/bin/sh\nexec python3 -I -S \"$@\"\n").unwrap();
    fleet::execute(Command::new("chmod").arg("+x").arg(&bare)).unwrap();
    let error = cause(Cluster::builder(&fleet().address).python(&bare));
    says(&error.to_string(), &["cannot import", "-m pip install distributed"]);
    let ClusterError::MissingPackage { package, .. } = error else { panic!("{error}") };
    assert_eq!(package, "dask");
}

fn a_worker_exe_that_is_missing_or_another() {
    let missing = builder(&fleet().address).worker_exe("/nowhere/program");
    let error = cause(missing);
    says(&error.to_string(), &["there is no file /nowhere/program", "worker tcp://"]);
    let ClusterError::Program { workers, .. } = error else { panic!("{error}") };
    assert!(
        !workers.is_empty() && workers.iter().all(|worker| worker.worker.starts_with("tcp://"))
    );
    let another = builder(&fleet().address).worker_exe("/bin/true");
    says(&refusal(another), &["/bin/true is build", "leave `worker_exe` out"]);
    let same = builder(&fleet().address).worker_exe(std::env::current_exe().unwrap());
    assert_eq!(same.connect().unwrap().compute(inc(1)).unwrap(), 2);
}

/// A small program of this system with some bytes changed.
fn changed(folder: &Path, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = fs::read("/bin/true").unwrap();
    assert_eq!(&bytes[..4], b"\x7fELF");
    change(&mut bytes);
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn a_program_that_workers_cannot_run() {
    let folder = tempfile::tempdir().unwrap();
    // Built for a machine that nobody has.
    let processor = changed(folder.path(), "processor", |bytes| bytes[18..20].fill(0xee));
    let text = refusal(builder(&fleet().address).executable(&processor));
    says(&text, &["cannot run the program", "another kind of processor", "worker tcp://"]);
    // Its loader does not exist.
    let libc = changed(folder.path(), "libc", |bytes| {
        let loader = b"/lib64/ld-linux";
        let at = bytes.windows(loader.len()).position(|part| part == loader).unwrap();
        bytes[at + 1] = b'X';
    });
    says(&refusal(builder(&fleet().address).executable(&libc)), &["another libc"]);
    // The loader reports an error, as with a libc that is too old.
    let script = folder.path().join("script");
    fs::write(&script, "#!/bin/sh\necho \"version 'GLIBC_9.99' not found\" >&2\nexit 1\n").unwrap();
    let text = refusal(builder(&fleet().address).executable(&script));
    says(&text, &["exit status 1", "GLIBC_9.99"]);
    let text = refusal(builder(&fleet().address).executable("/nowhere/program"));
    says(&text, &["cannot read the program /nowhere/program", "`executable`"]);
}

fn a_program_without_init() {
    let text = refusal(builder(&fleet().address).executable("/bin/true"));
    says(&text, &["`graph_exec::cluster::init()`", "first line"]);
    // A program that never ends is killed.
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    fs::write(&script, "#!/bin/sh\nexec sleep 1000\n").unwrap();
    let text = refusal(builder(&fleet().address).executable(&script));
    says(&text, &["`graph_exec::cluster::init()`"]);
}

fn a_graph_that_cannot_travel() {
    let cluster = connect(fleet());
    let error = cluster.compute(inc(not_remote(1).named("mine"))).unwrap_err();
    let Error::Cluster(ClusterError::RefusedTask(refused)) = &error else { panic!("{error}") };
    assert_eq!(refused.task, "not_remote (mine)");
    assert!(refused.built_at.file.ends_with("refusals.rs"));
    says(&error.to_string(), &["refusals.rs", "`#[delayed(remote)]`"]);
    let closure = cluster.compute(inc(1).map(|n| n + 1)).unwrap_err().to_string();
    says(&closure, &["closure", "`map`"]);
    let deferred = cluster.compute(defer!(i64::abs(inc(1)))).unwrap_err().to_string();
    says(&deferred, &["`defer!`", "`abs`"]);
    struct Opaque;
    let opaque = cluster.compute(value(Opaque)).map(drop).unwrap_err().to_string();
    says(&opaque, &["Opaque"]);
    let nothing = cluster.compute(inc(1).resource("gpu", 0)).unwrap_err().to_string();
    says(&nothing, &["`inc`", "needs 0 of the resource `gpu`"]);
    // It could not be kept, so nothing is sent.
    let limited = cluster.compute(inc(one_at_a_time(1))).unwrap_err().to_string();
    says(&limited, &["`one_at_a_time`", "`at_most = 1`"]);
    let text = |error: Error| error.to_string();
    let dynamic = text(cluster.compute(iterate(inc(1), inc, |n| *n > 3)).unwrap_err());
    says(&dynamic, &["makes tasks while it runs", "does the work of those tasks itself"]);
    let waits = text(cluster.compute(inc(waits_between(1))).unwrap_err());
    says(&waits, &["`waits_between`", "`backoff`", "with `retries` alone"]);
    let judges = text(cluster.compute(inc(judges(1))).unwrap_err());
    says(&judges, &["`judges`", "`retry_if`", "tries again by itself"]);
    // A refused graph is left as it was.
    let shared = not_remote(4).shared();
    assert!(cluster.compute(inc(&shared)).is_err());
    assert_eq!(*shared.compute().unwrap(), 4);
}

fn no_time_for_any_task() {
    // It is refused before anything is started.
    let builder = Cluster::builder("tcp://127.0.0.1:1").python("/nowhere/python3");
    let error = cause(builder.task_timeout(Duration::ZERO));
    assert!(matches!(error, ClusterError::NoTaskTime), "{error}");
    says(&error.to_string(), &["`.task_timeout(…)`", "longer than zero"]);
}
