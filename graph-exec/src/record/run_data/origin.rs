//! When, where and by which program a run was done.

use std::{env, path::Path, time::SystemTime};

/// When, where and by which program a run was done.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let record = Executor::serial().run(value(1))?.into_record();
/// assert!(record.origin().began <= std::time::SystemTime::now());
/// assert_eq!(record.origin().command_line, None); // it may hold secrets
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// When the run began.
    pub began: SystemTime,
    /// The name of the program, without its folder.
    pub program: String,
    /// The whole command line of the program; `None` unless it was
    /// [asked for](crate::RunRecord::with_command_line), because it may hold secrets.
    pub command_line: Option<String>,
    /// The name of the machine; `None` when the system does not tell.
    pub machine: Option<String>,
    /// Operating system and architecture.
    pub system: String,
}

impl Origin {
    pub(in crate::record) fn new(began: SystemTime, command_line: Option<String>) -> Self {
        let program = env::args_os().next();
        let name = program.as_deref().map(Path::new).and_then(Path::file_name);
        Origin {
            began,
            program: name
                .map_or_else(|| "?".to_owned(), |name| name.to_string_lossy().into_owned()),
            command_line,
            machine: machine(),
            system: format!("{} {}", env::consts::OS, env::consts::ARCH),
        }
    }

    /// The arguments of the program as a shell would take them, about.
    pub(in crate::record) fn command_line() -> String {
        let quoted = |argument: std::ffi::OsString| {
            let argument = argument.to_string_lossy().into_owned();
            let is_plain = |c: char| c.is_alphanumeric() || "-_=./,:+@%".contains(c);
            if !argument.is_empty() && argument.chars().all(is_plain) {
                argument
            } else {
                format!("'{}'", argument.replace('\'', r"'\''"))
            }
        };
        env::args_os().map(quoted).collect::<Vec<_>>().join(" ")
    }
}

fn machine() -> Option<String> {
    let told = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let told = told.or_else(|| env::var("HOSTNAME").ok()).or_else(|| env::var("COMPUTERNAME").ok());
    told.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}
