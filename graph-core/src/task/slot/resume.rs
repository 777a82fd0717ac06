//! What happens in the slot of a task whose body may be back in it after it has run.

#![expect(unsafe_code, reason = "body and result share their bytes; the phase says which is there")]

use std::{
    mem::ManuallyDrop,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::task::{
    body::{Attempted, Resumable},
    execution::{Execution, attempts::AttemptSettings, waker_set::WakerSet},
    failure::{Cause, Failure, drop_quietly, kept::KeptArguments},
    header::{KeptBody, Metadata, Root, TaskPointer},
    phase::Phase,
    slot::{Slot, call::take_body, end, failure},
};

/// [`run`](super::run) for a body that may be back in the slot afterwards: the phase is `Waiting` when its attempts
/// do not count or the next is put off, and `Running` when it waits for tasks that it has made, or for a future.
///
/// # Safety
/// As for [`run`](super::run), but the task's body is a `B`.
pub(in crate::task) unsafe fn resume<B: Resumable>(
    pointer: TaskPointer,
    execution: &mut Execution<'_>,
) -> Phase {
    let mut kept = KeptArguments::new();
    // SAFETY: a claimed task exists; the claim makes this thread the only one at the slot, and the
    // phase was `Waiting`, so the body is there.
    let body = unsafe { take_body::<B>(pointer.slot(), &mut kept) };
    if B::KEEPS_INPUTS {
        // SAFETY: the task is claimed, so it exists.
        let header = unsafe { pointer.header() };
        execution.task = header.number();
        execution.options = header.metadata().map(Metadata::attempts).unwrap_or_default();
    }
    let outcome = match catch_unwind(AssertUnwindSafe(|| body.run(execution))) {
        Ok(Attempted::Ended(Ok(value))) => {
            // SAFETY: still the only thread at the slot, which is empty since the body was taken.
            unsafe { pointer.slot::<B::Value>().write(value) };
            Ok(Ok(()))
        }
        Ok(Attempted::Ended(Err(cause))) => Ok(Err(Box::new(cause))),
        Ok(Attempted::Failed(body, cause)) => {
            // SAFETY: the task is claimed, so it exists.
            let metadata = unsafe { pointer.header() }.metadata();
            if let Some(mut kept) = metadata.and_then(Metadata::kept_body) {
                *kept = Some(Box::new(body));
            }
            Ok(Err(Box::new(cause)))
        }
        Ok(Attempted::Kept(body)) => {
            // SAFETY: still the only thread at the slot, which is empty since the body was taken.
            unsafe { pointer.slot::<B>().write(body) };
            return Phase::Waiting;
        }
        // The tasks that were made after the task was told to stop might not be all.
        Ok(Attempted::Awaits(truncated)) if execution.is_told_cancelled() => {
            drop_quietly(truncated);
            Ok(Err(Box::new(Cause::Cancelled)))
        }
        Ok(Attempted::Awaits(body)) => {
            // SAFETY: as above.
            unsafe { pointer.slot::<B>().write(body) };
            return Phase::Running;
        }
        Err(payload) => Err(payload),
    };
    // SAFETY: the caller has claimed the task. The body is taken, and where it succeeded, the result put.
    unsafe { end(pointer, execution, outcome, &kept) }
}

/// Lets the body take its inputs and say how many bytes it needs. The caller then gives the task back.
///
/// Returns `None` when that panicked. The slot holds this error, and the caller publishes `Failed`.
///
/// # Safety
/// As for [`resume`].
pub(in crate::task) unsafe fn reserve<B: Resumable>(pointer: TaskPointer) -> Option<u64> {
    // SAFETY: a claimed task exists; the claim makes this thread the only one at the slot, and the
    // phase was `Waiting`, so the body is there.
    let slot = unsafe { &mut *pointer.slot::<Slot<B, B::Value>>() };
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

/// How the task is tried, by what its function says.
///
/// # Safety
/// As for [`edges`](super::edges).
pub(in crate::task) unsafe fn attempts<B: Resumable>(pointer: TaskPointer) -> AttemptSettings {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<B>()).attempts() }
}

/// Lists the tasks that the body has made and waits for.
///
/// # Safety
/// As for [`edges`](super::edges).
pub(in crate::task) unsafe fn inner<B: Resumable>(pointer: TaskPointer, roots: &mut Vec<Root>) {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<B>()).inner(roots) }
}

/// What the future of the body wakes, and how often it had woken before it was polled last; `None` when
/// there is none.
///
/// # Safety
/// As for [`edges`](super::edges).
pub(in crate::task) unsafe fn awaited<B: Resumable>(
    pointer: TaskPointer,
) -> Option<(Arc<WakerSet>, u64)> {
    // SAFETY: promised by the caller.
    let body = unsafe { &*pointer.slot::<B>() };
    body.awaited().map(|awaited| (Arc::clone(awaited.wakers), awaited.wakes))
}

/// Drops the future of the body.
///
/// # Safety
/// The caller has claimed the task, whose body is a `B` and is there.
pub(in crate::task) unsafe fn abandon<B: Resumable>(pointer: TaskPointer) {
    // SAFETY: promised by the caller; the claim makes this thread the only one at the slot.
    unsafe { (*pointer.slot::<B>()).abandon() };
}

/// Puts a kept body in the place of the error, which is returned, to be dropped without any lock.
///
/// # Safety
/// The task has failed and its body is a `B`, a strong reference exists during the call, and the caller has
/// the lock of [`Metadata::kept_body`], which the body came from.
pub(in crate::task) unsafe fn reset<B: Resumable>(
    pointer: TaskPointer,
    body: KeptBody,
) -> Arc<Failure> {
    let Ok(body) = body.downcast::<B>() else { unreachable!("a task keeps its own body") };
    // SAFETY: `Failed` means an error; nobody else reads it without the lock, and it is read once, because
    // the body takes its place.
    unsafe {
        let failure = pointer.slot::<Arc<Failure>>().read();
        pointer.slot::<B>().write(*body);
        failure
    }
}
