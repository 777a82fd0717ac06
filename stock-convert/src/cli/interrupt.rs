//! Ctrl-C: the first one lets what runs end, the second one ends the program.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

use graph_exec::CancelToken;

/// What a shell expects of a program that Ctrl-C has ended: 128 + the number of the signal.
pub const INTERRUPTED: u8 = 130;

/// A token that the first Ctrl-C (or a request to terminate) cancels; a second one exits at once.
///
/// Where the system lets nobody listen to its signals, the token is never cancelled, and Ctrl-C
/// ends the program as it always did.
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
