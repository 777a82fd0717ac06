//! Runs that wait for a task which another run has started.
//!
//! No thread waits: the run is told when the task has ended and looks at it again. Before a run
//! that was itself started inside a task subscribes, the circle of waits is looked for:
//!
//! ```text
//!   task Y ── waits for ──► run Q (started inside Y) ── subscribes to ──► task X
//!     ▲                                                                     │ waits for
//!     └────────── subscribes to ── run R (started inside X) ◄───────────────┘
//! ```

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use crate::{lineage::Lineage, sync::lock};

/// A run that can be told of the end of a task.
pub(crate) trait Subscriber: Send + Sync {
    /// The task with this index in the run's plan has ended elsewhere.
    fn task_ended(self: Arc<Self>, index: u32);
    /// Where the run was started.
    fn lineage(&self) -> &Lineage;
}

struct Subscription {
    run: Arc<dyn Subscriber>,
    index: u32,
}

/// Creation number of a running task → who waits for its end.
static SUBSCRIPTIONS: LazyLock<Mutex<HashMap<u64, Vec<Subscription>>>> =
    LazyLock::new(Mutex::default);

/// What came of subscribing.
pub(crate) enum Subscribed {
    /// The run will be told.
    Waiting,
    /// The task has ended meanwhile.
    Ended,
    /// Waiting would never end.
    WouldDeadlock,
}

/// Subscribes `run` to the end of the task with creation number `task`. `announce` marks the task
/// so that its end is published here, and says `false` when it has ended already.
pub(crate) fn subscribe(
    run: Arc<dyn Subscriber>,
    index: u32,
    task: u64,
    announce: impl FnOnce() -> bool,
) -> Subscribed {
    let mut subscriptions = lock(&SUBSCRIPTIONS);
    if run.lineage().is_nested() && closes_a_circle(&subscriptions, run.lineage(), task) {
        return Subscribed::WouldDeadlock;
    }
    if !announce() {
        return Subscribed::Ended;
    }
    subscriptions.entry(task).or_default().push(Subscription { run, index });
    Subscribed::Waiting
}

/// Tells every run that waits for the task.
pub(crate) fn publish(task: u64) {
    // The lock is given back before anybody is told.
    let told = lock(&SUBSCRIPTIONS).remove(&task);
    for Subscription { run, index } in told.into_iter().flatten() {
        run.task_ended(index);
    }
}

/// Follows the waits that begin at `task`: does one lead to a task that waits for `lineage`'s run?
fn closes_a_circle(
    subscriptions: &HashMap<u64, Vec<Subscription>>,
    lineage: &Lineage,
    task: u64,
) -> bool {
    let mut seen = vec![task];
    let mut next = 0;
    while let Some(&task) = seen.get(next) {
        next += 1;
        if lineage.waiting_tasks().any(|waiting| waiting == task) {
            return true;
        }
        for (&awaited, runs) in subscriptions {
            let waits =
                runs.iter().any(|s| s.run.lineage().waiting_tasks().any(|waiting| waiting == task));
            if waits && !seen.contains(&awaited) {
                seen.push(awaited);
            }
        }
    }
    false
}
