//! The tasks of one run, numbered, with their dependencies: what a scheduler works on.

#![expect(unsafe_code, reason = "it follows pointers to tasks whose handles the run holds")]

pub(crate) mod claim;
pub(crate) mod collect;
pub(crate) mod future;
pub(crate) mod needs;
pub(crate) mod outputs;
#[cfg(feature = "remote")]
pub(crate) mod remote;
pub(crate) mod roots;

use std::{fmt, panic::Location, sync::Arc};

use smallvec::SmallVec;

use crate::{
    graph::adjacency::Adjacency,
    task::{
        failure::Failure,
        function::Function,
        header::{Header, Signature, TaskPointer, WeakTaskRef},
        location::SourceLocation,
        phase::Phase,
        slot,
        state::TaskState,
    },
};

/// The tasks that some outputs need, newest first, so a dependency comes after its dependents.
///
/// It points to the tasks without keeping them: the handles it was made from must live while
/// [`claim`](Plan::claim) and [`run`](Plan::run) are used.
///
/// A task is *exposed* when something outside the plan can reach it: a handle that was not given up,
/// or a dependent that is not part of the plan. Only of these the plan has weak references, and only
/// these can another run claim; claiming all others needs no atomic exchange.
#[derive(Default)]
pub struct Plan {
    tasks: Vec<TaskPointer>,
    /// One bit for each task up to the last one that is exposed, set when it is: empty in a plan without.
    exposed: Vec<u64>,
    /// The index of each output, in the order in which they were asked for.
    outputs: SmallVec<[u32; FEW]>,
    /// Task → the tasks whose results it takes.
    dependencies: Adjacency,
    /// Boxed, because few plans have any of it, and plans are moved.
    special: Option<Box<Special>>,
    /// How many bytes the largest task has, with the values that it holds.
    largest_task: u32,
}

/// So many outputs need no memory of their own.
const FEW: usize = 4;

/// What was said of tasks besides their inputs.
#[derive(Default)]
struct Special {
    /// Order-only edges: (before, after).
    after: Vec<(u32, u32)>,
    /// (task, priority), for the tasks that have one other than 0.
    priorities: Vec<(u32, i32)>,
    /// The tasks that need a resource, or whose function limits how many of them run at once; in
    /// ascending order.
    limited: Vec<u32>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The tasks themselves may be gone: nothing but counts is read.
        f.debug_struct("Plan")
            .field("tasks", &self.tasks.len())
            .field("outputs", &self.outputs)
            .finish_non_exhaustive()
    }
}

impl Plan {
    /// Adds the next task, whose index that is.
    #[inline]
    fn push(&mut self, index: u32, task: TaskPointer, exposed: bool) {
        self.tasks.push(task);
        if exposed {
            self.exposed.resize(index as usize / 64 + 1, 0);
            self.exposed[index as usize / 64] |= 1 << (index % 64);
        }
    }

    /// How many tasks there are.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Says whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// The index of each output, in the order in which they were asked for.
    pub fn outputs(&self) -> &[u32] {
        &self.outputs
    }

    /// Task → the tasks whose results it takes.
    pub fn dependencies(&self) -> &Adjacency {
        &self.dependencies
    }

    /// Order-only edges, (before, after).
    pub fn order_edges(&self) -> &[(u32, u32)] {
        self.special.as_ref().map_or(&[], |special| &special.after)
    }

    /// The tasks with a priority other than 0, as (task, priority).
    pub fn priorities(&self) -> &[(u32, i32)] {
        self.special.as_ref().map_or(&[], |special| &special.priorities)
    }

    #[inline]
    fn is_exposed(&self, index: u32) -> bool {
        let word = self.exposed.get(index as usize / 64);
        word.is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    /// The error of a task that ended `Failed`; `None` when it was reset since then, and may be claimed again.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist, and the task ended `Failed`.
    pub unsafe fn failure(&self, index: u32) -> Option<Arc<Failure>> {
        // SAFETY: the dependents of a failed task never run, so they, or an output's handle, hold it.
        unsafe { slot::failure_of(self.tasks[index as usize]) }
    }

    /// The task's creation number: its identity among all tasks of the process.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist, and the task has not ended in this
    /// plan, or was `Busy`.
    #[inline]
    pub unsafe fn number(&self, index: u32) -> u64 {
        // SAFETY: promised by the caller.
        unsafe { self.header(index) }.number()
    }

    /// How many bytes the largest task has, with the values that it holds. Where it lies on the stack while
    /// it runs, it needs several times as many.
    pub fn largest_task(&self) -> usize {
        self.largest_task as usize
    }

    /// What tells tasks of different functions or types apart: an address, never 0.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    #[inline]
    pub unsafe fn kind(&self, index: u32) -> usize {
        // SAFETY: promised by the caller.
        std::ptr::from_ref(unsafe { self.header(index) }.vtable).addr()
    }

    /// The task's name and where it was built.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    pub unsafe fn describe(&self, index: u32) -> (String, SourceLocation) {
        // SAFETY: promised by the caller.
        let header = unsafe { self.header(index) };
        (header.name(), header.built_at())
    }

    /// The function that the task calls.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    #[inline]
    pub unsafe fn function(&self, index: u32) -> fn() -> Function {
        // SAFETY: promised by the caller.
        unsafe { self.header(index) }.vtable.function
    }

    /// Says whether the task may run in parts: it makes tasks of its own and waits for them, or it waits for
    /// a future.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    pub unsafe fn is_dynamic(&self, index: u32) -> bool {
        // SAFETY: promised by the caller.
        let vtable = unsafe { self.header(index) }.vtable;
        vtable.inner.is_some() || vtable.future.is_some()
    }

    /// The tasks that something outside the plan can reach, with their creation numbers. A task that is
    /// in two plans at once is among those of both.
    pub fn exposed(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        (0..self.len() as u32).filter(|&index| self.is_exposed(index)).map(|index| {
            // SAFETY: the plan has a weak reference of every exposed task.
            (index, unsafe { self.header(index) }.number())
        })
    }

    /// What names the task to people. Taken before it runs, for then the task may be freed.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    #[inline]
    pub unsafe fn signature(&self, index: u32) -> Signature {
        // SAFETY: promised by the caller.
        unsafe { self.header(index) }.signature()
    }

    /// The task's label; `None` without one.
    ///
    /// # Safety
    /// As for [`number`](Plan::number), as long as the label is used.
    #[inline]
    pub unsafe fn label(&self, index: u32) -> Option<&str> {
        // SAFETY: promised by the caller.
        unsafe { self.header(index) }.label()
    }

    /// Who called the function that built the task.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    #[inline]
    pub unsafe fn caller(&self, index: u32) -> &'static Location<'static> {
        // SAFETY: promised by the caller.
        unsafe { self.header(index) }.built_at
    }

    /// The state of a task that did not run in this plan.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist, and [`claim`](Plan::claim) was not
    /// called for this index or did not return `Now`, or the task was put off then.
    pub unsafe fn state(&self, index: u32) -> TaskState {
        // SAFETY: its dependents did not run, so they, or an output's handle, still hold it; or it
        // is exposed and the plan has a weak reference.
        match unsafe { self.header(index) }.state.phase() {
            Phase::Done | Phase::Taken => TaskState::Done,
            Phase::Failed => TaskState::Failed,
            Phase::Waiting | Phase::Inspecting | Phase::Running => TaskState::Cancelled,
        }
    }

    /// Says whether an output has its result.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist, and `index` is one of
    /// [`outputs`](Plan::outputs).
    pub unsafe fn output_is_done(&self, index: u32) -> bool {
        // SAFETY: an output's handle holds its task.
        unsafe { self.header(index) }.state.phase() == Phase::Done
    }

    /// The task's header.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    pub(crate) unsafe fn header(&self, index: u32) -> &Header {
        // SAFETY: promised by the caller.
        unsafe { self.tasks[index as usize].header() }
    }

    pub(crate) fn pointer(&self, index: u32) -> TaskPointer {
        self.tasks[index as usize]
    }

    /// What names a task that is about to run, for as long as it runs.
    #[inline]
    pub fn running(&self, index: u32) -> RunningTask {
        RunningTask(self.pointer(index))
    }
}

/// A task of a plan while it runs.
#[derive(Debug, Clone, Copy)]
pub struct RunningTask(TaskPointer);

impl RunningTask {
    /// The task's name and where it was built.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist, and the task runs, or nothing that comes after it
    /// in the plan is ready yet.
    pub unsafe fn describe(self) -> (String, SourceLocation) {
        // SAFETY: what keeps a task that can be claimed does so until it has run, and what needs the task
        // holds it until that is run.
        let header = unsafe { self.0.header() };
        (header.name(), header.built_at())
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        for (&word, tasks) in self.exposed.iter().zip(self.tasks.chunks(64)) {
            let mut left = word;
            while left != 0 {
                let task = tasks[left.trailing_zeros() as usize];
                left &= left - 1;
                // SAFETY: the collector left one weak reference here for every exposed task.
                drop(unsafe { WeakTaskRef::from_pointer(task) });
            }
        }
    }
}
