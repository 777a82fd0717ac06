//! What every task has, whatever its type: a header, and behind it a slot.
//!
//! ```text
//!  TaskRef ──► ┌ Header ────────────────────────────┬ slot ──────────────────────┐
//!              │ vtable │ number+state │ refs │ ... │ body  or  result  or error │
//!              └────────────────────────────────────┴────────────────────────────┘
//! ```
//!
//! Two counts keep it, as in `std::sync::Arc`: *holders* (handles, and bodies of dependents) keep
//! its contents, *observers* (plans of runs) keep the header alone readable.

#![expect(
    unsafe_code,
    reason = "one place in memory a task, typed at its ends and erased in the middle"
)]

#[cfg(feature = "remote")]
use std::any::TypeId;
use std::{
    cell::UnsafeCell,
    panic::Location,
    ptr::NonNull,
    sync::{Mutex, PoisonError},
};

use crate::{
    graph::error::GraphError,
    sync::{AtomicU32, Ordering, fence},
    task::{
        execution::{Charge, Execution},
        failure::task_name,
        function::Function,
        location::SourceLocation,
        phase::{Phase, StateWord},
    },
};
#[cfg(feature = "remote")]
use crate::{
    remote::{error::NotEncodable, kind::Elsewhere, template::Template},
    task::failure::Cause,
};

/// The part that every task has.
pub(crate) struct Header {
    pub(crate) vtable: &'static VTable,
    pub(crate) state: StateWord,
    pub(super) holders: AtomicU32,
    /// Observers, plus one for all holders together.
    pub(super) observers: AtomicU32,
    pub(super) built_at: &'static Location<'static>,
    /// Written only while a unique, unshared handle is the one holder.
    pub(super) notes: UnsafeCell<Option<Box<Notes>>>,
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
        self.state.number()
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
    pub(super) free: unsafe fn(TaskPointer),
    #[cfg(feature = "remote")]
    pub(crate) remote: Remote,
}

/// What an erased task can do for another process; static data, one for each type of task.
#[cfg(feature = "remote")]
pub(crate) struct Remote {
    pub(crate) elsewhere: Elsewhere,
    pub(crate) value_type: fn() -> TypeId,
    pub(crate) value_type_name: fn() -> &'static str,
    /// Whether its result can be read from bytes.
    pub(crate) can_return: fn() -> bool,
    /// Encodes its inputs, and says how often it may be tried again.
    pub(crate) describe: unsafe fn(TaskPointer, &mut Template) -> u8,
    pub(crate) encode_result: unsafe fn(TaskPointer) -> Result<Vec<u8>, NotEncodable>,
    pub(crate) settle: unsafe fn(TaskPointer, Result<&[u8], Cause>) -> Phase,
}

/// Collects the tasks that a body takes inputs from.
#[derive(Default)]
pub struct Edges {
    pub(crate) dependencies: Vec<TaskPointer>,
}

impl Edges {
    pub(crate) fn add(&mut self, dependency: TaskPointer) {
        self.dependencies.push(dependency);
    }
}

/// An uncounted pointer to a task. Whoever follows it must know why the task still exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskPointer(pub(super) NonNull<Header>);

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

pub(super) fn refuse_overflow(count: u32) {
    // Half of the range is left for threads that race past this check, as in `std::sync::Arc`.
    if count > u32::MAX / 2 {
        std::process::abort();
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
