//! From a failed task to the error that an output shows: which task, why, and along which path.

#![expect(unsafe_code, reason = "it names tasks through a plan's pointers")]

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use graph_core::{
    __run::{Plan, QuietFailure},
    Adjacency, Failure, SourceLocation,
};

use crate::error::{Error, TaskError, WantedResource};

/// The failures of one plan of a run.
#[derive(Default)]
pub(crate) struct Failures {
    /// `None` while no task has failed, so that a run in which none does pays nothing for them.
    found: Option<Box<Found>>,
}

#[derive(Default)]
struct Found {
    /// The task that failed first, and why, unless the run had been cancelled before. `None` while none
    /// has, and for a plan that a task waits for.
    first: Option<(u32, Reason)>,
    /// Failed task → why.
    reasons: HashMap<u32, Reason>,
    /// Skipped task → the failed task that it needed.
    skipped: HashMap<u32, u32>,
}

/// Why a task failed in a run.
#[derive(Clone)]
pub(crate) enum Reason {
    /// The task has failed or, when there is a trail, one that it has made and waited for.
    Failure { failure: QuietFailure, trail: Option<Box<Trail>> },
    /// The named task waits for this run, and another run needs it, or the task that failed wants what it
    /// holds.
    WouldDeadlock { task: String, built_at: SourceLocation, wants: Option<Box<WantedResource>> },
}

impl Reason {
    pub(crate) fn from_failure(failure: Arc<Failure>) -> Self {
        Reason::Failure { failure: failure.into(), trail: None }
    }
}

impl Failures {
    fn found_mut(&mut self) -> &mut Found {
        self.found.get_or_insert_default()
    }

    /// Adds a task that has failed.
    pub(crate) fn add(&mut self, task: u32, reason: Reason) {
        self.found_mut().reasons.insert(task, reason);
    }

    /// Says whether a failure has been noted as the first.
    pub(crate) fn has_first(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.first.is_some())
    }

    /// Notes the first failure, unless there is one.
    pub(crate) fn set_first(&mut self, task: u32, reason: Reason) {
        self.found_mut().first.get_or_insert((task, reason));
    }

    /// Adds a task that is skipped because `culprit` failed; `false` when it was skipped before.
    pub(crate) fn skip(&mut self, task: u32, culprit: u32) -> bool {
        let skipped = &mut self.found_mut().skipped;
        let before = skipped.len();
        skipped.entry(task).or_insert(culprit);
        skipped.len() > before
    }

    /// Why the task failed; `None` when it has not.
    pub(crate) fn reason(&self, task: u32) -> Option<&Reason> {
        self.found.as_ref()?.reasons.get(&task)
    }

    /// The failed task because of which this one has no result: itself, or the one it needed;
    /// `None` when neither has failed.
    pub(crate) fn culprit(&self, task: u32) -> Option<u32> {
        let found = self.found.as_ref()?;
        let itself = || found.reasons.contains_key(&task).then_some(task);
        found.skipped.get(&task).copied().or_else(itself)
    }

    /// The first failure; `None` when no task had failed before the run was cancelled.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist.
    pub(crate) unsafe fn first_error(&self, plan: &Plan, dependents: &Adjacency) -> Option<Error> {
        let is_output = |task| plan.outputs().contains(&task);
        let (first, reason) = self.found.as_ref()?.first.as_ref()?;
        // SAFETY: promised by the caller.
        Some(unsafe { error(reason, plan, dependents, *first, is_output) })
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
        let reason = self.reason(culprit)?;
        // SAFETY: promised by the caller.
        Some(unsafe { error(reason, plan, dependents, culprit, |task| task == output) })
    }
}

/// The error of a failed task, with the path from there to the nearest end.
///
/// # Safety
/// The handles that the plan was made from still exist.
unsafe fn error(
    reason: &Reason,
    plan: &Plan,
    dependents: &Adjacency,
    culprit: u32,
    is_end: impl Fn(u32) -> bool,
) -> Error {
    match reason {
        Reason::Failure { failure, trail } => {
            // SAFETY: promised by the caller.
            let trail =
                unsafe { Trail::lifted(trail.as_deref(), plan, dependents, culprit, is_end) };
            TaskError::new(Arc::clone(failure), trail.names(failure.task())).into()
        }
        Reason::WouldDeadlock { task, built_at, wants } => Error::WouldDeadlock {
            task: task.clone(),
            built_at: built_at.clone(),
            wants: wants.clone(),
        },
    }
}

/// How many names are shown at each end of a trail.
const SHOWN: usize = 4;

/// The names of the tasks from a failed one on, that one left out; of many, those in the middle are only
/// counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail {
    first: Vec<String>,
    /// How many names between the first and the last were left out.
    left_out: usize,
    last: VecDeque<String>,
}

impl Trail {
    /// The trail from the failed task to the nearest end in a plan. The task `culprit` of the plan has
    /// failed itself or, when `before` is the trail that leads to it, waited for one that has.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist.
    pub(super) unsafe fn lifted(
        before: Option<&Trail>,
        plan: &Plan,
        dependents: &Adjacency,
        culprit: u32,
        is_end: impl Fn(u32) -> bool,
    ) -> Trail {
        // SAFETY: promised by the caller; what needs a failed task never runs.
        let name = |task: u32| unsafe { plan.describe(task) }.0;
        let mut trail = before.cloned().unwrap_or_default();
        if before.is_some() {
            trail.push(name(culprit));
        }
        let path = shortest_path(dependents, culprit, is_end);
        // No more are named than can be shown.
        let at_end = SHOWN + 1;
        if path.len() > 2 * at_end {
            path[..at_end].iter().for_each(|&task| trail.push(name(task)));
            trail.leave_out(path.len() - 2 * at_end);
            path[path.len() - at_end..].iter().for_each(|&task| trail.push(name(task)));
        } else {
            path.iter().for_each(|&task| trail.push(name(task)));
        }
        trail
    }

    fn push(&mut self, name: String) {
        if self.first.len() < SHOWN {
            self.first.push(name);
            return;
        }
        self.last.push_back(name);
        if self.last.len() > SHOWN + 1 {
            self.last.pop_front();
            self.left_out += 1;
        }
    }

    /// Leaves out names that come next. At least [`SHOWN`] others must follow.
    fn leave_out(&mut self, count: usize) {
        self.left_out += self.last.len() + count;
        self.last.clear();
    }

    /// All names, the failed task's at the front.
    fn names(mut self, failed: String) -> Vec<String> {
        if self.left_out > 0 {
            while self.last.len() > SHOWN {
                self.last.pop_front();
                self.left_out += 1;
            }
        }
        let left_out = (self.left_out > 0).then(|| format!("… {} more …", self.left_out));
        std::iter::once(failed).chain(self.first).chain(left_out).chain(self.last).collect()
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
