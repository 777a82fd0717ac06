//! What becomes of the permit of a task that waits for a graph.

use std::sync::Arc;

use super::{Job, Permit, Permits};
use crate::run::nesting;

/// While it lives, the task that the thread is inside waits, and others may use its permit.
pub(crate) struct Paused(Option<Outer>);

/// What the task that a thread is inside needs when it goes on.
pub(crate) struct Outer {
    permits: Arc<Permits>,
    /// The run that the thread works for as its caller.
    caller: Option<Arc<dyn Job>>,
}

impl Outer {
    /// What goes with the permit that the thread holds.
    pub(crate) fn of(held: &Permit) -> Self {
        Outer { permits: Arc::clone(&held.permits), caller: held.caller() }
    }

    /// Goes on with the task, with this permit, or else with one that it waits for.
    pub(crate) fn resume(self, permit: Option<Permit>) {
        let permit = permit.filter(|permit| permit.is_of(&self.permits));
        match permit.or_else(|| self.permits.return_to_task()) {
            Some(permit) => {
                drop(permit.set_caller(self.caller));
                permit.hold();
            }
            None => nesting::leave_after_task(),
        }
    }
}

impl Paused {
    pub(crate) fn begin() -> Self {
        Paused(Permit::take_held().map(|held| Outer::of(&held)))
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(|outer| outer.resume(None));
    }
}
