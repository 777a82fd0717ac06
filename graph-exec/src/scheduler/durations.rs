//! How long functions take, as far as the runs of a pool have shown.
//!
//! It is used for two things: tasks that take so little time that waking another thread for them costs
//! more are run by one thread, and among tasks that take long and not equally long, those that others wait
//! for longest start first. Each thread that comes for a run learns it from the tasks that it runs there. What is
//! not known counts as long: a thread that is woken in vain costs microseconds, a long task that nobody shares
//! the work with costs its whole time.
//!
//! A function is told by the address of the table that its tasks have in common, which differs for the
//! functions, closures and types of a program. Nothing else is kept of a task, and of so many functions at most.

pub(super) mod learning;

use std::time::Duration;

use crate::sync::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

/// Tasks that take so long are long. Waking a thread costs the waking one about five microseconds, and it
/// takes ten to come.
pub(crate) const LONG: Duration = Duration::from_micros(5);

/// How many microseconds tasks take, on average, for which the order is worth thought: preparing it and choosing the
/// best of all that are ready cost one or two for each task.
pub(crate) const WORTH_ORDERING: u64 = 100;

/// How many short tasks in a row it takes to call a function short that had a long one.
const DOUBTS: u32 = 8;

/// Of what a new task took, the average moves by one part in so many.
const MEMORY: u32 = 4;

/// How many functions are remembered.
const PLACES: usize = 256;
/// In how many places a function may be; when all are taken, it takes the first.
const NEIGHBOURS: usize = 4;

/// What is known of functions. It is a guess that never decides what runs, only who is woken for it and what
/// comes first, so nothing is locked, and of what two threads note at once some may be lost.
pub(crate) struct Durations {
    places: Box<[Place]>,
    /// Whether a function was seen that is worth ordering for.
    has_long: AtomicBool,
    /// How many threads the pool has.
    threads: usize,
}

#[derive(Default)]
struct Place {
    /// Which kind of task; 0 when none is known.
    kind: AtomicUsize,
    /// How many short tasks in a row are missing for it to be short.
    doubts: AtomicU32,
    /// How many microseconds a task takes, on average, the last ones counting most.
    average: AtomicU32,
    /// How many microseconds the longest path through the tasks took that a task has made, when these were worth
    /// ordering; 0 otherwise.
    made: AtomicU32,
}

fn microseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}

fn is_worth_ordering(average: u32) -> bool {
    u64::from(average) >= WORTH_ORDERING
}

impl Durations {
    pub(crate) fn new(threads: usize) -> Self {
        let places = (0..PLACES).map(|_| Place::default()).collect();
        Durations { places, has_long: AtomicBool::new(false), threads }
    }

    /// How many threads the pool has.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Says whether tasks of this kind are known to be short.
    pub(crate) fn is_short(&self, kind: usize) -> bool {
        self.find(kind).is_some_and(|place| place.doubts.load(Ordering::Relaxed) == 0)
    }

    /// Says whether a function was seen that is worth ordering for.
    #[inline]
    pub(crate) fn has_long(&self) -> bool {
        self.has_long.load(Ordering::Relaxed)
    }

    /// How many microseconds a task of this kind takes, with what it makes; `None` when that is not known.
    pub(crate) fn microseconds(&self, kind: usize) -> Option<u64> {
        let place = self.find(kind)?;
        let [average, made] =
            [&place.average, &place.made].map(|part| part.load(Ordering::Relaxed));
        Some(u64::from(average) + u64::from(made))
    }

    /// Says whether tasks of this kind make tasks that are worth ordering.
    pub(crate) fn makes_worth_ordering(&self, kind: usize) -> bool {
        self.find(kind).is_some_and(|place| place.made.load(Ordering::Relaxed) > 0)
    }

    /// Notes how long a task took.
    pub(crate) fn note(&self, kind: usize, duration: Duration) {
        let (place, is_known) = self.find_or_take(kind);
        let doubts = match place.doubts.load(Ordering::Relaxed) {
            _ if duration >= LONG => DOUBTS,
            0 if is_known => return,
            doubts if is_known => doubts - 1,
            _ => 0,
        };
        let took = microseconds(duration);
        let before = place.average.load(Ordering::Relaxed);
        let average = match before {
            average if is_known && doubts > 0 => average - average / MEMORY + took / MEMORY,
            _ => took,
        };
        place.doubts.store(doubts, Ordering::Relaxed);
        place.average.store(average, Ordering::Relaxed);
        if !is_known {
            place.made.store(0, Ordering::Relaxed);
            place.kind.store(kind, Ordering::Relaxed);
        }
        if is_worth_ordering(average) {
            if !self.has_long() {
                self.has_long.store(true, Ordering::Relaxed);
            }
        } else if is_worth_ordering(before) {
            self.look_for_long();
        }
    }

    /// Finds out whether there is a function that is worth ordering for.
    #[cold]
    fn look_for_long(&self) {
        let is_long = |place: &Place| {
            let [average, made] = [&place.average, &place.made];
            is_worth_ordering(average.load(Ordering::Relaxed)) || made.load(Ordering::Relaxed) > 0
        };
        self.has_long.store(self.places.iter().any(is_long), Ordering::Relaxed);
    }

    /// Notes how many microseconds the longest path through the tasks takes that a task has made; 0 when these are
    /// not worth ordering.
    pub(crate) fn note_made(&self, kind: usize, path: u64) {
        if path == 0 && !self.makes_worth_ordering(kind) {
            return;
        }
        let (place, is_known) = self.find_or_take(kind);
        if !is_known {
            place.doubts.store(DOUBTS, Ordering::Relaxed);
            place.average.store(0, Ordering::Relaxed);
            place.kind.store(kind, Ordering::Relaxed);
        }
        place.made.store(u32::try_from(path).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    #[inline]
    fn find(&self, kind: usize) -> Option<&Place> {
        let first = &self.places[first_place(kind)];
        let is_first = first.kind.load(Ordering::Relaxed) == kind;
        if is_first { Some(first) } else { self.find_behind(kind) }
    }

    #[cold]
    fn find_behind(&self, kind: usize) -> Option<&Place> {
        self.neighbours(kind).find(|place| place.kind.load(Ordering::Relaxed) == kind)
    }

    /// The place of a kind, or one for it; says whether it is known.
    fn find_or_take(&self, kind: usize) -> (&Place, bool) {
        if let Some(place) = self.find(kind) {
            return (place, true);
        }
        let is_free = |place: &&Place| place.kind.load(Ordering::Relaxed) == 0;
        let free = self.neighbours(kind).find(is_free);
        (free.unwrap_or(&self.places[first_place(kind)]), false)
    }

    fn neighbours(&self, kind: usize) -> impl Iterator<Item = &Place> {
        let first = first_place(kind);
        (first..first + NEIGHBOURS).map(|place| &self.places[place % PLACES])
    }
}

fn first_place(kind: usize) -> usize {
    // Kinds are addresses, which differ in the bits above the lowest few.
    (kind >> 4).wrapping_mul(0x9E37_79B9) / 8 % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: usize = 0x5555_0010;
    const SHORT: Duration = Duration::from_nanos(80);

    #[test]
    fn what_was_never_seen_may_take_long() {
        assert!(!Durations::new(2).is_short(KIND));
    }

    #[test]
    fn a_function_is_short_after_its_first_short_task() {
        let durations = Durations::new(2);
        durations.note(KIND, SHORT);
        assert!(durations.is_short(KIND));
    }

    #[test]
    fn after_a_long_task_it_takes_several_short_ones() {
        let durations = Durations::new(2);
        durations.note(KIND, SHORT);
        durations.note(KIND, LONG);
        for _ in 0..DOUBTS {
            assert!(!durations.is_short(KIND));
            durations.note(KIND, SHORT);
        }
        assert!(durations.is_short(KIND));
    }

    #[test]
    fn an_average_follows_what_tasks_take_now() {
        let durations = Durations::new(2);
        assert_eq!(durations.microseconds(KIND), None);
        durations.note(KIND, Duration::from_millis(1));
        assert_eq!(durations.microseconds(KIND), Some(1000));
        for _ in 0..20 {
            durations.note(KIND, Duration::from_millis(9));
        }
        let now = durations.microseconds(KIND);
        assert!(now.is_some_and(|now| (8900..=9000).contains(&now)), "{now:?}");
        assert!(durations.has_long());
    }

    #[test]
    fn one_task_that_was_held_up_makes_nothing_long_for_ever() {
        let durations = Durations::new(2);
        durations.note(KIND, Duration::from_millis(50));
        assert!(durations.has_long());
        for _ in 0..DOUBTS {
            durations.note(KIND, SHORT);
        }
        assert!(durations.is_short(KIND));
        assert_eq!((durations.microseconds(KIND), durations.has_long()), (Some(0), false));
    }

    #[test]
    fn what_a_task_makes_counts_with_it() {
        let durations = Durations::new(2);
        durations.note(KIND, Duration::from_micros(20));
        durations.note_made(KIND, 700);
        assert!(durations.makes_worth_ordering(KIND));
        assert_eq!(durations.microseconds(KIND), Some(720));
        durations.note_made(KIND, 0);
        assert!(!durations.makes_worth_ordering(KIND));
    }

    #[test]
    fn functions_in_each_others_way_do_not_forget_each_other() {
        let durations = Durations::new(2);
        let kinds: Vec<usize> = (1..10_000)
            .map(|number| KIND + number * 16)
            .filter(|&kind| first_place(kind) == first_place(KIND))
            .take(NEIGHBOURS)
            .collect();
        for (&kind, milliseconds) in kinds.iter().zip(1..) {
            durations.note(kind, Duration::from_millis(milliseconds));
        }
        for (&kind, milliseconds) in kinds.iter().zip(1..) {
            assert_eq!(durations.microseconds(kind), Some(1000 * milliseconds));
        }
    }
}
