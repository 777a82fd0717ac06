//! What is compiled for each function that a task calls: from the body in the slot to the result.
//!
//! It is kept small, because a program has many functions. What needs no types is in `slot`, and what needs
//! those of the parameters alone is compiled once for all functions that have the same.

#![expect(unsafe_code, reason = "body and result share their bytes; the phase says which is there")]

use crate::{
    fallible::Fallible,
    task::{
        body::{Arguments, Body, WithFunction},
        failure::{Cause, kept::KeptArguments},
    },
};

/// Takes the arguments out, calls the function `F`, which has captured nothing, and puts the result into the
/// slot.
///
/// # Safety
/// The slot has a `B`, and nobody else is at it. The task was given an `F`, which takes no memory.
pub(in crate::task) unsafe fn call<B: Arguments, T, F: FnOnce(B::Taken) -> T + Copy>(
    slot: *mut (),
    kept: &mut KeptArguments,
) -> Result<(), Box<Cause>> {
    // SAFETY: a type without memory has one value, which can be read anywhere, and the task was given it.
    let function = unsafe { slot.cast::<F>().read() };
    // SAFETY: passed on.
    let value = function(unsafe { take_arguments::<B>(slot, kept) });
    // SAFETY: still the only thread at the slot, which is empty since the body was taken.
    unsafe { put_value(slot, value) }
}

/// [`call`] for a function that may fail: the result is what is inside `Ok`.
///
/// # Safety
/// As for [`call`].
pub(in crate::task) unsafe fn try_call<B, R, F>(
    slot: *mut (),
    kept: &mut KeptArguments,
) -> Result<(), Box<Cause>>
where
    B: Arguments,
    R: Fallible + 'static,
    F: FnOnce(B::Taken) -> R + Copy,
{
    // SAFETY: as in `call`.
    let function = unsafe { slot.cast::<F>().read() };
    // SAFETY: passed on.
    let returned = function(unsafe { take_arguments::<B>(slot, kept) });
    // SAFETY: still the only thread at the slot, which is empty since the body was taken.
    unsafe { put_returned(slot, returned) }
}

/// Takes the body out, gives it to the function that lies behind it, and puts the result into the slot.
///
/// # Safety
/// The slot has a `WithFunction<B, F>`, and nobody else is at it.
pub(in crate::task) unsafe fn call_kept<
    B: Body,
    T,
    F: FnOnce(B) -> Result<T, Cause> + Send + 'static,
>(
    slot: *mut (),
    kept: &mut KeptArguments,
) -> Result<(), Box<Cause>> {
    // SAFETY: passed on.
    let WithFunction { body, function } = unsafe { take_body::<WithFunction<B, F>>(slot, kept) };
    let value = function(body).map_err(Box::new)?;
    // SAFETY: still the only thread at the slot, which is empty since the body was taken.
    unsafe { put_value(slot, value) }
}

/// Stands in the vtable of a task that [resumes](super::resume::resume), and is not called.
pub(in crate::task) unsafe fn call_never(
    _: *mut (),
    _: &mut KeptArguments,
) -> Result<(), Box<Cause>> {
    unreachable!("a task that may be resumed is not called")
}

/// Puts a result into the slot.
///
/// # Safety
/// The slot is empty, and nobody else is at it.
#[inline]
unsafe fn put_value<T>(slot: *mut (), value: T) -> Result<(), Box<Cause>> {
    // SAFETY: promised by the caller.
    unsafe { slot.cast::<T>().write(value) };
    Ok(())
}

/// Puts what is inside `Ok` into the slot.
///
/// # Safety
/// The slot is empty, and nobody else is at it.
#[inline]
unsafe fn put_returned<R: Fallible + 'static>(
    slot: *mut (),
    returned: R,
) -> Result<(), Box<Cause>> {
    match returned.into_result() {
        // SAFETY: promised by the caller.
        Ok(value) => unsafe { put_value(slot, value) },
        Err(error) => Err(Box::new(Cause::returned(error))),
    }
}

/// [`take_body`] for the arguments of a function. It is compiled once for all functions with the same ones.
///
/// # Safety
/// As for [`take_body`].
#[inline]
unsafe fn take_arguments<B: Arguments>(slot: *mut (), kept: &mut KeptArguments) -> B::Taken {
    // SAFETY: passed on.
    unsafe { take_body::<B>(slot, kept) }.take()
}

/// Takes the body out, and keeps its constant arguments for the task's failure.
///
/// # Safety
/// The slot has a `B`, and nobody else is at it. The body is taken once.
#[inline]
pub(super) unsafe fn take_body<B: Body>(slot: *mut (), kept: &mut KeptArguments) -> B {
    // SAFETY: promised by the caller.
    let body = unsafe { slot.cast::<B>().read() };
    body.keep(kept);
    body
}
