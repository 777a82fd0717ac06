//! Letting a task wait for its future, and giving up futures that nobody waits for any more.

#![expect(unsafe_code, reason = "it gives tasks back through a plan's pointers")]

use std::sync::Arc;

use graph_core::__run::{Claimed, Parked};

use crate::run::{
    Run, Step,
    dynamic::Place,
    subscription::{self, Subscriber},
    unfold::futures::WaitingTask,
};

impl Run {
    /// Lets a claimed task wait for its future.
    #[inline(never)]
    pub(in crate::run) fn park(
        &self,
        place: &Place,
        run: Arc<dyn Subscriber>,
        ready: &mut impl FnMut(u32),
    ) -> Step {
        let (plan, index) = (self.plan_of(place), place.index);
        // SAFETY: the task is claimed, and the handles exist (`Run::new`).
        let number = unsafe { plan.number(index) };
        let task = self.token_of(place);
        let futures = self.futures();
        let (wait, waker) = futures.begin();
        // SAFETY: `run` has just returned `None`, and the task has a future.
        let Parked { wakers, is_waiting, awaited } = unsafe { plan.park(index, &waker) };
        if awaited {
            subscription::publish(number);
        }
        if !is_waiting {
            waker.wake_by_ref();
        }
        let waiting = WaitingTask { place: place.clone(), task, run, waker, wakers };
        match futures.begun(wait, waiting) {
            None => Step::Awaits { is_ready: false },
            Some(woken) => {
                ready(woken.task);
                Step::Awaits { is_ready: true }
            }
        }
    }

    /// Waits for no future any more. Those that no other run waits for are dropped. No task of the run may be
    /// running, and none starts any more.
    pub(in crate::run) fn abandon_futures(&self) {
        let Some(futures) = self.futures.get() else { return };
        for WaitingTask { place, waker, wakers, .. } in futures.end() {
            wakers.remove(&waker);
            let (plan, index) = (self.plan_of(&place), place.index);
            // Whoever has the task looks again when it has given it back: it, too, may give up the future.
            while wakers.is_empty() {
                // SAFETY: the handles exist, and the task, which `run` has returned `None` for, has not ended in
                // this plan.
                if unsafe { plan.claim(index) } != Claimed::Now {
                    break;
                }
                // SAFETY: the task is claimed, so it exists.
                let number = unsafe { plan.number(index) };
                // SAFETY: claimed just now.
                let abandoned = unsafe { plan.abandon(index) };
                if abandoned.awaited {
                    subscription::publish(number);
                }
                if abandoned.unwanted {
                    break;
                }
            }
        }
    }
}
