//! Making a task, holding it, and freeing it: the one place that knows its whole type.

#![expect(
    unsafe_code,
    reason = "one place in memory a task, typed at its ends and erased in the middle"
)]

use std::{cell::UnsafeCell, panic::Location, ptr::NonNull};

#[cfg(feature = "remote")]
use crate::task::header::Remote;
use crate::{
    sync::{AtomicU32, Ordering, fence},
    task::{
        body::Body,
        header::{Header, Notes, TaskPointer, VTable, refuse_overflow},
        phase::StateWord,
        release::release,
        slab,
        slot::{self, Slot},
    },
};

#[repr(C)]
struct Task<B: Body> {
    header: Header,
    slot: UnsafeCell<Slot<B>>,
}

impl<B: Body> Task<B> {
    /// Tools that look for memory that is used after it was freed see more without.
    const IN_SLAB: bool = size_of::<Self>() <= slab::LARGEST
        && align_of::<Self>() <= slab::ALIGNMENT
        && !cfg!(any(loom, separate_tasks));

    const VTABLE: VTable = VTable {
        function: B::function,
        slot_offset: std::mem::offset_of!(Task<B>, slot),
        run: slot::run::<B>,
        reserve: if B::DECLARES_BYTES { Some(slot::reserve::<B>) } else { None },
        edges: slot::edges::<B>,
        argument: slot::argument::<B>,
        drop_contents: slot::drop_contents::<B>,
        free: free::<B>,
        #[cfg(feature = "remote")]
        remote: Remote::of::<B>(),
    };
}

/// Gives the allocation back.
///
/// # Safety
/// `pointer` came from `TaskRef::new::<B>`, its contents are dropped, and nobody looks at it any more.
unsafe fn free<B: Body>(pointer: TaskPointer) {
    // SAFETY: the caller vouches for the type and for being the last; `TaskRef::new` made it so.
    unsafe {
        if Task::<B>::IN_SLAB {
            std::ptr::drop_in_place(pointer.0.as_ptr().cast::<Task<B>>());
            slab::give_back(pointer.0.cast());
        } else {
            drop(Box::from_raw(pointer.0.as_ptr().cast::<Task<B>>()));
        }
    }
}

/// Numbers tasks in creation order: a dependency always has a smaller number than its dependents.
/// A statistic outside the model checker's world, so always the real atomic.
static NEXT_NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);

/// A holder of a task: keeps it and what is in its slot.
pub(crate) struct TaskRef(TaskPointer);

impl TaskRef {
    #[inline]
    pub(crate) fn new<B: Body>(body: B, built_at: &'static Location<'static>) -> Self {
        let number = NEXT_NUMBER.fetch_add(1, Ordering::Relaxed);
        let task = Task {
            header: Header {
                vtable: &Task::<B>::VTABLE,
                state: StateWord::new(number),
                holders: AtomicU32::new(1),
                observers: AtomicU32::new(1),
                built_at,
                // Whoever runs the task may have to leave a charge there, and cannot make the notes then.
                notes: UnsafeCell::new(B::DECLARES_BYTES.then(Box::default)),
            },
            slot: UnsafeCell::new(Slot::with_body(body)),
        };
        if !Task::<B>::IN_SLAB {
            return TaskRef(TaskPointer(NonNull::from(Box::leak(Box::new(task))).cast()));
        }
        let place = slab::take(size_of::<Task<B>>().next_multiple_of(slab::ALIGNMENT)).cast();
        // SAFETY: the place is large enough, and aligned.
        unsafe { place.write(task) };
        TaskRef(TaskPointer(place.cast()))
    }

    pub(crate) fn pointer(&self) -> TaskPointer {
        self.0
    }

    pub(crate) fn header(&self) -> &Header {
        // SAFETY: a holder keeps the header.
        unsafe { self.0.header() }
    }

    /// The notes, to be written by a handle that nobody else knows of.
    ///
    /// # Safety
    /// `self` must be the only holder and must never have been part of a plan that still exists.
    pub(crate) unsafe fn notes_mut(&mut self) -> &mut Notes {
        // SAFETY: promised by the caller; a handle that somebody borrows is not moved into here.
        unsafe { (*self.header().notes.get()).get_or_insert_default() }
    }
}

impl Clone for TaskRef {
    fn clone(&self) -> Self {
        refuse_overflow(self.header().holders.fetch_add(1, Ordering::Relaxed));
        TaskRef(self.0)
    }
}

impl Drop for TaskRef {
    #[inline]
    fn drop(&mut self) {
        let header = self.header();
        // The one holder can be joined by nobody: only a holder makes another.
        if header.holders.load(Ordering::Acquire) != 1 {
            let before = header.holders.fetch_sub(1, Ordering::Release);
            #[cfg(planted = "early_free")]
            let before = header.holders.load(Ordering::Relaxed) + 1;
            if before != 1 {
                return;
            }
            fence(Ordering::Acquire);
        }
        header.holders.store(0, Ordering::Relaxed);
        // SAFETY: the last holder is leaving, and nobody else will ever come here for this task.
        unsafe { release(self.0) };
    }
}
