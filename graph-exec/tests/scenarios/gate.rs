//! What tasks of a test wait for.

use std::{
    sync::{Condvar, Mutex},
    time::Duration,
};

/// Waits until it is set, for a few seconds at most: what runs must not depend on who is late.
#[derive(Default)]
pub(crate) struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    pub(crate) fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    /// Says whether it was opened in time.
    pub(crate) fn wait(&self) -> bool {
        let is_open = self.is_open.lock().unwrap();
        let wait = self.opened.wait_timeout_while(is_open, Duration::from_secs(20), |open| !*open);
        *wait.unwrap().0
    }
}
