//! What a run is to the permits of its pool: something to work for, that others wait for.

use std::{sync::Arc, time::Instant};

use super::ParallelRun;
use crate::{
    run::nesting::Nesting,
    scheduler::{
        permits::{Job, Permit, claim::Claim},
        solo,
        worker::{self, Comes},
    },
    sync::Ordering,
};

impl Job for ParallelRun {
    fn execute(self: Arc<Self>) {
        let is_done =
            self.background.as_ref().is_some_and(|background| solo::execute(&self, background));
        if !is_done {
            self.arrive();
            worker::work(&self, Comes::FromPool);
        }
        self.leave();
    }

    fn help(self: Arc<Self>) {
        worker::work(&self, Comes::FromTask);
        self.leave();
    }

    fn grant(&self, permit: Permit) {
        self.signal.grant(permit);
    }

    fn nesting(&self) -> &Nesting {
        self.run.nesting()
    }

    fn pause(self: Arc<Self>) {
        self.termination.pause_worker();
        Arc::clone(&self).call();
        // With a single thread there may be no other worker.
        self.tell_caller();
    }

    fn resume(&self) {
        self.termination.resume_worker();
    }

    fn call(self: Arc<Self>) {
        if self.queue.has_work() && !self.run.is_stopped() {
            self.is_slow.store(true, Ordering::Relaxed);
            self.background.iter().for_each(|background| background.company.share());
            self.submit_job();
        }
    }

    fn claim(&self, now: Instant) -> Claim {
        Claim {
            priority: self.queue.best_priority(),
            threads: self.termination.busy(),
            level: self.attained.level(now),
        }
    }
}
