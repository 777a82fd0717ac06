//! Ctrl-C while files are converted.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::Folder;

/// A folder with so many files that the run still goes on after the first output.
fn folder() -> Folder {
    let folder = Folder::new();
    let mut lines = String::new();
    for n in 0..40_000 {
        lines.push_str(&format!("{{\"close\":{n}.5,\"text\":\"{n:0>60}\"}}\n"));
    }
    for number in 0..60 {
        folder.write(&format!("in/{number}.json"), lines.as_bytes());
    }
    folder
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn outputs(folder: &Folder) -> Vec<String> {
    // Only the names, because files come and go while the program runs.
    let Ok(entries) = std::fs::read_dir(folder.path().join("out")) else { return Vec::new() };
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Waits until some outputs exist and others do not yet.
fn wait_for_outputs(folder: &Folder) {
    let begin = Instant::now();
    while !outputs(folder).iter().any(|name| name.ends_with(".h5")) {
        assert!(begin.elapsed() < Duration::from_secs(60), "no output appears");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_first_ctrl_c_lets_running_tasks_end_and_the_next_run_does_the_rest() {
    let folder = folder();
    for how in [&["in", "--out", "out", "--progress", "always"][..], &["in", "--out", "out", "-s"]]
    {
        let child =
            folder.command(how).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_for_outputs(&folder);
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.starts_with("interrupted: "), "{said}");
        assert!(said.contains("--resume"), "{said}");
        assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
        let left = outputs(&folder);
        assert!(
            left.iter().all(|name| name.ends_with(".h5") && !name.starts_with('.')),
            "{left:?}"
        );
        assert!(left.len() < 60, "it was over before");
        folder.run(&["in", "--out", "out", "--resume", "--quiet"]).expect(0);
        assert_eq!(outputs(&folder).len(), 60);
        std::fs::remove_dir_all(folder.path().join("out")).unwrap();
    }
}

#[test]
fn the_second_ctrl_c_ends_the_program_at_once() {
    let folder = folder();
    let mut child = folder
        .command(&["in", "--out", "out"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for_outputs(&folder);
    interrupt(&child);
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    folder.run(&["in", "--out", "out", "--resume", "--quiet"]).expect(0);
    let left = outputs(&folder);
    assert!(left.len() == 60 && left.iter().all(|name| !name.starts_with('.')), "{left:?}");
}

#[test]
fn a_report_and_a_trace_are_saved() {
    let folder = Folder::new();
    folder.write("a.json", b"{\"close\": 1.5}\n");
    folder.run(&["a.json", "--report", "run.html", "--trace", "run.trace.json"]).expect(0);
    let files = folder.files();
    assert!(files["run.html"].starts_with(b"<!doctype html>"));
    assert!(files["run.trace.json"].starts_with(b"{"));
    folder.run(&["a.json", "--force", "--report", "no/such/folder/run.html"]).expect(2);
}
