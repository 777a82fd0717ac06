//! What the writer needs of a library that writes HDF5 files.

pub(super) mod native;

use std::path::Path;

use super::chunk::ChunkPlace;
use super::compression::Compression;
use super::error::OutputError;
use super::model::{Attributes, FileModel};

/// Begins a file at a path with everything but its rows. A file that stands there is replaced. The numbers
/// are the rows of a chunk, for each dataset that holds rows.
pub(super) type Create =
    fn(&Path, &FileModel, &[usize], Compression) -> Result<Box<dyn BackendFile>, OutputError>;

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
