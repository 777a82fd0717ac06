//! One erased task: a single place in memory with a header that every task has, followed by its slot.

pub(crate) mod body;
pub(crate) mod execution;
pub(crate) mod failure;
pub(crate) mod function;
pub(crate) mod header;
pub(crate) mod location;
pub(crate) mod phase;
mod release;
#[cfg(feature = "remote")]
mod remote_slot;
mod slab;
pub(crate) mod slot;
pub(crate) mod state;
pub(crate) mod task_ref;
#[cfg(test)]
pub(crate) mod test_run;
