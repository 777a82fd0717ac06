//! What the watchdog says of a test that hangs.

use std::{
    env,
    process::Command,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::watchdog;

/// Set in the process that is to hang.
const HANGS: &str = "DELAYED_TEST_HANGS";

/// ```text
///  this process │ starts itself again ────────────────────── reads what it said
///  the other    │ waits for ever; another thread is busy ── is aborted
/// ```
#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux says what threads do")]
fn a_test_that_hangs_is_ended_and_says_what_its_threads_do() {
    if env::var_os(HANGS).is_some() {
        return hang();
    }
    let test = thread::current();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test.name().unwrap()])
        .env(HANGS, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("the patient one: hangs for 1s"), "{said}");
    let line = |name: &str| {
        let line = said.lines().find(|line| line.contains(name));
        line.unwrap_or_else(|| panic!("nothing of {name}: {said}"))
    };
    let (waiting, busy) = (line("waits-for-ever"), line("is-busy"));
    assert!(waiting.contains(" S, ") && waiting.contains(" 0 of them in"), "{waiting}");
    assert!(!busy.contains(" 0 of them in"), "{busy}");
}

/// Does so for a minute at most, should the watchdog not come.
fn hang() {
    let name = |name: &str| thread::Builder::new().name(name.to_owned());
    let until = Instant::now() + Duration::from_secs(60);
    let busy = move || while Instant::now() < until {};
    name("is-busy").spawn(busy).unwrap();
    let (_sender, receiver) = mpsc::channel::<()>();
    let patient = move || {
        watchdog::within(Duration::from_secs(1), "the patient one", || {
            let _ = receiver.recv_timeout(Duration::from_secs(60));
        });
    };
    name("waits-for-ever").spawn(patient).unwrap().join().unwrap();
}
