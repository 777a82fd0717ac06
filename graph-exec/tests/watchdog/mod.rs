//! Ends a test that hangs, and says which, and what the threads of the process do.

mod threads;

use std::{
    io::{self, Write as _},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use self::threads::Threads;

/// Runs `body` here; when it takes longer than a minute, the whole process is aborted, because a
/// thread that hangs cannot be ended.
pub(crate) fn within_a_minute<T>(what: &str, body: impl FnOnce() -> T) -> T {
    within(Duration::from_secs(60), what, body)
}

/// The same with a time of your own.
pub(crate) fn within<T>(limit: Duration, what: &str, body: impl FnOnce() -> T) -> T {
    let (done, watched) = mpsc::channel::<()>();
    let what = what.to_owned();
    let watchdog = thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
        if watched.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            let threads = Threads::watch();
            // Not through `eprintln`, for what a test prints is kept back until it ends.
            let _ = writeln!(
                io::stderr(),
                "{what}: hangs for {limit:?}, so all is aborted. The threads:\n{threads}"
            );
            std::process::abort();
        }
    });
    let watchdog = watchdog.expect("a thread can be started");
    let result = body();
    drop(done);
    watchdog.join().expect("the watchdog only waits");
    result
}
