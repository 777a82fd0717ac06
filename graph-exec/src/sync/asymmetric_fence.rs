//! Two fences of which one costs nothing, because the other makes up for it.
//!
//! Two threads that each write one thing and then read what the other writes need a fence in between, so that at
//! least one sees the other. Where one of them does so all the time, and the other hardly ever, the rare one has the
//! kernel run a fence on every thread of the process, and for the frequent one it is enough that the compiler
//! keeps the order.
//!
//! Source: `membarrier(2)`; Dice, Huang and Yang, "Asymmetric Dekker Synchronization", 2001; the same pair of fences
//! is proposed for C++ as `asymmetric_thread_fence_light` and `_heavy` (P1202).

#![cfg_attr(target_os = "linux", expect(unsafe_code, reason = "it calls the system"))]

use std::sync::atomic::{AtomicBool, Ordering, compiler_fence};

static IS_BEGUN: AtomicBool = AtomicBool::new(false);
static IS_READY: AtomicBool = AtomicBool::new(false);

/// Asks the system for heavy fences, once for the process. With threads that takes it some milliseconds, so this is
/// for a thread that has nothing to do.
pub(crate) fn prepare_light_fences() {
    if !IS_BEGUN.load(Ordering::Relaxed) && !IS_BEGUN.swap(true, Ordering::Relaxed) {
        IS_READY.store(system::register(), Ordering::Release);
    }
}

/// Says whether there are light fences: the system knows heavy ones, and has been asked for them.
#[inline]
pub(crate) fn has_light_fences() -> bool {
    IS_READY.load(Ordering::Acquire)
}

/// Between a store and a load: the other side sees the store after its [heavy fence](heavy_fence), or the load sees what
/// the other side has stored before that. Only where [there are such fences](has_light_fences).
#[inline(always)]
pub(crate) fn light_fence() {
    compiler_fence(Ordering::SeqCst);
}

/// The other side of [`light_fence`], which costs microseconds.
#[cold]
pub(crate) fn heavy_fence() {
    if !system::fence_all_threads() {
        // The system was asked not to serve the process any more, after it had agreed. What a processor has yet to store
        // gets out by itself, in far less than this.
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
mod system {
    fn membarrier(command: libc::c_int) -> bool {
        // SAFETY: the call takes numbers, and changes nothing of the program's.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }

    pub(super) fn register() -> bool {
        membarrier(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)
    }

    pub(super) fn fence_all_threads() -> bool {
        membarrier(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED)
            || membarrier(libc::MEMBARRIER_CMD_GLOBAL)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) fn register() -> bool {
        false
    }

    pub(super) fn fence_all_threads() -> bool {
        false
    }
}
