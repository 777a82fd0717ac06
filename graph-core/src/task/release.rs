//! Dropping what tasks hold, without recursion.

#![expect(unsafe_code, reason = "it empties the slots of tasks that nobody holds any more")]

use std::{
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use crate::task::{
    header::{TaskPointer, stop_observing},
    phase::Phase,
    slot,
};

/// The tasks whose last holder left while another task's body was being dropped on a thread.
struct Released {
    active: Cell<bool>,
    tasks: RefCell<Vec<TaskPointer>>,
}

thread_local! {
    static RELEASED: Released =
        const { Released { active: Cell::new(false), tasks: RefCell::new(Vec::new()) } };
}

/// Ends the dropping of a list also when a destructor panics.
struct EndOfRelease;

impl Drop for EndOfRelease {
    fn drop(&mut self) {
        let _ = RELEASED.try_with(|released| released.active.set(false));
    }
}

/// Drops a task's contents and the holders' share of the header.
///
/// A body holds its inputs, so dropping a long chain would recurse once per task: bodies are
/// dropped one after another from a list of this thread instead.
///
/// # Safety
/// The last holder is leaving.
pub(super) unsafe fn release(pointer: TaskPointer) {
    // SAFETY: the holders' observer count still keeps the header.
    let phase = unsafe { pointer.header() }.state.phase();
    if phase != Phase::Waiting {
        // SAFETY: passed on.
        unsafe { release_now(pointer) };
        return;
    }
    let already_active = RELEASED.try_with(|released| {
        let already_active = released.active.replace(true);
        if already_active {
            released.tasks.borrow_mut().push(pointer);
        }
        already_active
    });
    match already_active {
        Ok(true) => {}
        // A thread that is ending has no list any more; it may recurse.
        Err(_) => {
            // SAFETY: passed on.
            unsafe { release_now(pointer) }
        }
        Ok(false) => {
            let end = EndOfRelease;
            let mut panic = None;
            let mut next = Some(pointer);
            while let Some(pointer) = next {
                // SAFETY: each pointer on the list was put there by its last holder, once.
                let outcome = catch_unwind(AssertUnwindSafe(|| unsafe { release_now(pointer) }));
                panic = panic.or(outcome.err());
                next =
                    RELEASED.try_with(|released| released.tasks.borrow_mut().pop()).ok().flatten();
            }
            drop(end);
            if let Some(panic) = panic
                && !std::thread::panicking()
            {
                resume_unwind(panic);
            }
        }
    }
}

/// # Safety
/// As for [`release`].
unsafe fn release_now(pointer: TaskPointer) {
    /// Gives the header back also when a destructor in the slot panics.
    struct HoldersShare(TaskPointer);
    impl Drop for HoldersShare {
        fn drop(&mut self) {
            // SAFETY: the last holder gives up the count that all holders shared.
            unsafe { stop_observing(self.0) };
        }
    }
    let share = HoldersShare(pointer);
    // SAFETY: the share keeps the header, and the last holder is gone, so nobody looks at the slot.
    unsafe { slot::release(share.0) };
}
