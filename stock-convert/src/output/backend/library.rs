//! The choice of a library, and how a file of each is begun.

use std::path::Path;

use super::BackendFile;
#[cfg(feature = "libhdf5")]
use super::libhdf5::Libhdf5File;
use super::native::NativeFile;
use crate::output::compression::Compression;
use crate::output::error::OutputError;
use crate::output::model::FileModel;

/// The library that writes.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    clap::ValueEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[non_exhaustive]
pub enum Library {
    /// The one written in Rust
    #[default]
    Native,
    /// The reference library, written in C
    #[cfg(feature = "libhdf5")]
    Libhdf5,
}

impl Library {
    /// Begins a file at `path` with everything but its rows. A file that stands there is replaced.
    ///
    /// `chunk_rows` has the rows of a chunk, for each dataset that holds rows.
    pub(in crate::output) fn create(
        self,
        path: &Path,
        model: &FileModel,
        chunk_rows: &[usize],
        compression: Compression,
    ) -> Result<Box<dyn BackendFile>, OutputError> {
        Ok(match self {
            Self::Native => Box::new(NativeFile::create(path, model, chunk_rows, compression)?),
            #[cfg(feature = "libhdf5")]
            Self::Libhdf5 => Box::new(Libhdf5File::create(path, model, chunk_rows, compression)?),
        })
    }
}
