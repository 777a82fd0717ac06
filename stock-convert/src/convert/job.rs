//! What a conversion needs to know, and what comes of it.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::ConvertError;
use crate::inputs::Input;
use crate::options::ReadOptions;
use crate::output::target::{Storage, Target, TargetMode};
use crate::output::written::{Origin, Written};

/// What to do with one input.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// The file, and where its table goes.
    pub input: Input,
    /// How its lines become rows.
    pub options: ReadOptions,
    /// What becomes of the output.
    pub mode: TargetMode,
    /// How the table is stored.
    pub storage: Storage,
}

impl Conversion {
    /// Converts the file at `path` to one beside it, in the usual way.
    ///
    /// ```
    /// use stock_convert::{Conversion, TargetMode};
    /// let conversion = Conversion { mode: TargetMode::Replace, ..Conversion::new("prices/ibm.json") };
    /// assert_eq!(conversion.input.output, std::path::Path::new("prices/ibm.h5"));
    /// ```
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let label = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let input = Input { output: path.with_extension("h5"), label, path };
        let (options, mode, storage) = Default::default();
        Self { input, options, mode, storage }
    }

    /// Where the table goes.
    pub fn target(&self) -> Target {
        Target {
            path: self.input.output.clone(),
            mode: self.mode,
            storage: self.storage,
            columns: self.options.columns.clone(),
        }
    }

    /// Gives the same conversion with an output that is removed, for measuring.
    pub fn dry_run(&self) -> Self {
        Self { mode: TargetMode::DryRun, ..self.clone() }
    }
}

/// The results of some conversions.
#[derive(Debug)]
pub struct Converted {
    /// One per conversion, in their order; those that were not begun may be missing at the end.
    pub results: Vec<Result<Written, ConvertError>>,
    /// How long all took together.
    pub wall: Duration,
}

/// What became of one input.
#[derive(Debug)]
pub enum Outcome {
    /// It was converted.
    Written(Written),
    /// Its output was made from the same bytes before.
    UpToDate {
        /// What the output was made from.
        origin: Origin,
        /// The size of the output, in bytes.
        bytes: u64,
    },
    /// It was not converted.
    Failed(ConvertError),
}
