//! Claiming a task of a plan, asking how many bytes it needs, and running it.

#![expect(unsafe_code, reason = "it follows pointers to tasks whose handles the run holds")]

use super::Plan;
use crate::task::{
    execution::Execution,
    header::{Header, TaskPointer},
    phase::{Claim, Phase},
    slot,
    state::TaskState,
};

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
    pub(super) fn publish(&self, index: u32, header: &Header, now: Phase) -> bool {
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
pub(super) fn ended(phase: Phase) -> Ended {
    match phase {
        Phase::Failed => Ended::Failed,
        _ => Ended::Done,
    }
}
