//! What is asked of a ready task before it starts: who it is, and what it needs.

#![expect(unsafe_code, reason = "it asks tasks through a plan's pointers")]

use std::sync::Arc;

use graph_core::{
    __run::{RunningTask, Signature},
    Function, SourceLocation,
};

use super::{Run, subscription};
use crate::limits::resources::request::Request;

impl Run {
    /// What a ready task needs of the executor's resources; `None` when that is nothing.
    pub(crate) fn request(&self, task: u32) -> Option<Request> {
        let place = self.place(task);
        self.part(&place).requests.of(place.index).map(Arc::clone)
    }

    /// Says whether a ready task has a result or an error, because another run has run it.
    pub(crate) fn has_ended(&self, task: u32) -> bool {
        let place = self.place(task);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan_of(&place).has_ended(place.index) }
    }

    /// Says whether a ready task waits for a future while it runs.
    pub(crate) fn has_future(&self, task: u32) -> bool {
        let place = self.place(task);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan_of(&place).has_future(place.index) }
    }

    /// Says whether a ready task declares how many bytes it needs.
    pub(crate) fn declares_bytes(&self, task: u32) -> bool {
        let place = self.place(task);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan_of(&place).declares_bytes(place.index) }
    }

    /// Name and place of creation of a ready task.
    pub(crate) fn describe(&self, task: u32) -> (String, SourceLocation) {
        let place = self.place(task);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan_of(&place).describe(place.index) }
    }

    /// The creation number of a task that is ready.
    #[inline(always)]
    pub(crate) fn number(&self, task: u32) -> u64 {
        let place = self.place(task);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan_of(&place).number(place.index) }
    }

    /// The creation number of a task that is ready, and what names it while it runs.
    #[inline(always)]
    pub(crate) fn identity(&self, task: u32) -> (u64, RunningTask) {
        let place = self.place(task);
        let plan = self.plan_of(&place);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        (unsafe { plan.number(place.index) }, plan.running(place.index))
    }

    /// The function of a ready task.
    pub(crate) fn function(&self, task: u32) -> fn() -> Function {
        let place = self.place(task);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan_of(&place).function(place.index) }
    }

    /// What tells tasks of different functions apart, of a ready task.
    #[inline(always)]
    pub(crate) fn kind(&self, task: u32) -> usize {
        let place = self.place(task);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan_of(&place).kind(place.index) }
    }

    /// What tells tasks of different functions apart, of each task of the main plan, before any of them starts.
    #[inline]
    pub(crate) fn kinds(&self) -> impl Iterator<Item = usize> {
        let plan = &self.main.plan;
        // SAFETY: no task has ended in this plan, and the handles exist (`Run::new`).
        (0..plan.len() as u32).map(|task| unsafe { plan.kind(task) })
    }

    /// Function, label and place of creation of a ready task.
    pub(crate) fn signature(&self, task: u32) -> Signature {
        let place = self.place(task);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan_of(&place).signature(place.index) }
    }

    /// Says whether a ready task may make tasks and wait for them.
    #[inline(always)]
    pub(crate) fn is_dynamic(&self, task: u32) -> bool {
        let place = self.place(task);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe { self.plan_of(&place).is_dynamic(place.index) }
    }

    /// How many bytes a ready task declares; `None` when it declares none.
    pub(crate) fn reserve(&self, task: u32) -> Option<u64> {
        let place = self.place(task);
        // SAFETY: the dependencies of a ready task have ended `Done`, and the handles exist
        // (`Run::new`).
        let (bytes, awaited) = unsafe { self.plan_of(&place).reserve(place.index) }.bytes();
        if awaited {
            subscription::publish(self.number(task));
        }
        bytes
    }
}
