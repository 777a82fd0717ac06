//! Permits beyond those that an executor has, for when all who hold one seem to wait for somebody without.
//!
//! ```text
//!  nobody goes on for a second ─► one more permit ─► others go on again ─► it is given up after the running task
//! ```

pub(super) mod numbers;

use std::sync::Arc;

use self::numbers::Spares;
use super::{Job, Permit, Permits, State, waiting_runs::For};
use crate::{
    scheduler::stall::{STALLED_AFTER, StallDetector},
    sync::{Instant, lock},
};

impl State {
    /// A number for a spare permit.
    fn add_spare(&mut self) -> usize {
        let Spares { own, numbers, unused, .. } = &mut self.spares;
        unused.pop().unwrap_or_else(|| {
            let number = *own + *numbers;
            *numbers += 1;
            self.users.push(None);
            self.watch.add_permit();
            number
        })
    }

    /// Takes the free permits out of use that are spare.
    pub(super) fn retire_spares(&mut self) {
        let Spares { own, unused, .. } = &mut self.spares;
        self.free.retain(|&number| {
            let is_own = number < *own;
            if !is_own {
                unused.push(number);
            }
            is_own
        });
    }
}

impl Permits {
    /// A permit for a run that nobody comes for, when those who hold one have stalled: a spare one, unless one is
    /// free. `has_asked` says that its caller has asked for one.
    pub(crate) fn rescue(
        self: &Arc<Self>,
        run: &Arc<impl Job + 'static>,
        has_asked: bool,
        stall: &mut StallDetector,
    ) -> Option<Permit> {
        let mut state = lock(&self.state);
        // Of several that wait, one gets a permit, which the others then see.
        if !stall.is_stalled(&self.heartbeats, STALLED_AFTER) {
            return None;
        }
        match state.runs.take_of(run.nesting(), For::Caller) {
            Some(request) => drop(request),
            // It was granted one just now.
            None if has_asked => return None,
            None => {}
        }
        let number = self.spare(&mut state);
        state.users[number] = Some(Arc::clone(run) as _);
        self.count_waiting(&state);
        drop(state);
        Some(self.permit(number, Instant::now()))
    }

    /// A permit for a thread that is lent to a run: a spare one, unless one is free.
    pub(crate) fn lend(self: &Arc<Self>, run: &Arc<impl Job + 'static>) -> Permit {
        let mut state = lock(&self.state);
        let number = self.spare(&mut state);
        state.users[number] = Some(Arc::clone(run) as _);
        self.count_waiting(&state);
        drop(state);
        self.permit(number, Instant::now())
    }

    /// Number of a permit for a thread that goes on although none is free.
    pub(super) fn spare(&self, state: &mut State) -> usize {
        if let Some(number) = self.take_free(state) {
            return number;
        }
        let number = state.add_spare();
        state.spares.stalled_at = self.heartbeats.of_own_permits();
        self.heartbeats.of(number).beat();
        number
    }

    /// Takes the free permits out of use that are spare, if those with one of the executor's own go on again.
    pub(super) fn retire_needless_spares(&self, state: &mut State) {
        if !state.spares.is_empty() && self.go_on_since(state.spares.stalled_at) {
            state.retire_spares();
        }
    }

    /// Says whether the calling thread has a spare permit, and those with one of the executor's own go on again.
    pub(super) fn has_needless_spare(&self) -> bool {
        self.held_number().is_some_and(|number| number >= self.count)
            && self.go_on_since(lock(&self.state).spares.stalled_at)
    }

    fn go_on_since(&self, stalled_at: u64) -> bool {
        self.heartbeats.of_own_permits() != stalled_at && !cfg!(planted = "kept_spare")
    }
}
