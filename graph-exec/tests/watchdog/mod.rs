//! Ends a test that hangs, and says which.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// Runs `body` here; when it takes longer than a minute, the whole process is aborted, because a
/// thread that hangs cannot be ended.
pub(crate) fn within_a_minute<T>(what: &str, body: impl FnOnce() -> T) -> T {
    let (done, watched) = mpsc::channel::<()>();
    let what = what.to_owned();
    let watchdog = thread::spawn(move || {
        if watched.recv_timeout(Duration::from_secs(60)) == Err(RecvTimeoutError::Timeout) {
            eprintln!("{what}: hangs for a minute, so all is aborted");
            std::process::abort();
        }
    });
    let result = body();
    drop(done);
    watchdog.join().expect("the watchdog only waits");
    result
}
