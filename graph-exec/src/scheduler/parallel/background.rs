//! A run in the background: who ends it, and who sees to it that somebody comes for it.

use std::sync::{Arc, Weak};

use super::{Background, ParallelRun};
use crate::{
    scheduler::rescue::Stranded,
    sync::{Ordering, lock},
};

impl ParallelRun {
    /// Says whether more threads than one may work for the run.
    pub(super) fn is_open(&self) -> bool {
        self.background.as_ref().is_none_or(|background| !background.company.is_alone())
    }

    /// Ends a run in the background if it has stopped, and no thread is at work for it.
    pub(in crate::scheduler) fn end_if_over(self: &Arc<Self>) {
        if let Some(background) = &self.background
            && self.run.is_stopped()
            && self.termination.is_idle()
        {
            let end = lock(&background.end).take();
            if let Some(end) = end {
                self.let_go();
                end.end(self);
            }
        }
    }

    /// Lets another thread [end](Self::end_if_over) a run in the background: a worker if one is free, or else a
    /// thread beside the pool's. What observes the run, and whoever awaits it, would wait too long otherwise.
    pub(super) fn end_elsewhere(self: &Arc<Self>) {
        let has_end = |background: &Background| lock(&background.end).is_some();
        if !self.termination.is_idle() || !self.background.as_deref().is_some_and(has_end) {
            return;
        }
        let is_submitted = self.termination.add_missing_worker();
        if is_submitted {
            self.submit();
        }
        if !is_submitted || self.pool.permits().are_wanted() {
            let run = Arc::clone(self);
            let is_begun = self.pool.spawn_spare(move || run.end_if_over()).is_ok();
            if !is_begun && !is_submitted {
                self.end_if_over();
            }
        }
    }

    /// Lets the pool look from time to time whether somebody comes for a run in the background that has to wait.
    #[cold]
    pub(in crate::scheduler) fn watch(self: &Arc<Self>) {
        if let Some(background) = &self.background
            && !background.is_watched.swap(true, Ordering::Relaxed)
        {
            self.pool.rescue().watch(Arc::downgrade(self) as Weak<dyn Stranded>);
        }
    }

    /// Notes that a task waits for a run in the background from now on.
    pub(crate) fn note_nested(&self) {
        self.pool.permits().look_again(self.run.nesting());
    }

    /// Notes that a thread waits for a run in the background from now on.
    pub(crate) fn note_joined(&self) {
        let background = self.background.as_deref();
        background.into_iter().for_each(|run| run.is_joined.store(true, Ordering::Relaxed));
    }

    /// Says whether a thread waits for a run in the background.
    pub(in crate::scheduler) fn is_joined(&self) -> bool {
        let background = self.background.as_deref();
        background.is_some_and(|background| background.is_joined.load(Ordering::Relaxed))
    }
}
