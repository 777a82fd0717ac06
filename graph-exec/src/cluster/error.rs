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
    /// The Python on this machine cannot be started, or lacks what it needs.
    #[error("{message}")]
    Python {
        /// What is wrong, and the remedy.
        message: String,
    },
    /// Nothing answers at the address, or it is not a scheduler, or it answers only with TLS.
    #[error("{message}")]
    Unreachable {
        /// What is wrong, and the remedy.
        message: String,
    },
    /// This machine and the cluster do not have the same versions.
    #[error("{message}")]
    Versions {
        /// Which versions differ.
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
    /// A task of the graph can run in this process only; nothing was sent.
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
    /// The connection was lost during a run.
    #[error(
        "{message}; connect and compute again when the cluster is back: what came before stays"
    )]
    Lost {
        /// What was lost.
        message: String,
    },
    /// Dask itself reports an error.
    #[error("the cluster could not run the graph: {message}")]
    Dask {
        /// What it said.
        message: String,
    },
    /// A program that a worker started to run tasks tries to connect instead.
    #[error(
        "this process was started by a dask worker to run tasks: \
         `graph_exec::cluster::init()` must be the first line of `main`"
    )]
    InitIsMissing,
}

/// A task that can run in this process only.
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
    /// The error for a connection that the adaptor refuses; `cause` is its word for the reason.
    pub(super) fn from_refusal(cause: &str, message: String) -> Self {
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
