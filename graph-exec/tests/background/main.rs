//! Runs in the background: waited for, awaited, dropped or left alone, at every point.

mod awaiting;
mod circles;
mod completing;
mod dropping;
#[cfg(feature = "tokio")]
mod futures;
mod in_tasks;
mod laws;
mod leaving;
mod observing;
#[cfg(feature = "tokio")]
mod single_thread;
mod stalls;
mod waiting;

#[path = "../watchdog/mod.rs"]
mod watchdog;

use std::{
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

use graph_exec::Executor;

/// A place where a task waits until the test lets it go on.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<(usize, bool)>, Condvar)>);

impl Gate {
    /// Waits until it is open.
    fn pass(&self) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        state.0 += 1;
        changed.notify_all();
        while !state.1 {
            state = changed.wait(state).unwrap();
        }
    }

    fn open(&self) {
        let (state, changed) = &*self.0;
        state.lock().unwrap().1 = true;
        changed.notify_all();
    }

    /// Waits until so many have come.
    fn wait_for(&self, count: usize) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        while state.0 < count {
            state = changed.wait(state).unwrap();
        }
    }
}

fn threads(count: usize) -> Executor {
    Executor::builder().threads(count).build().unwrap()
}

/// Waits until something that a thread does on its own is done.
fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        thread::sleep(Duration::from_millis(1));
    }
}
