//! Tables to HDF5 files, and what such a file says of itself. The only room that knows HDF5.
//!
//! ```text
//! table schema ─► layout ─► model ─────┐                           what stands in the file
//! blocks ───────► chunker ─► compression ┴─► writer ─► backend     who writes it
//! ```

pub(crate) mod backend;
pub(crate) mod chunk;
pub(crate) mod chunker;
pub(crate) mod comparison;
pub(crate) mod compression;
mod error;
pub(crate) mod inspect;
pub(crate) mod layout;
mod model;
pub(crate) mod provenance;
pub(crate) mod table_schema;
pub(crate) mod target;
pub(crate) mod writer;
pub(crate) mod written;

#[cfg(test)]
mod tests;
