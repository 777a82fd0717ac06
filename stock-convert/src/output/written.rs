//! An output, and what it was made from.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Skipped;
use crate::options::ReadOptions;

/// An output that is whole and stands under its final name.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The output.
    pub path: PathBuf,
    /// Where its table came from.
    pub origin: Origin,
    /// The lines that were left out.
    pub skipped: Skipped,
    /// Its size.
    pub bytes: u64,
    /// How long reading, parsing and writing took together.
    pub took: Duration,
}

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
    pub options: ReadOptions,
}
