//! The tasks that a plan is collected from: those behind the handles that are asked for.

use std::marker::PhantomData;

use crate::task::{header::TaskPointer, task_ref::TaskRef};

/// The tasks whose results are asked for.
///
/// It borrows the handles, so the tasks exist while it does.
pub struct Roots<'a> {
    pub(super) tasks: Vec<Root>,
    handles: PhantomData<&'a ()>,
}

pub(super) struct Root {
    pub(super) task: TaskPointer,
    /// The caller gives the handle up, so it counts as a use inside the plan.
    pub(super) given_up: bool,
}

impl<'a> Roots<'a> {
    pub(crate) fn new() -> Self {
        Roots { tasks: Vec::new(), handles: PhantomData }
    }

    pub(crate) fn add(&mut self, task: &'a TaskRef, given_up: bool) {
        self.tasks.push(Root { task: task.pointer(), given_up });
    }

    /// Treats every handle as one that others may use at the same time.
    pub(crate) fn keep_handles(mut self) -> Self {
        self.tasks.iter_mut().for_each(|root| root.given_up = false);
        self
    }
}
