//! Which functions take so little time that waking another thread for their tasks costs more.
//!
//! Each thread that comes for a run learns it from the first tasks that it runs there. What is not known
//! counts as long: a thread that is woken in vain costs microseconds, a long task that nobody shares the work
//! with costs its whole time.

use std::time::{Duration, Instant};

use crate::{
    run::Run,
    sync::{AtomicU32, AtomicUsize, Ordering},
};

/// Tasks that take so long are long. Waking a thread costs the waking one about five microseconds, and it
/// takes ten to come.
pub(crate) const LONG: Duration = Duration::from_micros(5);

/// How many short tasks in a row it takes to call a function short that had a long one.
const DOUBTS: u32 = 8;

/// How many functions are remembered; of two in the same place, the one that was seen last.
const PLACES: usize = 256;

/// What is known of functions. It is a guess that never decides what runs, only who is woken for it, so
/// nothing is locked, and of what two threads note at once some may be lost.
pub(crate) struct Durations {
    places: Box<[Place]>,
}

#[derive(Default)]
struct Place {
    /// Which kind of task; 0 when none is known.
    kind: AtomicUsize,
    /// How many short tasks in a row are missing for it to be short.
    doubts: AtomicU32,
}

impl Durations {
    pub(crate) fn new() -> Self {
        Durations { places: (0..PLACES).map(|_| Place::default()).collect() }
    }

    /// Says whether tasks of this kind are known to be short.
    pub(crate) fn is_short(&self, kind: usize) -> bool {
        let place = self.place(kind);
        place.kind.load(Ordering::Relaxed) == kind && place.doubts.load(Ordering::Relaxed) == 0
    }

    /// Notes how long a task took.
    pub(crate) fn note(&self, kind: usize, duration: Duration) {
        let place = self.place(kind);
        let is_known = place.kind.load(Ordering::Relaxed) == kind;
        let doubts = match place.doubts.load(Ordering::Relaxed) {
            _ if duration >= LONG => DOUBTS,
            0 if is_known => return,
            doubts if is_known => doubts - 1,
            _ => 0,
        };
        place.doubts.store(doubts, Ordering::Relaxed);
        place.kind.store(kind, Ordering::Relaxed);
    }

    fn place(&self, kind: usize) -> &Place {
        // Kinds are addresses, which differ in the bits above the lowest few.
        &self.places[(kind >> 4).wrapping_mul(0x9E37_79B9) / 8 % PLACES]
    }
}

/// Of so many tasks a worker learns how long their functions take, each time that it comes for a run.
const TASKS_TO_LEARN_FROM: u32 = 256;

/// Measures the tasks of functions that are not known to be short.
pub(super) struct Learning<'a> {
    durations: &'a Durations,
    /// Of how many more tasks it learns.
    tasks: u32,
    /// The kind of the last task that was known to be short; 0 before.
    short_kind: usize,
    /// The kind of the running task and when it began; `None` when it is known to be short.
    begun: Option<(usize, Instant)>,
}

impl<'a> Learning<'a> {
    pub(super) fn new(durations: &'a Durations) -> Self {
        Learning { durations, tasks: TASKS_TO_LEARN_FROM, short_kind: 0, begun: None }
    }

    #[inline]
    pub(super) fn begin(&mut self, run: &Run, task: u32) {
        let kind = run.kind(task);
        if kind == self.short_kind {
            return;
        }
        if self.durations.is_short(kind) {
            self.short_kind = kind;
        } else {
            self.begun = Some((kind, Instant::now()));
        }
    }

    /// Ends a task. Says whether it has learned enough.
    #[inline]
    pub(super) fn end(&mut self) -> bool {
        if let Some((kind, begun)) = self.begun.take() {
            self.durations.note(kind, begun.elapsed());
        }
        self.tasks -= 1;
        self.tasks == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: usize = 0x5555_0010;
    const SHORT: Duration = Duration::from_nanos(80);

    #[test]
    fn what_was_never_seen_may_take_long() {
        assert!(!Durations::new().is_short(KIND));
    }

    #[test]
    fn a_function_is_short_after_its_first_short_task() {
        let durations = Durations::new();
        durations.note(KIND, SHORT);
        assert!(durations.is_short(KIND));
    }

    #[test]
    fn after_a_long_task_it_takes_several_short_ones() {
        let durations = Durations::new();
        durations.note(KIND, SHORT);
        durations.note(KIND, LONG);
        for _ in 0..DOUBTS {
            assert!(!durations.is_short(KIND));
            durations.note(KIND, SHORT);
        }
        assert!(durations.is_short(KIND));
    }
}
