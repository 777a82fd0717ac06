//! What the worker that keeps watch has seen.

use crate::sync::Instant;

/// After so many looks without a run, the watch sleeps like all others. Waking it costs the next caller
/// some microseconds.
const LAST_LOOKS: u32 = 100;

/// After so many looks at which the reserved permit was unused, it is for others.
const UNUSED_LOOKS: u32 = 10;

/// What the watch has seen.
pub(super) struct Watch {
    /// When it looked last.
    pub(super) at: Instant,
    /// Permit → the run that it was used for, by address, and how many tasks had been started with the permit.
    pub(super) seen: Vec<(usize, u64)>,
    /// Whether a run has begun since.
    pub(super) has_begun: bool,
    /// How many runs had begun with reserved permits.
    begun: u64,
    /// How many times in a row the reserved permit was unused, and had been so in between.
    unused: u32,
    /// How many times in a row there was no run.
    pub(super) idle: u32,
}

impl Watch {
    pub(super) fn new(permits: usize) -> Self {
        Watch {
            at: Instant::now(),
            seen: vec![(0, 0); permits],
            has_begun: false,
            begun: 0,
            unused: 0,
            idle: 0,
        }
    }

    /// Notes that there is one more permit.
    pub(super) fn add_permit(&mut self) {
        self.seen.push((0, 0));
    }

    /// Notes that a run begins.
    pub(super) fn begin_run(&mut self) {
        self.has_begun = true;
    }

    /// Notes whether a reserved permit is used, and how many runs have begun with one; says whether it has been unused
    /// for so long that it is to be taken back.
    pub(super) fn note_reserved(&mut self, is_used: bool, begun: u64) -> bool {
        let has_begun = std::mem::replace(&mut self.begun, begun) != begun;
        self.has_begun |= has_begun;
        self.unused = if is_used || has_begun { 0 } else { self.unused + 1 };
        self.unused >= UNUSED_LOOKS
    }

    /// Says whether there is anything to watch.
    pub(super) fn is_needed(&self, at_work: usize) -> bool {
        at_work > 0 || self.has_begun || self.idle < LAST_LOOKS
    }
}
