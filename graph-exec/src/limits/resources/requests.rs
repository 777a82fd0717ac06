//! What the tasks of a plan need of an executor's resources.

#![expect(unsafe_code, reason = "it asks tasks for their needs through a plan's pointers")]

use graph_core::__run::Plan;

use super::{error::ResourceError, limiter::Limiter, request::Request};

/// What the tasks of one plan need; nothing for most plans, and then it is no allocation.
#[derive(Default)]
pub(crate) struct Requests(Vec<(u32, Request)>);

impl Requests {
    /// Looks up what the tasks of a plan need that have not ended.
    ///
    /// # Errors
    /// The first task, in the order in which they were built, that needs what the executor does not have.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist, and none of its tasks was started in it.
    pub(crate) unsafe fn new(plan: &Plan, limiter: &Limiter) -> Result<Self, ResourceError> {
        if plan.limited().is_empty() {
            return Ok(Self::default());
        }
        let mut requests = Vec::new();
        // The oldest come last in a plan.
        for &task in plan.limited().iter().rev() {
            // SAFETY: promised by the caller.
            let (has_ended, needs) = unsafe { (plan.has_ended(task), plan.needs(task)) };
            if !has_ended {
                // SAFETY: as above.
                let task_of_plan = unsafe { (plan.describe(task), plan.function(task)) };
                requests.push((task, limiter.request(&needs, task_of_plan)?));
            }
        }
        requests.reverse();
        Ok(Requests(requests))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a task needs; `None` when that is nothing.
    pub(crate) fn of(&self, task: u32) -> Option<&Request> {
        let index = self.0.binary_search_by_key(&task, |&(task, _)| task).ok()?;
        Some(&self.0[index].1)
    }
}
