//! How many results a run may keep that starts tasks before their turn in the memory order.
//!
//! The memory order of a plan keeps so many results at its peak, one task after the other. Starting a task before
//! its turn keeps its result longer: from now until the turn would have come. Whether there is room for that
//! follows from the *profile*: position in the order → how many results live when, from now on, the rest runs
//! in that order. A task fits where the profile stays within the peak and one result for each thread.
//!
//! ```text
//!  results       ┌─┐   the peak + one for each thread ─ ─ ─ ─ ─ ─ ─
//!           ┌────┘ └─┐       ┌──┐
//!       ┌───┘        └───────┘  └──     starting the task of position r at p adds 1 here: [p, r)
//!       0    p             r
//! ```

mod profile;

use std::ops::Range;

use graph_core::Adjacency;

use self::profile::Profile;

/// A task is urgent when the longest path from it takes at least one part in so many of the time that the rest of the
/// run takes anyway. Until then the memory order costs no time, because others fill the threads.
const URGENT: u64 = 4;

/// A plan's tasks by their turn in the memory order, and what lives while they run.
///
/// A result counts from the start of its task until the last task that takes it has ended, that of an output to
/// the end.
pub(crate) struct Room {
    /// The most results that may live.
    most: i32,
    threads: usize,
    /// Task → its position in the memory order.
    positions: Vec<u32>,
    /// Task → the position of the last task that takes its result; the last one there is, when others may take it.
    last_uses: Vec<u32>,
    /// Task → how many tasks have not ended that take its result, and one more when others may.
    uses: Vec<u32>,
    /// Task → how many microseconds it takes.
    durations: Vec<u64>,
    /// Position → whether its task was started.
    is_started: Vec<bool>,
    /// The first position whose task was not started.
    next: usize,
    /// How many tasks behind `next` were started.
    ahead: usize,
    /// How many results live now.
    live: i32,
    /// How many microseconds the tasks take that were not started.
    remaining: u64,
    profile: Profile,
}

impl Room {
    /// `dependencies` says which results each task takes, and `kept` which results others may take too.
    /// `positions` is the memory order; `durations` says how many microseconds each task takes.
    pub(crate) fn new(
        dependencies: &Adjacency,
        kept: impl Iterator<Item = u32>,
        positions: Vec<u32>,
        durations: Vec<u64>,
        threads: usize,
    ) -> Self {
        let count = positions.len();
        let end = count.saturating_sub(1) as u32;
        let mut uses = vec![0; count];
        let mut last_uses = positions.clone();
        for (task, needed) in dependencies.edges() {
            uses[needed as usize] += 1;
            let last = &mut last_uses[needed as usize];
            *last = positions[task as usize].max(*last);
        }
        for task in kept {
            uses[task as usize] += 1;
            last_uses[task as usize] = end;
        }
        // What becomes more and what becomes fewer at each position, and then how many there are.
        let mut lives = vec![0; count + 1];
        for (&position, &last) in positions.iter().zip(&last_uses) {
            lives[position as usize] += 1;
            lives[last as usize + 1] -= 1;
        }
        for position in 1..lives.len() {
            lives[position] += lives[position - 1];
        }
        let peak: i32 = lives.iter().copied().max().unwrap_or(0);
        Room {
            most: peak.saturating_add(i32::try_from(threads).unwrap_or(i32::MAX)),
            threads,
            profile: Profile::new(&lives[..count]),
            is_started: vec![false; count],
            next: 0,
            ahead: 0,
            live: 0,
            remaining: durations.iter().sum(),
            positions,
            last_uses,
            uses,
            durations,
        }
    }

    fn position(&self, task: u32) -> usize {
        self.positions[task as usize] as usize
    }

    /// Says whether a ready task may start now, wherever it is in the memory order. `path` is how many microseconds
    /// the longest path from it takes.
    pub(crate) fn fits(&self, task: u32, path: u64) -> bool {
        let position = self.position(task);
        if position <= self.next || self.is_started[position] {
            return true;
        }
        let threads = self.threads as u64;
        let is_urgent = path.saturating_mul(URGENT).saturating_mul(threads) >= self.remaining;
        self.live < self.most
            && (is_urgent || self.ahead < self.threads)
            && self.profile.largest(self.next..position) < self.most
    }

    /// Notes the start of a task. A task that is started once more, because another run had it, counts once.
    pub(crate) fn start(&mut self, task: u32) {
        let position = self.position(task);
        if std::mem::replace(&mut self.is_started[position], true) {
            return;
        }
        self.live += 1;
        self.remaining -= self.durations[task as usize];
        if position > self.next {
            self.ahead += 1;
            self.profile.add(self.next..position, 1);
            return;
        }
        self.next += 1;
        while self.is_started.get(self.next) == Some(&true) {
            self.next += 1;
            self.ahead -= 1;
        }
    }

    /// Notes the end of a task that takes the results of `needed`.
    pub(crate) fn end(&mut self, needed: &[u32]) {
        for &needed in needed {
            self.uses[needed as usize] -= 1;
            if self.uses[needed as usize] == 0 {
                self.live -= 1;
                self.profile.add(self.rest_until(needed), -1);
            }
        }
    }

    /// The positions from now on at which the result of a task would live in the memory order.
    fn rest_until(&self, task: u32) -> Range<usize> {
        self.next..self.last_uses[task as usize] as usize + 1
    }
}
