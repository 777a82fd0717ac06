//! Threads that the system refuses. A test program of its own, for it limits the whole process.

#![cfg(target_os = "linux")]

use graph_exec::{Error, prelude::*};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many bytes of addresses the process uses.
fn used_addresses() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = pages.split(' ').next().unwrap().parse().unwrap();
    pages * rustix::param::page_size() as u64
}

#[test]
fn threads_that_could_not_start_are_tried_again_by_the_next_run() {
    let before = getrlimit(Resource::As);
    // Room for some values, and for no thread's stack.
    let little = Rlimit { current: Some(used_addresses() + (1 << 20)), ..before };
    setrlimit(Resource::As, little).unwrap();
    let refused = value(1).compute();
    setrlimit(Resource::As, before).unwrap();
    let error = refused.unwrap_err();
    assert!(matches!(error, Error::Threads { threads: 1.., .. }), "{error}");
    assert!(!error.to_string().contains(" 0 threads"), "{error}");
    assert_eq!(value(1).compute().unwrap(), 1);
}
