//! The HDF5 libraries that can write, and how a file of each is begun.

use std::path::Path;

use super::HdfFile;
#[cfg(feature = "libhdf5")]
use super::libhdf5::ReferenceFile;
use crate::output::compression::Compression;
use crate::output::error::Failure;
use crate::output::model::Content;
use crate::output::native::NativeFile;

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
pub(in crate::output) fn create(
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
        Library::Libhdf5 => {
            Ok(Box::new(ReferenceFile::create(path, content, chunk_rows, compression)?))
        }
    }
}
