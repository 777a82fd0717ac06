//! What threads do that wait inside tasks: help, and come back for a permit.

use std::sync::{Arc, PoisonError};

use super::{Assignment, Permit, Permits, Returning, Waiting};
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
        let Some(request) = state.runs.first_within(awaited) else { return Err(permit) };
        let permit = match permit {
            Some(permit) => permit,
            None => match self.take_free(&mut state) {
                Some(number) => self.permit(number, Instant::now()),
                None => return Err(None),
            },
        };
        let waiting = state.runs.take(request);
        self.count_waiting(&state);
        drop(state);
        waiting.map(|Waiting { run, .. }| Assignment { run, permit }).ok_or(None)
    }

    /// Waits for a permit to go on with a task, but not for ever: all who hold one may wait for the
    /// calling thread, in ways that cannot be seen. Then it gets a spare one.
    pub(crate) fn return_to_task(self: &Arc<Self>) -> Permit {
        let returning = Arc::new(Returning::default());
        let handed = {
            let mut state = lock(&self.state);
            if let Some(number) = self.take_free(&mut state) {
                return self.permit(number, Instant::now());
            }
            state.returning.push_back(Arc::clone(&returning));
            self.serve(&mut state)
        };
        self.deliver(handed);
        let mut stall = StallDetector::default();
        loop {
            let permit = lock(&returning.permit);
            let mut permit = if permit.is_none() {
                let woken = returning.granted.wait_timeout(permit, BETWEEN_LOOKS);
                woken.unwrap_or_else(PoisonError::into_inner).0
            } else {
                permit
            };
            if let Some(permit) = permit.take() {
                return permit;
            }
            drop(permit);
            let mut state = lock(&self.state);
            let is_stalled = stall.is_stalled(&self.heartbeats, STALLED_AFTER);
            let index = state.returning.iter().position(|other| Arc::ptr_eq(other, &returning));
            // Who is not in the list any more was given one just now.
            if let Some(index) = index.filter(|_| is_stalled) {
                state.returning.remove(index);
                let number = self.spare(&mut state);
                self.count_waiting(&state);
                drop(state);
                return self.permit(number, Instant::now());
            }
        }
    }
}
