//! A Python client of a cluster that stays connected, because to start one takes a second.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// Evaluates each line that it reads, an expression about the scheduler `s`, and prints the value.
const SCRIPT: &str = r#"
import sys
from distributed import Client, Security

security = None
if len(sys.argv) > 2:
    ca, certificate, key = sys.argv[2:]
    security = Security(tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key, require_encryption=True)
with Client(sys.argv[1], security=security, timeout=10) as client:
    for expression in sys.stdin:
        about = eval(f"lambda s: {expression}")
        print(client.run_on_scheduler(lambda dask_scheduler: about(dask_scheduler)), flush=True)
"#;

pub(crate) struct Client {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Client {
    /// Starts `python` with the address of a scheduler, and with files for TLS if it needs some.
    pub(crate) fn new(mut python: Command, address: &str, tls: &[&str]) -> Self {
        let python = python.args(["-c", SCRIPT, address]).args(tls);
        let mut process = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (questions, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Client { process, questions, answers: BufReader::new(answers) }
    }

    /// The value of a Python expression about the scheduler `s`.
    pub(crate) fn ask(&mut self, expression: &str) -> String {
        writeln!(self.questions, "{expression}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert!(answer.ends_with('\n'), "no answer to {expression}: what Python says is above");
        answer.trim().to_owned()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
