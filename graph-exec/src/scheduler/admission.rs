//! How the workers of a run take tasks that may have to wait for memory or resources, and what the end of a
//! task gives back.

use std::sync::Arc;

use graph_core::__run::{Ended, Execution};

use super::{
    parallel::ParallelRun,
    queue::{LocalQueue, priority::PriorityQueue},
};
use crate::{
    limits::{
        memory::reservations::{EndedTask, Results, RunMemory, TaskReservation},
        resources::run_limits::{Asked, Hold},
    },
    run::{Run, dynamic::Place, failures::Reason, nesting::FrameGuard, step::hooks::TaskHooks},
};

/// How a worker takes the tasks of a run that has a memory limit, or tasks that need resources.
pub(crate) struct Admission<'a>(pub(crate) &'a Arc<ParallelRun>);

/// A ready task that was taken.
pub(crate) enum Taken<'a> {
    Admitted(Admitted<'a>),
    /// It must fail.
    Refused(u32, Reason),
}

/// A task that may start.
pub(crate) struct Admitted<'a> {
    pub(crate) task: u32,
    /// Present under a memory limit.
    pub(crate) reservation: Option<TaskReservation>,
    /// What it holds of the executor's resources until it has ended; `None` when it needs none.
    pub(crate) hold: Option<Hold<'a>>,
}

/// What became of a ready task that asked.
enum Answer<'a> {
    Taken(Taken<'a>),
    Parked,
}

impl<'a> Admission<'a> {
    /// Takes the best ready task that is admitted. Under a memory limit, the calling thread then counts as
    /// active until [`leave`](Self::leave).
    pub(crate) fn next(&self, queue: &LocalQueue<'_>, frame: &FrameGuard) -> Option<Taken<'a>> {
        // Active for all that it asks: becoming inactive between two tasks would retry the task
        // that was just parked.
        self.0.memory().into_iter().for_each(|memory| memory.budget().enter());
        while let Some(task) = queue.next() {
            // The function that declares the bytes is the user's, and may compute a graph.
            frame.set_task(Some(self.0.run.number(task)));
            let answer = self.ask(task);
            frame.set_task(None);
            if let Answer::Taken(taken) = answer {
                return Some(taken);
            }
            self.0.watch();
        }
        let overcommitted = self.overcommit();
        if overcommitted.is_none() {
            self.leave();
        }
        overcommitted
    }

    /// To be called when a task that was taken has ended.
    pub(crate) fn leave(&self) {
        self.0.memory().into_iter().for_each(|memory| memory.budget().leave());
    }

    /// Asks for what a ready task needs: first for the resources, so that no memory is reserved for one that
    /// waits for these. One that waits for memory gives them back.
    fn ask(&self, task: u32) -> Answer<'a> {
        let hold = match self.hold(task) {
            Ok(hold) => hold,
            Err(answer) => return answer,
        };
        let Some(memory) = self.0.memory() else {
            return Answer::Taken(Taken::Admitted(Admitted { task, reservation: None, hold }));
        };
        match self.reserve(memory, task) {
            None => Answer::Parked,
            reservation => Answer::Taken(Taken::Admitted(Admitted { task, reservation, hold })),
        }
    }

    /// Takes what a ready task needs of the executor's resources; nothing when it needs none.
    fn hold(&self, task: u32) -> Result<Option<Hold<'a>>, Answer<'a>> {
        let parallel = self.0;
        let run = &parallel.run;
        if !run.is_limited() {
            return Ok(None);
        }
        let Some(request) = run.request(task) else { return Ok(None) };
        let priority = parallel.queue.priority().map_or(0, |queue| queue.priority(task));
        match parallel.limits_to_ask().ask(run, task, &request, priority) {
            Asked::Taken(hold) => Ok(Some(hold)),
            Asked::Ended => Ok(None),
            Asked::Parked => Err(Answer::Parked),
            Asked::Never(circle) => {
                let reason = circle.into_reason(run.describe(task));
                Err(Answer::Taken(Taken::Refused(task, reason)))
            }
        }
    }

    /// Reserves the memory of a ready task; `None` when the task is parked.
    fn reserve(&self, memory: &RunMemory, task: u32) -> Option<TaskReservation> {
        let run = &self.0.run;
        let bytes = run.reserve(task);
        let queue = self.0.queue.priority();
        let rank = queue.map_or(0, |queue| queue.rank(task).0);
        let place = run.place(task);
        let plan = run.plan_of(&place);
        let is_source = plan.dependencies().neighbours(place.index).is_empty();
        let Some(queue) = queue.filter(|_| is_source && bytes.is_some()) else {
            return memory.admit(task, rank, is_source, bytes);
        };
        // While a source waits for memory, no later source may take it. They are held back *before*
        // the source is parked, so that whoever retries parked tasks releases them after that.
        queue.hold_back_sources();
        let admitted = memory.admit(task, rank, is_source, bytes);
        if admitted.is_some() {
            queue.release_sources();
        }
        admitted
    }

    /// Takes a task that waits for memory and starts without, when nothing else can go on.
    fn overcommit(&self) -> Option<Taken<'a>> {
        let memory = self.0.memory()?;
        // One that needs resources too may have to wait for these instead.
        while let Some((task, reservation)) = memory.overcommit() {
            // It may have been the source that held the others back.
            self.0.queue.priority().into_iter().for_each(PriorityQueue::release_sources);
            self.0.note_urgent();
            match self.hold(task) {
                Ok(hold) => {
                    let reservation = Some(reservation);
                    return Some(Taken::Admitted(Admitted { task, reservation, hold }));
                }
                Err(Answer::Taken(refused)) => return Some(refused),
                Err(Answer::Parked) => {}
            }
        }
        None
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
