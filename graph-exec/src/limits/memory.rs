//! The memory that tasks declare to need, under an executor's limit.

pub(crate) mod budget;
pub(crate) mod reservations;
