//! The tasks of a run that wait for futures. No thread waits: the future wakes the run, which then has the
//! task among its ready ones again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    task::{Wake, Waker},
};

use graph_core::__run::WakerSet;

use crate::{
    run::{dynamic::Place, subscription::Subscriber},
    sync::lock,
};

/// The tasks of one run that wait for futures.
#[derive(Default)]
pub(crate) struct Futures(Mutex<State>);

#[derive(Default)]
struct State {
    /// How many waits there have been: the number of the next.
    waits: u64,
    /// Number of a wait → the wait.
    waiting: HashMap<u64, Wait>,
}

enum Wait {
    /// The task is still being given back.
    Beginning { is_woken: bool },
    /// The task waits.
    Begun(WaitingTask),
}

/// A task that waits for a future, and whom to tell.
pub(super) struct WaitingTask {
    pub(super) place: Place,
    /// What a ready queue holds for the task.
    pub(super) task: u32,
    /// The run is told as of the end of a task in another run.
    pub(super) run: Arc<dyn Subscriber>,
    /// Among those that the future wakes.
    pub(super) waker: Waker,
    /// All whom the future wakes.
    pub(super) wakers: Arc<WakerSet>,
}

impl Futures {
    /// Begins a wait, for a task that is given back next. Returns its number, and the waker that ends it.
    pub(super) fn begin(self: &Arc<Self>) -> (u64, Waker) {
        let mut state = lock(&self.0);
        let wait = state.waits;
        state.waits += 1;
        state.waiting.insert(wait, Wait::Beginning { is_woken: false });
        drop(state);
        (wait, Waker::from(Arc::new(RunWaker { futures: Arc::clone(self), wait })))
    }

    /// Lets a task wait that was given back. Returns it when it was woken meanwhile.
    pub(super) fn begun(&self, wait: u64, task: WaitingTask) -> Option<WaitingTask> {
        let mut state = lock(&self.0);
        match state.waiting.remove(&wait) {
            Some(Wait::Beginning { is_woken: false }) => {
                state.waiting.insert(wait, Wait::Begun(task));
                None
            }
            _ => Some(task),
        }
    }

    /// Ends all waits, and returns the tasks that wait.
    pub(super) fn end(&self) -> Vec<WaitingTask> {
        let waiting = std::mem::take(&mut lock(&self.0).waiting);
        let begun = waiting.into_values().filter_map(|wait| match wait {
            Wait::Beginning { .. } => None,
            Wait::Begun(task) => Some(task),
        });
        begun.collect()
    }

    fn wake(&self, wait: u64) {
        let told = {
            let mut state = lock(&self.0);
            if let Some(Wait::Beginning { is_woken }) = state.waiting.get_mut(&wait) {
                *is_woken = true;
                return;
            }
            state.waiting.remove(&wait)
        };
        // The lock is released before the run is told.
        if let Some(Wait::Begun(WaitingTask { run, task, .. })) = told {
            run.task_ended(task);
        }
    }
}

/// Wakes a run for one of its tasks, once.
struct RunWaker {
    futures: Arc<Futures>,
    wait: u64,
}

impl Wake for RunWaker {
    fn wake(self: Arc<Self>) {
        self.futures.wake(self.wait);
    }
}
