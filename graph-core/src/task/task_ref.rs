//! Making a task, holding it, and freeing it.

#![expect(unsafe_code, reason = "it makes and frees memory whose type others do not know")]

use std::{
    alloc::{Layout, alloc, handle_alloc_error},
    cell::UnsafeCell,
    marker::PhantomData,
    mem::ManuallyDrop,
    panic::Location,
    ptr::NonNull,
    sync::Arc,
};

#[cfg(feature = "remote")]
use crate::task::header::RemoteVTable;
use crate::{
    fallible::Fallible,
    remote::kind::RemoteKind,
    sync::{AtomicU32, Ordering},
    task::{
        body::{Arguments, Body, Resumable, WithFunction},
        failure::Cause,
        function::{Function, Named},
        header::{CallSlot, FutureVTable, Header, Metadata, TaskPointer, VTable, refuse_overflow},
        phase::StateWord,
        release::release,
        slab,
        slot::{self, Slot},
    },
};

/// The memory of a task: the header first, so that a pointer to it is a pointer to the task.
#[repr(C)]
struct Task<B, T> {
    header: Header,
    slot: UnsafeCell<Slot<B, T>>,
}

impl<B: Body, T: Send + 'static> Task<B, T> {
    /// Whether the task lies in a [`slab`]. Never for the tools that look for use after free: they
    /// see more of allocations.
    const IN_SLAB: bool = size_of::<Self>() <= slab::LARGEST
        && align_of::<Self>() <= slab::ALIGNMENT
        && !cfg!(any(loom, separate_tasks));

    /// The vtable of a task that calls a function, but for what the function says.
    const fn vtable(function: fn() -> Function, kind: RemoteKind) -> VTable {
        #[cfg(not(feature = "remote"))]
        let _ = kind;
        VTable {
            function,
            bytes: if size_of::<Self>() < u32::MAX as usize {
                size_of::<Self>() as u32
            } else {
                u32::MAX
            },
            slot_offset: std::mem::offset_of!(Self, slot),
            run: slot::run,
            call: slot::call::call_never,
            share: slot::into_shared::<T>,
            reserve: None,
            limits: None,
            attempts: None,
            reset: None,
            edges: slot::edges::<B>,
            inner: None,
            future: None,
            argument: slot::argument::<B>,
            drop_body: slot::destructor::<B>(),
            drop_value: slot::destructor::<T>(),
            drop_shared: slot::destructor::<Arc<T>>(),
            allocation: if Self::IN_SLAB { None } else { Some(Layout::new::<Self>()) },
            #[cfg(feature = "remote")]
            remote: RemoteVTable::new::<B, T>(kind),
        }
    }
}

/// The tasks that call a function `F`, which is named by `N` and returns an `R`. Their bodies do not know the
/// function, so what is compiled for bodies serves all functions with the same parameters.
struct Calls<N, B, R, F>(PhantomData<(N, B, R, F)>);

impl<N, B, R, F> Calls<N, B, R, F>
where
    N: Named,
    B: Arguments,
    F: FnOnce(B::Taken) -> R + Copy + Send + 'static,
{
    /// The vtable; `call` is for this function.
    const fn vtable<T: Send + 'static>(call: CallSlot) -> VTable {
        assert!(
            size_of::<F>() == 0 && align_of::<F>() == 1,
            "a function that has captured something is kept with the body"
        );
        VTable { call, limits: N::LIMITS, ..Task::<B, T>::vtable(N::function, N::REMOTE) }
    }
}

impl<N, B, T, F> Calls<N, B, T, F>
where
    N: Named,
    B: Arguments,
    T: Send + 'static,
    F: FnOnce(B::Taken) -> T + Copy + Send + 'static,
{
    const PLAIN: VTable = Self::vtable::<T>(slot::call::call::<B, T, F>);
}

impl<N, B, R, F> Calls<N, B, R, F>
where
    N: Named,
    B: Arguments,
    R: Fallible + 'static,
    F: FnOnce(B::Taken) -> R + Copy + Send + 'static,
{
    const FALLIBLE: VTable = Self::vtable::<R::Ok>(slot::call::try_call::<B, R, F>);
}

/// The tasks that give their body to a closure `F`, which is named by `N`.
struct CallsClosure<N, B, T, F>(PhantomData<(N, B, T, F)>);

impl<N, B, T, F> CallsClosure<N, B, T, F>
where
    N: Named,
    B: Body,
    T: Send + 'static,
    F: FnOnce(B) -> Result<T, Cause> + Send + 'static,
{
    const VTABLE: VTable = VTable {
        call: slot::call::call_kept::<B, T, F>,
        limits: N::LIMITS,
        ..Task::<WithFunction<B, F>, T>::vtable(N::function, N::REMOTE)
    };
}

/// The tasks with a body that knows how it runs.
struct Resumes<B>(PhantomData<B>);

impl<B: Resumable> Resumes<B> {
    const VTABLE: VTable = VTable {
        run: slot::resume::resume::<B>,
        limits: B::LIMITS,
        reserve: if B::DECLARES_BYTES { Some(slot::resume::reserve::<B>) } else { None },
        attempts: if B::KEEPS_INPUTS { Some(slot::resume::attempts::<B>) } else { None },
        reset: if B::KEEPS_INPUTS { Some(slot::resume::reset::<B>) } else { None },
        inner: if B::IS_DYNAMIC { Some(slot::resume::inner::<B>) } else { None },
        future: if B::HAS_FUTURE {
            Some(FutureVTable {
                awaited: slot::resume::awaited::<B>,
                abandon: slot::resume::abandon::<B>,
            })
        } else {
            None
        },
        ..Task::<B, B::Value>::vtable(B::function, B::REMOTE)
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
    /// Makes a task that waits, and then calls a function that has captured nothing. The caller is where the
    /// task is built.
    #[inline]
    #[track_caller]
    pub(crate) fn calling<N, B, T, F>(arguments: B, function: F) -> Self
    where
        N: Named,
        B: Arguments,
        T: Send + 'static,
        F: FnOnce(B::Taken) -> T + Copy + Send + 'static,
    {
        // The vtable knows it.
        let _ = function;
        // SAFETY: it is the vtable of tasks with this body, and a function was given.
        unsafe { Self::with_body_here(&Calls::<N, B, T, F>::PLAIN, arguments) }
    }

    /// [`calling`](Self::calling) for a function that may fail.
    #[inline]
    #[track_caller]
    pub(crate) fn trying<N, B, R, F>(arguments: B, function: F) -> Self
    where
        N: Named,
        B: Arguments,
        R: Fallible + 'static,
        F: FnOnce(B::Taken) -> R + Copy + Send + 'static,
    {
        let _ = function;
        // SAFETY: as above.
        unsafe { Self::with_body_here(&Calls::<N, B, R, F>::FALLIBLE, arguments) }
    }

    /// Makes a task that waits, and then gives its body to a closure.
    #[inline]
    pub(crate) fn calling_closure<N, B, T, F>(
        body: B,
        function: F,
        built_at: &'static Location<'static>,
    ) -> Self
    where
        N: Named,
        B: Body,
        T: Send + 'static,
        F: FnOnce(B) -> Result<T, Cause> + Send + 'static,
    {
        let body = WithFunction { body, function };
        // SAFETY: it is the vtable of tasks with this body.
        unsafe { Self::with_body(&CallsClosure::<N, B, T, F>::VTABLE, body, built_at) }
    }

    /// Makes a task that waits, with a body that knows how it runs.
    #[inline]
    pub(crate) fn new<B: Resumable>(body: B, built_at: &'static Location<'static>) -> Self {
        // SAFETY: it is the vtable of tasks with this body.
        unsafe { Self::with_body(&Resumes::<B>::VTABLE, body, built_at) }
    }

    /// # Safety
    /// The vtable is of tasks with a body `B`, and was given what it calls.
    #[inline]
    #[track_caller]
    unsafe fn with_body_here<B: Body>(vtable: &'static VTable, body: B) -> Self {
        // SAFETY: passed on.
        unsafe { Self::with_body(vtable, body, Location::caller()) }
    }

    /// # Safety
    /// The vtable is of tasks with a body `B`.
    #[inline]
    unsafe fn with_body<B: Body>(
        vtable: &'static VTable,
        body: B,
        built_at: &'static Location<'static>,
    ) -> Self {
        let body = ManuallyDrop::new(body);
        let pointer = with_header(vtable, built_at);
        // SAFETY: there is room for a task with a `B`, whose slot nobody has used yet.
        unsafe {
            let slot = pointer.byte_add(vtable.slot_offset);
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

    /// Marks a task whose only handle becomes a [`Shared`](crate::Shared).
    #[inline]
    pub(crate) fn mark_shared(&self) {
        let header = self.header();
        // Without a weak reference no plan knows the task, and none can while the handle is here.
        header.state.mark_shared(header.weak.load(Ordering::Acquire) == 1);
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
fn with_header(vtable: &'static VTable, built_at: &'static Location<'static>) -> NonNull<Header> {
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
        metadata: UnsafeCell::new(vtable.reserve.is_some().then(Box::default)),
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
            // What a fence would do, which the thread sanitizer knows nothing of.
            header.strong.load(Ordering::Acquire);
        }
        header.strong.store(0, Ordering::Relaxed);
        // SAFETY: it was the last strong reference, and nobody else will ever come here for this task.
        unsafe { release(self.0) };
    }
}
