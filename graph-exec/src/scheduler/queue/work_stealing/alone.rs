//! What the thread has that begins a run, as long as no other comes: it needs no atomic exchange then.
//!
//! The thread is the *owner*. Each time it touches what others would share with it, it says that it is inside, and then
//! looks whether it is still alone. Whoever comes says so first, and waits until the owner is not inside. Coming
//! costs microseconds, once for a run, but only where the owner has not [shared](Alone::share) it before:
//!
//! ```text
//!  owner  │ inside ─ (light fence) ─ alone? ─ take, count, push … ─ not inside ─ run a task ─ inside …
//!  others │                            revoke ─ (heavy fence) ─ wait while inside ─ take over what it has
//! ```
//!
//! Source: Kawachiya, Koseki and Onodera, "Lock Reservation", 2002, known as biased locking.

use std::time::Duration;

use crate::sync::{
    AtomicBool, AtomicU32, Ordering, has_light_fences, heavy_fence, light_fence, spin_loop,
};

/// The owner is alone.
const ALONE: u32 = 0;
/// Another thread has come, and waits for the owner.
const REVOKED: u32 = 1;
/// Others may use what the owner had.
const SHARED: u32 = 2;

/// How many ready tasks the owner keeps to itself: a run takes the last one first, so it has few.
const CAPACITY: usize = if cfg!(loom) { 2 } else { 10 };

pub(super) struct Alone {
    state: AtomicU32,
    /// Written by the owner alone.
    is_inside: AtomicBool,
    tasks: Stack,
}

/// Ready tasks; the last one is taken first.
struct Stack {
    len: AtomicU32,
    tasks: [AtomicU32; CAPACITY],
}

/// The owner is inside as long as this lives.
pub(crate) struct Inside<'a>(&'a Alone);

impl Drop for Inside<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.is_inside.store(false, Ordering::Release);
    }
}

impl Alone {
    /// Alone, or shared from the start.
    pub(super) fn new(is_alone: bool) -> Self {
        let is_alone = is_alone && has_light_fences();
        Alone {
            state: AtomicU32::new(if is_alone { ALONE } else { SHARED }),
            is_inside: AtomicBool::new(false),
            tasks: Stack {
                len: AtomicU32::new(0),
                tasks: std::array::from_fn(|_| AtomicU32::new(0)),
            },
        }
    }

    /// Lets the owner in; `None` when it is alone no more. For the owner, outside.
    #[inline]
    pub(super) fn enter(&self) -> Option<Inside<'_>> {
        if self.state.load(Ordering::Relaxed) != ALONE {
            return None;
        }
        self.is_inside.store(true, Ordering::Relaxed);
        if !cfg!(planted = "unfenced_owner") {
            light_fence();
        }
        let inside = Inside(self);
        (self.state.load(Ordering::Acquire) == ALONE).then_some(inside)
    }

    /// Adds a task, unless there is no room. For the owner, inside.
    #[inline]
    pub(super) fn push(&self, task: u32) -> Result<(), u32> {
        let len = self.tasks.len.load(Ordering::Relaxed);
        self.tasks.tasks.get(len as usize).ok_or(task)?.store(task, Ordering::Relaxed);
        self.tasks.len.store(len + 1, Ordering::Relaxed);
        Ok(())
    }

    /// Takes the last task. For the owner, inside.
    #[inline]
    pub(super) fn pop(&self) -> Option<u32> {
        let last = self.tasks.len.load(Ordering::Relaxed).checked_sub(1)?;
        self.tasks.len.store(last, Ordering::Relaxed);
        Some(self.tasks.tasks[last as usize].load(Ordering::Relaxed))
    }

    /// Says whether the owner has tasks. Others may see that late.
    pub(super) fn has_tasks(&self) -> bool {
        self.tasks.len.load(Ordering::SeqCst) > 0
    }

    /// Takes over what the owner has, and hands its tasks to `push`. For whoever comes; returns when others may use all.
    #[inline]
    pub(super) fn revoke(&self, push: impl FnMut(u32)) {
        if self.state.load(Ordering::Acquire) != SHARED {
            self.take_over(push, || {
                heavy_fence();
                // The owner may have been interrupted, but it runs nothing of the user's inside.
                wait_until(|| !self.is_inside.load(Ordering::Acquire));
            });
        }
    }

    /// Lets others come, and hands the tasks to `push`. For the owner, outside.
    #[inline]
    pub(super) fn share(&self, push: impl FnMut(u32)) {
        if self.state.load(Ordering::Acquire) != SHARED {
            self.take_over(push, || {});
        }
    }

    /// `wait` returns when the owner is not inside, and will not be again.
    #[cold]
    fn take_over(&self, push: impl FnMut(u32), wait: impl FnOnce()) {
        let order = Ordering::SeqCst;
        if self.state.compare_exchange(ALONE, REVOKED, order, order).is_ok() {
            wait();
            std::iter::from_fn(|| self.pop()).for_each(push);
            self.state.store(SHARED, Ordering::Release);
        } else {
            wait_until(|| self.state.load(Ordering::Acquire) == SHARED);
        }
    }
}

fn wait_until(is_so: impl Fn() -> bool) {
    for round in 0_u32.. {
        if is_so() {
            return;
        }
        if round < 100 {
            std::thread::yield_now();
            spin_loop();
        } else {
            // The owner may have a lower priority, and this thread its core.
            std::thread::sleep(Duration::from_micros(50));
        }
    }
}
