//! Letting a task wait for its future, and giving up the futures of a run that has ended.

#![expect(unsafe_code, reason = "it gives tasks back through a plan's pointers")]

use std::sync::Arc;

use graph_core::__run::Parked;

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

    /// Waits for no future any more. Those that nobody but this run can reach are dropped; others go on, for what
    /// another run stopped is not lost for whoever still wants it. No task of the run may be running, and none
    /// starts any more.
    pub(in crate::run) fn abandon_futures(&self) {
        let Some(futures) = self.futures.get() else { return };
        for WaitingTask { place, waker, wakers, .. } in futures.end() {
            wakers.remove(&waker);
            // SAFETY: the handles exist, the task waits, and nothing of the run starts any more.
            unsafe { self.plan_of(&place).abandon(place.index) };
        }
    }
}
