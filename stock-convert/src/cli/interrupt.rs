//! Ctrl-C: the first one lets running tasks end, the second one ends the program at once.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

use graph_exec::CancelToken;

/// The exit code of a program that Ctrl-C has ended, as shells expect it: 128 + the number of the
/// signal.
pub const INTERRUPTED: u8 = 130;

/// Gives a token that the first Ctrl-C (or a request to terminate) cancels; a second one ends the
/// program at once.
///
/// Where the system does not let a program listen to its signals, the token is never cancelled, and
/// Ctrl-C ends the program.
#[must_use]
pub fn cancelled_by_ctrl_c() -> CancelToken {
    let token = CancelToken::new();
    let cancelled = token.clone();
    let is_second = AtomicBool::new(false);
    let listening = ctrlc::set_handler(move || {
        if is_second.swap(true, Ordering::SeqCst) {
            process::exit(i32::from(INTERRUPTED));
        }
        cancelled.cancel();
    });
    drop(listening);
    token
}
