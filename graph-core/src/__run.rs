//! What an executor needs. No stability is promised for anything here.

pub use crate::{
    execution::{Charge, Execution},
    plan::{Claimed, Ended, Plan, Ran, Reserved, Started},
    task::Signature,
};
