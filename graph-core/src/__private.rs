//! What generated code may use. No stability is promised for anything here.

pub use crate::{
    Function,
    annotated::{Checked, Plain, annotate, byte_count, clone_to_retry},
    argument::by_value,
    call::{Fallible, Named, call, try_call},
    defer::{Owner, OwnerOfNothing, Receiver, ReceiverOfNothing},
    reference::by_ref,
};
pub use graph_macros::defer;
