//! Under a memory limit: how a run's workers come by tasks, and what a task's end gives back.

use graph_core::__run::{Ended, Execution};

use super::queue::{LocalQueue, priority::RankedQueue};
use crate::{
    memory::reservations::{EndedTask, RunMemory, TaskCharge},
    run::{Run, Witness, nesting::FrameGuard},
};

/// The memory of a run, and its queue: such a run's is always ranked.
pub(crate) struct Limited<'a> {
    pub(crate) run: &'a Run,
    pub(crate) queue: &'a RankedQueue,
    pub(crate) memory: &'a RunMemory,
}

impl Limited<'_> {
    /// Takes the best ready task that is admitted; the calling thread then counts as active until
    /// [`Account::leave`](crate::memory::budget::Account::leave).
    pub(crate) fn next(
        &self,
        queue: &LocalQueue<'_>,
        frame: &FrameGuard,
    ) -> Option<(u32, TaskCharge)> {
        let account = self.memory.account();
        // Counted in once for all it asks: leaving between two tasks would wake what was just parked.
        account.enter();
        while let Some(task) = queue.next() {
            // The user's own function says how many bytes, and may compute a graph for that.
            frame.set_task(Some(self.run.number(task)));
            let charge = self.admit(task);
            frame.set_task(None);
            if let Some(charge) = charge {
                return Some((task, charge));
            }
        }
        let forced = self.memory.force();
        match forced {
            // It may have been the source that held the others back.
            Some(_) => self.queue.release_sources(),
            None => account.leave(),
        }
        forced
    }

    fn admit(&self, task: u32) -> Option<TaskCharge> {
        let bytes = self.run.reserve(task);
        let rank = self.queue.rank(task);
        let is_source = self.run.plan().dependencies().neighbours(task).is_empty();
        if !is_source {
            return self.memory.admit(task, rank, is_source, bytes);
        }
        // While a source waits for room, no later one may take it. They are held back *before* it
        // is parked, so whoever looks at parked tasks again lets them go after that.
        self.queue.hold_back_sources();
        let admitted = self.memory.admit(task, rank, is_source, bytes);
        if admitted.is_some() {
            self.queue.release_sources();
        }
        admitted
    }
}

/// Hands a task's charge to its result, and gives back what the task took.
pub(crate) struct ChargedTask<'a> {
    run: &'a Run,
    memory: &'a RunMemory,
    task: u32,
    charge: Option<TaskCharge>,
}

impl<'a> ChargedTask<'a> {
    pub(crate) fn new(run: &'a Run, memory: &'a RunMemory, task: u32, charge: TaskCharge) -> Self {
        ChargedTask { run, memory, task, charge: Some(charge) }
    }
}

impl Witness for ChargedTask<'_> {
    fn claimed(&mut self, execution: &mut Execution<'_>) {
        if let Some(charge) = &self.charge {
            charge.lend_to(execution);
        }
    }

    fn ran(&mut self, ended: Ended, execution: &Execution<'_>) {
        if let Some(charge) = self.charge.take() {
            let (task, result_bytes) = (self.task, execution.result_bytes);
            let ended = EndedTask { task, charge, ended, result_bytes };
            self.memory.end(self.run.plan(), ended);
        }
    }
}
