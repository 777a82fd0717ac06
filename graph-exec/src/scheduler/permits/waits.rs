//! What threads do that wait inside tasks: help, and come back for a permit.

use std::sync::{Arc, PoisonError};

use super::{Assignment, For, Permit, Permits, Returning, Waiting};
use crate::{
    run::nesting::Nesting,
    scheduler::stall::{BETWEEN_LOOKS, STALLED_AFTER, StallDetector},
    sync::{Instant, lock},
};

impl Permits {
    /// Takes a job of the run with nesting `awaited`, or of one that was started inside it, for a thread
    /// that waits for that run. Any other job could need the very task that is beneath it on the stack.
    pub(crate) fn take_within(
        self: &Arc<Self>,
        awaited: &Nesting,
        permit: Option<Permit>,
    ) -> Result<Assignment, Option<Permit>> {
        let mut state = lock(&self.state);
        let is_within = |waiting: &Waiting| {
            waiting.wanted == For::Worker && waiting.run.nesting().is_within(awaited)
        };
        let Some(index) = state.runs.iter().position(is_within) else { return Err(permit) };
        let permit = match permit {
            Some(permit) => permit,
            None => match state.free.pop() {
                Some(number) => self.permit(number, Instant::now()),
                None => return Err(None),
            },
        };
        let waiting = state.runs.remove(index);
        self.count_waiting(&state);
        waiting.map(|Waiting { run, .. }| Assignment { run, permit }).ok_or(None)
    }

    /// Waits for a permit to go on with a task, but not for ever: all who hold one may wait for the
    /// calling thread, in ways that cannot be seen. Then it goes on without.
    pub(crate) fn return_to_task(self: &Arc<Self>) -> Option<Permit> {
        let returning = Arc::new(Returning::default());
        {
            let mut state = lock(&self.state);
            if let Some(number) = state.free.pop() {
                return Some(self.permit(number, Instant::now()));
            }
            state.returning.push_back(Arc::clone(&returning));
            self.count_waiting(&state);
        }
        let mut stall = StallDetector::default();
        let mut permit = lock(&returning.permit);
        while permit.is_none() && !stall.is_stalled(&self.heartbeats, STALLED_AFTER) {
            let woken = returning.granted.wait_timeout(permit, BETWEEN_LOOKS);
            (permit, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
        if permit.is_none() {
            drop(permit);
            let mut state = lock(&self.state);
            state.returning.retain(|other| !Arc::ptr_eq(other, &returning));
            self.count_waiting(&state);
            drop(state);
            permit = lock(&returning.permit);
        }
        permit.take()
    }
}
