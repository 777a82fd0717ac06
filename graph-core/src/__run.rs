//! What an executor needs. No stability is promised for anything here.

pub use crate::{
    plan::{Claimed, Ended, Plan, Ran, Started},
    task::Signature,
};
