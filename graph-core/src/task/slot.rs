//! One slot: it holds a task's body until the task starts, then its result or its error.
//!
//! The task's [`Phase`] says which, and who may call what is here. Nothing here but [`release`] and
//! the taking of results changes the phase.

#![expect(unsafe_code, reason = "body and result share their bytes; the phase says which is there")]

pub(super) mod call;
pub(super) mod resume;

use std::{
    mem::ManuallyDrop,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::task::{
    body::Body,
    execution::Execution,
    failure::{Cause, Failure, drop_payload, drop_quietly, kept::KeptArguments},
    header::{Destructor, Edges, Header, Metadata, TaskPointer},
    phase::Phase,
};

/// The memory behind the header. All members begin at its start, so each can be read without knowing the
/// types of the others.
#[repr(C)]
pub(crate) union Slot<B, T> {
    pub(super) body: ManuallyDrop<B>,
    pub(super) value: ManuallyDrop<T>,
    pub(super) shared: ManuallyDrop<Arc<T>>,
    pub(super) failure: ManuallyDrop<Arc<Failure>>,
}

/// What running a body has come to: the result is in the slot, or there is a cause of failure, or a panic.
type Outcome = std::thread::Result<Result<(), Box<Cause>>>;

/// Takes the body out, runs it and puts its result or its error into the slot. The caller publishes
/// the returned phase.
///
/// It knows no types, so it is compiled once, and not for every function.
///
/// # Safety
/// The task calls a function, and the caller has claimed it and not run it yet.
pub(crate) unsafe fn run(pointer: TaskPointer, execution: &mut Execution<'_>) -> Phase {
    let mut kept = KeptArguments::new();
    // SAFETY: the task is claimed, so it exists, and the claim makes this thread the only one at the slot.
    // The phase was `Waiting`, so the body is there, which is of the type that the vtable's function knows.
    let outcome = catch_unwind(AssertUnwindSafe(|| unsafe {
        (pointer.header().vtable.call)(pointer.slot(), &mut kept)
    }));
    // SAFETY: the caller has claimed the task. The body is taken, and where it succeeded, the result put.
    unsafe { end(pointer, execution, outcome, &kept) }
}

/// Returns the phase for the caller to publish: the result is in the slot, or the error is put there.
///
/// # Safety
/// The caller has claimed the task and taken its body, and when the outcome is a success, the slot has the
/// result.
#[inline]
unsafe fn end(
    pointer: TaskPointer,
    execution: &mut Execution<'_>,
    outcome: Outcome,
    kept: &KeptArguments,
) -> Phase {
    let is_whole = !execution.is_told_cancelled() || cfg!(planted = "truncated_result");
    if matches!(outcome, Ok(Ok(()))) && is_whole {
        // SAFETY: the task is claimed, so it exists.
        if unsafe { pointer.header() }.state.is_shared() {
            // SAFETY: promised by the caller.
            unsafe { share(pointer, execution) };
        }
        return Phase::Done;
    }
    // SAFETY: passed on.
    unsafe { put_failure(pointer, execution.is_told_cancelled(), outcome, kept) };
    Phase::Failed
}

/// Drops the result of a task that was told to stop: what was made since then might not be whole.
///
/// # Safety
/// The caller has claimed the task, and its result is in the slot, and used no more.
unsafe fn drop_value(pointer: TaskPointer) {
    // SAFETY: the task is claimed, so it exists.
    let Some(drop_value) = unsafe { pointer.header() }.vtable.drop_value else { return };
    // SAFETY: promised by the caller.
    let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { drop_value(pointer.slot()) }));
    if let Err(payload) = dropped {
        drop_payload(payload);
    }
}

/// Puts the result of a shared task into an `Arc`, and keeps the charge of one that declares bytes.
///
/// # Safety
/// The caller has claimed the task, and its result is in the slot.
#[inline(never)]
unsafe fn share(pointer: TaskPointer, execution: &mut Execution<'_>) {
    // SAFETY: the task is claimed, so it exists.
    let header = unsafe { pointer.header() };
    if header.vtable.reserve.is_some()
        && let (Some(charge), Some(metadata)) = (execution.charge.take(), header.metadata())
    {
        metadata.keep_charge(charge);
    }
    // SAFETY: promised by the caller.
    unsafe { (header.vtable.share)(pointer.slot()) };
}

/// Puts a result into an `Arc`, in the same place.
///
/// # Safety
/// The slot has a `T`, and nobody else is at it.
pub(super) unsafe fn into_shared<T>(slot: *mut ()) {
    // SAFETY: promised by the caller; the value is read once, and the slot is large enough for either.
    unsafe { slot.cast::<Arc<T>>().write(Arc::new(slot.cast::<T>().read())) };
}

/// Puts the error into the slot.
///
/// # Safety
/// The caller has claimed the task and taken its body. When the outcome is a success, the slot has the result,
/// and the task was told to stop.
#[cold]
#[inline(never)]
unsafe fn put_failure(
    pointer: TaskPointer,
    is_told_cancelled: bool,
    outcome: Outcome,
    kept: &KeptArguments,
) {
    let cause = match outcome {
        Ok(Ok(())) => {
            // SAFETY: promised by the caller.
            unsafe { drop_value(pointer) };
            Cause::Cancelled
        }
        failed if is_told_cancelled => {
            drop_quietly(failed);
            Cause::Cancelled
        }
        Ok(Err(cause)) => *cause,
        Err(payload) => Cause::panic(payload),
    };
    // SAFETY: the task is claimed, so it exists.
    let error = failure(unsafe { pointer.header() }, cause, kept);
    // SAFETY: still the only thread at the slot, which is empty: the body was taken, and there is no result.
    unsafe { pointer.slot::<ManuallyDrop<Arc<Failure>>>().write(error) };
}

/// The error of a task, as its slot holds it.
#[cold]
pub(super) fn failure(
    header: &Header,
    cause: Cause,
    kept: &KeptArguments,
) -> ManuallyDrop<Arc<Failure>> {
    ManuallyDrop::new(Arc::new(Failure {
        function: header.function().path(),
        label: header.label().map(str::to_owned),
        arguments: kept.text(),
        built_at: header.built_at(),
        is_definition: header.function().stands_in_for(header.built_at),
        cause,
    }))
}

/// Lists the tasks that the body takes inputs from.
///
/// # Safety
/// The task's body is a `B`, which is there and stays so during the call.
pub(super) unsafe fn edges<B: Body>(pointer: TaskPointer, edges: &mut Edges) {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<B>()).edges(edges) }
}

/// The constant arguments of the body as a text.
///
/// # Safety
/// As for [`edges`].
pub(super) unsafe fn argument<B: Body>(pointer: TaskPointer) -> Option<String> {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<B>()).argument() }
}

/// What drops a value in a slot; `None` for a type without anything to drop. Compiled code exists for each
/// type that has a destructor anyway, so none is added.
pub(super) const fn destructor<T>() -> Option<Destructor> {
    if !std::mem::needs_drop::<T>() {
        return None;
    }
    let destructor: unsafe fn(*mut T) = std::ptr::drop_in_place::<T>;
    // SAFETY: pointers to types of known size are passed to functions alike, whatever the type.
    Some(unsafe { std::mem::transmute::<unsafe fn(*mut T), Destructor>(destructor) })
}

/// Drops what a slot holds in `phase`.
///
/// # Safety
/// The task exists and is in this phase, and nobody uses its slot any more.
#[inline(never)]
unsafe fn drop_contents(pointer: TaskPointer, phase: Phase, shared: bool) {
    // SAFETY: the task exists.
    let vtable = unsafe { pointer.header() }.vtable;
    let destructor = match phase {
        Phase::Waiting | Phase::Inspecting => vtable.drop_body,
        Phase::Done if shared => vtable.drop_shared,
        Phase::Done => vtable.drop_value,
        Phase::Failed => const { destructor::<Arc<Failure>>() },
        Phase::Running | Phase::Taken => None,
    };
    if let Some(destructor) = destructor {
        // SAFETY: the phase says which member is there, and the caller that nobody uses it any more.
        unsafe { destructor(pointer.slot()) };
    }
}

/// Empties the slot of a task without strong references.
///
/// # Safety
/// There is no strong reference, and the header exists during the call.
#[inline]
pub(crate) unsafe fn release(pointer: TaskPointer) {
    // SAFETY: promised by the caller.
    let header = unsafe { pointer.header() };
    let phase = header.state.phase();
    // Dropped last, also when a destructor in the slot panics.
    let _charge = header.vtable.reserve.and(header.metadata()).and_then(Metadata::take_charge);
    let kept = header.vtable.reset.and(header.metadata()).and_then(Metadata::kept_body);
    let _kept = kept.and_then(|mut kept| kept.take());
    if phase != Phase::Taken {
        let shared = header.state.is_shared();
        // SAFETY: the contents are reached through strong references alone.
        unsafe { drop_contents(pointer, phase, shared) };
        header.state.mark_released();
    }
}

/// Takes the result out of the slot of a task that is not shared.
///
/// # Panics
/// When the task has no result: a scheduler started a dependent too early.
///
/// # Safety
/// The task's result is a `T`, it is not shared, and the caller has the only strong reference.
pub(crate) unsafe fn take_value<T>(pointer: TaskPointer) -> T {
    // SAFETY: the caller's reference keeps the task.
    let header = unsafe { pointer.header() };
    header.state.mark_taken();
    // SAFETY: `Done` and not shared means a `T`; nobody else has a reference to read it through, and
    // `Taken` keeps it from being dropped again.
    unsafe { std::ptr::read(pointer.slot::<T>()) }
}

/// Borrows the result of a shared task.
///
/// # Panics
/// As for [`take_value`].
///
/// # Safety
/// The task's result is a `T`, it is shared, and a strong reference exists during `'a`.
pub(crate) unsafe fn borrow_shared<'a, T>(pointer: TaskPointer) -> &'a Arc<T> {
    // SAFETY: promised by the caller.
    let header = unsafe { pointer.header() };
    assert!(
        header.state.phase() == Phase::Done,
        "a task starts after its dependencies have results"
    );
    // SAFETY: `Done` and shared means an `Arc<T>`, which stays while a strong reference exists.
    unsafe { &*pointer.slot::<Arc<T>>() }
}

/// Takes the result out of the slot of a shared task that only the caller uses.
///
/// # Panics
/// As for [`take_value`].
///
/// # Safety
/// As for [`borrow_shared`], and the caller has the only strong reference.
pub(crate) unsafe fn take_shared<T>(pointer: TaskPointer) -> Arc<T> {
    // SAFETY: promised by the caller.
    let header = unsafe { pointer.header() };
    header.state.mark_taken();
    // SAFETY: as in `take_value`, with an `Arc<T>`.
    unsafe { std::ptr::read(pointer.slot::<Arc<T>>()) }
}

/// The error of a failed task; `None` in every other phase.
///
/// # Safety
/// A strong reference exists during the call.
pub(crate) unsafe fn failure_of(pointer: TaskPointer) -> Option<Arc<Failure>> {
    // SAFETY: promised by the caller.
    let header = unsafe { pointer.header() };
    if header.state.phase() != Phase::Failed {
        return None;
    }
    let _no_reset = header.vtable.reset.and(header.metadata()).and_then(Metadata::kept_body);
    // SAFETY: `Failed` means an `Arc<Failure>`, which stays while a strong reference exists, or, for a task
    // that may be reset, while the lock is held.
    (header.state.phase() == Phase::Failed)
        .then(|| unsafe { (*pointer.slot::<Arc<Failure>>()).clone() })
}

/// The error of a task that has just failed, for the caller that ran it and publishes that.
///
/// # Safety
/// The task is claimed by the caller, and running it has returned `Failed`.
#[cold]
pub(crate) unsafe fn new_failure(pointer: TaskPointer) -> Arc<Failure> {
    // SAFETY: `Failed` means an `Arc<Failure>`, and nobody else is at the slot.
    unsafe { (*pointer.slot::<Arc<Failure>>()).clone() }
}
