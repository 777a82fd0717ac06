//! How the workers of a run under a memory limit take tasks, and what the end of a task gives back.

use graph_core::__run::{Ended, Execution};

use super::queue::{LocalQueue, priority::PriorityQueue};
use crate::{
    memory::reservations::{EndedTask, Results, RunMemory, TaskReservation},
    run::{Run, dynamic::Place, hooks::TaskHooks, nesting::FrameGuard},
};

/// The memory of a run, and its queue; under a memory limit that is a priority queue.
pub(crate) struct Admission<'a> {
    pub(crate) run: &'a Run,
    pub(crate) queue: &'a PriorityQueue,
    pub(crate) memory: &'a RunMemory,
}

impl Admission<'_> {
    /// Takes the best ready task that is admitted; the calling thread then counts as active until
    /// [`MemoryBudget::leave`](crate::memory::budget::MemoryBudget::leave).
    pub(crate) fn next(
        &self,
        queue: &LocalQueue<'_>,
        frame: &FrameGuard,
    ) -> Option<(u32, TaskReservation)> {
        let budget = self.memory.budget();
        // Active for all that it asks: becoming inactive between two tasks would retry the task
        // that was just parked.
        budget.enter();
        while let Some(task) = queue.next() {
            // The function that declares the bytes is the user's, and may compute a graph.
            frame.set_task(Some(self.run.number(task)));
            let reservation = self.admit(task);
            frame.set_task(None);
            if let Some(reservation) = reservation {
                return Some((task, reservation));
            }
        }
        let overcommitted = self.memory.overcommit();
        match overcommitted {
            // It may have been the source that held the others back.
            Some(_) => self.queue.release_sources(),
            None => budget.leave(),
        }
        overcommitted
    }

    fn admit(&self, task: u32) -> Option<TaskReservation> {
        let bytes = self.run.reserve(task);
        let rank = self.queue.rank(task).0;
        let place = self.run.place(task);
        let plan = self.run.plan_of(&place);
        let is_source = plan.dependencies().neighbours(place.index).is_empty();
        if !is_source {
            return self.memory.admit(task, rank, is_source, bytes);
        }
        // While a source waits for memory, no later source may take it. They are held back *before*
        // the source is parked, so that whoever retries parked tasks releases them after that.
        self.queue.hold_back_sources();
        let admitted = self.memory.admit(task, rank, is_source, bytes);
        if admitted.is_some() {
            self.queue.release_sources();
        }
        admitted
    }
}

/// Lends a task's reservation to its result, and gives back what the task's inputs held.
pub(crate) struct ReservedTask<'a> {
    run: &'a Run,
    memory: &'a RunMemory,
    place: Place,
    /// `None` once the task has ended.
    reservation: Option<TaskReservation>,
}

impl<'a> ReservedTask<'a> {
    pub(crate) fn new(
        run: &'a Run,
        memory: &'a RunMemory,
        task: u32,
        reservation: TaskReservation,
    ) -> Self {
        ReservedTask { run, memory, place: run.place(task), reservation: Some(reservation) }
    }
}

impl TaskHooks for ReservedTask<'_> {
    fn claimed(&mut self, execution: &mut Execution<'_>) {
        if let Some(reservation) = &self.reservation {
            reservation.lend_to(execution);
        }
    }

    fn ran(&mut self, ended: Ended, execution: &Execution<'_>) {
        if let Some(reservation) = self.reservation.take() {
            let (task, result_bytes) = (self.place.index, execution.result_bytes);
            let ended = EndedTask { task, reservation, ended, result_bytes };
            let plan = self.run.plan_of(&self.place);
            let results = match &self.place.segment {
                None => self.memory.results(),
                Some(segment) => segment.results.get_or_init(|| Results::new(plan)),
            };
            self.memory.end(plan, results, ended);
        }
    }
}
