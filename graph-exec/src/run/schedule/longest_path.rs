//! Which tasks should start first because the longest chain of tasks still to come begins with them.
//!
//! It knows how long functions took before, and no clock.

use graph_core::{__run::Plan, Adjacency};

use super::room::Room;
use crate::{
    scheduler::durations::{Durations, WORTH_ORDERING},
    sync::{Mutex, lock},
};

/// Tasks whose durations differ by less than this, (longer ÷ shorter) as numerator and denominator, take
/// equally long.
const UNEQUAL: (u64, u64) = (3, 2);

/// So many tasks of a plan are looked at first, to tell whether it is worth looking at all of them.
const SAMPLED: usize = 128;

/// Task → how many microseconds it takes, as far as that was learned, of a plan that is worth putting in order
/// by that.
pub(crate) struct LearnedDurations(Vec<u64>);

impl LearnedDurations {
    /// `None` when the order makes no difference that is known: tasks of less than 100 µs on average, or 50 µs for each
    /// thread; tasks that are all equally long, or no more than threads; or one thread. `kind` tells of what kind a
    /// task of the plan is, and `is_dynamic` whether it may make tasks. Time O(|V|), far less where tasks are short.
    pub(crate) fn new(
        plan: &Plan,
        durations: &Durations,
        kind: impl Fn(u32) -> usize,
        is_dynamic: impl Fn(u32) -> bool,
    ) -> Option<Self> {
        if durations.threads() == 1 || !is_long(plan, durations, &kind) {
            return None;
        }
        let mut last = (0, None);
        let mut makes_tasks = false;
        let mut range = (u64::MAX, 0);
        let known: Vec<Option<u64>> = (0..plan.len() as u32)
            .map(|task| {
                let kind = kind(task);
                if kind != last.0 {
                    last = (kind, durations.microseconds(kind));
                    makes_tasks |= durations.makes_worth_ordering(kind) && is_dynamic(task);
                    if let Some(duration) = last.1.filter(|&duration| duration >= WORTH_ORDERING) {
                        range = (duration.min(range.0), duration.max(range.1));
                    }
                }
                last.1
            })
            .collect();
        let (least, most) = range;
        let is_unequal = least.saturating_mul(UNEQUAL.0) <= most.saturating_mul(UNEQUAL.1);
        if !makes_tasks && (!is_unequal || plan.len() <= durations.threads()) {
            return None;
        }
        let mean = mean(known.iter().copied())?;
        Some(LearnedDurations(known.into_iter().map(|known| known.unwrap_or(mean)).collect()))
    }

    /// Task → how many microseconds the longest path from it to an output takes, the task itself included: its
    /// upward rank. `dependencies` lists tasks as a plan does, each before what it needs.
    ///
    /// Source: Topcuoglu, Hariri and Wu, "Performance-effective and low-complexity task scheduling for heterogeneous
    /// computing" (2002), where all processors are alike and passing results costs nothing. List scheduling by the
    /// longest path is older: Hu, "Parallel sequencing and assembly line problems" (1961).
    pub(crate) fn paths(&self, dependencies: &Adjacency) -> Vec<u64> {
        let LearnedDurations(durations) = self;
        let mut paths = vec![0; durations.len()];
        for task in 0..durations.len() as u32 {
            // Everything that waits for the task came before it, so its path is final.
            let path = &mut paths[task as usize];
            *path = durations[task as usize].saturating_add(*path);
            let path = *path;
            for &needed in dependencies.neighbours(task) {
                let longest = &mut paths[needed as usize];
                *longest = path.max(*longest);
            }
        }
        paths
    }
}

impl LearnedDurations {
    /// Those that a test says.
    #[cfg(test)]
    pub(crate) fn planted(durations: Vec<u64>) -> Self {
        LearnedDurations(durations)
    }
}

/// The mean of what is known; `None` when nothing is.
fn mean(known: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    let sum = |(sum, count): (u64, u64), duration| (sum.saturating_add(duration), count + 1);
    let (sum, count) = known.flatten().fold((0, 0), sum);
    sum.checked_div(count)
}

/// Says whether tasks of a plan take long enough, by a sample of them.
fn is_long(plan: &Plan, durations: &Durations, kind: impl Fn(u32) -> usize) -> bool {
    let step = plan.len().div_ceil(SAMPLED).max(1);
    let sampled = (0..plan.len() as u32).step_by(step);
    // Tasks of one kind mostly lie next to each other.
    let mut last = (0, None);
    let known = sampled.map(|task| {
        let kind = kind(task);
        if kind != last.0 {
            last = (kind, durations.microseconds(kind));
        }
        last.1
    });
    // While one thread prepares the order, and while one takes a task from the queue, the others may wait.
    let least = WORTH_ORDERING.max(WORTH_ORDERING / 2 * durations.threads() as u64);
    mean(known).is_some_and(|mean| mean >= least)
}

/// The order by longest paths of a plan while it runs. Nothing of the user's is in it.
pub(crate) struct LongestPaths {
    /// Task → how many microseconds the longest path from it takes.
    paths: Vec<u64>,
    room: Mutex<Room>,
}

impl LongestPaths {
    /// `waits` says which tasks each task waits for, whether it takes their results or not; `room` is made
    /// of the durations.
    pub(crate) fn new(
        waits: &Adjacency,
        learned: LearnedDurations,
        room: impl FnOnce(Vec<u64>) -> Room,
    ) -> Self {
        let paths = learned.paths(waits);
        let LearnedDurations(durations) = learned;
        LongestPaths { paths, room: Mutex::new(room(durations)) }
    }

    /// How many microseconds the longest path from a task takes.
    pub(crate) fn path(&self, task: u32) -> u64 {
        self.paths[task as usize]
    }

    /// Says whether a ready task may start now, wherever it is in the memory order.
    pub(crate) fn fits(&self, task: u32) -> bool {
        lock(&self.room).fits(task, self.path(task))
    }

    /// Notes the start of a task.
    pub(crate) fn start(&self, task: u32) {
        lock(&self.room).start(task);
    }

    /// Notes the end of a task that takes the results of `needed`.
    pub(crate) fn end(&self, needed: &[u32]) {
        lock(&self.room).end(needed);
    }
}
