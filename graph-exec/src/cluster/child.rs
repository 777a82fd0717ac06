//! The other end: this program as a child of a dask worker.

#[cfg(unix)]
mod serve;

/// Set by the worker: `serve`, or `greet` to end after the greeting.
pub(super) const VARIABLE: &str = "GRAPH_EXEC_CLUSTER_CHILD";

/// The first line of `main` in a program that computes on clusters.
///
/// On a dask worker the program is started to run tasks: then this serves them, and does not
/// return. Everywhere else it does nothing.
///
/// What tasks print to the standard output goes to the worker's standard error.
///
/// ```
/// graph_exec::cluster::init();
/// // … the program
/// ```
pub fn init() {
    // Elsewhere there are no such workers.
    #[cfg(unix)]
    if let Some(mode) = std::env::var_os(VARIABLE) {
        match serve::serve(mode == "greet") {
            Ok(()) => std::process::exit(0),
            Err(error) => {
                eprintln!("a child of a dask worker cannot go on: {error}");
                std::process::exit(1);
            }
        }
    }
}
