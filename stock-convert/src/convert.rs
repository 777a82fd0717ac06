//! Files of JSON lines to HDF5, as a graph of tasks or in a plain loop.

pub(crate) mod assemble;
pub(crate) mod cluster;
pub(crate) mod graph;
pub(crate) mod inference;
pub(crate) mod job;
pub(crate) mod sequential;
pub(crate) mod up_to_date;
