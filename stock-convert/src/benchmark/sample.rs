//! Generated files to measure with, where the real ones are too small for that.

use graph_exec::__atomic_file::Replace;

use crate::convert::job::Conversion;
use crate::inputs::synthetic::{SyntheticError, write_files};

/// The number of files.
const FILES: usize = 8;

/// The rows of each file. With so many, starting and stopping a run no longer counts, and nobody waits
/// long for it.
pub(crate) const ROWS: u64 = 20_000;

/// Generated files in a temporary folder, which is removed when this is dropped.
pub(crate) struct Sample {
    _folder: tempfile::TempDir,
    /// The dry runs of converting them.
    pub(crate) conversions: Vec<Conversion>,
    /// The size of all files together.
    pub(crate) bytes: u64,
}

impl Sample {
    /// Writes the files.
    ///
    /// # Errors
    /// Those of the folder and its files.
    pub(crate) fn generate() -> Result<Self, SyntheticError> {
        let failed = |source| SyntheticError { path: std::env::temp_dir(), source };
        let folder = tempfile::tempdir().map_err(failed)?;
        let paths = write_files(folder.path(), FILES, ROWS, Replace::No)?;
        let bytes = paths.iter().filter_map(|path| path.metadata().ok()).map(|m| m.len()).sum();
        let conversions = paths.into_iter().map(|path| Conversion::new(path).dry_run());
        Ok(Self { conversions: conversions.collect(), _folder: folder, bytes })
    }
}
