//! What the machine does to a run: full disks, missing permissions, other runs at the same time.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{Folder, PROGRAM, Ran};

/// Prices that become a file of more than `kilobytes`.
fn prices(kilobytes: u64) -> Vec<u8> {
    let mut lines = Vec::new();
    stock_convert::synthetic::write_prices(&mut lines, kilobytes * 20, kilobytes).unwrap();
    lines
}

/// Runs the program as a user for whom permission bits count: the super-user runs it as `nobody`.
fn as_ordinary_user(folder: &Folder, arguments: &[&str]) -> Ran {
    let root = fs::metadata("/proc/self").map_or(1, |me| me.uid()) == 0;
    if !root {
        return folder.run(arguments);
    }
    let mode =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    // That user may not be able to enter the folder that the program was built in.
    let copy = tempfile::tempdir().unwrap();
    mode(copy.path(), 0o755);
    let program = copy.path().join("stock-convert");
    // Another process copies: were the file open for writing here, a process that another test
    // begins at that moment would inherit that, and the program could not start ("text file busy").
    assert!(Command::new("cp").arg(PROGRAM).arg(&program).status().unwrap().success());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder.path()).uid(65_534).gid(65_534);
    command.output().unwrap().into()
}

/// A folder that everybody may write to.
fn open_folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::with(files);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    folder
}

#[test]
fn an_output_that_outgrows_what_a_file_may_take_is_an_error_and_leaves_nothing() {
    let folder = Folder::with(&[("small.json", "{\"x\":1}\n")]);
    folder.write("large.json", &prices(2000));
    for options in ["", "-z deflate", "-l columns", "-l pandas-fixed --sequential"] {
        // The signal that comes with it would end the program; ignoring it leaves the error.
        let script = format!("trap '' XFSZ; ulimit -f 200; exec \"$0\" . --force {options}");
        let output = Command::new("sh")
            .args(["-c", &script, PROGRAM])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let ran = Ran::from(output).expect(1);
        assert!(ran.err.starts_with("error: ./large.h5: cannot be written"), "{options}: {ran:#?}");
        assert_eq!(folder.names(), ["large.json", "small.h5", "small.json"], "{options}");
    }
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing() {
    let folder = Folder::with(&[("in/small.json", "{\"x\":1}\n"), ("out/.keep", "")]);
    folder.write("in/large.json", &prices(2000));
    let script = "mount -t tmpfs -o size=256k none out 2>/dev/null || exit 77
        \"$0\" in --out out; code=$?; ls -A out; exit $code";
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, PROGRAM])
        .current_dir(folder.path())
        .output();
    let ran = match output.map(Ran::from) {
        Ok(ran) if ran.code == Some(77) || ran.err.starts_with("unshare:") => None,
        Ok(ran) => Some(ran),
        Err(_) => None,
    };
    let Some(ran) = ran else {
        return eprintln!("SKIPPED: no full disk: a small file system cannot be mounted here");
    };
    let ran = ran.expect(1);
    assert!(ran.err.starts_with("error: out/large.h5: cannot be written"), "{ran:#?}");
    assert!(ran.err.contains("No space left on device"), "{ran:#?}");
    assert!(ran.out.ends_with("\nsmall.h5\n"), "something else is left: {ran:#?}");
}

#[test]
fn an_input_that_may_not_be_read_is_named_and_the_rest_is_converted() {
    let folder = open_folder(&[("a.json", "{\"x\":1}\n"), ("b.json", "{\"x\":1}\n")]);
    let secret = folder.path().join("a.json");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    let ran = as_ordinary_user(&folder, &["a.json", "b.json"]).expect(1);
    assert!(ran.err.contains("a.json: cannot be read: Permission denied"), "{ran:#?}");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(folder.names(), ["a.json", "b.h5", "b.json"]);
}

#[test]
fn a_folder_that_may_not_be_written_is_named() {
    let folder = open_folder(&[("in/a.json", "{\"x\":1}\n"), ("b.json", "{\"x\":1}\n")]);
    let inner = folder.path().join("in");
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o555)).unwrap();
    let ran = as_ordinary_user(&folder, &["in", "b.json"]).expect(1);
    assert!(ran.err.contains("in/a.h5: cannot be written"), "{ran:#?}");
    assert!(ran.err.contains("Permission denied"), "{ran:#?}");
    let ran = as_ordinary_user(&folder, &["b.json", "--out", "in/out"]).expect(2);
    assert!(ran.err.contains("in/out: cannot be made a folder"), "{ran:#?}");
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(folder.names(), ["b.h5", "b.json", "in/a.json"]);
}

#[test]
fn a_folder_that_may_not_be_listed_is_named() {
    let folder = open_folder(&[("in/a.json", "{\"x\":1}\n")]);
    let inner = folder.path().join("in");
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o000)).unwrap();
    let ran = as_ordinary_user(&folder, &["in"]).expect(1);
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(ran.err.contains("in: cannot be read: Permission denied"), "{ran:#?}");
}

#[test]
fn two_runs_at_once_do_not_hinder_each_other() {
    let folder = Folder::new();
    for number in 0..6 {
        folder.write(&format!("in/{number}.json"), &prices(100 + number));
    }
    folder.run(&["in", "--out", "whole"]).expect(0);
    for options in [&["in", "--out", "out"][..], &["in", "--out", "out", "--force"]] {
        let children =
            [(); 3].map(|()| folder.command(options).stdout(Stdio::null()).spawn().unwrap());
        for mut child in children {
            assert_eq!(child.wait().unwrap().code(), Some(0));
        }
        for number in 0..6 {
            let name = format!("{number}.h5");
            assert!(folder.read(&format!("out/{name}")) == folder.read(&format!("whole/{name}")));
        }
        assert_eq!(folder.names().iter().filter(|name| name.starts_with("out/")).count(), 6);
        fs::remove_dir_all(folder.path().join("out")).unwrap();
    }
}
