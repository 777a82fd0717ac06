//! Emptying the slot of a task that has no strong reference any more, without recursion.

#![expect(unsafe_code, reason = "it empties the slots of tasks without strong references")]

use std::{
    cell::{Cell, RefCell},
    mem::ManuallyDrop,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use crate::task::{
    failure::drop_payload,
    header::{TaskPointer, drop_weak},
    phase::Phase,
    slot,
};

/// What a thread is still to release.
struct Released {
    /// Whether the thread is dropping what a task's slot holds.
    active: Cell<bool>,
    /// The tasks that lost their last strong reference meanwhile. Empty when not active.
    tasks: RefCell<Vec<TaskPointer>>,
}

thread_local! {
    /// It has no destructor, so it is there for handles that the destructors of other thread-locals
    /// drop. The list owns no memory while the thread is not active, so none is lost.
    static RELEASED: ManuallyDrop<Released> = const {
        ManuallyDrop::new(Released { active: Cell::new(false), tasks: RefCell::new(Vec::new()) })
    };
}

/// Marks the thread as not active when it goes out of scope, and frees the list's memory.
struct EndOfRelease;

impl Drop for EndOfRelease {
    fn drop(&mut self) {
        let _ = RELEASED.try_with(|released| {
            released.active.set(false);
            released.tasks.take()
        });
    }
}

/// Drops a task's contents, and the weak reference that the strong ones had together.
///
/// A body holds its inputs, and a result or an error may hold handles too, so dropping a long chain
/// would recurse once per task. Instead the thread keeps a list and empties one slot after another.
///
/// # Safety
/// The task's last strong reference has been given up, and this is called once for it.
pub(super) unsafe fn release(pointer: TaskPointer) {
    // SAFETY: the weak reference of the strong ones still keeps the header.
    let header = unsafe { pointer.header() };
    let phase = header.state.phase();
    if phase == Phase::Taken && header.metadata().is_none() {
        // Of most tasks nothing is left.
        // SAFETY: the strong references are given up, and theirs is given up here, once.
        unsafe { drop_weak(pointer) };
        return;
    }
    let may_hold_handles = match phase {
        Phase::Waiting | Phase::Inspecting | Phase::Failed => true,
        Phase::Done => header.vtable.drop_value.is_some(),
        Phase::Running | Phase::Taken => false,
    };
    if !may_hold_handles {
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
        // On systems whose thread-locals end with the thread, an ending thread recurses.
        Err(_) => {
            // SAFETY: passed on.
            unsafe { release_now(pointer) }
        }
        Ok(false) => {
            let end = EndOfRelease;
            let mut panic = None;
            let mut next = Some(pointer);
            while let Some(pointer) = next {
                // SAFETY: each task was put on the list by the call that its contract allows once.
                let outcome = catch_unwind(AssertUnwindSafe(|| unsafe { release_now(pointer) }));
                match outcome {
                    Ok(()) => {}
                    Err(first) if panic.is_none() => panic = Some(first),
                    // What it was panicked with may panic too, and there is more to release.
                    Err(another) => drop_payload(another),
                }
                next =
                    RELEASED.try_with(|released| released.tasks.borrow_mut().pop()).ok().flatten();
            }
            drop(end);
            match panic {
                Some(panic) if std::thread::panicking() => drop_payload(panic),
                Some(panic) => resume_unwind(panic),
                None => {}
            }
        }
    }
}

/// [`release`] of one task, which recurses when its body has the last reference of another.
///
/// # Safety
/// As for [`release`].
unsafe fn release_now(pointer: TaskPointer) {
    /// The weak reference of the strong ones, given up also when a destructor in the slot panics.
    struct WeakOfStrong(TaskPointer);
    impl Drop for WeakOfStrong {
        fn drop(&mut self) {
            // SAFETY: there is no strong reference any more, and theirs is given up here, once.
            unsafe { drop_weak(self.0) };
        }
    }
    let weak = WeakOfStrong(pointer);
    // SAFETY: `weak` keeps the header, and without strong references nobody else uses the slot.
    unsafe { slot::release(weak.0) };
}
