//! What becomes of the permit of a task that waits for a graph.

use std::sync::Arc;

use super::{Job, Permit, Permits};
use crate::run::nesting;

/// While it lives, the task that the thread is inside waits, and others may use its permit.
pub(crate) struct Paused(Option<Outer>);

/// What the task that a thread is inside needs when it goes on.
pub(crate) struct Outer {
    permits: Arc<Permits>,
    /// Number of the permit that the task was started with; `None` when that was given back.
    number: Option<usize>,
    /// The run that the thread works for.
    run: Option<Arc<dyn Job>>,
    /// Others may work for the run in place of the thread.
    has_paused: bool,
}

impl Outer {
    /// What goes with the permit that the thread holds.
    pub(crate) fn of(held: &Permit) -> Self {
        Outer {
            permits: Arc::clone(&held.permits),
            number: held.number,
            run: held.user(),
            has_paused: false,
        }
    }

    /// Lets others work for the run of the task, because the thread has given up its permit.
    pub(crate) fn pause(&mut self) {
        if !std::mem::replace(&mut self.has_paused, true) {
            self.run.iter().for_each(|run| Arc::clone(run).pause());
        }
    }

    /// Goes on with the task, with this permit, or else with one that it waits for.
    pub(crate) fn resume(self, permit: Option<Permit>) {
        let permit = permit.filter(|permit| permit.is_of(&self.permits));
        let permit = permit.unwrap_or_else(|| self.permits.return_to_task());
        if self.has_paused {
            self.run.iter().for_each(|run| run.resume());
        }
        if permit.number != self.number {
            nesting::note_other_permit();
        }
        permit.set_user(self.run);
        permit.hold();
    }
}

impl Paused {
    pub(crate) fn begin() -> Self {
        let Some(held) = Permit::take_held() else { return Paused(None) };
        let mut outer = Outer::of(&held);
        drop(held);
        outer.pause();
        Paused(Some(outer))
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(|outer| outer.resume(None));
    }
}
