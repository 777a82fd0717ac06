//! Tasks of a plan that wait for a future: who is woken when they can go on, and what becomes of the
//! future when their run has ended.

#![expect(unsafe_code, reason = "it follows pointers to tasks whose handles the run holds")]

use std::{sync::Arc, task::Waker};

use crate::{
    plan::Plan,
    task::{
        execution::waker_set::WakerSet,
        phase::{Claim, Phase},
    },
};

/// A task that was given back because it waits for a future.
#[derive(Debug)]
pub struct Parked {
    /// Who waits for the future. The waker is among them, unless the future has woken before it could be
    /// added: then the task is to be claimed again at once.
    pub wakers: Arc<WakerSet>,
    /// Whether the waker was added.
    pub is_waiting: bool,
    /// Whether another run met the task meanwhile, and must be told to claim it again.
    pub awaited: bool,
}

impl Plan {
    /// Says whether a task that has not ended waits for a future, and not for tasks that it has made.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    pub unsafe fn has_future(&self, index: u32) -> bool {
        // SAFETY: promised by the caller.
        unsafe { self.header(index) }.vtable.future.is_some()
    }

    /// Adds a waker to those that the future of a task wakes, and gives the task back as waiting. It may be
    /// claimed again when the waker was woken; other runs may claim it too, and wait for the same future.
    ///
    /// # Safety
    /// [`run`](Plan::run) returned `None` for this index, this is the first call since, and the task
    /// [has a future](Plan::has_future).
    pub unsafe fn park(&self, index: u32, waker: &Waker) -> Parked {
        let task = self.pointer(index);
        // SAFETY: the handles that the plan was made from still exist, as they did for `run`.
        let header = unsafe { self.header(index) };
        let future = header.vtable.future.as_ref();
        // SAFETY: the task is claimed, so its body is there and this thread's alone.
        let awaited = future.and_then(|future| unsafe { (future.awaited)(task) });
        let (wakers, wakes) = awaited.expect("a task that has not ended waits for its future");
        let is_waiting = wakers.insert(waker, wakes);
        Parked { wakers, is_waiting, awaited: self.publish(index, header, Phase::Waiting) }
    }

    /// Drops the future of a task that waits for it, when nothing outside the plan can reach the task. Otherwise
    /// the future belongs to whoever still can: another run, or a handle, with which it is dropped.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist, the task was [given back](Plan::park) and not claimed
    /// in this plan since, and it is not claimed here any more.
    pub unsafe fn abandon(&self, index: u32) {
        if self.is_exposed(index) {
            return;
        }
        // SAFETY: the task has not ended in this plan, and the handles exist.
        let header = unsafe { self.header(index) };
        let Some(future) = &header.vtable.future else { return };
        // SAFETY: nobody else can reach the task.
        if let Claim::Claimed = unsafe { header.state.claim_exclusive() } {
            // SAFETY: claimed just now, so the body is there and this thread's alone.
            unsafe { (future.abandon)(self.pointer(index)) };
            header.state.publish_exclusive(Phase::Waiting);
        }
    }
}
