//! The ready queue of a run whose tasks take long, and not equally long: one for all workers.
//!
//! A worker takes the ready task that the longest path begins with, if there is room for its result, and else
//! the one whose turn it is in the memory order. So it never waits while a task is ready. That costs a
//! lock for each task, and some searching, which tasks of a hundred microseconds can afford.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use crate::{
    run::dynamic::ranks::{Rank, Ranks, Ready},
    sync::lock,
};

pub(crate) struct LongestPathQueue {
    ranks: Ranks,
    /// The tasks without dependencies, in the memory order.
    sources: Vec<u32>,
    state: Mutex<State>,
}

/// A place in the memory order; what the user says is urgent comes first.
type Turn = (Rank, u32);
/// A place in the order by longest paths; what the user says is urgent comes first.
type Urgency = (Reverse<i32>, Reverse<u64>, Turn);

#[derive(Default)]
struct State {
    by_turn: BTreeMap<Turn, Ready>,
    /// The same tasks.
    by_path: BTreeSet<Urgency>,
    /// Numbers of the places that no worker has.
    free_places: Vec<usize>,
}

impl State {
    fn push(&mut self, turn: Turn, ready: Ready) {
        self.by_path.insert((Reverse(ready.priority), Reverse(ready.path), turn));
        self.by_turn.insert(turn, ready);
    }

    /// Takes the task that is to start next.
    fn pop(&mut self) -> Option<u32> {
        let &(_, _, turn) = self.by_path.first()?;
        let fits = self.by_turn.get(&turn).is_none_or(Ready::fits);
        let turn = if fits { turn } else { *self.by_turn.first_key_value()?.0 };
        let ready = self.by_turn.remove(&turn)?;
        self.by_path.remove(&(Reverse(ready.priority), Reverse(ready.path), turn));
        ready.start();
        Some(turn.1)
    }
}

impl LongestPathQueue {
    pub(crate) fn new(sources: Vec<u32>, ranks: Ranks, places: usize) -> Self {
        let free_places = (0..places).rev().collect();
        let mut state = State { free_places, ..State::default() };
        for &source in &sources {
            state.push((ranks.rank(source), source), ranks.ready(source));
        }
        LongestPathQueue { ranks, sources, state: Mutex::new(state) }
    }

    pub(crate) fn sources(&self) -> &[u32] {
        &self.sources
    }

    pub(crate) fn push(&self, task: u32) {
        let (rank, ready) = (self.ranks.rank(task), self.ranks.ready(task));
        lock(&self.state).push((rank, task), ready);
    }

    /// The highest priority of a ready task; the lowest there is when no task is ready.
    pub(crate) fn best_priority(&self) -> i32 {
        let state = lock(&self.state);
        state.by_path.first().map_or(i32::MIN, |&(Reverse(priority), ..)| priority)
    }

    /// Takes the task that is to start next; `None` when none is ready.
    pub(crate) fn next(&self) -> Option<u32> {
        lock(&self.state).pop()
    }

    pub(crate) fn has_work(&self) -> bool {
        !lock(&self.state).by_turn.is_empty()
    }

    pub(crate) fn take_place(&self) -> Option<usize> {
        lock(&self.state).free_places.pop()
    }

    pub(crate) fn leave_place(&self, place: usize) {
        lock(&self.state).free_places.push(place);
    }
}

#[cfg(test)]
mod tests;
