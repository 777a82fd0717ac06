//! One erased task: a single place in memory with a header that every task has, followed by its slot.
//!
//! ```text
//!  TaskRef ──► ┌ Header ────────────────────────────┬ slot ──────────────────────┐
//!              │ vtable │ number+state │ refs │ ... │ body  or  result  or error │
//!              └────────────────────────────────────┴────────────────────────────┘
//! ```
//!
//! Two counts keep it, as in `std::sync::Arc`: *holders* (handles, and bodies of dependents) keep
//! its contents, *observers* (plans of runs) keep the header alone readable.
//! This module owns counting and freeing; `slot` owns what the slot holds in which phase.

#![expect(
    unsafe_code,
    reason = "one place in memory a task, typed at its ends and erased in the middle"
)]

use std::{
    cell::UnsafeCell,
    panic::Location,
    ptr::NonNull,
    sync::{Mutex, PoisonError},
};

use super::release::release;
use crate::{
    graph::{SourceLocation, error::GraphError},
    remote::{kind::Elsewhere, template::Template},
    sync::{AtomicU32, AtomicU64, Ordering, fence},
    task::{
        execution::{Charge, Execution},
        failure::{Cause, task_name},
        function::Function,
        slab,
        slot::{self, Phase, Slot},
    },
};

/// What a task does once its inputs are there. Generated code and this crate implement it.
#[cfg_attr(
    not(feature = "remote"),
    allow(dead_code, reason = "some of it is for tasks that run elsewhere")
)]
pub trait Body: Send + 'static {
    /// The result.
    type Value: Send + 'static;
    /// Whether it can say how many bytes it needs.
    const DECLARES_BYTES: bool = false;
    /// How it runs in another process.
    const ELSEWHERE: Elsewhere = Elsewhere::Unregistered;
    /// The function it runs.
    fn function() -> Function;
    /// Takes its inputs and runs.
    fn run(self, execution: &mut Execution<'_>) -> Result<Self::Value, Cause>;
    /// Takes its inputs, and says how many bytes it needs. Asked again, it remembers.
    fn reserve(&mut self) -> u64 {
        unreachable!("only a body that declares bytes is asked for them")
    }
    /// Lists the tasks it takes inputs from.
    fn edges(&self, edges: &mut Edges);
    /// Encodes its inputs, with holes for the results of the tasks that it takes them from.
    fn template(&self, template: &mut Template);
    /// How often it may be tried again after a failure.
    fn retries(&self) -> u8 {
        0
    }
    /// Its most telling constant argument.
    fn argument(&self) -> Option<String>;
}

/// Collects the tasks that a body takes inputs from.
#[derive(Default)]
pub struct Edges {
    pub(crate) dependencies: Vec<TaskPointer>,
}

impl Edges {
    pub(crate) fn add(&mut self, dependency: &TaskRef) {
        self.dependencies.push(dependency.0);
    }
}

/// The part that every task has.
pub(crate) struct Header {
    pub(crate) vtable: &'static VTable,
    /// Creation number in the upper 56 bits, phase and flags in the lower 8.
    word: AtomicU64,
    holders: AtomicU32,
    /// Observers, plus one for all holders together.
    observers: AtomicU32,
    built_at: &'static Location<'static>,
    /// Written only while a unique, unshared handle is the one holder.
    notes: UnsafeCell<Option<Box<Notes>>>,
}

/// What only some tasks have.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) label: Option<String>,
    /// Creation numbers of the tasks it waits for without using their results.
    pub(crate) after: Vec<u64>,
    /// The first of them that was built too late.
    pub(crate) after_later: Option<Box<GraphError>>,
    /// Higher starts first; 0 unless the user says otherwise.
    pub(crate) priority: i32,
    /// To be dropped with a shared result whose bytes were declared. The one note that is written
    /// later: by whoever runs the task.
    charge: Mutex<Option<Charge>>,
}

impl Notes {
    /// Keeps `charge` until the result is freed.
    pub(crate) fn keep_charge(&self, charge: Charge) {
        *self.charge.lock().unwrap_or_else(PoisonError::into_inner) = Some(charge);
    }

    /// The charge, to be dropped without the lock.
    pub(crate) fn take_charge(&self) -> Option<Charge> {
        self.charge.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What the erased task can do with its typed contents.
pub(crate) struct VTable {
    pub(crate) function: fn() -> Function,
    pub(crate) slot_offset: usize,
    pub(crate) run: unsafe fn(TaskPointer, &mut Execution<'_>) -> Phase,
    /// There for a task that declares how many bytes it needs.
    pub(crate) reserve: Option<unsafe fn(TaskPointer) -> Option<u64>>,
    pub(crate) edges: unsafe fn(TaskPointer, &mut Edges),
    pub(crate) argument: unsafe fn(TaskPointer) -> Option<String>,
    pub(crate) drop_contents: unsafe fn(TaskPointer, Phase, bool),
    free: unsafe fn(TaskPointer),
    #[cfg(feature = "remote")]
    pub(crate) remote: super::remote_slot::Remote,
}

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
        remote: super::remote_slot::Remote::of::<B>(),
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

/// An uncounted pointer to a task. Whoever follows it must know why the task still exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskPointer(NonNull<Header>);

// SAFETY: a task may be used from any thread: its header is atomics and data that no one writes
// once shared, and `slot` hands its `Send` contents to one thread at a time.
unsafe impl Send for TaskPointer {}
// SAFETY: as above.
unsafe impl Sync for TaskPointer {}

impl TaskPointer {
    /// # Safety
    /// The task's header must not have been freed, and must stay so while the reference is used.
    pub(crate) unsafe fn header<'a>(self) -> &'a Header {
        // SAFETY: promised by the caller.
        unsafe { self.0.as_ref() }
    }

    /// Start of the slot.
    ///
    /// # Safety
    /// As for [`header`](Self::header).
    pub(crate) unsafe fn slot<T>(self) -> *mut T {
        // SAFETY: the vtable's offset lies inside the allocation that the header begins.
        unsafe { self.0.as_ptr().byte_add(self.header().vtable.slot_offset).cast() }
    }

    /// Keeps the header readable without keeping the contents.
    ///
    /// # Safety
    /// Somebody else must keep the header during this call.
    pub(crate) unsafe fn observe(self) -> TaskObserver {
        // SAFETY: promised by the caller.
        let before = unsafe { self.header() }.observers.fetch_add(1, Ordering::Relaxed);
        refuse_overflow(before);
        TaskObserver(self)
    }
}

/// A task's identity, cheap to take: nothing is allocated unless there is a label.
#[derive(Debug, Clone)]
pub struct Signature {
    /// The function it runs.
    pub function: fn() -> Function,
    /// Who called the function that built it.
    pub caller: &'static Location<'static>,
    /// What `.named` gave it.
    pub label: Option<Box<str>>,
}

impl Signature {
    /// Where the task was built.
    pub fn built_at(&self) -> SourceLocation {
        (self.function)().built_at(self.caller)
    }
}

impl Header {
    pub(crate) fn signature(&self) -> Signature {
        Signature {
            function: self.vtable.function,
            caller: self.built_at,
            label: self.label().map(Box::from),
        }
    }

    pub(crate) fn number(&self) -> u64 {
        self.word.load(Ordering::Relaxed) >> 8
    }

    pub(crate) fn state_word(&self) -> &AtomicU64 {
        &self.word
    }

    pub(crate) fn holders(&self) -> u32 {
        self.holders.load(Ordering::Acquire)
    }

    pub(crate) fn function(&self) -> Function {
        (self.vtable.function)()
    }

    pub(crate) fn built_at(&self) -> SourceLocation {
        self.function().built_at(self.built_at)
    }

    pub(crate) fn label(&self) -> Option<&str> {
        self.notes()?.label.as_deref()
    }

    pub(crate) fn name(&self) -> String {
        task_name(&self.function().path(), self.label())
    }

    pub(crate) fn notes(&self) -> Option<&Notes> {
        // SAFETY: notes are written through a unique handle only (`TaskRef::notes_mut`), before any
        // other thread, plan or dependent can see the task.
        unsafe { (*self.notes.get()).as_deref() }
    }
}

fn refuse_overflow(count: u32) {
    // Half of the range is left for threads that race past this check, as in `std::sync::Arc`.
    if count > u32::MAX / 2 {
        std::process::abort();
    }
}

/// A holder of a task: keeps it and what is in its slot.
pub(crate) struct TaskRef(TaskPointer);

impl TaskRef {
    #[inline]
    pub(crate) fn new<B: Body>(body: B, built_at: &'static Location<'static>) -> Self {
        let number = NEXT_NUMBER.fetch_add(1, Ordering::Relaxed);
        let task = Task {
            header: Header {
                vtable: &Task::<B>::VTABLE,
                word: AtomicU64::new((number << 8) | Phase::Waiting as u64),
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

/// Keeps a task's header, not its contents.
pub(crate) struct TaskObserver(TaskPointer);

impl TaskObserver {
    /// Leaves the count to the returned pointer; [`from_pointer`](Self::from_pointer) takes it back.
    pub(crate) fn into_pointer(self) -> TaskPointer {
        let pointer = self.0;
        std::mem::forget(self);
        pointer
    }

    /// # Safety
    /// The pointer came from [`into_pointer`](Self::into_pointer) and is given back once.
    pub(crate) unsafe fn from_pointer(pointer: TaskPointer) -> Self {
        TaskObserver(pointer)
    }
}

impl Drop for TaskObserver {
    fn drop(&mut self) {
        // SAFETY: this observer's own count is given up here, once.
        unsafe { stop_observing(self.0) };
    }
}

/// # Safety
/// The caller owns one observer count and gives it up.
pub(super) unsafe fn stop_observing(pointer: TaskPointer) {
    // SAFETY: the count that is given up keeps the header until the end of this function.
    let header = unsafe { pointer.header() };
    if header.observers.load(Ordering::Acquire) != 1 {
        if header.observers.fetch_sub(1, Ordering::Release) != 1 {
            return;
        }
        fence(Ordering::Acquire);
    }
    // SAFETY: holders and observers are gone; the contents went with the last holder.
    unsafe { (header.vtable.free)(pointer) };
}
