//! The same outputs from a Dask cluster, byte for byte.

use std::process::Command;

use crate::fleet::{self, Fleet};
use crate::program::Folder;

fn options(fleet: &Fleet) -> [String; 4] {
    let python = fleet::python().unwrap().to_str().unwrap().to_owned();
    ["--cluster".to_owned(), fleet.address.clone(), "--cluster-python".to_owned(), python]
}

#[test]
fn a_cluster_writes_what_this_machine_writes() {
    if fleet::python().is_none() {
        return;
    }
    let fleet = Fleet::with_workers(2);
    let folder = Folder::new();
    assert_eq!(folder.run(&["--generate", "500", "--out", "prices"]).code, Some(0));
    folder.write("prices/bad.json", b"{\"close\": 1}\nnonsense\n");
    let on = |options: &[String], out: &str, more: &[&str]| {
        let mut arguments = vec!["prices", "--out", out];
        arguments.extend(options.iter().map(String::as_str));
        arguments.extend(more);
        folder.run(&arguments)
    };
    let cluster = options(&fleet);
    for (name, more) in [("plain", &[][..]), ("packed", &["-z", "deflate", "--skip-bad-lines"][..])]
    {
        let (here, there) = (format!("{name}-here"), format!("{name}-there"));
        let here = on(&[], &here, more);
        let there = on(&cluster, &there, more);
        assert_eq!(here.code, there.code, "{there:?}");
        assert_eq!(here.err.contains("bad.json:2"), there.err.contains("bad.json:2"), "{there:?}");
        let mut compared = 0;
        for file in std::fs::read_dir(folder.path().join(format!("{name}-here"))).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            let read = |side: &str| folder.read(&format!("{name}-{side}/{file}"));
            assert!(read("here") == read("there"), "{file} differs");
            compared += 1;
        }
        assert!(compared >= 5, "{compared} files");
    }
}

#[test]
fn a_folder_that_a_worker_does_not_share_is_an_error_that_names_the_worker() {
    if fleet::python().is_none() {
        return;
    }
    let folder = Folder::with(&[("here/a.json", "{\"close\": 1}\n"), ("out/README", "")]);
    // A worker that has folders of its own under the same names, as another machine would.
    let hides = |name: &str| {
        let hidden = folder.path().join(name).to_str().unwrap().to_owned();
        let script = "mount -t tmpfs none \"$0\" && exec \"$@\"";
        ["unshare", "-m", "sh", "-c", script, &hidden].map(str::to_owned)
    };
    let probe = hides("out");
    let permitted = Command::new(&probe[0]).args(&probe[1..]).arg("true").status();
    if !permitted.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: no folders of a worker's own: mounting is not permitted");
        return;
    }
    for (name, says) in [("out", "and it is not here"), ("here", "does not see it")] {
        let mut fleet = Fleet::scheduler(&[], &[]);
        let inside = hides(name);
        let address = fleet.address.clone();
        fleet.add_worker_inside(&inside.each_ref().map(|part| &**part), &address, &["--no-nanny"]);
        fleet.wait_for_workers(1);
        let cluster = options(&fleet);
        let mut arguments = vec!["here", "--out", "out"];
        arguments.extend(cluster.iter().map(String::as_str));
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        for part in [says, "worker tcp://", "--cluster needs folders"] {
            assert!(ran.err.contains(part), "{part}: {ran:?}");
        }
    }
}

#[test]
fn a_missing_cluster_is_reported_in_one_sentence() {
    if fleet::python().is_none() {
        return;
    }
    let folder = Folder::with(&[("a.json", "{\"close\": 1}\n")]);
    let python = fleet::python().unwrap().to_str().unwrap();
    let ran = folder.run(&["a.json", "--cluster", "tcp://127.0.0.1:9", "--cluster-python", python]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("no Dask scheduler answers at tcp://127.0.0.1:9"), "{ran:?}");
    assert!(!folder.path().join("a.h5").exists());
}
