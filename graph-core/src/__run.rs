//! What an executor needs. No stability is promised for anything here.

pub use crate::{
    execution::{Charge, Execution},
    plan::{Ended, Plan, Reserved, Signature, Started},
};
