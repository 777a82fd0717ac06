//! One slot: it holds a task's body until the task starts, then its result or its error.
//!
//! The task's [`Phase`] says which, and who may call what is here. Nothing here but [`release`] and
//! the taking of results changes the phase.

#![expect(unsafe_code, reason = "body and result share their bytes; the phase says which is there")]

use std::{
    mem::ManuallyDrop,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::task::{
    body::{Attempted, Awaited, Body},
    execution::{Execution, attempts::AttemptSettings, waker_set::WakerSet},
    failure::{Cause, Failure, drop_quietly, kept::KeptArguments},
    header::{Edges, Header, KeptBody, Metadata, Root, TaskPointer},
    phase::Phase,
};

/// The memory behind the header. All members begin at its start, so that a result can be read
/// without knowing the body's type.
#[repr(C)]
pub(crate) union Slot<B: Body> {
    pub(super) body: ManuallyDrop<B>,
    pub(super) value: ManuallyDrop<B::Value>,
    pub(super) shared: ManuallyDrop<Arc<B::Value>>,
    pub(super) failure: ManuallyDrop<Arc<Failure>>,
}

impl<B: Body> Slot<B> {
    pub(crate) fn with_body(body: B) -> Self {
        Slot { body: ManuallyDrop::new(body) }
    }
}

/// Takes the body out, runs it and puts its result or its error into the slot. The caller publishes
/// the returned phase.
///
/// # Safety
/// The task is a `Task<B>` that the caller has claimed and not run yet.
pub(crate) unsafe fn run<B: Body>(pointer: TaskPointer, execution: &mut Execution<'_>) -> Phase {
    // SAFETY: passed on.
    let body = unsafe { take_body::<B>(pointer) };
    let mut kept = KeptArguments::new();
    body.keep(&mut kept);
    // The result goes into the slot inside, so that it is moved once, and what follows knows no types.
    let result = catch_unwind(AssertUnwindSafe(|| {
        let value = body.run(execution)?;
        // SAFETY: the body was taken just now.
        unsafe { put_value::<B>(pointer, execution, value) }
    }));
    // SAFETY: the caller has claimed the task.
    unsafe { end(pointer, execution, result, &kept) }
}

/// [`run`] for a body that may be back in the slot afterwards: the phase is `Waiting` when its attempts
/// do not count or the next is put off, and `Running` when it waits for tasks that it has made, or for a future.
///
/// # Safety
/// As for [`run`].
pub(crate) unsafe fn run_or_keep<B: Body>(
    pointer: TaskPointer,
    execution: &mut Execution<'_>,
) -> Phase {
    // SAFETY: passed on.
    let body = unsafe { take_body::<B>(pointer) };
    if B::KEEPS_INPUTS {
        // SAFETY: the task is claimed, so it exists.
        let header = unsafe { pointer.header() };
        execution.task = header.number();
        execution.options = header.metadata().map(Metadata::attempts).unwrap_or_default();
    }
    let mut kept = KeptArguments::new();
    body.keep(&mut kept);
    let result = match catch_unwind(AssertUnwindSafe(|| body.run_or_keep(execution))) {
        Ok(Attempted::Ended(result)) => {
            // SAFETY: the body was taken just now.
            Ok(result.and_then(|value| unsafe { put_value::<B>(pointer, execution, value) }))
        }
        Ok(Attempted::Failed(body, cause)) => {
            // SAFETY: the task is claimed, so it exists.
            let metadata = unsafe { pointer.header() }.metadata();
            if let Some(mut kept) = metadata.and_then(Metadata::kept_body) {
                *kept = Some(Box::new(body));
            }
            Ok(Err(cause))
        }
        Ok(Attempted::Kept(body)) => {
            // SAFETY: still the only thread at the slot, which is empty since the body was taken.
            unsafe { pointer.slot::<Slot<B>>().write(Slot::with_body(body)) };
            return Phase::Waiting;
        }
        // The tasks that were made after the task was told to stop might not be all.
        Ok(Attempted::Awaits(truncated)) if execution.is_told_cancelled() => {
            drop_quietly(truncated);
            Ok(Err(Cause::Cancelled))
        }
        Ok(Attempted::Awaits(body)) => {
            // SAFETY: as above.
            unsafe { pointer.slot::<Slot<B>>().write(Slot::with_body(body)) };
            return Phase::Running;
        }
        Err(payload) => Err(payload),
    };
    // SAFETY: the caller has claimed the task.
    unsafe { end(pointer, execution, result, &kept) }
}

/// Takes the body out.
///
/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn take_body<B: Body>(pointer: TaskPointer) -> B {
    // SAFETY: a claimed task exists; the claim makes this thread the only one at the slot, and the
    // phase was `Waiting`, so the body is there and is read once.
    ManuallyDrop::into_inner(unsafe {
        std::ptr::read(&raw const (*pointer.slot::<Slot<B>>()).body)
    })
}

/// Puts the result into the slot, unless the task was told to stop.
///
/// # Errors
/// [`Cause::Cancelled`] when it was: what was made since then might not be whole.
///
/// # Safety
/// The task is a `Task<B>` that the caller has claimed and whose body it has taken.
#[inline(always)]
unsafe fn put_value<B: Body>(
    pointer: TaskPointer,
    execution: &mut Execution<'_>,
    value: B::Value,
) -> Result<(), Cause> {
    if execution.is_told_cancelled() {
        drop_quietly(value);
        return Err(Cause::Cancelled);
    }
    // SAFETY: the task is claimed, so it exists.
    let header = unsafe { pointer.header() };
    if !header.state.is_shared() {
        // SAFETY: still the only thread at the slot, which is empty since the body was taken.
        unsafe { pointer.slot::<B::Value>().write(value) };
        return Ok(());
    }
    if B::DECLARES_BYTES
        && let (Some(charge), Some(metadata)) = (execution.charge.take(), header.metadata())
    {
        metadata.keep_charge(charge);
    }
    // SAFETY: as above.
    unsafe { pointer.slot::<Arc<B::Value>>().write(Arc::new(value)) };
    Ok(())
}

/// Returns the phase for the caller to publish: the result is in the slot, or the error is put there.
///
/// # Safety
/// The caller has claimed the task and taken its body.
#[inline]
unsafe fn end(
    pointer: TaskPointer,
    execution: &Execution<'_>,
    result: std::thread::Result<Result<(), Cause>>,
    kept: &KeptArguments,
) -> Phase {
    let cause = match result {
        Ok(Ok(())) => return Phase::Done,
        Ok(Err(cause)) => Ok(cause),
        Err(payload) => Err(payload),
    };
    // SAFETY: passed on; there is no result in the slot.
    unsafe { put_failure(pointer, execution.is_told_cancelled(), cause, kept) };
    Phase::Failed
}

/// Puts the error into the slot.
///
/// # Safety
/// The caller has claimed the task and taken its body, and there is no result.
#[cold]
#[inline(never)]
unsafe fn put_failure(
    pointer: TaskPointer,
    is_told_cancelled: bool,
    cause: std::thread::Result<Cause>,
    kept: &KeptArguments,
) {
    let cause = if is_told_cancelled {
        drop_quietly(cause);
        Cause::Cancelled
    } else {
        cause.unwrap_or_else(Cause::panic)
    };
    // SAFETY: the task is claimed, so it exists.
    let error = failure(unsafe { pointer.header() }, cause, kept);
    // SAFETY: still the only thread at the slot, which is empty since the body was taken.
    unsafe { pointer.slot::<ManuallyDrop<Arc<Failure>>>().write(error) };
}

/// Lets the body take its inputs and say how many bytes it needs. The caller then gives the task back.
///
/// Returns `None` when that panicked. The slot holds this error, and the caller publishes `Failed`.
///
/// # Safety
/// As for [`run`].
pub(crate) unsafe fn reserve<B: Body>(pointer: TaskPointer) -> Option<u64> {
    // SAFETY: a claimed task exists; the claim makes this thread the only one at the slot, and the
    // phase was `Waiting`, so the body is there.
    let slot = unsafe { &mut *pointer.slot::<Slot<B>>() };
    // SAFETY: as above.
    let body = unsafe { &mut slot.body };
    let mut kept = KeptArguments::new();
    body.keep(&mut kept);
    let payload = match catch_unwind(AssertUnwindSafe(|| body.reserve())) {
        Ok(bytes) => return Some(bytes),
        Err(payload) => payload,
    };
    // SAFETY: the body is dropped once: the error takes its place before anybody else can look.
    let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { ManuallyDrop::drop(&mut slot.body) }));
    if let Err(second) = dropped {
        // The first panic is the one to report; this one's payload must not escape either.
        drop(Cause::panic(second));
    }
    // SAFETY: the task is claimed, so it exists.
    let header = unsafe { pointer.header() };
    *slot = Slot { failure: failure(header, Cause::panic(payload), &kept) };
    None
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

/// How the task is tried, by what its function says.
///
/// # Safety
/// As for [`edges`].
pub(crate) unsafe fn attempts<B: Body>(pointer: TaskPointer) -> AttemptSettings {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<Slot<B>>()).body.attempts() }
}

/// Lists the tasks that the body takes inputs from.
///
/// # Safety
/// The task is a `Task<B>` whose body is there and stays so during the call.
pub(crate) unsafe fn edges<B: Body>(pointer: TaskPointer, edges: &mut Edges) {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<Slot<B>>()).body.edges(edges) }
}

/// Lists the tasks that the body has made and waits for.
///
/// # Safety
/// As for [`edges`].
pub(crate) unsafe fn inner<B: Body>(pointer: TaskPointer, roots: &mut Vec<Root>) {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<Slot<B>>()).body.inner(roots) }
}

/// What the future of the body wakes, and how often it had woken before it was polled last; `None` when
/// there is none.
///
/// # Safety
/// As for [`edges`].
pub(crate) unsafe fn awaited<B: Body>(pointer: TaskPointer) -> Option<(Arc<WakerSet>, u64)> {
    // SAFETY: promised by the caller.
    let body = unsafe { &(*pointer.slot::<Slot<B>>()).body };
    body.awaited().map(|awaited| (Arc::clone(awaited.wakers), awaited.wakes))
}

/// Drops the future of the body, unless somebody waits for it, or it has woken and is about to be polled.
/// Returns `false` when somebody waits.
///
/// # Safety
/// The task is a `Task<B>` that the caller has claimed, and its body is there.
pub(crate) unsafe fn abandon<B: Body>(pointer: TaskPointer) -> bool {
    // SAFETY: promised by the caller; the claim makes this thread the only one at the slot.
    let slot = unsafe { &mut *pointer.slot::<Slot<B>>() };
    // SAFETY: as above.
    let body = unsafe { &mut *slot.body };
    let Some(Awaited { wakers, wakes }) = body.awaited() else { return true };
    if !wakers.is_empty() {
        return false;
    }
    // Whom it has woken was among those who waited until then.
    if !wakers.has_woken(wakes) {
        body.abandon();
    }
    true
}

/// The constant arguments of the body as a text.
///
/// # Safety
/// As for [`edges`].
pub(crate) unsafe fn argument<B: Body>(pointer: TaskPointer) -> Option<String> {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<Slot<B>>()).body.argument() }
}

/// Drops what a slot holds in `phase`.
///
/// # Safety
/// The task is a `Task<B>` in this phase, and nobody uses its slot any more.
pub(crate) unsafe fn drop_contents<B: Body>(pointer: TaskPointer, phase: Phase, shared: bool) {
    // SAFETY: the phase says which member is there, and the caller that nobody uses it any more.
    unsafe {
        let slot = &mut *pointer.slot::<Slot<B>>();
        match phase {
            Phase::Waiting | Phase::Inspecting => ManuallyDrop::drop(&mut slot.body),
            Phase::Done if shared => ManuallyDrop::drop(&mut slot.shared),
            Phase::Done => ManuallyDrop::drop(&mut slot.value),
            Phase::Failed => ManuallyDrop::drop(&mut slot.failure),
            Phase::Running | Phase::Taken => {}
        }
    }
}

/// Empties the slot of a task without strong references.
///
/// # Safety
/// There is no strong reference, and the header exists during the call.
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
        unsafe { (header.vtable.drop_contents)(pointer, phase, shared) };
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

/// Puts a kept body in the place of the error, which is returned, to be dropped without any lock.
///
/// # Safety
/// The task is a `Task<B>` that has failed, a strong reference exists during the call, and the caller has
/// the lock of [`Metadata::kept_body`], which the body came from.
pub(crate) unsafe fn reset<B: Body>(pointer: TaskPointer, body: KeptBody) -> Arc<Failure> {
    let Ok(body) = body.downcast::<B>() else { unreachable!("a task keeps its own body") };
    // SAFETY: `Failed` means an error; nobody else reads it without the lock, and it is read once, because
    // the body takes its place.
    unsafe {
        let slot = pointer.slot::<Slot<B>>();
        let failure = std::ptr::read(&raw const (*slot).failure);
        slot.write(Slot::with_body(*body));
        ManuallyDrop::into_inner(failure)
    }
}
