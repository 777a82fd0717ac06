//! How much stack the calling thread has left for graphs that are computed inside tasks.
//!
//! The system is asked, once for each thread. Where it does not say, a worker has what the pool has given it. When any
//! other thread is not known, or stands on a stack that the system does not know of, such as a coroutine's, it may
//! use [`CALLER`] bytes from where it begins to compute.

use std::cell::Cell;

mod system;

/// Half of what the threads of Rust's standard library have: they may have used some before.
const CALLER: usize = 1 << 20;

/// The part of the memory that is free for a thread's stack, which grows downwards.
#[derive(Clone, Copy)]
struct Stack {
    /// The lowest address.
    bottom: usize,
    top: usize,
    source: Source,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Known,
    Guessed,
}

/// What the system says of the calling thread.
#[derive(Clone, Copy)]
enum Asked {
    NotYet,
    /// It may not know.
    Of(Option<Stack>),
}

thread_local! {
    /// Where the thread computes; `None` before it has.
    static STACK: Cell<Option<Stack>> = const { Cell::new(None) };
    /// The system reads a file to tell of the main thread, so it is asked once.
    static SYSTEM: Cell<Asked> = const { Cell::new(Asked::NotYet) };
}

impl Stack {
    /// Says whether its addresses tell what is left at this one.
    fn holds(&self, address: usize) -> bool {
        self.source == Source::Guessed || (self.bottom..=self.top).contains(&address)
    }

    fn from_here(bytes: usize, source: Source) -> Self {
        let top = here();
        Stack { bottom: top.saturating_sub(bytes), top, source }
    }

    /// Of the calling thread, when it has noted nothing.
    #[cold]
    fn of_this_thread() -> Option<Self> {
        let asked = SYSTEM.try_with(Cell::get).unwrap_or(Asked::NotYet);
        let known = match asked {
            Asked::Of(known) => known,
            Asked::NotYet => {
                let known = system::stack().map(|(bottom, top)| Stack {
                    bottom,
                    top,
                    source: Source::Known,
                });
                // A thread that is ending has no such place any more, and asks each time.
                let _ = SYSTEM.try_with(|system| system.set(Asked::Of(known)));
                known
            }
        };
        known.filter(|stack| stack.holds(here()))
    }
}

/// Notes that the thread is a worker that was given this many bytes of stack.
///
/// It has less, for the system keeps what thread-locals need there, of which a program may have many. So the system is
/// asked first.
pub(crate) fn begin_worker(bytes: usize) {
    let given = || Stack::from_here(bytes, Source::Known);
    set(Stack::of_this_thread().unwrap_or_else(given));
}

/// Notes that the thread begins to compute outside of every task.
#[inline]
pub(crate) fn begin_outermost() {
    let is_known = |stack: Stack| stack.source == Source::Known && stack.holds(here());
    if !STACK.try_with(Cell::get).ok().flatten().is_some_and(is_known) {
        begin_unknown();
    }
}

#[cold]
fn begin_unknown() {
    let guess = || Stack::from_here(CALLER, Source::Guessed);
    set(Stack::of_this_thread().unwrap_or_else(guess));
}

/// How many bytes are left; `None` when nobody knows.
pub(crate) fn bytes_left() -> Option<usize> {
    let here = here();
    let noted = STACK.try_with(Cell::get).ok().flatten().filter(|stack| stack.holds(here));
    // A thread that has noted nothing is, say, one of a pool of the user's that helps a task.
    let stack = noted.or_else(Stack::of_this_thread)?;
    Some(here.min(stack.top).saturating_sub(stack.bottom))
}

fn set(stack: Stack) {
    // A thread that is ending has no such place any more, and computes without.
    let _ = STACK.try_with(|place| place.set(Some(stack)));
}

/// An address in the frame of the caller, or just below.
#[inline(never)]
fn here() -> usize {
    let local = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&local)).addr()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[inline(never)]
    fn deeper<T>(read: impl FnOnce() -> T) -> T {
        let frame = std::hint::black_box([0_u8; 100_000]);
        let value = read();
        std::hint::black_box(&frame);
        value
    }

    #[test]
    fn what_frames_hold_is_missing() {
        begin_outermost();
        let (shallow, deep) = (bytes_left().unwrap(), deeper(|| bytes_left().unwrap()));
        assert!(shallow - deep >= 100_000, "{shallow} {deep}");
    }

    /// What thread-locals take, and what came before, is missing of what the thread was given.
    #[test]
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn a_worker_has_no_more_than_is_left() {
        let begin = || {
            begin_worker(1 << 20);
            let begun = bytes_left().unwrap();
            begin_outermost();
            (begun, bytes_left().unwrap(), stacker::remaining_stack().unwrap())
        };
        let thread = thread::Builder::new().stack_size(1 << 20);
        let worker = move || deeper(|| deeper(begin));
        let (begun, outermost, real) = thread.spawn(worker).unwrap().join().unwrap();
        let few = 64 << 10;
        assert!(begun <= real + few && real <= begun + few, "{begun} {real}");
        assert!(outermost <= real + few && real <= outermost + few, "{outermost} {real}");
    }

    #[test]
    fn a_worker_that_the_system_knows_nothing_of_keeps_its_size_when_it_begins_to_compute() {
        let (before, after) = stacker::grow(8 << 20, || {
            begin_worker(4 << 20);
            let before = bytes_left().unwrap();
            begin_outermost();
            (before, bytes_left().unwrap())
        });
        assert!(before > 4_000_000 && after > 4_000_000, "{before} {after}");
    }

    #[test]
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn of_a_thread_as_much_is_known_as_it_has() {
        for bytes in [256 << 10, 2 << 20, 16 << 20] {
            let thread = thread::Builder::new().stack_size(bytes);
            let left = || {
                let before = bytes_left().unwrap();
                deeper(begin_outermost);
                (before, bytes_left().unwrap(), stacker::remaining_stack().unwrap())
            };
            let (before, begun, real) = thread.spawn(left).unwrap().join().unwrap();
            // The system's own pages and what the thread has used is missing.
            let few = 64 << 10;
            assert!(before <= real + few && real <= before + few, "{before} {real}");
            assert!(begun <= real + few && real <= begun + few, "{begun} {real}");
        }
    }

    #[test]
    fn on_a_stack_that_the_system_does_not_know_a_guess_begins_where_the_thread_computes() {
        begin_outermost();
        let left = stacker::grow(8 << 20, || {
            let unknown = bytes_left();
            begin_outermost();
            (unknown, bytes_left().unwrap())
        });
        assert_eq!(left.0, None);
        assert!(left.1 <= CALLER && left.1 > CALLER - (64 << 10), "{left:?}");
        begin_outermost();
        assert!(bytes_left().unwrap() != left.1);
    }
}
