//! How the end of a run in the background reaches whoever waits for it: a thread, or a future's waker.

use std::{sync::PoisonError, task::Waker};

use graph_core::__run::call_quietly;

use crate::sync::{Condvar, Mutex, lock};

#[derive(Default)]
pub(super) struct Completion {
    state: Mutex<State>,
    /// Notified at the end.
    finished: Condvar,
}

#[derive(Default)]
struct State {
    is_finished: bool,
    /// Who is to be woken at the end; `None` when nobody has asked.
    waker: Option<Waker>,
}

impl Completion {
    /// Tells everybody. To be called once, when the result is there.
    pub(super) fn finish(&self) {
        let waker = {
            let mut state = lock(&self.state);
            state.is_finished = true;
            state.waker.take()
        };
        self.finished.notify_all();
        if let Some(waker) = waker {
            // The waker is another library's. Its panic concerns those whom it does not wake, and must not
            // end the worker that happens to be here.
            call_quietly(|| waker.wake());
        }
    }

    pub(super) fn is_finished(&self) -> bool {
        lock(&self.state).is_finished
    }

    /// Says whether the end has come; if not, `waker` is woken by it, in place of the one before.
    pub(super) fn poll(&self, waker: &Waker) -> bool {
        // Clones and drops of wakers are another library's code, which must not run under the lock.
        let mut waker = Some(waker.clone());
        let is_finished = {
            let mut state = lock(&self.state);
            if !state.is_finished {
                std::mem::swap(&mut state.waker, &mut waker);
            }
            state.is_finished
        };
        drop(waker);
        is_finished
    }

    /// Blocks the thread until the end.
    pub(super) fn wait(&self) {
        let mut state = lock(&self.state);
        while !state.is_finished {
            state = self.finished.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
