//! What the thread that waits for a run is told by others: to look, or to work.

use std::{sync::PoisonError, time::Duration};

use crate::{
    scheduler::permits::Permit,
    sync::{Condvar, Mutex, lock},
};

/// Where others tell it.
#[derive(Default)]
pub(crate) struct Signal {
    state: Mutex<State>,
    /// Notified when the thread sleeps and is told something.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The thread sleeps, and has to be woken.
    waits: bool,
    /// It has to look: the run may be over, or a task has become ready.
    look: bool,
    /// It has returned.
    is_gone: bool,
    /// It may work; `None` when it may not, or has taken the permit.
    permit: Option<Permit>,
}

impl Signal {
    /// Lets the thread look.
    pub(crate) fn tell(&self) {
        self.change(|state| state.look = true);
    }

    /// Lets the thread work with a permit. If it has returned, or has one, others get the permit.
    pub(crate) fn grant(&self, permit: Permit) {
        // The permit is dropped when the lock is released.
        let mut permit = Some(permit);
        self.change(|state| {
            if !state.is_gone && state.permit.is_none() {
                state.permit = permit.take();
            }
        });
    }

    /// Takes no permit any more. One that was granted and is not taken yet goes to others.
    pub(crate) fn close(&self) {
        let permit = {
            let mut state = lock(&self.state);
            state.is_gone = true;
            if cfg!(planted = "kept_permit") { None } else { state.permit.take() }
        };
        drop(permit);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = lock(&self.state);
        change(&mut state);
        if std::mem::take(&mut state.waits) {
            drop(state);
            self.changed.notify_all();
        }
    }

    /// Waits until the thread is told something, but not for long: there may be something to help with, or those
    /// who may run tasks may have stalled. Returns the permit that was granted meanwhile.
    pub(crate) fn wait(&self, longest: Duration) -> Option<Permit> {
        let mut state = lock(&self.state);
        if !state.look && state.permit.is_none() {
            state.waits = true;
            let woken = self.changed.wait_timeout(state, longest);
            (state, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
        (state.waits, state.look) = (false, false);
        state.permit.take()
    }
}
