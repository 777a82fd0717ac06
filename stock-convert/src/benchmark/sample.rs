//! Prices to measure with where the real ones are converted in a blink: generated, and thrown away.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use crate::convert::job::Conversion;
use crate::inputs::Input;
use crate::inputs::synthetic::{SYMBOLS, write_prices};
use crate::options::ReadOptions;
use crate::output::target::{Storage, TargetMode};

/// Enough that starting and stopping no longer count, little enough that nobody waits.
pub(crate) const FILES: usize = 8;
pub(crate) const ROWS: u64 = 20_000;

/// Generated files, which go with this value.
pub(crate) struct Larger {
    _folder: tempfile::TempDir,
    pub(crate) conversions: Vec<Conversion>,
    /// The size of all files together.
    pub(crate) bytes: u64,
}

impl Larger {
    /// Writes the files to a temporary folder.
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
            let mode = TargetMode::Rehearse;
            let (options, storage) = (ReadOptions::default(), Storage::default());
            conversions.push(Conversion { input, options, mode, storage });
        }
        Ok(Larger { _folder: folder, conversions, bytes })
    }
}
