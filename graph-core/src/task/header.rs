//! What every task has, whatever the type of its slot.
//!
//! Two counts keep a task, as in `std::sync::Arc`: *strong* references (handles, and the bodies of
//! dependents) keep the header and the contents of the slot, *weak* references (plans of runs) keep
//! the header alone.

#![expect(
    unsafe_code,
    reason = "a task is one piece of memory, whose type only some functions know"
)]

#[cfg(feature = "remote")]
use std::any::TypeId;
use std::{
    alloc::{Layout, dealloc},
    any::Any,
    cell::UnsafeCell,
    panic::Location,
    ptr::NonNull,
    sync::{Arc, PoisonError},
};

use smallvec::SmallVec;

#[cfg(feature = "remote")]
use crate::remote::{error::NotEncodable, kind::RemoteKind, template::Template};
use crate::{
    graph::error::GraphError,
    sync::{AtomicU32, Mutex, MutexGuard, Ordering},
    task::{
        execution::{
            Charge, Execution,
            attempts::{AttemptOptions, AttemptSettings},
            waker_set::WakerSet,
        },
        failure::{Cause, Failure, kept::KeptArguments, task_name},
        function::{Function, FunctionLimits},
        location::SourceLocation,
        phase::{Phase, StateWord},
        slab,
    },
};

/// The part that every task has.
pub(crate) struct Header {
    /// What can be done with the slot behind this header.
    pub(crate) vtable: &'static VTable,
    pub(crate) state: StateWord,
    /// The number of strong references.
    pub(super) strong: AtomicU32,
    /// The number of weak references, plus one for all strong references together.
    pub(super) weak: AtomicU32,
    /// Who called the function that built the task.
    pub(crate) built_at: &'static Location<'static>,
    /// `None` for most tasks. Written only through a `Delayed` that holds the only strong reference.
    pub(super) metadata: UnsafeCell<Option<Box<Metadata>>>,
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

    /// The number of strong references. One cannot become two behind the back of who holds it.
    pub(crate) fn strong_count(&self) -> u32 {
        self.strong.load(Ordering::Acquire)
    }

    pub(crate) fn function(&self) -> Function {
        (self.vtable.function)()
    }

    /// Where the task was built.
    pub(crate) fn built_at(&self) -> SourceLocation {
        self.function().built_at(self.built_at)
    }

    /// What `.named` gave it.
    pub(crate) fn label(&self) -> Option<&str> {
        self.metadata()?.label.as_deref()
    }

    /// `function (label)`, as people read it.
    pub(crate) fn name(&self) -> String {
        task_name(&self.function().path(), self.label())
    }

    pub(crate) fn metadata(&self) -> Option<&Metadata> {
        // SAFETY: it is written through the only strong reference (`TaskRef::metadata_mut`), before
        // any other thread, plan or dependent can see the task.
        unsafe { (*self.metadata.get()).as_deref() }
    }
}

/// What only some tasks have.
#[derive(Default)]
pub(crate) struct Metadata {
    /// What `.named` gave the task.
    pub(crate) label: Option<String>,
    /// Creation numbers of the tasks that `.after` names. Empty without `.after`.
    pub(crate) after: Vec<u64>,
    /// Why no run can do what was asked for the task: the first reason, if there is one.
    pub(crate) refused: Option<Box<GraphError>>,
    /// A task with a higher priority starts first; 0 unless the user says otherwise.
    pub(crate) priority: i32,
    /// What `.resource` says that the task needs, by name. Empty without it.
    pub(crate) resources: Vec<(Box<str>, u32)>,
    /// Present when `.retries` or its kind was called, and for a task that may be reset.
    pub(crate) attempts: Option<Box<AttemptMetadata>>,
    /// What is dropped together with the result. `None` unless the task is shared, declares bytes
    /// and has run: unlike the other fields it is written by whoever runs the task.
    charge: Mutex<Option<Charge>>,
}

impl Metadata {
    /// What was said of the attempts of this task.
    pub(crate) fn attempts(&self) -> AttemptOptions {
        self.attempts.as_ref().map(|attempts| attempts.options).unwrap_or_default()
    }

    /// What keeps the body of a failed task; `None` for a task that cannot be reset.
    pub(crate) fn kept_body(&self) -> Option<MutexGuard<'_, Option<KeptBody>>> {
        let attempts = self.attempts.as_ref()?;
        Some(attempts.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps `charge` until the result is freed.
    pub(crate) fn keep_charge(&self, charge: Charge) {
        *self.charge.lock().unwrap_or_else(PoisonError::into_inner) = Some(charge);
    }

    /// Takes the charge out, so that it is dropped without the lock.
    pub(crate) fn take_charge(&self) -> Option<Charge> {
        self.charge.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The body of a failed task, with the inputs that it has taken.
pub(crate) type KeptBody = Box<dyn Any + Send>;

/// What a task has that is tried in its own way, or may be reset.
#[derive(Default)]
pub(crate) struct AttemptMetadata {
    /// What was said for the task alone.
    pub(crate) options: AttemptOptions,
    /// `None` unless the task has failed and may be reset. Whoever reads the error of such a task, or puts
    /// the body back in its place, has the lock; no user code runs under it.
    kept: Mutex<Option<KeptBody>>,
}

/// What names a task to people. Taking it allocates nothing unless there is a label.
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

/// What can be done with a slot whose type is not known; static data, one for each type of task.
///
/// `slot` has the functions, with what their callers must uphold.
pub(crate) struct VTable {
    pub(crate) function: fn() -> Function,
    /// The size of header and slot, in bytes.
    pub(crate) bytes: u32,
    /// How far the slot is behind the beginning of the header, in bytes.
    pub(crate) slot_offset: usize,
    pub(crate) run: unsafe fn(TaskPointer, &mut Execution<'_>) -> Phase,
    /// What `run` of a plain call needs to know types for: from body to result.
    pub(super) call: CallSlot,
    /// Puts a result into an `Arc`.
    pub(super) share: unsafe fn(*mut ()),
    /// `None` for a task that does not declare how many bytes it needs.
    pub(crate) reserve: Option<unsafe fn(TaskPointer) -> Option<u64>>,
    /// What limits how many tasks of the function run at once. `None` for nothing.
    pub(crate) limits: Option<&'static FunctionLimits>,
    /// How the task is tried. `None` for one without options, which is tried once.
    pub(crate) attempts: Option<unsafe fn(TaskPointer) -> AttemptSettings>,
    /// Puts a body that was kept in the place of the error.
    pub(crate) reset: Option<unsafe fn(TaskPointer, KeptBody) -> Arc<Failure>>,
    pub(crate) edges: unsafe fn(TaskPointer, &mut Edges),
    /// Lists the tasks that the body has made and waits for. `None` for a task that makes none.
    pub(crate) inner: Option<unsafe fn(TaskPointer, &mut Vec<Root>)>,
    /// `None` for a task that waits for no future.
    pub(crate) future: Option<FutureVTable>,
    pub(crate) argument: unsafe fn(TaskPointer) -> Option<String>,
    pub(super) drop_body: Option<Destructor>,
    /// `None` when dropping the result runs no code.
    pub(super) drop_value: Option<Destructor>,
    pub(super) drop_shared: Option<Destructor>,
    /// How the memory of header and slot was allocated. `None` when it lies in a [`slab`].
    pub(super) allocation: Option<Layout>,
    #[cfg(feature = "remote")]
    pub(crate) remote: RemoteVTable,
}

/// Makes a result of the body in a slot. The cause of a failure has a box, so that a success takes a register.
pub(super) type CallSlot = unsafe fn(*mut (), &mut KeptArguments) -> Result<(), Box<Cause>>;

/// Drops what lies at an address, of a type that the vtable knows.
pub(super) type Destructor = unsafe fn(*mut ());

/// What can be done with a task that waits for a future, without knowing its type.
///
/// `slot` has the functions, with what their callers must uphold.
pub(crate) struct FutureVTable {
    /// What the future wakes, and how often it had woken before it was polled last. `None` when there is
    /// none.
    pub(crate) awaited: unsafe fn(TaskPointer) -> Option<(Arc<WakerSet>, u64)>,
    /// Drops the future.
    pub(crate) abandon: unsafe fn(TaskPointer),
}

/// What can be done to let a task run in another process, without knowing its type.
///
/// `remote_slot` has the functions, with what their callers must uphold.
#[cfg(feature = "remote")]
pub(crate) struct RemoteVTable {
    pub(crate) kind: RemoteKind,
    pub(crate) value_type: fn() -> TypeId,
    pub(crate) value_type_name: fn() -> &'static str,
    /// Whether a result can be read from bytes.
    pub(crate) can_return: fn() -> bool,
    /// Encodes the inputs.
    pub(crate) describe: unsafe fn(TaskPointer, &mut Template),
    pub(crate) encode_result: unsafe fn(TaskPointer) -> Result<Vec<u8>, NotEncodable>,
    pub(crate) settle: unsafe fn(TaskPointer, Result<&[u8], Cause>) -> Phase,
}

/// A task with so many dependencies may have many more.
const MANY: usize = 16;
/// There is room for these at once then, because letting a list grow again and again costs more than a larger one.
const MANY_MORE: usize = 112;

/// Collects the tasks that a body takes inputs from.
#[derive(Debug, Default)]
pub struct Edges {
    /// One entry for each use, so a task may occur more than once.
    pub(crate) dependencies: SmallVec<[TaskPointer; 8]>,
}

impl Edges {
    #[inline]
    pub(crate) fn add(&mut self, dependency: TaskPointer) {
        if self.dependencies.len() == MANY {
            self.grow();
        }
        self.dependencies.push(dependency);
    }

    #[cold]
    fn grow(&mut self) {
        self.dependencies.reserve(MANY_MORE);
    }
}

/// A task that a plan is collected from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Root {
    pub(crate) task: TaskPointer,
    /// Whether nobody else can use the handle while the plan exists. It then counts as a use inside
    /// the plan, and does not expose the task.
    pub(crate) given_up: bool,
}

/// An uncounted pointer to a task. Whoever follows it must know why the task still exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskPointer(pub(super) NonNull<Header>);

// SAFETY: a task may be used from any thread: its header is atomics and data that nobody writes
// once it is shared, and its phase gives the `Send` contents of the slot to one thread at a time.
unsafe impl Send for TaskPointer {}
// SAFETY: as above.
unsafe impl Sync for TaskPointer {}

impl TaskPointer {
    /// How the task is tried, by what its function and its handle say.
    ///
    /// # Safety
    /// The task's header exists, its body is there and stays so during the call.
    pub(crate) unsafe fn attempts(self) -> AttemptSettings {
        // SAFETY: promised by the caller.
        let header = unsafe { self.header() };
        // SAFETY: as above.
        let of_function = header.vtable.attempts.map(|attempts| unsafe { attempts(self) });
        let options = header.metadata().map(Metadata::attempts).unwrap_or_default();
        of_function.unwrap_or_default().with(options)
    }

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

    /// Adds a weak reference.
    ///
    /// # Safety
    /// Another reference must keep the header during this call.
    pub(crate) unsafe fn downgrade(self) -> WeakTaskRef {
        // SAFETY: promised by the caller.
        let before = unsafe { self.header() }.weak.fetch_add(1, Ordering::Relaxed);
        refuse_overflow(before);
        WeakTaskRef(self)
    }
}

/// Ends the process when a reference count comes near its end.
pub(super) fn refuse_overflow(count: u32) {
    // Half of the range is left for threads that race past this check, as in `std::sync::Arc`.
    if count > u32::MAX / 2 {
        std::process::abort();
    }
}

/// A weak reference to a task: keeps its header, not the contents of its slot.
pub(crate) struct WeakTaskRef(TaskPointer);

impl WeakTaskRef {
    /// Leaves the reference to the pointer; [`from_pointer`](Self::from_pointer) takes it back.
    pub(crate) fn into_pointer(self) -> TaskPointer {
        let pointer = self.0;
        std::mem::forget(self);
        pointer
    }

    /// The task.
    pub(crate) fn pointer(&self) -> TaskPointer {
        self.0
    }

    /// Takes back the reference that was left to a pointer.
    ///
    /// # Safety
    /// The pointer came from [`into_pointer`](Self::into_pointer), and this is done once.
    pub(crate) unsafe fn from_pointer(pointer: TaskPointer) -> Self {
        WeakTaskRef(pointer)
    }
}

impl Drop for WeakTaskRef {
    fn drop(&mut self) {
        // SAFETY: this reference is given up here, once.
        unsafe { drop_weak(self.0) };
    }
}

/// Gives up a weak reference, and frees the task with the last one.
///
/// # Safety
/// The caller has this reference.
#[inline]
pub(super) unsafe fn drop_weak(pointer: TaskPointer) {
    // SAFETY: the reference that is given up keeps the header until the count falls.
    let header = unsafe { pointer.header() };
    if header.weak.load(Ordering::Acquire) != 1 {
        if header.weak.fetch_sub(1, Ordering::Release) != 1 {
            return;
        }
        // What a fence would do, which the thread sanitizer knows nothing of.
        header.weak.load(Ordering::Acquire);
    }
    let allocation = header.vtable.allocation;
    // SAFETY: no reference is left, and the contents went with the last strong one; the memory came from where
    // the vtable says.
    unsafe {
        // Nothing else of a header has a destructor, but for the atomics of a model checker.
        if cfg!(loom) || header.metadata().is_some() {
            std::ptr::drop_in_place(pointer.0.as_ptr());
        }
        match allocation {
            None => slab::give_back(pointer.0.cast()),
            Some(layout) => dealloc(pointer.0.as_ptr().cast(), layout),
        }
    }
}
