//! From a failed task to the error that an output shows: which task, why, and along which path.

#![expect(unsafe_code, reason = "it names tasks through a plan's pointers")]

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use graph_core::{__run::Plan, Adjacency, Failure, SourceLocation};

use crate::error::{Error, TaskError};

/// The failures of one run.
#[derive(Default)]
pub(crate) struct Failures {
    /// The task that failed first, unless the run had been cancelled before; `None` while none has.
    first: Option<u32>,
    /// Failed task → why.
    reasons: HashMap<u32, Reason>,
    /// Skipped task → the failed task that it needed.
    skipped: HashMap<u32, u32>,
}

/// Why a task failed in a run.
pub(crate) enum Reason {
    Failure(Arc<Failure>),
    /// Another run has started the task, and that run waits for this one.
    WouldDeadlock {
        task: String,
        built_at: SourceLocation,
    },
}

impl Failures {
    /// Adds a task that has failed after the run was cancelled, or before.
    pub(crate) fn add(&mut self, task: u32, reason: Reason, is_cancelled: bool) {
        if !is_cancelled {
            self.first.get_or_insert(task);
        }
        self.reasons.insert(task, reason);
    }

    /// Adds a task that is skipped because `culprit` failed; `false` when it was skipped before.
    pub(crate) fn skip(&mut self, task: u32, culprit: u32) -> bool {
        let before = self.skipped.len();
        self.skipped.entry(task).or_insert(culprit);
        self.skipped.len() > before
    }

    /// The failed task because of which this one has no result: itself, or the one it needed;
    /// `None` when neither has failed.
    pub(crate) fn culprit(&self, task: u32) -> Option<u32> {
        let itself = || self.reasons.contains_key(&task).then_some(task);
        self.skipped.get(&task).copied().or_else(itself)
    }

    /// Failed task → why, in no order.
    pub(crate) fn reasons(&self) -> impl Iterator<Item = (u32, &Reason)> {
        self.reasons.iter().map(|(&task, reason)| (task, reason))
    }

    /// The first failure; `None` when no task had failed before the run was cancelled.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist.
    pub(crate) unsafe fn first_error(&self, plan: &Plan, dependents: &Adjacency) -> Option<Error> {
        let is_output = |task| plan.outputs().contains(&task);
        // SAFETY: promised by the caller.
        self.first.map(|first| unsafe { self.error(plan, dependents, first, is_output) })
    }

    /// Why the output has no result; `None` when it has one.
    ///
    /// # Safety
    /// As for [`first_error`](Failures::first_error).
    pub(crate) unsafe fn output_error(
        &self,
        plan: &Plan,
        dependents: &Adjacency,
        output: u32,
    ) -> Option<Error> {
        let culprit = self.culprit(output)?;
        // SAFETY: promised by the caller.
        Some(unsafe { self.error(plan, dependents, culprit, |task| task == output) })
    }

    /// The failure of `culprit`, with the path from there to the nearest end.
    ///
    /// # Safety
    /// As for [`first_error`](Failures::first_error).
    unsafe fn error(
        &self,
        plan: &Plan,
        dependents: &Adjacency,
        culprit: u32,
        is_end: impl Fn(u32) -> bool,
    ) -> Error {
        match &self.reasons[&culprit] {
            Reason::Failure(failure) => {
                // SAFETY: promised by the caller; what needs a failed task never runs.
                let name = |task: u32| unsafe { plan.describe(task) }.0;
                let path = shortest_path(dependents, culprit, is_end);
                let path = shown(failure.task(), &path, name);
                TaskError::new(Arc::clone(failure), path).into()
            }
            Reason::WouldDeadlock { task, built_at } => {
                Error::WouldDeadlock { task: task.clone(), built_at: built_at.clone() }
            }
        }
    }
}

/// The tasks after `start` on a shortest path to an end; empty when `start` is one, or when no end
/// can be reached. Time O(|V| + |E|).
fn shortest_path(dependents: &Adjacency, start: u32, is_end: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut came_from = HashMap::from([(start, start)]);
    let mut next = VecDeque::from([start]);
    while let Some(task) = next.pop_front() {
        if is_end(task) {
            let mut path = vec![];
            let mut task = task;
            while task != start {
                path.push(task);
                task = came_from[&task];
            }
            path.reverse();
            return path;
        }
        for &dependent in dependents.neighbours(task) {
            came_from.entry(dependent).or_insert_with(|| {
                next.push_back(dependent);
                task
            });
        }
    }
    vec![]
}

/// The names along a path; of a long one, the middle is left out and counted.
fn shown(first: String, rest: &[u32], name: impl Fn(u32) -> String) -> Vec<String> {
    const SHOWN_AT_EACH_END: usize = 4;
    let mut names = vec![first];
    let left_out = rest.len().saturating_sub(2 * SHOWN_AT_EACH_END);
    if left_out > 1 {
        names.extend(rest[..SHOWN_AT_EACH_END].iter().map(|&task| name(task)));
        names.push(format!("… {left_out} more …"));
        names.extend(rest[rest.len() - SHOWN_AT_EACH_END..].iter().map(|&task| name(task)));
    } else {
        names.extend(rest.iter().map(|&task| name(task)));
    }
    names
}
