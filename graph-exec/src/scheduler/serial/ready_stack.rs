//! The ready tasks of a serial run, and which of them is the next.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::run::{
    StartOrder,
    attempts::mixed,
    dynamic::ranks::{Rank, Ranks},
};

/// The ready tasks of a serial run.
pub(super) enum ReadyStack {
    /// The one to start first comes last.
    LastFirst(Vec<u32>),
    /// The best comes first.
    Ranked(BinaryHeap<Reverse<(Rank, u32)>>, Ranks),
    /// Any may be the next.
    Shuffled(Vec<u32>, Chance),
}

impl ReadyStack {
    /// With a seed, tasks are chosen by it among those that are ready.
    pub(super) fn new(order: StartOrder, seed: Option<u64>) -> Self {
        let StartOrder { mut sources, ranks } = order;
        if let Some(seed) = seed {
            return ReadyStack::Shuffled(sources, Chance(seed));
        }
        match ranks {
            None => {
                sources.reverse();
                ReadyStack::LastFirst(sources)
            }
            Some(ranks) => {
                let ranked = sources.iter().map(|&task| Reverse((ranks.rank(task), task)));
                ReadyStack::Ranked(ranked.collect(), ranks)
            }
        }
    }

    #[inline]
    pub(super) fn push(&mut self, task: u32) {
        match self {
            ReadyStack::LastFirst(tasks) => tasks.push(task),
            ReadyStack::Ranked(tasks, ranks) => tasks.push(Reverse((ranks.rank(task), task))),
            ReadyStack::Shuffled(tasks, _) => tasks.push(task),
        }
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<u32> {
        match self {
            ReadyStack::LastFirst(tasks) => tasks.pop(),
            ReadyStack::Ranked(tasks, _) => tasks.pop().map(|Reverse((_, task))| task),
            ReadyStack::Shuffled(tasks, chance) => {
                let next = chance.below(tasks.len());
                (!tasks.is_empty()).then(|| tasks.swap_remove(next))
            }
        }
    }
}

/// A sequence that looks random and is the same for the same seed: SplitMix64.
pub(super) struct Chance(u64);

impl Chance {
    /// A number below `end`; 0 when that is 0.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        // The upper half of the product: a multiplication costs less than a division.
        ((u128::from(mixed(self.0)) * end as u128) >> 64) as usize
    }
}
