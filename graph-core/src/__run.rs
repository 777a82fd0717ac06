//! What an executor needs. No stability is promised for anything here.

pub use crate::{
    draw::colours::{Colours, FixedColours, FunctionColours},
    plan::{Claimed, Ended, Plan, Ran, Started},
    task::Signature,
};
