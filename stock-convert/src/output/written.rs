//! What there is to tell about an output that was written.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::line::Skipped;
use crate::options::{ReadOptions, UnknownColumn};

/// An output that was written whole. It stands under its final name, except after a dry run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// The path of the output.
    pub path: PathBuf,
    /// Where its table came from.
    pub origin: Origin,
    /// How many lines of the input were left out, and the first of them.
    pub skipped: Skipped,
    /// The columns that options name and that the input does not have.
    pub unknown: Vec<UnknownColumn>,
    /// The size of the output in bytes.
    pub bytes: u64,
    /// How long reading, parsing and writing took together.
    pub elapsed: Duration,
    /// What the input was taken for, in words; empty for plain JSON lines.
    pub form: String,
}

/// Where a table came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The path of the input.
    pub path: PathBuf,
    /// The size of the input on the disk, in bytes.
    pub bytes: u64,
    /// The hash of its bytes on the disk: XXH3 of the XXH3 of each mebibyte.
    pub hash: u128,
    /// The number of rows made of it.
    pub rows: u64,
    /// The number of its lines that were left out.
    pub skipped_lines: u64,
    /// How its lines became rows. Whoever sent a conversion elsewhere knows it.
    #[serde(skip)]
    pub options: ReadOptions,
}
