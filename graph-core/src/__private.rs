//! What generated code may use. No stability is promised for anything here.

#[cfg(feature = "remote")]
pub use inventory;

#[cfg(feature = "remote")]
pub use crate::remote;
pub use crate::{
    __register_remote as register_remote,
    construct::{
        by_ref::by_ref,
        by_value::by_value,
        call::{Named, call, try_call},
        defer::{Owner, OwnerOfNothing, Receiver, ReceiverOfNothing},
        options::{Checked, Plain, byte_count, call_with_options, clone_to_retry},
    },
    fallible::Fallible,
    remote::kind::RemoteKind,
    task::function::Function,
};
pub use graph_macros::defer;
