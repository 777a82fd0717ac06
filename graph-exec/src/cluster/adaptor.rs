//! The adaptor: a Python process that is a Dask client for this one. It is started here, sent requests,
//! and ended.

use std::{
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

use super::{
    error::ClusterError,
    frame,
    protocol::{Answer, Request},
};
use crate::sync::lock;

/// The half that runs on this machine.
const CLIENT_SOURCE: &str = concat!(
    include_str!("adaptor/safe_pickle.py"),
    include_str!("adaptor/frames.py"),
    include_str!("adaptor/plugins.py"),
    include_str!("adaptor/run.py"),
    include_str!("adaptor/client.py"),
);
/// The half that is sent on to the scheduler and the workers.
pub(super) const WORKER_SOURCE: &str =
    concat!(include_str!("adaptor/children.py"), include_str!("adaptor/worker.py"));

/// How long the process may take to end after its input is closed.
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);

/// Name of the module that the worker's half becomes. It holds a hash, so that different versions on
/// one cluster do not get mixed up.
pub(super) fn module_name() -> String {
    let hash = Sha256::digest(WORKER_SOURCE);
    let digits: String = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("graph_exec_cluster_{digits}")
}

/// The running process.
pub(super) struct Adaptor {
    process: Child,
    input: Input,
    /// Each answer with its body, read by a thread.
    answers: Receiver<io::Result<(Answer, Vec<u8>)>>,
    /// The program that was started.
    python: PathBuf,
}

/// The input of the process, to which another thread writes when a run is cancelled; `None` once it is
/// closed.
#[derive(Clone)]
pub(super) struct Input(Arc<Mutex<Option<BufWriter<ChildStdin>>>>);

impl Input {
    pub(super) fn send(&self, request: &Request<'_>, body: &[u8]) -> io::Result<()> {
        match &mut *lock(&self.0) {
            Some(stream) => frame::write(stream, request, body),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn close(&self) {
        if let Some(mut stream) = lock(&self.0).take() {
            // If the process has ended, there is nothing left to send.
            let _ = stream.flush();
        }
    }
}

impl Adaptor {
    pub(super) fn start(python: &Path) -> Result<Self, ClusterError> {
        let failed = |error: io::Error| ClusterError::Python {
            python: python.to_owned(),
            source: Arc::new(error),
        };
        let mut process = Command::new(python)
            .args(["-c", CLIENT_SOURCE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let input = process.stdin.take().expect("it is piped");
        let output = process.stdout.take().expect("it is piped");
        let (sender, answers) = channel();
        let reader =
            std::thread::Builder::new().name("cluster answers".to_owned()).spawn(move || {
                let mut output = BufReader::with_capacity(1 << 18, output);
                loop {
                    let answer = frame::read(&mut output);
                    let ended = answer.is_err();
                    if sender.send(answer).is_err() || ended {
                        return;
                    }
                }
            });
        let input = Input(Arc::new(Mutex::new(Some(BufWriter::with_capacity(1 << 18, input)))));
        let adaptor = Adaptor { process, input, answers, python: python.to_owned() };
        reader.map_err(failed)?;
        Ok(adaptor)
    }

    pub(super) fn input(&self) -> &Input {
        &self.input
    }

    pub(super) fn send(&mut self, request: &Request<'_>, body: &[u8]) -> Result<(), ClusterError> {
        self.input.send(request, body).map_err(|error| self.lost(error))
    }

    /// Waits for the next answer.
    pub(super) fn receive(&mut self) -> Result<(Answer, Vec<u8>), ClusterError> {
        let answer = self.answers.recv().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()));
        answer.map_err(|error| self.lost(error))
    }

    /// Waits for the next answer; `None` when there is none in time.
    pub(super) fn receive_within(
        &mut self,
        time: Duration,
    ) -> Result<Option<(Answer, Vec<u8>)>, ClusterError> {
        match self.answers.recv_timeout(time) {
            Ok(answer) => answer.map(Some).map_err(|error| self.lost(error)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(self.lost(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// The error for a process that has ended or sends what is no answer.
    fn lost(&mut self, error: io::Error) -> ClusterError {
        ClusterError::AdaptorEnded {
            python: self.python.clone(),
            status: wait_at_most(&mut self.process, Duration::from_secs(1)),
            source: Arc::new(error),
        }
    }
}

impl Drop for Adaptor {
    fn drop(&mut self) {
        // The process ends when its input is closed, so that must come before the waiting.
        self.input.close();
        if wait_at_most(&mut self.process, EXIT_TIMEOUT).is_none() {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

/// The exit status of a process; `None` when it has not ended in time.
fn wait_at_most(process: &mut Child, time: Duration) -> Option<std::process::ExitStatus> {
    let begin = Instant::now();
    loop {
        if let Ok(Some(status)) = process.try_wait() {
            return Some(status);
        }
        if begin.elapsed() > time {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
