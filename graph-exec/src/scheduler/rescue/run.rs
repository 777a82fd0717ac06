//! What a run in the background wants, and how a thread without a permit works for it.

use std::{sync::Arc, time::Duration};

use super::{Lent, Stranded, Wants};
use crate::{
    limits::{memory::reservations::RunMemory, resources::run_limits::RunLimits},
    scheduler::{
        parallel::ParallelRun,
        stall::StallDetector,
        worker::{self, Comes},
    },
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
        let pool = Arc::clone(&self.pool);
        // Without a thread, the next look tries again.
        let _ = pool.spawn_spare(move || {
            let _lent = lent;
            work_while_stalled(&self);
        });
    }

    fn let_overtake(&self) {
        self.limits().into_iter().for_each(RunLimits::let_overtake);
    }
}

/// Runs one task after another as long as no holder of a permit goes on.
fn work_while_stalled(parallel: &Arc<ParallelRun>) {
    let (mut stall, heartbeats) = (StallDetector::default(), parallel.pool.permits().heartbeats());
    stall.is_stalled(heartbeats, Duration::MAX);
    loop {
        parallel.termination.add_worker();
        let has_worked = worker::work(parallel, Comes::Lent);
        parallel.leave();
        if !has_worked
            || parallel.run.is_stopped()
            || !parallel.queue.has_work()
            || !stall.is_stalled(heartbeats, Duration::ZERO)
        {
            return;
        }
    }
}
