//! A thread that waits for tasks which other runs have started.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::{
    run::{
        cancel::Cancellable,
        nesting::Nesting,
        subscription::{Subscribed, Subscriber, subscribe, withdraw},
    },
    sync::{AtomicBool, Ordering, lock},
};

/// Lets the one thread of a run wait for the task that it needs next.
pub(crate) struct Waiter {
    nesting: Arc<Nesting>,
    /// The task has ended, or the run was cancelled, and the thread has not seen it yet.
    told: Mutex<bool>,
    changed: Condvar,
    cancelled: AtomicBool,
}

/// Why a wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waited {
    /// The task has ended, or the run was cancelled.
    Told,
    /// It would never end, so it was not begun.
    WouldDeadlock,
}

impl Waiter {
    pub(crate) fn new(nesting: Arc<Nesting>) -> Arc<Self> {
        Arc::new(Waiter {
            nesting,
            told: Mutex::new(false),
            changed: Condvar::new(),
            cancelled: AtomicBool::new(false),
        })
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// Waits for the end of the task with creation number `task`; `announce` is as for
    /// [`subscribe`].
    pub(crate) fn wait_for(self: &Arc<Self>, task: u64, announce: impl FnOnce() -> bool) -> Waited {
        // The thread waits for one task at a time, so no index is needed to tell them apart.
        let this = Arc::clone(self) as Arc<dyn Subscriber>;
        match subscribe(Arc::clone(&this), 0, task, announce) {
            Subscribed::Waiting => {
                self.wait();
                if self.is_cancelled() {
                    withdraw(&this);
                }
            }
            Subscribed::Ended => {}
            Subscribed::WouldDeadlock => return Waited::WouldDeadlock,
        }
        Waited::Told
    }

    fn wait(&self) {
        let mut told = lock(&self.told);
        while !std::mem::take(&mut *told) {
            told = self.changed.wait(told).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn tell(&self) {
        *lock(&self.told) = true;
        self.changed.notify_all();
    }
}

impl Cancellable for Waiter {
    fn cancel(self: Arc<Self>) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.tell();
    }
}

impl Subscriber for Waiter {
    fn task_ended(self: Arc<Self>, _: u32) {
        self.tell();
    }

    fn nesting(&self) -> &Nesting {
        &self.nesting
    }
}
