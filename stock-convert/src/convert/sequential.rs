//! A whole file in one go, block after block: what one task does where a file cannot be taken apart,
//! and what the graph is measured against.

use std::time::Instant;

use crate::convert::assemble::{Ending, Table};
use crate::convert::inference::{Learned, Rows};
use crate::convert::job::{Conversion, Converted};
use crate::error::ConvertError;
use crate::output::writer::TableWriter;
use crate::output::written::Written;
use crate::source::digest::Digest;
use crate::source::lines::{Lines, Sizes};
use crate::source::walk;

/// Converts one file, in bounded memory.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ibm.json");
/// # std::fs::write(&path, "{\"close\": 100.25}\n{\"close\": 103.12}\n")?;
/// use stock_convert::{Conversion, Input, Reading, Storage, TargetMode, convert_file};
/// let output = path.with_extension("h5");
/// let input = Input { path, output: output.clone(), label: "ibm.json".into() };
/// let (reading, mode, storage) = (Reading::default(), TargetMode::Create, Storage::default());
/// let written = convert_file(&Conversion { input, reading, mode, storage })?;
/// assert_eq!((written.path, written.origin.rows), (output, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ConvertError::Read`] for what the operating system refuses of the input,
/// [`ConvertError::Line`] for the first line that cannot become a row, and for the output
/// [`ConvertError::Write`] for what the operating system refuses, [`ConvertError::Unwritable`] for a
/// table that HDF5 or the layout cannot hold, [`ConvertError::Exists`] where something else stands
/// already.
pub fn convert_file(conversion: &Conversion) -> Result<Written, ConvertError> {
    convert_in_blocks(conversion, Sizes::default())
}

/// The same with blocks and lines of other sizes.
fn convert_in_blocks(conversion: &Conversion, sizes: Sizes) -> Result<Written, ConvertError> {
    let mut known = Learned::nothing(conversion.reading, conversion.storage.layout);
    loop {
        let mut attempt = Attempt { conversion, known: &known, held: None, begun: None };
        let digest = walk(&conversion.input.path, sizes, |lines| attempt.take(lines))?;
        match attempt.finish(digest)? {
            Ending::Written(written) => return Ok(written),
            Ending::Again(learned) => known = learned,
        }
    }
}

/// Converts one file after the other in a plain loop: what the graph is measured against.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ibm.json");
/// # std::fs::write(&path, "{\"close\": 100.25}\n")?;
/// use stock_convert::{Conversion, Input, Reading, Storage, TargetMode, convert_sequentially};
/// let output = path.with_extension("h5");
/// let input = Input { path, output: output.clone(), label: "ibm.json".into() };
/// let (reading, mode, storage) = (Reading::default(), TargetMode::Create, Storage::default());
/// let conversion = Conversion { input, reading, mode, storage };
/// let converted = convert_sequentially(&[conversion]);
/// assert_eq!(converted.results[0].as_ref().unwrap().path, output);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn convert_sequentially(conversions: &[Conversion]) -> Converted {
    let started = Instant::now();
    let results = conversions.iter().map(convert_file).collect();
    Converted { results, wall: started.elapsed() }
}

struct Attempt<'a> {
    conversion: &'a Conversion,
    known: &'a Learned,
    /// The first block of a stream, until it is plain whether it is the whole file.
    held: Option<Rows>,
    /// There once the first block is.
    begun: Option<(Table, Learned, Option<TableWriter>)>,
}

impl Attempt<'_> {
    fn take(&mut self, lines: Lines<'_>) -> Result<(), ConvertError> {
        self.held.take().map_or(Ok(()), |first| self.append(&first))?;
        let known = self.begun.as_ref().map_or(self.known, |(_, learned, _)| learned);
        let rows = Rows::of_lines(&lines, known);
        if self.begun.is_none() && lines.share.is_none() {
            self.held = Some(rows);
            return Ok(());
        }
        self.append(&rows)
    }

    fn append(&mut self, rows: &Rows) -> Result<(), ConvertError> {
        match &mut self.begun {
            Some((table, _, file)) => table.append(rows, file.as_mut()),
            None => {
                let (table, file) = Table::begin(self.conversion, self.known, rows)?;
                self.begun = Some((table, self.known.after(rows), file));
                Ok(())
            }
        }
    }

    fn finish(mut self, digest: Digest) -> Result<Ending, ConvertError> {
        if let Some(mut whole) = self.held.take() {
            let count = whole.count() as u64;
            whole.needs = whole.needs.expecting(Some(count));
            self.append(&whole)?;
        }
        match self.begun {
            Some((table, _, file)) => table.finish(file, Some(digest)),
            None => unreachable!("a file has a block, if an empty one"),
        }
    }
}

#[cfg(test)]
mod tests;
