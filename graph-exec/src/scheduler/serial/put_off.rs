//! The tasks of a serial run that are to be tried again after a wait, and which time that goes by.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    time::{Duration, Instant},
};

/// The tasks of a serial run that are to be tried again after a wait. They are ready when no other task is,
/// and the time has come.
pub(super) struct PutOff {
    /// (when it comes, when the time has come, task), the next on top. `None` for a time that no clock can
    /// tell.
    waiting: BinaryHeap<Reverse<(Duration, Option<Instant>, u32)>>,
    /// When the first was put off.
    begin: Option<Instant>,
    /// With a seed: what a clock would say that stands still while tasks run. So their order is always the
    /// same.
    clock: Option<Duration>,
}

impl PutOff {
    pub(super) fn new(seed: Option<u64>) -> Self {
        PutOff { waiting: BinaryHeap::new(), begin: None, clock: seed.map(|_| Duration::ZERO) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn push(&mut self, task: u32, wait: Duration) {
        let begin = *self.begin.get_or_insert_with(Instant::now);
        let now = self.clock.unwrap_or_else(|| begin.elapsed());
        let due = Instant::now().checked_add(wait);
        self.waiting.push(Reverse((now.saturating_add(wait), due, task)));
    }

    /// When the next is to be tried again; `None` when none is.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.peek().and_then(|Reverse((_, due, _))| *due)
    }

    /// Takes the next out, if its time has come.
    pub(super) fn pop_due(&mut self) -> Option<u32> {
        self.due().filter(|&due| due <= Instant::now())?;
        let Reverse((clock, _, task)) = self.waiting.pop()?;
        self.clock = self.clock.map(|_| clock);
        Some(task)
    }
}
