//! Measures a row in a process of its own, which is stopped when it exceeds the limits.
//!
//! A process measures one row only, since peaks of memory cannot be reset. By the same rule
//! libraries of other languages and programs of other people can be measured.
//!
//! A measuring program is called with
//!
//! ```text
//! --shape independent|chain|tree|wavefront --tasks N --threads N --repeat N
//! ```
//!
//! and prints one JSON object:
//!
//! - `tasks`: the number of nodes, which [`Shape::tasks`](crate::overhead::shapes::Shape::tasks) says;
//! - `build_ns`, `run_ns`, `drop_ns`: medians of `--repeat` rounds after a first one that only
//!   warms up, in nanoseconds per task; more rounds when a tenth of a second is not over, fewer when there is
//!   no time for so many;
//! - `bytes_per_task`: by how much the process has grown at the peak of the first round;
//! - `rounds`: the number of rounds that the medians are taken from;
//! - `result`: the result of the last node, which is checked; a program that checks it itself may
//!   leave it out.
//!
//! So `overhead --json --who NAME` is itself such a program, in this version or another.

use std::{
    ffi::OsString,
    fmt,
    io::{self, Read},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use graph_exec::__format as format;
use serde::Deserialize;

use crate::overhead::{
    measure,
    row::{Measurement, Setting},
};

/// A row is stopped when it takes longer.
pub const LONGEST: Duration = Duration::from_secs(20);
/// A row is stopped when its process occupies more memory.
pub const LARGEST_BYTES: u64 = 8 << 30;

/// A program that measures one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    executable: OsString,
    arguments: Vec<OsString>,
}

/// Why there is no program for a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable(String);

impl Unavailable {
    pub(crate) fn new(reason: String) -> Self {
        Unavailable(reason)
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The JSON object that a program prints.
#[derive(Deserialize)]
struct Printed {
    tasks: usize,
    result: Option<u64>,
    #[serde(flatten)]
    measurement: Measurement,
}

impl Program {
    /// Makes a program of an executable and its first arguments.
    pub fn new(executable: impl Into<OsString>, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(OsString::from).collect();
        Program { executable: executable.into(), arguments }
    }

    /// Makes a program of a command for the shell, to which arguments are appended.
    pub fn from_shell(command: &str) -> Self {
        // `exec`, so that the process which is watched and stopped is the command's own.
        let command = format!("exec {command} \"$@\"");
        Program::new("sh", &["-c", &command, "sh"])
    }

    /// Runs the program to measure a row.
    ///
    /// # Errors
    /// When the program cannot be started or watched.
    pub fn measure(&self, setting: &Setting, repeat: usize) -> io::Result<Measurement> {
        let Setting { shape, size, threads } = *setting;
        let mut child = Command::new(&self.executable)
            .args(&self.arguments)
            .args(["--shape", shape.name(), "--tasks", &size.to_string()])
            .args(["--threads", &threads.to_string(), "--repeat", &repeat.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let measurement = match watch(&mut child)? {
            Err(limit) => Measurement::stopped(limit),
            Ok(status) if !status.success() => Measurement::stopped(status.to_string()),
            Ok(_) => {
                // One line, which the pipe holds until it is read.
                let mut line = String::new();
                child.stdout.take().expect("it is piped").read_to_string(&mut line)?;
                parse_row(&line, setting)
            }
        };
        Ok(measurement)
    }
}

fn parse_row(line: &str, setting: &Setting) -> Measurement {
    let printed: Printed = match serde_json::from_str(line) {
        Ok(printed) => printed,
        Err(error) => return Measurement::stopped(format!("prints no row: {error}")),
    };
    let tasks = setting.shape.tasks(setting.size);
    if printed.tasks != tasks {
        return Measurement::stopped(format!("built {} tasks instead of {tasks}", printed.tasks));
    }
    match printed.result {
        Some(result) if result != setting.shape.expected(setting.size) => {
            Measurement::stopped(format!("computes a wrong result, {result}"))
        }
        _ => printed.measurement,
    }
}

/// Waits for the end of the process; stops it at the first limit that it exceeds, and says which.
fn watch(child: &mut Child) -> io::Result<Result<ExitStatus, String>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ok(status));
        }
        let limit = if started.elapsed() > LONGEST {
            format!("takes more than {}", format::time(LONGEST))
        } else if measure::peak_bytes_of(child.id()).is_some_and(|peak| peak > LARGEST_BYTES) {
            format!("takes more than {}", format::bytes(LARGEST_BYTES))
        } else {
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        child.kill()?;
        child.wait()?;
        return Ok(Err(limit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overhead::shapes::Shape;

    const TREE: Setting = Setting { shape: Shape::Tree, size: 10, threads: 2 };
    const TREE_RESULT: u64 = 15;

    /// A program that prints the row, whatever it is asked.
    fn printing(row: &str) -> Measurement {
        Program::new("sh", &["-c", &format!("echo '{row}'")]).measure(&TREE, 1).unwrap()
    }

    fn reason(measurement: Measurement) -> String {
        match measurement {
            Measurement::Stopped { stopped } => stopped,
            other => panic!("was not stopped: {other:?}"),
        }
    }

    const COST: &str =
        r#""build_ns":1.5,"run_ns":2,"drop_ns":0.5,"bytes_per_task":100.5,"rounds":3"#;

    #[test]
    fn row_of_a_program_is_taken_over_when_its_result_is_right() {
        let row = format!(r#"{{"tasks":9,"result":{TREE_RESULT},{COST}}}"#);
        let Measurement::Measured(cost) = printing(&row) else { panic!("no numbers") };
        assert_eq!((cost.build_ns, cost.run_ns, cost.rounds), (1.5, 2.0, 3));
    }

    #[test]
    fn wrong_result_is_told() {
        let row = format!(r#"{{"tasks":9,"result":16,{COST}}}"#);
        assert_eq!(reason(printing(&row)), "computes a wrong result, 16");
    }

    #[test]
    fn wrong_number_of_tasks_is_told() {
        let row = format!(r#"{{"tasks":10,{COST}}}"#);
        assert_eq!(reason(printing(&row)), "built 10 tasks instead of 9");
    }

    #[test]
    fn program_that_fails_or_prints_something_else_is_told() {
        assert!(reason(printing("hello")).starts_with("prints no row: "));
        assert_eq!(reason(Program::new("false", &[]).measure(&TREE, 1).unwrap()), "exit status: 1");
    }

    #[test]
    fn command_of_the_shell_gets_the_options() {
        let script = r#"sh -c 'test "$*" = "--shape tree --tasks 10 --threads 2 --repeat 3"' sh"#;
        let measurement = Program::from_shell(script).measure(&TREE, 3).unwrap();
        assert!(reason(measurement).starts_with("prints no row: "), "`test` failed");
    }
}
