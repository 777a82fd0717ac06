//! Making a task, holding it, and freeing it.

#![expect(unsafe_code, reason = "it makes and frees memory whose type others do not know")]

use std::{
    alloc::{Layout, alloc, handle_alloc_error},
    cell::UnsafeCell,
    mem::ManuallyDrop,
    panic::Location,
    ptr::NonNull,
};

#[cfg(feature = "remote")]
use crate::task::header::RemoteVTable;
use crate::{
    sync::{AtomicU32, Ordering, fence},
    task::{
        body::Body,
        header::{FutureVTable, Header, Metadata, TaskPointer, VTable, refuse_overflow},
        phase::StateWord,
        release::release,
        slab,
        slot::{self, Slot},
    },
};

/// The memory of a task: the header first, so that a pointer to it is a pointer to the task.
#[repr(C)]
struct Task<B: Body> {
    header: Header,
    slot: UnsafeCell<Slot<B>>,
}

impl<B: Body> Task<B> {
    /// Whether the task lies in a [`slab`]. Never for the tools that look for use after free: they
    /// see more of allocations.
    const IN_SLAB: bool = size_of::<Self>() <= slab::LARGEST
        && align_of::<Self>() <= slab::ALIGNMENT
        && !cfg!(any(loom, separate_tasks));

    const VTABLE: VTable = VTable {
        function: B::function,
        bytes: if size_of::<Task<B>>() < u32::MAX as usize {
            size_of::<Task<B>>() as u32
        } else {
            u32::MAX
        },
        slot_offset: std::mem::offset_of!(Task<B>, slot),
        run: if B::KEEPS_INPUTS || B::IS_DYNAMIC || B::HAS_FUTURE {
            slot::run_or_keep::<B>
        } else {
            slot::run::<B>
        },
        reserve: if B::DECLARES_BYTES { Some(slot::reserve::<B>) } else { None },
        limits: B::LIMITS,
        attempts: if B::KEEPS_INPUTS { Some(slot::attempts::<B>) } else { None },
        reset: if B::KEEPS_INPUTS { Some(slot::reset::<B>) } else { None },
        edges: slot::edges::<B>,
        inner: if B::IS_DYNAMIC { Some(slot::inner::<B>) } else { None },
        future: if B::HAS_FUTURE {
            Some(FutureVTable { awaited: slot::awaited::<B>, abandon: slot::abandon::<B> })
        } else {
            None
        },
        argument: slot::argument::<B>,
        value_needs_drop: std::mem::needs_drop::<B::Value>(),
        drop_contents: slot::drop_contents::<B>,
        allocation: if Task::<B>::IN_SLAB { None } else { Some(Layout::new::<Task<B>>()) },
        #[cfg(feature = "remote")]
        remote: RemoteVTable::new::<B>(),
    };
}

/// The next creation number: a dependency always has a smaller one than its dependents.
///
/// No other memory depends on it, so it is the real atomic also under the model checker.
static NEXT_NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);

/// A strong reference to a task: keeps its header and the contents of its slot.
#[derive(Debug)]
pub(crate) struct TaskRef(TaskPointer);

impl TaskRef {
    /// Makes a task that waits.
    #[inline]
    pub(crate) fn new<B: Body>(body: B, built_at: &'static Location<'static>) -> Self {
        let body = ManuallyDrop::new(body);
        let pointer = with_header(&Task::<B>::VTABLE, B::DECLARES_BYTES, built_at);
        // SAFETY: there is room for a `Task<B>`, whose slot nobody has used yet.
        unsafe {
            let slot = pointer.byte_add(std::mem::offset_of!(Task<B>, slot));
            slot.cast::<ManuallyDrop<B>>().write(body);
        }
        TaskRef(TaskPointer(pointer))
    }

    pub(crate) fn pointer(&self) -> TaskPointer {
        self.0
    }

    pub(crate) fn header(&self) -> &Header {
        // SAFETY: a strong reference keeps the header.
        unsafe { self.0.header() }
    }

    /// The metadata, to be written before anybody else knows of the task.
    ///
    /// # Safety
    /// `self` must be the only strong reference, and no plan of the task may exist.
    pub(crate) unsafe fn metadata_mut(&mut self) -> &mut Metadata {
        // SAFETY: promised by the caller; a handle that somebody borrows is not moved into here.
        unsafe { (*self.header().metadata.get()).get_or_insert_default() }
    }
}

/// Makes room for a task and writes its header. It knows no type of body, so it is compiled once, and not for
/// every function.
#[inline]
fn with_header(
    vtable: &'static VTable,
    declares_bytes: bool,
    built_at: &'static Location<'static>,
) -> NonNull<Header> {
    let number = NEXT_NUMBER.fetch_add(1, Ordering::Relaxed);
    let place = match vtable.allocation {
        None => slab::take((vtable.bytes as usize).next_multiple_of(slab::ALIGNMENT)),
        Some(layout) => allocate(layout),
    };
    let place = place.cast();
    let header = Header {
        vtable,
        state: StateWord::new(number),
        strong: AtomicU32::new(1),
        weak: AtomicU32::new(1),
        built_at,
        // Whoever runs the task may have to leave a charge there, and can allocate it no more.
        metadata: UnsafeCell::new(declares_bytes.then(Box::default)),
    };
    // SAFETY: a task begins with its header, and the place is large enough for it, and aligned.
    unsafe { place.write(header) };
    place
}

/// Makes room for a task that lies in no slab.
#[cold]
fn allocate(layout: Layout) -> NonNull<u8> {
    // SAFETY: a task has a header, so it is not empty.
    let place = unsafe { alloc(layout) };
    NonNull::new(place).unwrap_or_else(|| handle_alloc_error(layout))
}

impl Clone for TaskRef {
    fn clone(&self) -> Self {
        refuse_overflow(self.header().strong.fetch_add(1, Ordering::Relaxed));
        TaskRef(self.0)
    }
}

impl Drop for TaskRef {
    #[inline]
    fn drop(&mut self) {
        let header = self.header();
        // The only strong reference stays the only one: another is made from one alone.
        if header.strong.load(Ordering::Acquire) != 1 {
            let before = header.strong.fetch_sub(1, Ordering::Release);
            #[cfg(planted = "early_free")]
            let before = header.strong.load(Ordering::Relaxed) + 1;
            if before != 1 {
                return;
            }
            fence(Ordering::Acquire);
        }
        header.strong.store(0, Ordering::Relaxed);
        // SAFETY: it was the last strong reference, and nobody else will ever come here for this task.
        unsafe { release(self.0) };
    }
}
