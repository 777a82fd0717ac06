//! What is called when a task of a run starts and ends.

use graph_core::__run::{Ended, Execution};

/// What a task waits for that has run in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// Tasks that it has made.
    Tasks,
    Future,
}

/// Is called around the function of a task; `()` does nothing.
///
/// An observer that is told here may compute graphs, so the thread counts as inside the task.
pub(crate) trait TaskHooks {
    /// The task is about to run on this thread.
    fn claimed(&mut self, execution: &mut Execution<'_>);
    /// The task has made tasks and waits for them, or waits for a future; it is claimed again when they are
    /// done.
    fn paused(&mut self, awaited: Awaited) {
        let _ = awaited;
    }
    /// The task has ended. Other runs have been told, its dependents in this run have not.
    fn ran(&mut self, ended: Ended, execution: &Execution<'_>);
}

/// Calls both, the first one first.
impl<A: TaskHooks, B: TaskHooks> TaskHooks for (A, B) {
    fn claimed(&mut self, execution: &mut Execution<'_>) {
        self.0.claimed(execution);
        self.1.claimed(execution);
    }
    fn paused(&mut self, awaited: Awaited) {
        self.0.paused(awaited);
        self.1.paused(awaited);
    }
    fn ran(&mut self, ended: Ended, execution: &Execution<'_>) {
        self.0.ran(ended, execution);
        self.1.ran(ended, execution);
    }
}

impl<H: TaskHooks> TaskHooks for Option<H> {
    fn claimed(&mut self, execution: &mut Execution<'_>) {
        self.iter_mut().for_each(|hooks| hooks.claimed(execution));
    }
    fn paused(&mut self, awaited: Awaited) {
        self.iter_mut().for_each(|hooks| hooks.paused(awaited));
    }
    fn ran(&mut self, ended: Ended, execution: &Execution<'_>) {
        self.iter_mut().for_each(|hooks| hooks.ran(ended, execution));
    }
}

impl<H: TaskHooks> TaskHooks for &mut H {
    fn claimed(&mut self, execution: &mut Execution<'_>) {
        (**self).claimed(execution);
    }
    fn paused(&mut self, awaited: Awaited) {
        (**self).paused(awaited);
    }
    fn ran(&mut self, ended: Ended, execution: &Execution<'_>) {
        (**self).ran(ended, execution);
    }
}

impl TaskHooks for () {
    #[inline]
    fn claimed(&mut self, _: &mut Execution<'_>) {}
    #[inline]
    fn ran(&mut self, _: Ended, _: &Execution<'_>) {}
}
