//! Runs that wait for a task which another run has started.
//!
//! No thread waits for that: the run is told when the task has ended. A run that was itself started
//! inside a task may not subscribe when that would close a circle of waits:
//!
//! ```text
//!   task Y ── waits for ──► run Q (started inside Y) ── subscribes to ──► task X
//!     ▲                                                                     │ waits for
//!     └────────── subscribes to ── run R (started inside X) ◄───────────────┘
//! ```

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use super::nesting::Nesting;
use crate::sync::{Mutex, lock};

/// A run that can be told of the end of a task.
pub(crate) trait Subscriber: Send + Sync {
    /// The task with this index in the run's plan has ended in another run, or the future has woken that it
    /// waits for.
    fn task_ended(self: Arc<Self>, index: u32);
    /// Inside which tasks the run was started.
    fn nesting(&self) -> &Nesting;
}

struct Subscription {
    run: Arc<dyn Subscriber>,
    /// Index of the task in the run's plan.
    index: u32,
}

/// The subscriptions of this process.
static SUBSCRIPTIONS: LazyLock<Subscriptions> = LazyLock::new(Subscriptions::new);

/// What came of subscribing.
pub(crate) enum Subscribed {
    /// The run will be told.
    Waiting,
    /// The task has ended meanwhile.
    Ended,
    /// Waiting would never end.
    WouldDeadlock,
}

/// [`Subscriptions::subscribe`] for this process.
pub(crate) fn subscribe(
    run: Arc<dyn Subscriber>,
    index: u32,
    task: u64,
    announce: impl FnOnce() -> bool,
) -> Subscribed {
    SUBSCRIPTIONS.subscribe(run, index, task, announce)
}

/// [`Subscriptions::publish`] for this process.
pub(crate) fn publish(task: u64) {
    SUBSCRIPTIONS.publish(task);
}

/// [`Subscriptions::withdraw`] for this process.
pub(crate) fn withdraw(run: &Arc<dyn Subscriber>) {
    SUBSCRIPTIONS.withdraw(run);
}

/// [`Subscriptions::renew`] for this process.
pub(crate) fn renew(nesting: &Nesting) {
    SUBSCRIPTIONS.renew(nesting);
}

/// [`Subscriptions::waiting_for`] for this process.
pub(crate) fn waiting_for(nesting: &Nesting) -> Vec<u64> {
    SUBSCRIPTIONS.waiting_for(nesting)
}

/// Creation number of a running task → the runs that wait for its end.
pub(crate) struct Subscriptions(Mutex<HashMap<u64, Vec<Subscription>>>);

impl Subscriptions {
    pub(crate) fn new() -> Self {
        Subscriptions(Mutex::new(HashMap::new()))
    }

    /// Subscribes `run` to the end of the task with creation number `task`. `announce` marks the
    /// task so that its end is published here, and says `false` when it has ended already.
    pub(crate) fn subscribe(
        &self,
        run: Arc<dyn Subscriber>,
        index: u32,
        task: u64,
        announce: impl FnOnce() -> bool,
    ) -> Subscribed {
        let mut subscriptions = lock(&self.0);
        if run.nesting().is_nested() && closes_a_circle(&subscriptions, run.nesting(), task) {
            return Subscribed::WouldDeadlock;
        }
        if !announce() {
            return Subscribed::Ended;
        }
        #[cfg(planted = "late_subscription")]
        let mut subscriptions = {
            drop(subscriptions);
            lock(&self.0)
        };
        subscriptions.entry(task).or_default().push(Subscription { run, index });
        Subscribed::Waiting
    }

    /// Forgets what `run` waits for, because the run has ended without it.
    pub(crate) fn withdraw(&self, run: &Arc<dyn Subscriber>) {
        // The caller has the run too, so nothing is dropped under the lock.
        lock(&self.0).retain(|_, runs| {
            runs.retain(|subscription| !Arc::ptr_eq(&subscription.run, run));
            !runs.is_empty()
        });
    }

    /// Lets the run with `nesting`, and those inside it, subscribe anew to what they wait for, because a
    /// task has begun to wait for that run and may have closed a circle.
    pub(crate) fn renew(&self, nesting: &Nesting) {
        let mut told = Vec::new();
        lock(&self.0).retain(|_, runs| {
            told.extend(runs.extract_if(.., |waiting| waiting.run.nesting().is_within(nesting)));
            !runs.is_empty()
        });
        for Subscription { run, index } in told {
            run.task_ended(index);
        }
    }

    /// The tasks that wait for the run with `nesting`, or for a task that does, and so on.
    pub(crate) fn waiting_for(&self, nesting: &Nesting) -> Vec<u64> {
        let subscriptions = lock(&self.0);
        let mut tasks: Vec<u64> = nesting.waiting_tasks().collect();
        let mut next = 0;
        while let Some(task) = tasks.get(next) {
            next += 1;
            let runs = subscriptions.get(task).into_iter().flatten();
            let others = runs.flat_map(|subscription| subscription.run.nesting().waiting_tasks());
            for other in others.collect::<Vec<_>>() {
                if !tasks.contains(&other) {
                    tasks.push(other);
                }
            }
        }
        tasks
    }

    /// Tells every run that waits for the task.
    pub(crate) fn publish(&self, task: u64) {
        // The lock is released before any run is told.
        let told = lock(&self.0).remove(&task);
        for Subscription { run, index } in told.into_iter().flatten() {
            run.task_ended(index);
        }
    }
}

/// Follows the waits that begin at `task`, and says whether they lead to a task that waits for the
/// run with `nesting`.
fn closes_a_circle(
    subscriptions: &HashMap<u64, Vec<Subscription>>,
    nesting: &Nesting,
    task: u64,
) -> bool {
    let mut seen = vec![task];
    let mut next = 0;
    while let Some(&task) = seen.get(next) {
        next += 1;
        if nesting.waiting_tasks().any(|waiting| waiting == task) {
            return true;
        }
        for (&awaited, runs) in subscriptions {
            let waits =
                runs.iter().any(|s| s.run.nesting().waiting_tasks().any(|waiting| waiting == task));
            if waits && !seen.contains(&awaited) {
                seen.push(awaited);
            }
        }
    }
    false
}
