//! Generated files to measure with, where the real ones are too small for that.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use crate::convert::job::Conversion;
use crate::inputs::Input;
use crate::inputs::synthetic::{SYMBOLS, write_prices};
use crate::options::ReadOptions;
use crate::output::target::{Storage, TargetMode};

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
    pub(crate) fn generate() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut conversions = Vec::new();
        let mut bytes = 0;
        for (seed, symbol) in (1..).zip(SYMBOLS).take(FILES) {
            let path = folder.path().join(symbol).with_extension("json");
            let mut file = BufWriter::new(File::create(&path)?);
            write_prices(&mut file, ROWS, seed)?;
            file.flush()?;
            bytes += path.metadata()?.len();
            let input = Input { output: path.with_extension("h5"), label: symbol.into(), path };
            let mode = TargetMode::DryRun;
            let (options, storage) = (ReadOptions::default(), Storage::default());
            conversions.push(Conversion { input, options, mode, storage });
        }
        Ok(Self { _folder: folder, conversions, bytes })
    }
}
