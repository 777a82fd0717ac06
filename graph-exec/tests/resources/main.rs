//! Resources of an executor and limits of functions: they hold, whoever runs the tasks, and nobody waits for
//! ever.

#[path = "../watchdog/mod.rs"]
mod watchdog;

mod circles;
mod holding;
mod laws;
mod refusing;
mod turns;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Sender},
    },
    thread,
    time::Duration,
};

use graph_exec::{Running, prelude::*};

/// Lets a task hold one card until it is told to end. Returns when it has it.
fn hold_a_card(executor: &Executor) -> (Sender<()>, Running<()>) {
    let (release, wait) = mpsc::channel();
    let (holds, wait_until_held) = mpsc::channel();
    let task = value(()).map(move |()| {
        holds.send(()).unwrap();
        wait.recv().unwrap();
    });
    let running = executor.spawn(task.resource("gpu", 1));
    wait_until_held.recv().unwrap();
    (release, running)
}

/// Counts how much is in use at once.
#[derive(Default, Clone)]
struct Gauge(Arc<(AtomicU32, AtomicU32)>);

impl Gauge {
    /// Uses `amount` for a moment.
    fn occupy(&self, amount: u32) {
        let now = self.0.0.fetch_add(amount, Ordering::SeqCst) + amount;
        self.0.1.fetch_max(now, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(1));
        self.0.0.fetch_sub(amount, Ordering::SeqCst);
    }

    /// The most that was in use at once.
    fn most(&self) -> u32 {
        self.0.1.load(Ordering::SeqCst)
    }
}
