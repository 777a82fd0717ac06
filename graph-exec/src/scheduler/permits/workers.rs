//! How the workers of a pool come by work, and how they sleep when there is none.
//!
//! A worker without work lets rayon use the thread for what tasks have split up inside. Rayon tells
//! nobody outside that it has work, so one of the sleeping workers looks again every millisecond while
//! others are at work, and then leaves the next look to another. All others sleep until they are woken.

use std::{
    sync::{Arc, Mutex},
    thread::Thread,
    time::{Duration, Instant},
};

use super::{Assignment, For, Handed, Permit, Permits, State, Waiting, best};
use crate::sync::lock;

/// How often one of the sleeping workers looks for rayon jobs.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// A worker that sleeps, or is about to.
pub(crate) struct Sleeper {
    thread: Thread,
    /// What it is to do when it wakes; `None` when it is to look for itself.
    assigned: Mutex<Option<Assignment>>,
}

impl Sleeper {
    /// The calling thread, which is a worker.
    pub(crate) fn current() -> Arc<Self> {
        Arc::new(Sleeper { thread: std::thread::current(), assigned: Mutex::default() })
    }

    pub(super) fn assign(&self, assignment: Assignment) {
        *lock(&self.assigned) = Some(assignment);
        self.thread.unpark();
    }
}

/// What a worker is to do next.
pub(crate) enum Next {
    /// Work for a run.
    Work(Assignment),
    /// Nothing, or help with rayon jobs if a permit was free.
    Help(Option<Permit>),
    /// End, for the pool is gone.
    End,
}

impl Permits {
    /// Takes the run that comes first. `permit` is what the worker has left of its last one.
    pub(crate) fn next_for_worker(self: &Arc<Self>, permit: Option<Permit>) -> Next {
        let number = permit.and_then(|mut permit| permit.number.take());
        let mut handed = Handed::default();
        let mut state = lock(&self.state);
        state.free.extend(number);
        let mut assigned = None;
        while let Some(&number) = state.free.last() {
            if let Some(returning) = state.returning.pop_front() {
                handed.returning.push((returning, number));
            } else {
                let index = best(&state.runs, |_| true);
                let Some(Waiting { run, wanted }) = index.and_then(|i| state.runs.remove(i)) else {
                    break;
                };
                if wanted == For::Worker {
                    assigned = Some((run, number));
                    state.free.pop();
                    break;
                }
                handed.callers.push((run, number));
            }
            state.free.pop();
        }
        let free = if assigned.is_none() { state.free.pop() } else { None };
        self.count_waiting(&state);
        let is_closed = state.closed;
        if assigned.is_some() {
            state.at_work += 1;
        }
        drop(state);
        self.deliver(handed);
        let permit = |number| self.permit(number, Instant::now());
        match assigned {
            Some((run, number)) => Next::Work(Assignment { run, permit: permit(number) }),
            None if is_closed => {
                drop(free.map(permit));
                Next::End
            }
            None => Next::Help(free.map(permit)),
        }
    }

    /// Notes that the worker has left the run that it was assigned.
    pub(crate) fn end_work(&self) {
        lock(&self.state).at_work -= 1;
    }

    /// Sees to it that a sleeping worker looks for rayon jobs while others are at work.
    pub(crate) fn watch(&self) {
        let sleeper = {
            let state = lock(&self.state);
            if state.watched { None } else { state.sleeping.front().cloned() }
        };
        wake(sleeper);
    }

    /// Wakes a sleeping worker to look for rayon jobs, because there were some.
    pub(crate) fn wake_one(&self) {
        let sleeper = lock(&self.state).sleeping.back().cloned();
        wake(sleeper);
    }

    /// Sleeps until there may be something to do. Returns what was assigned meanwhile; `None` when the
    /// worker is to look for itself.
    pub(crate) fn sleep(&self, me: &Arc<Sleeper>) -> Option<Assignment> {
        let watches = {
            let mut state = lock(&self.state);
            if state.closed || state.has_job() {
                return None;
            }
            let watches = state.at_work > 0 && !state.watched;
            state.watched |= watches;
            state.sleeping.push_back(Arc::clone(me));
            watches
        };
        if watches {
            std::thread::park_timeout(BETWEEN_LOOKS);
        } else {
            std::thread::park();
        }
        let (is_assigned, next) = {
            let mut state = lock(&self.state);
            let index = state.sleeping.iter().position(|other| Arc::ptr_eq(other, me));
            index.and_then(|index| state.sleeping.remove(index));
            if watches {
                state.watched = false;
            }
            let passes_on = watches && state.at_work > 0;
            (index.is_none(), state.sleeping.front().filter(|_| passes_on).cloned())
        };
        wake(next);
        if !is_assigned {
            return None;
        }
        // It was taken from the list, so what it is to do is on its way.
        loop {
            if let Some(assignment) = lock(&me.assigned).take() {
                return Some(assignment);
            }
            std::thread::park();
        }
    }

    /// Lets all workers end.
    pub(crate) fn close(&self) {
        let sleeping = {
            let mut state = lock(&self.state);
            state.closed = true;
            state.sleeping.clone()
        };
        sleeping.into_iter().for_each(|sleeper| wake(Some(sleeper)));
    }
}

impl State {
    /// Says whether a worker that is awake would find a run to work for.
    fn has_job(&self) -> bool {
        !self.free.is_empty() && self.runs.iter().any(|waiting| waiting.wanted == For::Worker)
    }
}

fn wake(sleeper: Option<Arc<Sleeper>>) {
    if let Some(sleeper) = sleeper {
        sleeper.thread.unpark();
    }
}
