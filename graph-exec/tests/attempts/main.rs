//! Tasks that are tried more than once, and attempts whose time is limited.

mod backoff;
mod laws;
mod limits;
mod observed;
mod recorded;
mod reset;
mod settings;
#[path = "../watchdog/mod.rs"]
mod watchdog;

use graph_exec::{Executor, MIB};

/// One of each kind that may run tasks.
fn executors() -> Vec<(&'static str, Executor)> {
    let builder = |n| Executor::builder().threads(n);
    vec![
        ("serial", Executor::serial()),
        ("replay", Executor::builder().replay(3).build().unwrap()),
        ("one thread", builder(1).build().unwrap()),
        ("three threads", builder(3).build().unwrap()),
        ("memory limit", builder(2).memory_limit(MIB).build().unwrap()),
    ]
}
