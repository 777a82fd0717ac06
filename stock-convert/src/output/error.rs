//! Why an HDF5 file cannot be made, told without the path of the output.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use crate::error::ConvertError;

/// Why an HDF5 file cannot be made.
#[derive(Debug)]
pub(super) enum OutputError {
    /// The table breaks a limit of HDF5, of its readers or of the layout.
    Limit(String),
    /// The operating system or the HDF5 library failed.
    Failed(Arc<dyn Error + Send + Sync>),
}

impl OutputError {
    /// Turns it into the error of the output at `path`.
    pub(super) fn at(self, path: &Path) -> ConvertError {
        let path = path.to_owned();
        match self {
            Self::Limit(reason) => ConvertError::Unwritable { path, reason },
            Self::Failed(source) => ConvertError::Write { path, source },
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for OutputError {
    fn from(error: E) -> Self {
        Self::Failed(Arc::new(error))
    }
}
