//! What generated code may use. No stability is promised for anything here.

pub use crate::{
    Function,
    argument::by_value,
    call::{Fallible, Named, call, try_call},
    reference::by_ref,
};
