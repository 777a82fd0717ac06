//! What can go wrong between this process and the cluster.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    process::ExitStatus,
    sync::Arc,
    time::Duration,
};

use graph_core::{__run::Refused, SourceLocation};
use serde::Deserialize;

use super::resources::MissingResources;
use crate::{causes::write_with_causes, record::cluster::WorkerProblem};

/// Why a graph could not be computed on a cluster.
///
/// As in all errors of this crate, `{}` leaves the cause to `source()`, and `{:#}` adds it.
///
/// ```no_run
/// use graph_exec::cluster::{Cluster, ClusterError};
/// use graph_exec::Error;
///
/// match Cluster::connect("tcp://head:8786") {
///     Err(Error::Cluster(ClusterError::NoWorkers { address, .. })) => eprintln!("idle: {address}"),
///     other => drop(other),
/// }
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// The Python on this machine cannot be started.
    #[error(fmt = python_not_started)]
    Python {
        /// The program that was to be started.
        python: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// The Python on this machine lacks a package.
    #[error(
        "{0} cannot import `{package}`: `{0} -m pip install distributed`, in the version of the \
         cluster",
        python.display()
    )]
    MissingPackage {
        /// The Python that was started.
        python: PathBuf,
        /// What it cannot import.
        package: String,
    },
    /// Nothing answers at the address, or it is not a scheduler, or it answers only with TLS.
    #[error(
        "no Dask scheduler answers at {address} within {} s{}: start one with `dask scheduler`, or \
         look at the address and the firewall{}",
        timeout.as_secs_f64(),
        in_brackets(reason.as_deref()),
        advice_on_tls(address)
    )]
    Unreachable {
        /// Address of the scheduler.
        address: String,
        /// How long its answer was waited for.
        timeout: Duration,
        /// What Dask said. `None` when it said nothing in time.
        reason: Option<String>,
    },
    /// The scheduler answers only those who prove who they are.
    #[error("the scheduler at {address} wants to know who is there: `.tls(ca, cert, key)` says it")]
    TlsRequired {
        /// Address of the scheduler.
        address: String,
    },
    /// The address is none that a scheduler can have.
    #[error(
        "`{address}` is not an address of a scheduler: {reason}; `dask scheduler` prints its own, \
         like `tcp://head:8786`"
    )]
    InvalidAddress {
        /// The address.
        address: String,
        /// What Dask said.
        reason: String,
    },
    /// This machine and the cluster do not have the same versions.
    #[error(transparent)]
    Versions(Box<VersionMismatch>),
    /// The version of Dask at both ends is too old.
    #[error(
        "{ours} is too old: the oldest that works is distributed {oldest}; install it here and on \
         the cluster"
    )]
    TooOld {
        /// The versions at both ends.
        ours: DaskVersion,
        /// The oldest version of `distributed` that works.
        oldest: String,
    },
    /// The cluster has no worker.
    #[error("the cluster at {address} has no worker: `dask worker {address}` starts one")]
    NoWorkers {
        /// Address of the scheduler.
        address: String,
    },
    /// Workers cannot run the program.
    #[error("{}", first_of(workers))]
    Program {
        /// Each worker that cannot, with the reason and the remedy.
        workers: Vec<WorkerProblem>,
    },
    /// The program was not on all workers in time.
    #[error(
        "the cluster at {address} does not take the program within {} s; put it where the workers \
         find it, and say so with `worker_exe`",
        timeout.as_secs_f64()
    )]
    NotShipped {
        /// Address of the scheduler.
        address: String,
        /// How long it was waited for.
        timeout: Duration,
    },
    /// The program that is to be shipped cannot be read.
    #[error(fmt = program_not_read)]
    Unreadable {
        /// The program. `None` when the system does not tell which file this process runs.
        path: Option<PathBuf>,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// A task of the graph can run in this process only; nothing was sent.
    #[error(transparent)]
    RefusedTask(Box<RefusedTask>),
    /// A task needs more of a resource than any worker has; nothing was sent.
    #[error(transparent)]
    Resources(Box<MissingResources>),
    /// Two functions with `remote` have the same path.
    #[error(
        "two functions with `remote` are called `{name}`, so other machines cannot tell which is \
         meant: rename one"
    )]
    NamedTwice {
        /// The path.
        name: &'static str,
    },
    /// The connection to the scheduler was lost during a run.
    #[error(
        "the connection to the scheduler at {address} was lost, and with it the run; connect and \
         compute again when the cluster is back: what came before stays"
    )]
    Lost {
        /// Address of the scheduler.
        address: String,
    },
    /// The Python on this machine ended, or sent what is no answer.
    #[error(fmt = adaptor_ended)]
    AdaptorEnded {
        /// The Python that was started.
        python: PathBuf,
        /// How the process ended. `None` when it goes on.
        status: Option<ExitStatus>,
        /// What went wrong with its answer.
        source: Arc<io::Error>,
    },
    /// Dask itself reports an error.
    #[error("the cluster could not run the graph: {message}")]
    Dask {
        /// What it said.
        message: String,
    },
    /// This library's two halves do not understand each other. That is a defect of the library, or of
    /// a Python that changes what it is given.
    #[error("the Python that speaks with Dask is not understood: {message}; please report it")]
    Protocol {
        /// What was not understood.
        message: String,
    },
    /// The value for the children's setup cannot be encoded.
    #[error("the value to `send` along cannot be encoded: {message}")]
    NotSent {
        /// What serde said.
        message: String,
    },
    /// The time that every task may take is zero.
    #[error(
        "`.task_timeout(…)` leaves no time at all: give one that is longer than zero, or leave it out for no \
         limit"
    )]
    NoTaskTime,
    /// A program that a worker started to run tasks tries to connect instead.
    #[error(
        "this process was started by a dask worker to run tasks: \
         `graph_exec::cluster::setup` or `init` must be the first line of `main`"
    )]
    InitIsMissing,
}

fn in_brackets(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(" ({reason})"))
}

fn advice_on_tls(address: &str) -> &'static str {
    match address.starts_with("tls:") {
        true => "",
        false => "; a cluster with TLS has an address with `tls://` and needs `.tls(…)`",
    }
}

fn first_of(workers: &[WorkerProblem]) -> String {
    match workers {
        [] => "the workers cannot run the program".to_owned(),
        [only] => only.to_string(),
        [first, others @ ..] => format!("{first}; and {} more", others.len()),
    }
}

fn python_not_started(
    python: &Path,
    source: &Arc<io::Error>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let message = format!(
        "cannot start `{}`, which speaks with Dask for this program; install Python 3 and \
         `pip install distributed`, or name another one with `python`",
        python.display()
    );
    write_with_causes(f, &message, source)
}

fn program_not_read(
    path: &Option<PathBuf>,
    source: &Arc<io::Error>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let message = format!(
        "cannot read the program {}; name the file to ship with `executable`",
        path.as_deref().unwrap_or(Path::new("of this process")).display()
    );
    write_with_causes(f, &message, source)
}

fn adaptor_ended(
    python: &Path,
    status: &Option<ExitStatus>,
    source: &Arc<io::Error>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let how = match status {
        Some(status) => format!("ended ({status})"),
        None => "is not understood".to_owned(),
    };
    let message = format!(
        "`{}`, which speaks with Dask for this program, {how}; connect and compute again: what came \
         before stays",
        python.display()
    );
    write_with_causes(f, &message, source)
}

/// The versions that must be the same on all machines of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct DaskVersion {
    /// The version of the package `distributed`.
    pub distributed: String,
    /// The first two numbers of Python's version.
    pub python: String,
}

impl fmt::Display for DaskVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "distributed {} on Python {}", self.distributed, self.python)
    }
}

/// Two places of a cluster with different versions.
#[derive(Debug, Clone, thiserror::Error, Deserialize)]
#[error(
    "{place} has {theirs}, and {} has {ours}: they must be the same; install that version here, or \
     name another Python with `python`",
    python.display()
)]
#[non_exhaustive]
pub struct VersionMismatch {
    /// Where the other version is: the scheduler or a worker, with its address.
    pub place: String,
    /// The versions there.
    pub theirs: DaskVersion,
    /// The versions here.
    pub ours: DaskVersion,
    /// The Python here.
    pub python: PathBuf,
}

/// A task that can run in this process only.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
#[error("task `{task}`, built at {built_at}, cannot run on a cluster: {reason}")]
pub struct RefusedTask {
    /// Its name: function, and label if there is one.
    pub task: String,
    /// Where it was built.
    pub built_at: SourceLocation,
    /// Why, and what to do about it.
    pub reason: String,
}

impl RefusedTask {
    pub(super) fn new((task, built_at): (String, SourceLocation), reason: &Refused) -> Self {
        RefusedTask { task, built_at, reason: reason.to_string() }
    }
}

/// The error of a task that failed on another machine, as text: the value itself stays there.
///
/// It is the `source()` of the [`TaskError`](crate::TaskError).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteError {
    /// The message of the task's error with its causes, or what happened to its process.
    pub message: String,
    /// Address of the worker.
    pub worker: String,
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (on worker {})", self.message, self.worker)
    }
}

impl std::error::Error for RemoteError {}
