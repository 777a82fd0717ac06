//! Which functions take so little time that waking another thread for their tasks costs more.
//!
//! The executor learns that from the tasks that a caller runs while it is alone. What is not known counts
//! as long: a thread that is woken in vain costs microseconds, a long task that nobody shares the work with
//! costs its whole time.

use std::time::Duration;

use crate::sync::{AtomicU32, AtomicUsize, Ordering};

/// Tasks that take so long are long. Waking a thread costs the waking one about five microseconds, and it
/// takes ten to come.
pub(crate) const LONG: Duration = Duration::from_micros(5);

/// When tasks take so long on average, it pays to share them out; handing a task to another thread costs
/// about a tenth of it.
pub(crate) const WORTH_SHARING: Duration = Duration::from_nanos(500);

/// How many short tasks in a row it takes to call a function short that had a long one.
const DOUBTS: u32 = 8;

/// How many functions are remembered; of two in the same place, the one that was seen last.
const PLACES: usize = 256;

/// What is known of functions. It is a guess that never decides what runs, only who is woken for it, so
/// nothing is locked, and of two threads that write at once one is forgotten.
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
