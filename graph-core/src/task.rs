//! One erased task: a single place in memory with a header that every task has, followed by its slot.

pub(crate) mod execution;
pub(crate) mod failure;
pub(crate) mod function;
pub(crate) mod header;
mod release;
#[cfg(feature = "remote")]
pub(crate) mod remote_slot;
mod slab;
pub(crate) mod slot;
pub(crate) mod state;
#[cfg(test)]
pub(crate) mod test_run;
