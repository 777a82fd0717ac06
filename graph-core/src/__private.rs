//! What generated code may use. No stability is promised for anything here.

#[cfg(feature = "remote")]
pub use inventory;

#[cfg(feature = "remote")]
pub use crate::remote;
pub use crate::{
    __register_remote as register_remote, Function,
    annotated::{Checked, Plain, annotate, byte_count, clone_to_retry},
    argument::by_value,
    call::{Fallible, Named, call, try_call},
    defer::{Owner, OwnerOfNothing, Receiver, ReceiverOfNothing},
    elsewhere::Elsewhere,
    reference::by_ref,
};
pub use graph_macros::defer;
