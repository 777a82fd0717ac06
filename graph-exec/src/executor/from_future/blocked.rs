//! Whether a run blocks the only thread that drives a runtime.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
};

use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::consume_budget,
};

/// More than a runtime lets a future do before it must let others go on: tokio's limit is 128.
const BEYOND_EVERY_BUDGET: usize = 1024;

/// Says whether the runtime has a single thread, which is the calling one and runs a future now.
///
/// A thread may know of a runtime that another one drives: that of `spawn_blocking`, or one that has entered it.
pub(super) fn is_driven_by_this_thread(runtime: &Handle) -> bool {
    runtime.runtime_flavor() == RuntimeFlavor::CurrentThread
        && Handle::try_current().is_ok_and(|current| current.id() == runtime.id())
        && is_inside_a_future()
}

/// Says whether a runtime polls a future on this thread: that has a budget, which runs out. Then the future
/// around this one lets others go on at its next `.await`, and that is all that comes of it.
fn is_inside_a_future() -> bool {
    let mut context = Context::from_waker(Waker::noop());
    (0..BEYOND_EVERY_BUDGET).any(|_| pin!(consume_budget()).poll(&mut context).is_pending())
}
