//! The HDF5 libraries that write files, and what the writer needs of each.

#[cfg(feature = "libhdf5")]
mod libhdf5;
pub(crate) mod library;
mod native;

use super::chunk::ChunkPlace;
use super::error::OutputError;
use super::model::Attributes;

/// A file that is being written. Its datasets that hold rows are numbered in order.
pub(super) trait BackendFile: Send {
    /// Puts the finished bytes of a chunk in place; bit `i` of `skipped_filters` says that filter
    /// `i` was not applied.
    fn put(
        &mut self,
        place: ChunkPlace,
        bytes: &[u8],
        skipped_filters: u32,
    ) -> Result<(), OutputError>;

    /// Gives the file its attributes and closes it. Before that it is no valid HDF5 file.
    fn finish(self: Box<Self>, attributes: &Attributes) -> Result<(), OutputError>;
}
