//! Why an HDF5 file cannot be made, told without the path of the output.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::error::ConvertError;

/// Why an HDF5 file cannot be made.
#[derive(Debug)]
pub(super) enum OutputError {
    /// The table breaks a limit of HDF5, of its readers or of the layout.
    Limit(String),
    /// The operating system refused.
    System(io::Error),
    /// The HDF5 library failed.
    Hdf5(Box<dyn std::error::Error + Send + Sync>),
}

impl OutputError {
    /// Turns it into the error of the output at `path`.
    pub(super) fn at(self, path: &Path) -> ConvertError {
        let path = path.to_owned();
        match self {
            Self::Limit(reason) => ConvertError::Unwritable { path, reason },
            Self::System(error) => ConvertError::Write { path, source: Arc::new(error) },
            Self::Hdf5(error) => ConvertError::Write { path, source: error.into() },
        }
    }
}

impl From<hdf5::Hdf5Error> for OutputError {
    fn from(error: hdf5::Hdf5Error) -> Self {
        Self::Hdf5(Box::new(error))
    }
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}
