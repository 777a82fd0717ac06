//! Where a table goes, and how it is stored there.

use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::compression::Compression;
use super::layout::Layout;
use crate::options::size::parse_bytes;
use crate::options::{ColumnOptions, TextStorage};

/// How a table is stored, as options of a command line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Output")]
pub struct Storage {
    /// How the table lies in the file
    #[arg(short, long, value_enum, default_value_t)]
    pub layout: Layout,
    /// How the table is made smaller
    #[arg(short = 'z', long, value_enum, default_value_t)]
    pub compression: Compression,
    /// How texts are stored
    #[arg(long, value_enum, default_value_t)]
    pub text: TextStorage,
    /// Let a table become SIZE by texts that get the room of the longest
    ///
    /// Without it the limit is 1 GiB or 16 times the size of the input, whichever is more.
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetMode {
    /// It takes its final name, unless something else stands there.
    #[default]
    Create,
    /// It takes its final name, whatever stands there.
    Replace,
    /// It is removed. Used for measuring.
    DryRun,
}
