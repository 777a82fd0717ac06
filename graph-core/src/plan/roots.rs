//! The tasks that a plan is collected from: those behind the handles that are computed or drawn.

use std::marker::PhantomData;

use smallvec::SmallVec;

use crate::task::{header::Root, task_ref::TaskRef};

/// The tasks behind some handles.
///
/// The handles are borrowed, so the tasks exist as long as this does.
#[derive(Debug)]
pub struct Roots<'a> {
    /// Most graphs have one output, which needs no memory of its own.
    pub(super) tasks: SmallVec<[Root; 2]>,
    handles: PhantomData<&'a ()>,
}

impl<'a> Roots<'a> {
    pub(crate) fn new() -> Self {
        Roots { tasks: SmallVec::new(), handles: PhantomData }
    }

    pub(super) fn from_tasks(tasks: Vec<Root>) -> Self {
        Roots { tasks: SmallVec::from_vec(tasks), handles: PhantomData }
    }

    pub(crate) fn into_tasks(self) -> Vec<Root> {
        self.tasks.into_vec()
    }

    pub(crate) fn add(&mut self, task: &'a TaskRef, given_up: bool) {
        self.tasks.push(Root { task: task.pointer(), given_up });
    }

    /// Counts every handle as one that others may use while the plan exists.
    pub(crate) fn keep_handles(mut self) -> Self {
        self.tasks.iter_mut().for_each(|root| root.given_up = false);
        self
    }
}
