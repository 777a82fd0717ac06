//! What a record says of runs whose truth is known: which reason it names, and which counts.
//!
//! Each case runs in a process of its own: this program, called with the case's name. Some of them are
//! kept to one core or two by `taskset`. No case depends on how long anything takes, only on what the
//! record says it was.

#[path = "../watchdog/mod.rs"]
mod watchdog;

mod cases;
mod reasons;
mod speed_ups;

use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};

/// Says which case a child runs.
const CASE: &str = "DELAYED_TRUTH_CASE";

fn main() {
    if let Ok(case) = std::env::var(CASE) {
        let wanted = cases::ALL.iter().find(|one| one.name == case);
        (wanted.expect("the parent names a case").run)();
        return;
    }
    if std::env::args().any(|argument| argument == "--speed-ups") {
        speed_ups::print();
        return;
    }
    let trials =
        cases::ALL.iter().map(|case| Trial::test(case.name, move || in_a_process_of_its_own(case)));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn in_a_process_of_its_own(case: &cases::Case) -> Result<(), Failed> {
    let program = std::env::current_exe()?;
    let mut command = match case.cores.first() {
        None => Command::new(program),
        Some(cores) => {
            if Command::new("taskset").arg("--version").output().is_err() {
                assert!(
                    std::env::var_os("DELAYED_REQUIRE_CLIENTS").is_none(),
                    "taskset is missing"
                );
                eprintln!("SKIPPED {}: taskset is missing", case.name);
                return Ok(());
            }
            let mut command = Command::new("taskset");
            command.args(["-c", cores]).arg(program);
            command
        }
    };
    let output = command.env(CASE, case.name).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into())
}
