//! Tasks that make tasks while they run: loops, fan-outs whose width is not known before, recursion.

#[path = "../watchdog/mod.rs"]
mod watchdog;

mod failures;
mod large;
mod laws;
mod overlapping;
mod records;
mod shapes;
mod stopping;

use graph_exec::Executor;

/// An executor of each kind.
fn executors() -> Vec<Executor> {
    let threads = [1, 2, 4].map(|threads| Executor::builder().threads(threads).build().unwrap());
    std::iter::once(Executor::serial()).chain(threads).collect()
}

/// Runs `body` with an executor of each kind.
fn on_all(what: &str, mut body: impl FnMut(&Executor)) {
    for (executor, kind) in executors().iter().zip(["serial", "1 thread", "2", "4"]) {
        watchdog::within_a_minute(&format!("{what}, {kind}"), || body(executor));
    }
}
