//! How much stack the calling thread has left for graphs that are computed inside tasks.
//!
//! It is told from addresses, because only the system knows a thread's stack, and the crates that ask
//! it need a C compiler. Of a worker the size is known, as the pool has set it. Any other thread may
//! use [`CALLER`] bytes from where it begins to compute.

use std::cell::Cell;

/// Half of what the threads of Rust's standard library have: they may have used some before.
const CALLER: usize = 1 << 20;

/// The part of a thread's stack that is known to be free for it, which grows downwards.
#[derive(Clone, Copy)]
struct Stack {
    top: usize,
    bytes: usize,
    is_worker: bool,
}

thread_local! {
    static STACK: Cell<Option<Stack>> = const { Cell::new(None) };
}

/// Notes that the thread is a worker with this many bytes of stack, of which it has used little.
pub(crate) fn begin_worker(bytes: usize) {
    set(Stack { top: here(), bytes, is_worker: true });
}

/// Notes that the thread begins to compute outside of every task.
pub(crate) fn begin_outermost() {
    let is_worker = STACK.try_with(|stack| stack.get().is_some_and(|stack| stack.is_worker));
    if !is_worker.unwrap_or(false) {
        set(Stack { top: here(), bytes: CALLER, is_worker: false });
    }
}

/// How many bytes are left; `None` on a thread that has noted nothing, such as one of a pool of the
/// user's that helps a task.
pub(crate) fn bytes_left() -> Option<usize> {
    let stack = STACK.try_with(Cell::get).ok().flatten()?;
    Some(stack.bytes.saturating_sub(stack.top.saturating_sub(here())))
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
        assert!(shallow <= CALLER && shallow - deep >= 100_000, "{shallow} {deep}");
    }

    #[test]
    fn a_worker_keeps_its_size_when_it_begins_to_compute() {
        begin_worker(64 << 20);
        begin_outermost();
        assert!(bytes_left().unwrap() > 63 << 20);
    }
}
