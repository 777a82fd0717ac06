//! This program as a child of a dask worker, where it runs tasks.

mod context;
#[cfg(unix)]
mod serve;

use context::Prepare;
pub use context::{SetupContext, SetupError};

/// The environment variable that a worker sets for its child: `serve`, or `greet` for a child that
/// ends after the greeting.
pub(super) const VARIABLE: &str = "GRAPH_EXEC_CLUSTER_CHILD";

/// Must be the first line of `main` in a program that computes on clusters, unless
/// [`setup`] is.
///
/// In a program that a dask worker has started, it runs the worker's tasks and does not return: nothing
/// of what follows it in `main` happens there. In any other it does nothing.
///
/// What tasks print to standard output goes to the worker's standard error.
///
/// ```
/// graph_exec::cluster::init();
/// // … the program
/// ```
pub fn init() {
    become_a_child_if_asked(None);
}

/// Is [`init`], and sets up the children on the workers: `prepare` runs in every child before its first
/// task, and in no other process.
///
/// A child runs nothing of `main` behind this line. What tasks need of it (statics, a logger, a pool, a
/// working folder) belongs in a function that both call. A child has the arguments of the client
/// ([`ClusterBuilder::arguments`](super::ClusterBuilder::arguments)), its own environment with the
/// variables that the client
/// [names](super::ClusterBuilder::environment), and the value that the client
/// [sends](super::ClusterBuilder::send). A panic in `prepare` ends the run, with its message.
///
/// ```
/// use std::sync::OnceLock;
///
/// static FACTOR: OnceLock<f64> = OnceLock::new();
///
/// fn prepare(arguments: impl Iterator<Item = String>) {
///     let factor = arguments.last().and_then(|last| last.parse().ok());
///     FACTOR.set(factor.unwrap_or(1.0)).expect("it is called once");
/// }
///
/// fn main() {
///     graph_exec::cluster::setup(|_| prepare(std::env::args())); // on the workers
///     prepare(std::env::args()); // here
///     // … the program
/// }
/// ```
pub fn setup(prepare: impl FnOnce(&SetupContext)) {
    become_a_child_if_asked(Some(Box::new(prepare)));
}

fn become_a_child_if_asked(prepare: Option<Prepare<'_>>) {
    // On other systems, workers start no such children.
    #[cfg(unix)]
    if let Some(mode) = std::env::var_os(VARIABLE) {
        match serve::serve(mode == "greet", prepare) {
            Ok(()) => std::process::exit(0),
            Err(error) => {
                eprintln!("a child of a dask worker cannot go on: {error}");
                std::process::exit(1);
            }
        }
    }
    #[cfg(not(unix))]
    drop(prepare);
}
