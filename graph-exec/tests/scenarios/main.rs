//! Situations that a scheduler gets wrong first. A diagram of the threads stands above each.

mod cancelling;
mod deadlines;
mod dropping;
mod ending;
mod failures;
mod limits;
mod memory;
mod nested;
mod observing;
mod overlapping;
mod permits;
mod priorities;
mod reasons;
mod recording;
mod retrying;
mod short_runs;
mod stacks;
mod turns;

use std::{sync::mpsc, thread, time::Duration};

/// Runs `body` on a thread of its own and fails the test instead of hanging with it.
fn within_a_minute<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, finished) = mpsc::channel();
    let worker = thread::spawn(move || {
        let _ = done.send(body());
    });
    match finished.recv_timeout(Duration::from_secs(60)) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            std::panic::resume_unwind(worker.join().expect_err("it sent nothing, so it panicked"))
        }
    }
}
