//! The tasks that wait for resources, the first to be served first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    ops::Bound,
    sync::{Arc, Weak},
    time::Instant,
};

use super::request::Request;
use crate::{limits::unpark::Unpark, run::nesting::Nesting};

/// (the higher priority first, the one that has waited longer first).
pub(super) type Place = (Reverse<i32>, u64);

/// A task that waits.
pub(super) struct Waiting {
    pub(super) run: Weak<dyn Unpark>,
    pub(super) nesting: Arc<Nesting>,
    /// A task waited for its run when it began to wait.
    pub(super) was_nested: bool,
    /// What the queue of its run calls it.
    pub(super) task: u32,
    pub(super) request: Request,
    /// It has gone back to its run, to ask again.
    pub(super) called: bool,
    /// It need not wait for those before it.
    pub(super) may_overtake: bool,
    /// Since when it looks as if it waited for ever; `None` while it does not.
    pub(super) stuck_since: Option<Instant>,
    /// It waits for ever, and is told when it asks again.
    pub(super) doomed: bool,
}

impl Waiting {
    /// (run, task).
    pub(super) fn task_of_run(&self) -> (u64, u32) {
        (self.nesting.id(), self.task)
    }
}

/// Those who wait.
#[derive(Default)]
pub(super) struct WaitingList {
    places: BTreeMap<Place, Waiting>,
    /// (run, task) → its place.
    by_task: HashMap<(u64, u32), Place>,
    /// Resource → how many wait for it.
    counts: Vec<usize>,
    /// How many belong to runs that tasks wait for.
    nested: usize,
    arrivals: u64,
}

impl WaitingList {
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn place(&self, run: u64, task: u32) -> Option<Place> {
        self.by_task.get(&(run, task)).copied()
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Waiting> {
        self.places.get_mut(&place)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Waiting> {
        self.places.values()
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Waiting> {
        self.places.values_mut()
    }

    /// Adds a task behind all others of its priority.
    pub(super) fn add(&mut self, priority: i32, waiting: Waiting) {
        self.arrivals += 1;
        self.nested += usize::from(waiting.was_nested);
        let place = (Reverse(priority), self.arrivals);
        for need in &*waiting.request {
            if self.counts.len() <= need.resource {
                self.counts.resize(need.resource + 1, 0);
            }
            self.counts[need.resource] += 1;
        }
        self.by_task.insert((waiting.nesting.id(), waiting.task), place);
        self.places.insert(place, waiting);
    }

    /// Removes a task, and returns it so that it is dropped without a lock.
    pub(super) fn remove(&mut self, place: Place) -> Option<Waiting> {
        let waiting = self.places.remove(&place)?;
        self.by_task.remove(&(waiting.nesting.id(), waiting.task));
        self.nested -= usize::from(waiting.was_nested);
        waiting.request.iter().for_each(|need| self.counts[need.resource] -= 1);
        Some(waiting)
    }

    /// Removes the tasks of a run.
    pub(super) fn remove_run(&mut self, run: u64) -> Vec<Waiting> {
        let places = self.by_task.iter().filter(|((of, _), _)| *of == run);
        let places: Vec<Place> = places.map(|(_, &place)| place).collect();
        places.into_iter().filter_map(|place| self.remove(place)).collect()
    }

    /// Says whether a task at a place, or a new one of a priority, can start with what is free and overtakes
    /// nobody who waits for the same. What those need who have been called before it is as good as taken.
    pub(super) fn may_start(
        &self,
        place: Option<Place>,
        priority: i32,
        request: &Request,
        nesting: &Nesting,
        mut free: Vec<u32>,
    ) -> bool {
        let fits = |free: &[u32]| request.iter().all(|need| free[need.resource] >= need.amount);
        let own = usize::from(place.is_some());
        let others_wait = |resource: usize| self.counts.get(resource).copied().unwrap_or(0) > own;
        if !fits(&free) || !request.iter().any(|need| others_wait(need.resource)) {
            return fits(&free);
        }
        let end = place.unwrap_or((Reverse(priority), u64::MAX));
        for (_, other) in self.places.range((Bound::Unbounded, Bound::Excluded(end))) {
            if !comes_first(other, nesting) || !overlap(&other.request, request) {
                continue;
            }
            if !other.called {
                return false;
            }
            for need in &*other.request {
                free[need.resource] = free[need.resource].saturating_sub(need.amount);
            }
        }
        fits(&free)
    }

    /// Calls those who can start with what is free, and notes that. `free` has how much there is of each
    /// resource.
    pub(super) fn call(&mut self, mut free: Vec<u32>) -> Vec<(Weak<dyn Unpark>, u32)> {
        let mut calls = Vec::new();
        let free_now = free.clone();
        // Resource → how many wait for it further on.
        let mut left = self.counts.clone();
        let mut passed: Vec<&Waiting> = Vec::new();
        for waiting in self.places.values_mut() {
            let still_free = if self.nested > 0 { &free_now } else { &free };
            if left.iter().zip(still_free).all(|(&left, &free)| left == 0 || free == 0) {
                break;
            }
            waiting.request.iter().for_each(|need| left[need.resource] -= 1);
            // A run that a task waits for leaves nothing to those of other runs who have been called.
            let free_for_it = if waiting.nesting.is_nested() { &free_now } else { &free };
            let fits = waiting.request.iter().all(|need| free_for_it[need.resource] >= need.amount);
            let may_start = waiting.may_overtake
                || !passed.iter().any(|other| {
                    comes_first(other, &waiting.nesting)
                        && overlap(&other.request, &waiting.request)
                });
            if !(fits && may_start) {
                // One that is like another is overtaken by nobody that does not overtake that one.
                let is_like = |other: &&Waiting| {
                    other.nesting.id() == waiting.nesting.id() && other.request == waiting.request
                };
                if !passed.iter().any(is_like) {
                    passed.push(waiting);
                }
                continue;
            }
            for need in &*waiting.request {
                free[need.resource] = free[need.resource].saturating_sub(need.amount);
            }
            if !waiting.called {
                waiting.called = true;
                calls.push((Weak::clone(&waiting.run), waiting.task));
            }
        }
        calls
    }
}

/// Says whether a task that waits longer is served before one of the run with `nesting`. A run that a task
/// waits for does not wait for other runs, which may wait for that very task.
fn comes_first(waiting: &Waiting, nesting: &Nesting) -> bool {
    !nesting.is_nested() || waiting.nesting.id() == nesting.id()
}

fn overlap(one: &Request, other: &Request) -> bool {
    one.iter().any(|need| other.iter().any(|second| second.resource == need.resource))
}
