//! The ready queue of a run whose tasks must start in a strict order: one heap for all workers.
//!
//! A run with priorities, or under a memory limit, starts the best ready task, whichever worker
//! made it ready. That costs a lock for each task, which such runs can afford.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Mutex};

use crate::{
    run::dynamic::ranks::{Rank, Ranks},
    sync::lock,
};

pub(crate) struct PriorityQueue {
    ranks: Ranks,
    /// The tasks without dependencies, best first.
    sources: Vec<u32>,
    /// Those of them that declare bytes, under a memory limit, best first; and all others.
    by_bytes: [Vec<u32>; 2],
    state: Mutex<State>,
}

/// Index in `by_bytes` of the sources that declare bytes.
const DECLARED: usize = 0;

#[derive(Default)]
struct State {
    /// (rank, task), the lowest rank on top.
    ready: BinaryHeap<Reverse<(Rank, u32)>>,
    /// How many sources of each kind have been taken.
    taken: [usize; 2],
    /// No source that declares bytes may be taken for the time being.
    held_back: bool,
    /// Numbers of the places that no worker has.
    free_places: Vec<usize>,
}

impl PriorityQueue {
    /// `declares_bytes` says which sources wait while others of them wait for memory.
    pub(crate) fn new(
        sources: Vec<u32>,
        ranks: Ranks,
        places: usize,
        mut declares_bytes: impl FnMut(u32) -> bool,
    ) -> Self {
        let free_places = (0..places).rev().collect();
        let state = Mutex::new(State { free_places, ..State::default() });
        let (declared, others) = sources.iter().partition(|&&task| declares_bytes(task));
        PriorityQueue { ranks, sources, by_bytes: [declared, others], state }
    }

    /// The best source that may be taken, and its kind.
    fn best_source(&self, state: &State) -> Option<(Rank, u32, usize)> {
        let of_kind = |kind: usize| {
            let is_held_back = kind == DECLARED && state.held_back;
            let task = *self.by_bytes[kind].get(state.taken[kind]).filter(|_| !is_held_back)?;
            Some((self.rank(task), task, kind))
        };
        of_kind(0).into_iter().chain(of_kind(1)).min()
    }

    pub(crate) fn sources(&self) -> &[u32] {
        &self.sources
    }

    /// Its position in the order.
    pub(crate) fn rank(&self, task: u32) -> Rank {
        self.ranks.rank(task)
    }

    /// Its priority, its own or inherited.
    pub(crate) fn priority(&self, task: u32) -> i32 {
        self.ranks.priority(task)
    }

    pub(crate) fn push(&self, task: u32) {
        let rank = self.rank(task);
        lock(&self.state).ready.push(Reverse((rank, task)));
    }

    /// Lets no source that declares bytes be taken until [`release_sources`](Self::release_sources).
    pub(crate) fn hold_back_sources(&self) {
        lock(&self.state).held_back = true;
    }

    pub(crate) fn release_sources(&self) {
        lock(&self.state).held_back = false;
    }

    /// The highest priority of a ready task; the lowest there is when no task is ready.
    pub(crate) fn best_priority(&self) -> i32 {
        let state = lock(&self.state);
        let source = self.best_source(&state).map(|(_, task, _)| task);
        let ready = state.ready.peek().map(|&Reverse((_, task))| task);
        // Tasks are ranked by priority first.
        let priorities = source.into_iter().chain(ready).map(|task| self.ranks.priority(task));
        priorities.max().unwrap_or(i32::MIN)
    }

    /// Takes the best ready task; `None` when there is none.
    pub(crate) fn next(&self) -> Option<u32> {
        let mut state = lock(&self.state);
        let source = self.best_source(&state);
        let ready = state.ready.peek().map(|&Reverse((rank, task))| (rank, task));
        match (source, ready) {
            (Some((best, ..)), Some((rank, task))) if rank < best => {
                state.ready.pop();
                Some(task)
            }
            (Some((_, source, kind)), _) => {
                state.taken[kind] += 1;
                Some(source)
            }
            (None, Some((_, task))) => {
                state.ready.pop();
                Some(task)
            }
            (None, None) => None,
        }
    }

    pub(crate) fn has_work(&self) -> bool {
        let state = lock(&self.state);
        !state.ready.is_empty() || self.best_source(&state).is_some()
    }

    pub(crate) fn take_place(&self) -> Option<usize> {
        lock(&self.state).free_places.pop()
    }

    pub(crate) fn leave_place(&self, place: usize) {
        lock(&self.state).free_places.push(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(sources: Vec<u32>, ranks: Ranks, places: usize) -> PriorityQueue {
        PriorityQueue::new(sources, ranks, places, |_| true)
    }

    #[test]
    fn sources_that_declare_nothing_pass_those_that_are_held_back() {
        let ranks = Ranks::of_main(vec![0, 1, 2, 3], vec![]);
        let queue = PriorityQueue::new(vec![0, 1, 2, 3], ranks, 1, |task| task < 2);
        assert_eq!(queue.next(), Some(0));
        queue.hold_back_sources();
        assert!(queue.has_work());
        assert_eq!([queue.next(), queue.next(), queue.next()], [Some(2), Some(3), None]);
        queue.release_sources();
        assert_eq!([queue.next(), queue.next()], [Some(1), None]);
    }

    #[test]
    fn the_best_comes_first_whether_source_or_not() {
        // Task:                                  0  1  2  3
        let queue = queue(vec![1, 3], Ranks::of_main(vec![2, 0, 1, 3], vec![]), 1);
        assert_eq!(queue.next(), Some(1));
        queue.push(0);
        queue.push(2);
        assert_eq!([queue.next(), queue.next(), queue.next()], [Some(2), Some(0), Some(3)]);
        assert_eq!(queue.next(), None);
        assert!(!queue.has_work());
    }

    #[test]
    fn its_best_priority_is_that_of_what_is_ready() {
        let queue = queue(vec![1], Ranks::of_main(vec![1, 0], vec![-2, 5]), 1);
        assert_eq!((queue.best_priority(), queue.next()), (5, Some(1)));
        assert_eq!(queue.best_priority(), i32::MIN);
        queue.push(0);
        assert_eq!(queue.best_priority(), -2);
    }

    #[test]
    fn sources_that_are_held_back_wait() {
        let queue = queue(vec![0, 1], Ranks::of_main(vec![0, 1, 2], vec![]), 1);
        queue.hold_back_sources();
        assert!(!queue.has_work());
        queue.push(2);
        assert_eq!([queue.next(), queue.next()], [Some(2), None]);
        queue.release_sources();
        assert_eq!(queue.next(), Some(0));
    }

    #[test]
    fn a_place_is_taken_once() {
        let queue = queue(vec![], Ranks::of_main(vec![], vec![]), 2);
        let places = [queue.take_place(), queue.take_place(), queue.take_place()];
        assert_eq!(places, [Some(0), Some(1), None]);
        queue.leave_place(1);
        assert_eq!(queue.take_place(), Some(1));
    }
}
