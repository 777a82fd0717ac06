//! What the writer needs of an HDF5 library, and which library that is.

use std::path::Path;

use super::Failure;
use super::compression::{Compression, Place};
use super::content::{Attributes, Content};
use super::native::NativeFile;

/// A file that is being written. Its datasets that hold rows are numbered in order.
pub(super) trait HdfFile: Send {
    /// Puts the finished bytes of a chunk in place; bit `i` of `skipped_filters` says that filter
    /// `i` has not been applied.
    fn put(&mut self, place: Place, bytes: &[u8], skipped_filters: u32) -> Result<(), Failure>;

    /// Gives the file its attributes and closes it. Without this it is not whole.
    fn finish(self: Box<Self>, attributes: &Attributes) -> Result<(), Failure>;
}

/// The library that writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Library {
    /// The one written in Rust
    #[default]
    Native,
    /// The reference library, written in C
    #[cfg(feature = "libhdf5")]
    Libhdf5,
}

/// Begins a file at `path` (which is replaced) with everything but its rows.
///
/// `chunk_rows` has a number for each dataset that holds rows.
pub(super) fn create(
    library: Library,
    path: &Path,
    content: &Content,
    chunk_rows: &[usize],
    compression: Compression,
) -> Result<Box<dyn HdfFile>, Failure> {
    match library {
        Library::Native => {
            Ok(Box::new(NativeFile::create(path, content, chunk_rows, compression)?))
        }
        #[cfg(feature = "libhdf5")]
        Library::Libhdf5 => Ok(Box::new(super::reference::ReferenceFile::create(
            path,
            content,
            chunk_rows,
            compression,
        )?)),
    }
}
