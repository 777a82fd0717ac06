//! A plan while it is run, task by task: who waits for whom, and what has failed.

use std::sync::{Arc, Mutex};

use graph_core::{__run::Plan, Adjacency};

use super::{
    failures::{Failures, Reason},
    schedule::{join_counter::JoinCounter, longest_path::LongestPaths},
};
use crate::{limits::resources::requests::Requests, sync::lock};

/// The plan of a run's outputs, or of what a task has made in the run.
pub(crate) struct Part {
    pub(crate) plan: Plan,
    /// Task → its dependents; the one to start first comes last.
    pub(crate) dependents: Adjacency,
    /// Task → how many of its dependencies have not ended.
    pub(super) awaited: Vec<JoinCounter>,
    pub(super) failures: Mutex<Failures>,
    /// Present when tasks start by their longest paths.
    pub(super) longest_paths: Option<Arc<LongestPaths>>,
    /// What its tasks need of the executor's resources.
    pub(crate) requests: Requests,
}

impl Part {
    /// Counts a task as done, and calls `ready` with each task that waits for nothing any more. As long as
    /// what `alone` returns lives, no other thread works for the run.
    #[inline]
    pub(super) fn done<A>(
        &self,
        task: u32,
        alone: impl Fn() -> Option<A>,
        mut ready: impl FnMut(u32),
    ) {
        for &dependent in self.dependents.neighbours(task) {
            if self.awaited[dependent as usize].decrement(&alone) {
                ready(dependent);
            }
        }
    }

    /// Notes that a task needs its dependencies no more, where that decides what starts.
    #[cold]
    pub(super) fn note_end(&self, task: u32) {
        let needed = self.plan.dependencies().neighbours(task);
        self.longest_paths.iter().for_each(|paths| paths.end(needed));
    }

    /// Notes that a task has failed.
    pub(super) fn add_failure(&self, task: u32, reason: Reason) {
        lock(&self.failures).add(task, reason);
    }

    /// Settles a failed task and every task that needs it. Returns how many tasks that settles.
    #[cold]
    pub(super) fn fail(&self, task: u32, reason: Reason) -> usize {
        self.note_end(task);
        let mut failures = lock(&self.failures);
        failures.add(task, reason);
        let mut settled = 1;
        let mut without_result = vec![task];
        while let Some(next) = without_result.pop() {
            for &dependent in self.dependents.neighbours(next) {
                if failures.skip(dependent, task) {
                    settled += 1;
                    without_result.push(dependent);
                }
            }
        }
        settled
    }
}
