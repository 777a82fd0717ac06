//! Where a table goes, and how it is stored there.

use std::path::PathBuf;

use super::backend::library::Library;
use super::compression::Compression;
use super::layout::Layout;

/// How a table is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Storage {
    /// How its columns lie in the file.
    pub layout: Layout,
    /// How its chunks are compressed.
    pub compression: Compression,
    /// The library that writes it; what stands in the file does not depend on it.
    pub library: Library,
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
}

/// What becomes of an output once it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetMode {
    /// It takes its final name, unless something else stands there.
    Create,
    /// It takes its final name, whatever stands there.
    Replace,
    /// It is removed. Used for measuring.
    DryRun,
}
