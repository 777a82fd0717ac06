//! Waiting for a task that another run of this process is at.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::{
    nesting::Lineage,
    subscription::{Subscribed, Subscriber, subscribe},
};
use crate::sync::lock;

/// A caller that waits for the end of one task.
pub(crate) struct Patience {
    ended: Mutex<bool>,
    changed: Condvar,
    lineage: Arc<Lineage>,
}

impl Patience {
    /// For a run that begins on this thread now.
    pub(crate) fn new(lineage: &Arc<Lineage>) -> Arc<Self> {
        let (ended, changed) = (Mutex::new(false), Condvar::new());
        Arc::new(Patience { ended, changed, lineage: Arc::clone(lineage) })
    }

    /// Returns when the task with that creation number has ended, or waits again; `false` when that
    /// would be never.
    pub(crate) fn wait(self: Arc<Self>, task: u64, announce: impl FnOnce() -> bool) -> bool {
        match subscribe(self.clone(), 0, task, announce) {
            Subscribed::Ended => true,
            Subscribed::WouldDeadlock => false,
            Subscribed::Waiting => {
                let ended = self.changed.wait_while(lock(&self.ended), |ended| !*ended);
                drop(ended.unwrap_or_else(PoisonError::into_inner));
                true
            }
        }
    }
}

impl Subscriber for Patience {
    fn task_ended(self: Arc<Self>, _: u32) {
        *lock(&self.ended) = true;
        self.changed.notify_all();
    }

    fn lineage(&self) -> &Lineage {
        &self.lineage
    }
}
