//! The tasks of one run, numbered, with their dependencies: what a scheduler works on.

#![expect(unsafe_code, reason = "it follows pointers to tasks whose handles the run holds")]

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
        execution::Execution,
        failure::Failure,
        function::Function,
        header::{Header, Signature, TaskPointer, WeakTaskRef},
        location::SourceLocation,
        phase::{Claim, Phase},
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

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With a result.
    Done,
    /// With an error or a panic.
    Failed,
    /// With neither: it is to be tried again after a wait, and may be claimed then. Until then it waits for
    /// this run or another.
    PutOff,
    /// With neither, because its run had stopped or told it so. It waits for another run or, when its
    /// inputs are used up, has failed with [`Cause::Cancelled`](crate::Cause).
    Cancelled,
}

impl Ended {
    /// The state of a task that ended so.
    pub fn state(self) -> TaskState {
        match self {
            Ended::Done => TaskState::Done,
            Ended::Failed => TaskState::Failed,
            Ended::Cancelled | Ended::PutOff => TaskState::Cancelled,
        }
    }
}

/// The answer to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// The caller has the task and must run it.
    Now,
    /// The task has ended before.
    Before(Ended),
    /// Another run has claimed the task.
    Busy,
}

/// How a task ended that the caller ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub ended: Ended,
    /// Whether another run has subscribed to the end, and must be told of it; when the task waits again,
    /// that run may claim it.
    pub awaited: bool,
}

/// The answer to the question how many bytes a task needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// The task declares nothing, and was left alone.
    Undeclared,
    /// The task has taken its inputs, and waits to be started by this run or another.
    Bytes {
        /// How many bytes the task needs, its result included.
        bytes: u64,
        /// Whether another run met the task while it was asked, and must be told to claim it again.
        awaited: bool,
    },
    /// The task has ended before.
    Before(Ended),
    /// Another run is running the task, or asking it for its bytes.
    Busy,
    /// The function given as `bytes`, or a `Clone` of an input, panicked: the task has failed.
    Failed {
        /// Whether another run has subscribed to the end, and must be told of it.
        awaited: bool,
    },
}

impl Reserved {
    /// How many bytes the task declared, `None` if it did not, and whether another run must be told.
    /// That the task failed shows when it is claimed.
    pub fn bytes(self) -> (Option<u64>, bool) {
        match self {
            Reserved::Bytes { bytes, awaited } => (Some(bytes), awaited),
            Reserved::Failed { awaited } => (None, awaited),
            Reserved::Undeclared | Reserved::Before(_) | Reserved::Busy => (None, false),
        }
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

    /// Makes a task the caller's own, unless it has ended or another run has it.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist, every dependency of the task has
    /// ended `Done`, and `claim` was not called for this index before, unless it returned `Busy`, or
    /// `Before` of a task that was reset since then, or
    /// [`run`](Plan::run) then returned `None` or put the task off.
    /// After `Now`, [`run`](Plan::run) follows.
    #[inline]
    pub unsafe fn claim(&self, index: u32) -> Claimed {
        // SAFETY: nobody has started the task in this plan, so its dependents in the plan, or the
        // outputs' handles, still hold it; or it is exposed and the plan has a weak reference.
        let header = unsafe { self.tasks[index as usize].header() };
        // SAFETY: passed on.
        match unsafe { self.claim_header(index, header) } {
            Claim::Claimed => Claimed::Now,
            Claim::Ended(phase) => Claimed::Before(ended(phase)),
            Claim::Busy => Claimed::Busy,
        }
    }

    /// Runs a task that was claimed. `None`: it has not ended, but waits for tasks that it has made, or for a
    /// future.
    ///
    /// # Safety
    /// [`claim`](Plan::claim) returned `Now` for this index, this is the first call since, and the
    /// handles that the plan was made from still exist. After `None`, [`park`](Plan::park) follows for a
    /// task that [has a future](Plan::has_future), and [`unfold`](Plan::unfold) for every other.
    #[inline]
    pub unsafe fn run(&self, index: u32, execution: &mut Execution<'_>) -> Option<Ran> {
        let task = self.tasks[index as usize];
        // SAFETY: what keeps a task that can be claimed does so until it has run.
        let header = unsafe { task.header() };
        // SAFETY: claimed by the caller.
        let phase = unsafe { (header.vtable.run)(task, execution) };
        let ended = match phase {
            Phase::Done => Ended::Done,
            Phase::Running => return None,
            // SAFETY: claimed by the caller, and it has just ended in this phase.
            _ => unsafe { ended_without_result(task, phase, execution) },
        };
        Some(Ran { ended, awaited: self.publish(index, header, phase) })
    }

    /// Asks a ready task how many bytes it needs, and leaves it waiting.
    ///
    /// The task takes its inputs for that, so results that it was the last to use are freed, or become
    /// its own, here and not when it starts. Asked again, it says the same.
    ///
    /// # Safety
    /// As for [`claim`](Plan::claim), which must not be called before this returns.
    #[inline]
    pub unsafe fn reserve(&self, index: u32) -> Reserved {
        // SAFETY: as in `claim`.
        let header = unsafe { self.tasks[index as usize].header() };
        match header.vtable.reserve {
            None => Reserved::Undeclared,
            // SAFETY: passed on.
            Some(reserve) => unsafe { self.reserve_by(reserve, index, header) },
        }
    }

    /// [`reserve`](Plan::reserve) of a task that declares bytes.
    ///
    /// # Safety
    /// As for [`reserve`](Plan::reserve); `header` and `reserve` are the task's.
    unsafe fn reserve_by(
        &self,
        reserve: unsafe fn(TaskPointer) -> Option<u64>,
        index: u32,
        header: &Header,
    ) -> Reserved {
        let task = self.tasks[index as usize];
        // SAFETY: passed on.
        match unsafe { self.claim_header(index, header) } {
            Claim::Busy => Reserved::Busy,
            Claim::Ended(phase) => Reserved::Before(ended(phase)),
            // SAFETY: claimed just now.
            Claim::Claimed => match unsafe { reserve(task) } {
                Some(bytes) => {
                    let awaited = self.publish(index, header, Phase::Waiting);
                    Reserved::Bytes { bytes, awaited }
                }
                None => Reserved::Failed { awaited: self.publish(index, header, Phase::Failed) },
            },
        }
    }

    /// Claims a task in the way that it needs.
    ///
    /// # Safety
    /// `header` is the task's, and the contract of [`claim`](Plan::claim) holds.
    #[inline]
    unsafe fn claim_header(&self, index: u32, header: &Header) -> Claim {
        if self.is_exposed(index) {
            header.state.claim()
        } else {
            // SAFETY: an unexposed task is reached through this plan alone, and once at a time.
            unsafe { header.state.claim_exclusive() }
        }
    }

    /// Ends a claim. Returns whether another run has subscribed.
    #[inline]
    fn publish(&self, index: u32, header: &Header, now: Phase) -> bool {
        if self.is_exposed(index) {
            header.state.publish(now)
        } else {
            header.state.publish_exclusive(now);
            false
        }
    }

    /// Asks to be told when a task that was `Busy` ends or waits again. Returns `false` when it has
    /// already.
    ///
    /// # Safety
    /// [`claim`](Plan::claim) or [`reserve`](Plan::reserve) returned `Busy` for this index.
    pub unsafe fn subscribe(&self, index: u32) -> bool {
        // SAFETY: only an exposed task can be busy, and the plan has weak references of those.
        unsafe { self.header(index) }.state.subscribe()
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

/// How a task has ended that has just been run and has no result. Its error is kept before others may see that it
/// has failed, and reset it.
///
/// # Safety
/// The caller has claimed the task, and running it has returned `phase`, which is not published yet.
#[cold]
unsafe fn ended_without_result(
    task: TaskPointer,
    phase: Phase,
    execution: &mut Execution<'_>,
) -> Ended {
    match phase {
        Phase::Waiting if execution.put_off.is_some() => Ended::PutOff,
        Phase::Waiting => Ended::Cancelled,
        Phase::Failed if execution.is_told_cancelled() => Ended::Cancelled,
        Phase::Failed => {
            // SAFETY: passed on.
            execution.failure = Some(unsafe { slot::new_failure(task) });
            Ended::Failed
        }
        other => ended(other),
    }
}

/// How a task in a phase after `Running` ended.
fn ended(phase: Phase) -> Ended {
    match phase {
        Phase::Failed => Ended::Failed,
        _ => Ended::Done,
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
