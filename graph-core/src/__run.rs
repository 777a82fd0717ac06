//! What an executor needs. No stability is promised for anything here.

pub use crate::plan::{Ended, Plan, Started};
