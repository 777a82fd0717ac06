//! The messages between this process and the adaptor: the headers of frames.

use std::{collections::HashMap, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    error::{DaskVersion, VersionMismatch},
    resources::WorkerResources,
};
use crate::record::cluster::{RemovedFile, WorkerProblem};

/// The version of the messages, which must be the same on both sides.
pub(super) const PROTOCOL: u32 = 7;

/// A message to the adaptor.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Request<'a> {
    /// Comes first. The body is the source of the worker's half of the adaptor, and behind it the
    /// encoded value for the children's setup.
    Hello {
        protocol: u32,
        /// The length of the source, in bytes.
        source: usize,
        /// The arguments with which children are started, as the system has them.
        arguments: Vec<&'a [u8]>,
        /// Name → value of the environment variables that children get.
        variables: HashMap<&'a str, String>,
        /// Name of the module that the worker's half becomes.
        module: &'a str,
        /// Address of the scheduler.
        address: &'a str,
        /// In seconds.
        timeout: f64,
        /// `None` without TLS.
        tls: Option<TlsFiles<'a>>,
        /// The program to ship.
        executable: &'a PathBuf,
        /// Its sha256, in hexadecimal digits.
        build: &'a str,
        /// Where the workers have the program; `None` when it is to be shipped.
        worker_exe: Option<&'a PathBuf>,
    },
    /// Runs a graph. The body holds the constants.
    Run {
        /// A name of the run, which makes its keys on the cluster unique.
        run: &'a str,
        tasks: &'a [Task],
        /// Indices of tasks.
        outputs: &'a [u32],
        /// How often every task may be tried again that does not say so itself.
        retries: u32,
        /// How long every task may take, in seconds; less, when the task says less.
        timeout: Option<f64>,
        /// Whether timings are asked for.
        record: bool,
        /// Whether `Progress` is asked for.
        progress: bool,
    },
    /// Ends the run.
    Cancel,
}

#[derive(Serialize)]
pub(super) struct TlsFiles<'a> {
    pub(super) ca: &'a PathBuf,
    pub(super) cert: &'a PathBuf,
    pub(super) key: &'a PathBuf,
}

/// One task of a graph.
#[derive(Debug, Default, Serialize)]
pub(super) struct Task {
    /// Path of the function; `None` when the pieces are the result itself.
    pub(super) function: Option<&'static str>,
    /// The encoded arguments in pieces: (offset, length) of a constant in the body, or `None` for the
    /// result of the next task in `results`.
    pub(super) pieces: Vec<Option<(u64, u64)>>,
    /// Indices of the tasks whose results are arguments.
    pub(super) results: Vec<u32>,
    /// Indices of the tasks that must end before this one starts, although it takes no result of them.
    pub(super) after: Vec<u32>,
    /// How often it may be tried again; `None` for as often as every task.
    pub(super) retries: Option<u8>,
    /// How long it may take, in seconds.
    pub(super) timeout: Option<f64>,
    pub(super) priority: i32,
    /// (name of a resource, how much of it) a worker must have free.
    pub(super) resources: Vec<(String, u32)>,
}

/// A message from the adaptor.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Answer {
    /// The connection is made.
    Connected(Connected),
    /// The connection cannot be made.
    Refused(Refusal),
    /// The progress of the run.
    Progress {
        /// How many tasks have ended.
        settled: usize,
        /// (name of a function, how many of its tasks are on workers)
        running: Vec<(String, usize)>,
    },
    /// The run has ended well. The body holds the results of the outputs, one after another, and behind
    /// them the [`Timings`] if they were asked for.
    Finished {
        /// The length of each result, in bytes.
        lengths: Vec<u64>,
    },
    /// The run has failed, or was cancelled. The body holds the [`Timings`] if they were asked for.
    Failed {
        #[serde(flatten)]
        failure: RunFailure,
    },
}

/// Why there is no connection.
#[derive(Debug, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub(super) enum Refusal {
    /// This Python lacks a package.
    MissingPackage { python: PathBuf, package: String },
    /// No scheduler answers; with what Dask said, if it said anything.
    Unreachable { reason: Option<String> },
    /// The address asks for TLS, and no files for it were given.
    TlsRequired,
    /// The address cannot be a scheduler's.
    InvalidAddress { reason: String },
    /// Somewhere there are other versions than here.
    Versions(Box<VersionMismatch>),
    /// Both ends are older than the oldest version that works.
    TooOld { ours: DaskVersion, oldest: String },
    /// The cluster has no worker.
    NoWorkers,
    /// Workers cannot run the program.
    Program { workers: Vec<WorkerProblem> },
    /// The adaptor speaks another version of these messages.
    Protocol { adaptor: u32 },
    /// Anything else that Dask reports.
    Dask { message: String },
}

/// What the adaptor has found at the other end.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Connected {
    pub(super) workers: usize,
    /// How many threads the workers have together.
    pub(super) threads: usize,
    /// Address of the dashboard.
    pub(super) dashboard: String,
    /// The version of `distributed` at both ends.
    pub(super) dask: String,
    /// The workers that cannot run the program.
    pub(super) set_aside: Vec<WorkerProblem>,
    /// What killed workers had not finished, and was removed.
    pub(super) removed: Vec<RemovedFile>,
}

/// Why a run gave no results.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RunFailure {
    /// `failed`, `panicked`, `cancelled`, `lost`, or another word for what went wrong.
    pub(super) cause: String,
    pub(super) message: String,
    /// Index of the task that failed; `None` when it was no task.
    #[serde(default)]
    pub(super) index: Option<u32>,
    /// Address of the worker on which it failed; empty when that is not known.
    #[serde(default)]
    pub(super) worker: String,
    /// Why no worker can run the program; empty when that is not what went wrong.
    #[serde(default)]
    pub(super) unable: Vec<WorkerProblem>,
    /// The resources of all workers; empty unless a task needs more than any has.
    #[serde(default)]
    pub(super) offers: Vec<WorkerResources>,
}

/// When and where the tasks of a run ran; empty when no record was asked for.
///
/// They come in the body, because what decodes a header keeps all of it several times over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Timings {
    /// When the run began, in seconds on the client's clock.
    pub(super) begin: f64,
    /// (address of the worker, name of the thread) of each thread that ran a task.
    pub(super) threads: Vec<(String, String)>,
    pub(super) spans: Vec<TaskTiming>,
    /// Address → what the scheduler knows of the worker.
    pub(super) workers: HashMap<String, WorkerInfo>,
    /// The workers that could not run the program.
    pub(super) set_aside: Vec<WorkerProblem>,
}

impl Timings {
    /// Takes the timings from the end of a body that begins with results of these lengths.
    pub(super) fn take(body: &mut Vec<u8>, lengths: &[u64]) -> Result<Self, serde_json::Error> {
        let results = lengths.iter().try_fold(0u64, |sum, &length| sum.checked_add(length));
        let results = results.and_then(|length| usize::try_from(length).ok());
        match results.filter(|&length| length < body.len()) {
            Some(length) => serde_json::from_slice(&body.split_off(length)),
            // Nothing is behind the results.
            None => Ok(Timings::default()),
        }
    }
}

/// One attempt at one task. It travels as a list of these fields in this order.
#[derive(Debug, Deserialize)]
pub(super) struct TaskTiming {
    /// Index of the task.
    pub(super) index: u32,
    /// Index of the thread in [`Timings::threads`].
    pub(super) thread: usize,
    /// In seconds on the client's clock, as `begin` is.
    pub(super) start: f64,
    /// In seconds on the client's clock.
    pub(super) stop: f64,
    /// (start, stop) of each time in which inputs were fetched from other workers.
    pub(super) transfers: Vec<(f64, f64)>,
    /// Size of the result.
    pub(super) bytes: u64,
    pub(super) failed: bool,
}

/// What the scheduler knows of a worker.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WorkerInfo {
    pub(super) threads: usize,
}
