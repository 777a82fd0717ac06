//! This program as a child of a dask worker, where it runs tasks.

#[cfg(unix)]
mod serve;

/// The environment variable that a worker sets for its child: `serve`, or `greet` for a child that
/// ends after the greeting.
pub(super) const VARIABLE: &str = "GRAPH_EXEC_CLUSTER_CHILD";

/// Must be the first line of `main` in a program that computes on clusters.
///
/// In a program that a dask worker has started, it runs the worker's tasks and does not return. In any
/// other it does nothing.
///
/// What tasks print to standard output goes to the worker's standard error.
///
/// ```
/// graph_exec::cluster::init();
/// // … the program
/// ```
pub fn init() {
    // On other systems, workers start no such children.
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
