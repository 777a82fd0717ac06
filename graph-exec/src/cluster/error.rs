//! What can go wrong between this process and the cluster.

use std::{fmt, path::PathBuf};

use graph_core::{__run::Refused, SourceLocation};

/// Why a graph could not be computed on a cluster.
///
/// ```no_run
/// use graph_exec::cluster::{Cluster, ClusterError};
/// use graph_exec::Error;
///
/// match Cluster::connect("tcp://head:8786") {
///     Err(Error::Cluster(ClusterError::Unreachable { message })) => eprintln!("{message}"),
///     other => drop(other),
/// }
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// The Python of this side cannot be started, or lacks what it needs.
    #[error("{message}")]
    Python {
        /// What is wrong, and the remedy.
        message: String,
    },
    /// Nobody answers there, or somebody who is no scheduler, or not without TLS.
    #[error("{message}")]
    Unreachable {
        /// What is wrong, and the remedy.
        message: String,
    },
    /// This side and the cluster do not have the same versions.
    #[error("{message}")]
    Versions {
        /// Which.
        message: String,
    },
    /// The cluster has no worker.
    #[error("{message}")]
    NoWorkers {
        /// How to start one.
        message: String,
    },
    /// The workers cannot run the program.
    #[error("{message}")]
    Program {
        /// Which worker, and why.
        message: String,
    },
    /// The program that is to be shipped cannot be read.
    #[error("cannot read the program {}: {message}", path.display())]
    Unreadable {
        /// The program.
        path: PathBuf,
        /// What the system said.
        message: String,
    },
    /// A task of the graph can run in this process alone; nothing was sent.
    #[error(transparent)]
    RefusedTask(Box<RefusedTask>),
    /// Two functions with `remote` have the same path.
    #[error(
        "two functions with `remote` are called `{name}`, so other machines cannot tell which is \
         meant: rename one"
    )]
    NamedTwice {
        /// The path.
        name: &'static str,
    },
    /// The connection was lost in the middle of a run.
    #[error(
        "{message}; connect and compute again when the cluster is back: what came before stays"
    )]
    Lost {
        /// To whom.
        message: String,
    },
    /// Something that Dask itself complains of.
    #[error("the cluster could not run the graph: {message}")]
    Dask {
        /// What it said.
        message: String,
    },
    /// A child of a worker must not be a client: it forgot to be a child.
    #[error(
        "this process was started by a dask worker to run tasks: \
         `graph_exec::cluster::init()` must be the first line of `main`"
    )]
    InitIsMissing,
}

/// A task that can run in this process alone.
#[derive(Debug, Clone, thiserror::Error)]
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

impl ClusterError {
    /// By what the adaptor calls it.
    pub(super) fn of_refusal(cause: &str, message: String) -> Self {
        match cause {
            "python" | "protocol" => ClusterError::Python { message },
            "unreachable" | "address" => ClusterError::Unreachable { message },
            "versions" => ClusterError::Versions { message },
            "no workers" => ClusterError::NoWorkers { message },
            "program" => ClusterError::Program { message },
            _ => ClusterError::Dask { message },
        }
    }
}

/// The error of a task that failed on another machine: text, since its own type stayed there.
///
/// It is the `source()` of the [`TaskError`](crate::TaskError).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteError {
    /// What the task's error said, with its causes; or what became of its process.
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
