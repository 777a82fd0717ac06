//! An executor learns from its runs which functions take long, and starts their tasks early.

use std::{
    sync::{Arc, Condvar, Mutex},
    thread::sleep,
    time::Duration,
};

use graph_exec::{Executor, prelude::*};

/// Opened by the task that should start first.
#[derive(Default)]
struct Gate(Mutex<bool>, Condvar);

impl Gate {
    fn open(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }

    /// Says whether it was opened within twenty seconds.
    fn wait(&self) -> bool {
        let opened = self.0.lock().unwrap();
        let patience = Duration::from_secs(20);
        *self.1.wait_timeout_while(opened, patience, |is_open| !*is_open).unwrap().0
    }
}

/// Without a gate it takes a moment.
#[delayed]
fn short(gate: Option<Arc<Gate>>) -> bool {
    gate.map_or_else(
        || {
            sleep(Duration::from_millis(1));
            true
        },
        |gate| gate.wait(),
    )
}

/// Without a gate it takes a hundred times as long.
#[delayed]
fn long(gate: Option<Arc<Gate>>) -> bool {
    match gate {
        Some(gate) => gate.open(),
        None => sleep(Duration::from_millis(100)),
    }
    true
}

fn tasks(gate: Option<&Arc<Gate>>) -> Vec<Delayed<bool>> {
    let short = (0..30).map(|_| short(gate.cloned()));
    short.chain([long(gate.cloned())]).collect()
}

#[test]
fn a_long_task_that_is_built_last_starts_first_in_the_third_run() {
    let executor = Executor::builder().threads(2).build().unwrap();
    for _ in 0..2 {
        executor.compute(tasks(None)).unwrap();
    }
    let in_turn = executor.compute(tasks(Some(&Arc::default()))).unwrap();
    assert!(in_turn.into_iter().all(|in_turn| in_turn), "a short task waited for the long one");
}

#[test]
fn so_do_tasks_that_a_task_makes() {
    let executor = Executor::builder().threads(2).build().unwrap();
    let made = |gate: Option<Arc<Gate>>| value(()).map(move |()| tasks(gate.as_ref())).flatten();
    for _ in 0..3 {
        executor.compute(made(None)).unwrap();
    }
    let in_turn = executor.compute(made(Some(Arc::default()))).unwrap();
    assert!(in_turn.into_iter().all(|in_turn| in_turn), "a short task waited for the long one");
}
