//! What happens in the slot of a task that runs in another process: the body is described, not run,
//! and the result comes as bytes.

#![expect(unsafe_code, reason = "body and result share their bytes; the phase says which is there")]

use std::{
    any::TypeId,
    mem::ManuallyDrop,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::{
    remote::{
        error::NotEncodable,
        kind::RemoteKind,
        registry::{decode, encode},
        template::Template,
    },
    task::{
        body::Body,
        failure::{Cause, kept::KeptArguments},
        header::{Metadata, RemoteVTable, TaskPointer},
        phase::Phase,
        slot::{Slot, failure},
    },
};

impl RemoteVTable {
    /// The functions for tasks with a body `B` and a result `T`.
    pub(super) const fn new<B: Body, T: Send + 'static>(kind: RemoteKind) -> Self {
        RemoteVTable {
            kind,
            value_type: TypeId::of::<T>,
            value_type_name: std::any::type_name::<T>,
            can_return: || decode::<T>().is_some(),
            describe: describe::<B>,
            encode_result: encode_result::<T>,
            settle: settle::<B, T>,
        }
    }
}

/// Encodes the inputs.
///
/// # Safety
/// The caller has claimed the task, whose body is a `B` and is there.
unsafe fn describe<B: Body>(pointer: TaskPointer, template: &mut Template) {
    // SAFETY: promised by the caller; the claim makes this thread the only one at the slot.
    let body = unsafe { &*pointer.slot::<B>() };
    body.template(template);
}

/// Encodes the result.
///
/// # Safety
/// The task is done, its result is a `T`, and nobody takes it during the call.
unsafe fn encode_result<T: 'static>(pointer: TaskPointer) -> Result<Vec<u8>, NotEncodable> {
    // SAFETY: promised by the caller: the header exists, and `Done` means an `Arc<T>` or a `T`.
    let value: &T = unsafe {
        if pointer.header().state.is_shared() {
            &*pointer.slot::<Arc<T>>()
        } else {
            &*pointer.slot::<T>()
        }
    };
    encode(value)
}

/// Puts an encoded result, or the cause of a failure, where the body was. The caller publishes the
/// returned phase.
///
/// # Safety
/// The caller has claimed the task, whose body is a `B` and is there; its result is a `T`.
unsafe fn settle<B: Body, T: 'static>(
    pointer: TaskPointer,
    outcome: Result<&[u8], Cause>,
) -> Phase {
    let read = |bytes| {
        let decode = decode::<T>()
            .ok_or_else(|| Cause::error(NotEncodable::UnknownType(std::any::type_name::<T>())))?;
        decode(bytes).map_err(Cause::error)
    };
    let value = catch_unwind(AssertUnwindSafe(|| outcome.and_then(read)))
        .unwrap_or_else(|payload| Err(Cause::panic(payload)));
    // SAFETY: the task is claimed, so it exists, and its body is there.
    let is_resettable = value.is_err() && unsafe { pointer.attempts() }.is_resettable;
    // SAFETY: the claim makes this thread the only one at the slot, and the body is read once.
    let (slot, body) = unsafe {
        let slot = pointer.slot::<Slot<B, T>>();
        (slot, std::ptr::read(&raw const (*slot).body))
    };
    // SAFETY: the task is claimed, so it exists.
    let header = unsafe { pointer.header() };
    let mut kept = KeptArguments::new();
    body.keep(&mut kept);
    let (content, phase) = match value {
        Ok(value) if header.state.is_shared() => {
            (Slot { shared: ManuallyDrop::new(Arc::new(value)) }, Phase::Done)
        }
        Ok(value) => (Slot { value: ManuallyDrop::new(value) }, Phase::Done),
        Err(cause) => (Slot { failure: failure(header, cause, &kept) }, Phase::Failed),
    };
    // SAFETY: still the only thread at the slot, which is empty since the body was read.
    unsafe { slot.write(content) };
    if is_resettable && let Some(mut place) = header.metadata().and_then(Metadata::kept_body) {
        // It still waits for its inputs, which another run computes anew.
        *place = Some(Box::new(ManuallyDrop::into_inner(body)));
        return phase;
    }
    // The inputs go with the body; a destructor that panics must not take the result along.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| ManuallyDrop::into_inner(body))) {
        drop(Cause::panic(payload));
    }
    phase
}
