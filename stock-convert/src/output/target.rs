//! Where a table goes, and how it is stored there.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::compression::Compression;
use super::layout::Layout;
use crate::options::{ColumnOptions, TextStorage};

/// How a table is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// How its columns lie in the file.
    pub layout: Layout,
    /// How its chunks are compressed.
    pub compression: Compression,
    /// How texts are stored.
    pub text: TextStorage,
    /// How large a table may become by texts that get the room of the longest, in bytes; where nothing
    /// is said, 1 GiB or 16 times the size of the source, whichever is more.
    pub max_output: Option<u64>,
}

/// Where a table goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The path of the output.
    pub path: PathBuf,
    /// What becomes of the output once it is whole.
    pub mode: TargetMode,
    /// How it is stored.
    pub storage: Storage,
    /// What its columns are called.
    pub columns: ColumnOptions,
}

/// What becomes of an output once it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetMode {
    /// It takes its final name, unless something else stands there.
    Create,
    /// It takes its final name, whatever stands there.
    Replace,
    /// It is removed. Used for measuring.
    DryRun,
}
