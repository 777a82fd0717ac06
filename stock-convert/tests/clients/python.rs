//! Python with its libraries imported, so that scripts run at once.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

/// A Python with pandas, PyTables and h5py.
pub(crate) struct Python {
    program: PathBuf,
    /// Those that run no script now. They end with the test program, which closes their input.
    idle: Mutex<Vec<Server>>,
}

/// A process that runs `serve.py`.
struct Server {
    process: Child,
    commands: ChildStdin,
    results: BufReader<ChildStdout>,
}

impl Python {
    pub(crate) fn new(program: PathBuf) -> Self {
        Python { program, idle: Mutex::default() }
    }

    /// Runs a script; gives what it printed, and fails the test when it fails.
    pub(crate) fn run(
        &self,
        script: &Path,
        arguments: impl IntoIterator<Item: AsRef<OsStr>>,
    ) -> String {
        let text = |argument: &OsStr| argument.to_str().expect("it is UTF-8").to_owned();
        let arguments = arguments.into_iter().map(|argument| text(argument.as_ref()));
        let command: Vec<String> =
            std::iter::once(text(script.as_os_str())).chain(arguments).collect();
        let idle = self.idle.lock().unwrap().pop();
        let mut server = idle.unwrap_or_else(|| Server::start(&self.program));
        let (status, said, err) = server.run(&command);
        self.idle.lock().unwrap().push(server);
        assert_eq!(status, 0, "{command:?}\n{said}{err}");
        said
    }
}

impl Server {
    fn start(program: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/serve.py");
        let mut command = Command::new(program);
        let command = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let (commands, results) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Server { process, commands, results: BufReader::new(results) }
    }

    /// The exit status of a script, what it printed, and what it said on stderr.
    fn run(&mut self, command: &[String]) -> (i32, String, String) {
        writeln!(self.commands, "{}", serde_json::to_string(command).unwrap()).unwrap();
        let mut result = String::new();
        self.results.read_line(&mut result).unwrap();
        serde_json::from_str(&result).expect("what Python says is above")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
