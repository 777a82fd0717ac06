//! What becomes of runs when `main` returns.

use std::{
    env,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use graph_exec::{Executor, prelude::*};

/// Set in the process that is to leave runs behind.
const LEAVES: &str = "DELAYED_TEST_LEAVES_RUNS";

fn endless() -> Delayed<()> {
    value(()).map(|()| {
        loop {
            sleep(Duration::from_millis(1));
        }
    })
}

/// ```text
///  process │ main: spawns, detaches, forgets ── returns: the process ends
///  workers │         tasks without end ─────────────────────────────────┘
/// ```
#[test]
fn a_process_ends_although_its_runs_go_on() {
    if env::var_os(LEAVES).is_some() {
        let executor = Executor::builder().threads(2).build().unwrap();
        executor.spawn(endless()).detach();
        std::mem::forget(executor.spawn(endless()));
        // One more waits for a thread.
        executor.spawn(endless()).detach();
        return;
    }
    let this = env::current_exe().unwrap();
    let mut process = Command::new(this)
        .args(["--exact", "leaving::a_process_ends_although_its_runs_go_on"])
        .env(LEAVES, "1")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    let status = loop {
        match process.try_wait().unwrap() {
            Some(status) => break status,
            None if begin.elapsed() > Duration::from_secs(60) => {
                process.kill().unwrap();
                panic!("the process waits for its runs");
            }
            None => sleep(Duration::from_millis(5)),
        }
    };
    assert!(status.success(), "{status}");
}
