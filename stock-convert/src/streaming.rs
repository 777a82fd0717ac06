//! A whole file in one go, block after block: what one task does where a file cannot be taken apart,
//! and what the graph is measured against.

use std::fs::File;
use std::io;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use crate::blocks::{Blocks, Cut, LINE_LIMIT_BYTES};
use crate::error::ConvertError;
use crate::learned::Learned;
use crate::origin::{Digest, Hashing, STRETCH_BYTES};
use crate::plan::Conversion;
use crate::ranges::line_ranges_of;
use crate::read::is_gzip;
use crate::rows::Rows;
use crate::table::{Ending, Table};
use crate::write::{TableFile, Written};

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
/// [`ConvertError::Line`] for the first line that cannot become a row, and those of
/// [`write`](crate::write()) for the output.
pub fn convert_file(conversion: &Conversion) -> Result<Written, ConvertError> {
    convert_in_blocks(conversion, STRETCH_BYTES, LINE_LIMIT_BYTES)
}

/// The same with blocks of about `block_bytes`, and lines of at most `line_limit` bytes.
fn convert_in_blocks(
    conversion: &Conversion,
    block_bytes: usize,
    line_limit: usize,
) -> Result<Written, ConvertError> {
    let mut known = Learned::nothing(conversion.reading, conversion.storage.layout);
    loop {
        let attempt = Attempt { conversion, known: &known, begun: None, block_bytes, line_limit };
        let ending = match is_gzip(&conversion.input.path) {
            true => attempt.of_stream(),
            false => attempt.of_ranges(),
        };
        match ending? {
            Ending::Written(written) => return Ok(written),
            Ending::Again(learned) => known = learned,
        }
    }
}

struct Attempt<'a> {
    conversion: &'a Conversion,
    known: &'a Learned,
    /// There once the first block is.
    begun: Option<(Table, Learned, Option<TableFile>)>,
    block_bytes: usize,
    line_limit: usize,
}

impl Attempt<'_> {
    fn of_ranges(mut self) -> Result<Ending, ConvertError> {
        let path = &self.conversion.input.path;
        let (first, others) = line_ranges_of(path, self.block_bytes, self.line_limit);
        for range in std::iter::once(first).chain(others) {
            let text = range.read()?;
            let rows = Rows::of_text(&text, self.learned());
            self.append(&rows)?;
        }
        self.finish(None)
    }

    fn of_stream(mut self) -> Result<Ending, ConvertError> {
        let path = &self.conversion.input.path;
        let failed = |error| ConvertError::Read { path: path.clone(), source: Arc::new(error) };
        let file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let mut source = Hashing::new(file);
        let stream = MultiGzDecoder::new(&mut source);
        let mut blocks = Blocks::with_sizes(stream, self.block_bytes, self.line_limit);
        let mut first: Option<Rows> = None;
        let mut is_first = true;
        while let Some(cut) = blocks.next().map_err(failed)? {
            // Only now it is plain that the first block is not the whole file.
            first.take().map_or(Ok(()), |rows| self.append(&rows))?;
            let rows = match cut {
                Cut::Lines(lines) => Rows::of_lines(lines, None, self.learned()),
                Cut::Overlong(limit) => Rows::of_lines(&[], Some(limit), self.learned()),
            };
            match std::mem::take(&mut is_first) {
                true => first = Some(rows),
                false => self.append(&rows)?,
            }
        }
        let whole = first.or_else(|| is_first.then(|| Rows::of_lines(&[], None, self.known)));
        if let Some(Rows { block, needs, digest, took }) = whole {
            let count = block.as_ref().map_or(0, |block| block.frame.rows());
            let needs = needs.expecting(Some(count as u64));
            self.append(&Rows { block, needs, digest, took })?;
        }
        drop(blocks);
        let digest = source.finish().map_err(failed)?;
        self.finish(Some(digest))
    }

    /// What is known when the next block is parsed.
    fn learned(&self) -> &Learned {
        self.begun.as_ref().map_or(self.known, |(_, learned, _)| learned)
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

    fn finish(self, digest: Option<Digest>) -> Result<Ending, ConvertError> {
        match self.begun {
            Some((table, _, file)) => table.finish(file, digest),
            None => unreachable!("a file has a block, if an empty one"),
        }
    }
}

#[cfg(test)]
mod tests;
