//! What a run in the background wants, and how a thread that it is lent works for it.

use std::sync::Arc;

use super::{Lent, Stranded, Wants};
use crate::{
    limits::{memory::reservations::RunMemory, resources::run_limits::RunLimits},
    scheduler::{caller, parallel::ParallelRun},
};

impl Stranded for ParallelRun {
    fn wants(&self) -> Wants {
        if self.run.is_stopped() || self.unsettled() == 0 {
            Wants::Over
        } else if self.is_joined() || !self.termination.is_idle() {
            Wants::Nothing
        } else if self.queue.has_work() {
            Wants::Thread
        } else if self.memory().is_some_and(RunMemory::has_parked) {
            Wants::Memory
        } else if self.limits().is_some_and(RunLimits::has_parked) {
            Wants::Resources
        } else {
            Wants::Nothing
        }
    }

    fn lend(self: Arc<Self>, wanted: Wants, lent: Lent) {
        if wanted == Wants::Memory {
            self.memory().into_iter().for_each(RunMemory::note_stall);
        }
        // The thread may leave before the run is over: who works for it alone, and finds nothing, is not all there is.
        self.background.iter().for_each(|background| background.company.share());
        let (pool, permit) = (Arc::clone(&self.pool), self.pool.permits().lend(&self));
        // Without a thread, the next look tries again.
        let _ = pool.spawn_spare(move || {
            let _lent = lent;
            caller::work_with(permit, &self);
        });
    }

    fn join(self: Arc<Self>, wanted: Wants, lent: Lent) {
        if wanted == Wants::Memory {
            self.memory().into_iter().for_each(RunMemory::note_stall);
        }
        let pool = Arc::clone(&self.pool);
        // Without a thread, the next look tries again.
        let _ = pool.spawn_spare(move || {
            let _lent = lent;
            self.note_joined();
            caller::join(&self);
        });
    }

    fn releases(&self) -> u64 {
        self.memory().map_or(0, |memory| memory.budget().releases())
    }

    fn let_overtake(&self) {
        self.limits().into_iter().for_each(RunLimits::let_overtake);
    }
}
