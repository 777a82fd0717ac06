//! What generated code may use. No stability is promised for anything here.
//!
//! It is also the door through which generated code implements the sealed traits (`IntoArg`, `Input`,
//! `Gather`, `Outputs`, `Handle`) for structs of handles: `Sealed`, `Edges`, `KeptArguments`, `Template`, `Roots` and
//! `HandleTask` have no other name outside this crate.

#[cfg(feature = "remote")]
pub use inventory;

#[cfg(feature = "remote")]
pub use crate::remote;
pub use crate::{
    __compute_fields as compute_fields, __register_remote as register_remote,
    construct::{
        by_ref::{ByRef, HandleOf, Lent, by_ref, lend::OwnerEncoding},
        by_value::{ByValue, by_value},
        call::{
            call, call_closure,
            future::{FromFuture, call_future, try_call_future},
            try_call, try_call_closure,
        },
        defer::{Owner, OwnerOfNothing, Receiver, ReceiverOfNothing},
        diagnostics::{
            ByteCount, ClonedHandle, MethodReceiver, MovedByReference,
            missing::{
                CalledDelayed, ComputedHandle, FlattenedHandle, IndexedHandle, IteratedHandle,
                MethodLeftOut, MethodOfResult, MissingMethods, OptionOfShared, ReturnedHandle,
                UnwrappedHandle, UnzippedHandle,
            },
        },
        input::{
            Input, InputKind, Kept, Pending, Sealed, Settled,
            fields::{Assembled, Field},
            keep, sealed,
        },
        options::{
            CallWithOptions,
            attempts::{AttemptRules, is_retried},
            byte_count, call_with_options, clone_to_retry,
            returned::{Checked, Plain, ReturnKind},
        },
        shape::{by_ref_of, by_value_of},
    },
    fallible::Fallible,
    handle::HandleTask,
    plan::roots::Roots,
    remote::{kind::RemoteKind, template::Template},
    task::{
        failure::kept::KeptArguments,
        function::{Function, FunctionLimits, Named},
        header::Edges,
    },
};
pub use graph_macros::{defer, defer_async};
