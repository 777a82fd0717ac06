//! What an output remembers of the input that it was made from.

use std::path::PathBuf;

use crate::options::Reading;

/// Where a table came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The input.
    pub path: PathBuf,
    /// Its size, as it lies on the disk.
    pub bytes: u64,
    /// Of its bytes, as they lie on the disk: XXH3 of the XXH3 of each mebibyte.
    pub hash: u128,
    /// Rows made of it.
    pub rows: u64,
    /// Lines of it that were left out.
    pub skipped_lines: u64,
    /// How its lines became rows.
    pub reading: Reading,
}
