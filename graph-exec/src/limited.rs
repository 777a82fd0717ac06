//! Under a memory limit: how a run's workers come by tasks, and what a task's end gives back.

use std::sync::Arc;

use graph_core::__run::{Ended, Execution};

use crate::{
    lineage::FrameGuard,
    memory::{RunMemory, Starved, TaskCharge},
    parallel::Parallel,
    queue::Worker,
    ranked::RankedQueue,
    run::{Run, Witness},
};

/// The memory of a run, and its queue: such a run's is always ranked.
pub(crate) struct Limited<'a> {
    pub(crate) run: &'a Run,
    pub(crate) queue: &'a RankedQueue,
    pub(crate) memory: &'a RunMemory,
}

impl Limited<'_> {
    /// Takes the best ready task that is admitted; the calling thread then counts as active until
    /// [`Account::leave`](crate::memory::Account::leave).
    pub(crate) fn next(
        &self,
        worker: &Worker<'_>,
        frame: &FrameGuard,
    ) -> Option<(u32, TaskCharge)> {
        let account = self.memory.account();
        loop {
            account.enter();
            let Some(task) = worker.next() else {
                let forced = self.memory.force();
                if forced.is_none() {
                    account.leave();
                }
                return forced;
            };
            // The user's own function says how many bytes, and may compute a graph for that.
            frame.set_task(Some(self.run.number(task)));
            let charge = self.admit(task);
            frame.set_task(None);
            if let Some(charge) = charge {
                return Some((task, charge));
            }
            account.leave();
        }
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

impl Starved for Parallel {
    fn look_again(self: Arc<Self>, tasks: &[u32]) {
        self.resume_parked(tasks);
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
            let result_bytes = execution.result_bytes;
            self.memory.end(self.run.plan(), self.task, charge, ended, result_bytes);
        }
    }
}
