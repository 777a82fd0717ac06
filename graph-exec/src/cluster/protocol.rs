//! What this process and the adaptor say to each other: the headers of frames.

use std::{collections::HashMap, path::PathBuf};

use serde::{Deserialize, Serialize};

/// Both sides must have the same.
pub(super) const PROTOCOL: u32 = 1;

/// To the adaptor.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Request<'a> {
    /// Comes first; the body is the source of the worker half.
    Hello {
        protocol: u32,
        /// Name of the module that the worker half becomes.
        module: &'a str,
        address: &'a str,
        /// In seconds.
        timeout: f64,
        tls: Option<TlsFiles<'a>>,
        /// The program to ship.
        executable: &'a PathBuf,
        /// Its sha256.
        build: &'a str,
        /// Where the workers have it already.
        worker_exe: Option<&'a PathBuf>,
    },
    /// A graph; the body holds the constants.
    Run {
        /// Tells this run's keys from all others.
        run: &'a str,
        tasks: &'a [Task],
        /// Indices of tasks.
        outputs: &'a [u32],
        retries: u32,
        record: bool,
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
    /// `None`: the pieces are the result.
    pub(super) function: Option<&'static str>,
    /// Where in the body each piece is, (offset, length); `None` for the next of `results`.
    pub(super) pieces: Vec<Option<(u64, u64)>>,
    /// The tasks whose results fill the holes.
    pub(super) results: Vec<u32>,
    /// The tasks that must have ended before.
    pub(super) after: Vec<u32>,
    pub(super) retries: u8,
    pub(super) priority: i32,
}

/// From the adaptor.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Answer {
    Connected(Connected),
    Refused {
        cause: String,
        message: String,
    },
    Progress {
        settled: usize,
        /// Name of a function, and how many tasks of it are on workers.
        running: Vec<(String, usize)>,
    },
    /// The body holds the results behind each other.
    Finished {
        lengths: Vec<u64>,
        #[serde(flatten)]
        notes: Notes,
    },
    Failed {
        #[serde(flatten)]
        failure: Failed,
        #[serde(flatten)]
        notes: Notes,
    },
}

/// What there is at the other end.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Connected {
    pub(super) workers: usize,
    pub(super) threads: usize,
    pub(super) dashboard: String,
    pub(super) dask: String,
}

/// Why a run gave no results.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Failed {
    pub(super) cause: String,
    pub(super) message: String,
    /// The task that is to blame, if one is.
    #[serde(default)]
    pub(super) index: Option<u32>,
    #[serde(default)]
    pub(super) worker: String,
}

/// What a run did, when it was to be recorded.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Notes {
    /// On the client's clock, in seconds.
    pub(super) begin: f64,
    pub(super) spans: Vec<Span>,
    /// Address → what the scheduler knows of the worker.
    pub(super) workers: HashMap<String, Worker>,
}

/// One execution of one task.
#[derive(Debug, Deserialize)]
pub(super) struct Span {
    pub(super) index: u32,
    pub(super) worker: String,
    pub(super) thread: String,
    /// In seconds, as `begin`.
    pub(super) start: f64,
    pub(super) stop: f64,
    /// When inputs were fetched from other workers.
    pub(super) transfers: Vec<(f64, f64)>,
    /// Of the result.
    pub(super) bytes: u64,
    pub(super) failed: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Worker {
    pub(super) threads: usize,
}
