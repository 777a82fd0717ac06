//! The tasks of a run on a pool that are to be tried again: the timer makes them ready.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use super::{ParallelRun, TryAgain};
use crate::{
    run::subscription::Subscriber,
    sync::lock,
    timer::{self, Timed},
};

impl ParallelRun {
    /// Sees to it that a task is ready again after a wait. No thread waits for that.
    pub(in crate::scheduler) fn put_off(self: &Arc<Self>, task: u32, wait: Duration) {
        let Some(at) = Instant::now().checked_add(wait) else { return };
        let again = Arc::new(TryAgain { run: Arc::downgrade(self), task });
        let weak: Weak<dyn Timed> = Arc::downgrade(&again) as _;
        lock(self.put_off.get_or_init(Box::default)).insert(task, again);
        if timer::call_at(at, weak).is_err() {
            // Without a thread to wait, better at once than never.
            self.try_again(task);
        }
    }

    fn try_again(self: &Arc<Self>, task: u32) {
        let again = self.put_off.get().and_then(|waiting| lock(waiting).remove(&task));
        if again.is_some() {
            Arc::clone(self).task_ended(task);
        }
    }
}

impl Timed for TryAgain {
    fn due(self: Arc<Self>) {
        if let Some(run) = self.run.upgrade() {
            run.try_again(self.task);
        }
    }
}
