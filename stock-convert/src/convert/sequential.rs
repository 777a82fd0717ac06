//! A file block by block in a plain loop: what one task does with a file that can only be read from
//! its beginning, and what the graph is measured against.

use std::time::Instant;

use crate::convert::assemble::{Assembled, Assembly};
use crate::convert::explain::explain;
use crate::convert::inference::{Inferred, ParsedBlock};
use crate::convert::job::{Conversion, Converted};
use crate::error::ConvertError;
use crate::output::writer::TableWriter;
use crate::output::written::Written;
use crate::source::digest::Digest;
use crate::source::for_each_block;
use crate::source::lines::{BlockSizes, Lines};

/// Converts one file, in bounded memory.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ibm.json");
/// # std::fs::write(&path, "{\"close\": 100.25}\n{\"close\": 103.12}\n")?;
/// use stock_convert::{Conversion, convert_file};
/// let written = convert_file(&Conversion::new(&path))?;
/// assert_eq!((written.path, written.origin.rows), (path.with_extension("h5"), 2));
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
    convert_in_blocks(conversion, BlockSizes::default()).map_err(|error| explain(error, conversion))
}

/// Converts with blocks and lines of these sizes.
fn convert_in_blocks(conversion: &Conversion, sizes: BlockSizes) -> Result<Written, ConvertError> {
    let started = Instant::now();
    let mut known = Inferred::new(&conversion.options, conversion.storage.layout);
    loop {
        let mut attempt = Attempt { conversion, known: &known, held: None, begun: None };
        let Conversion { input, options, .. } = conversion;
        let source = for_each_block(&input.path, sizes, options, |lines| attempt.take(lines))?;
        match attempt.finish(source.digest)? {
            Assembled::Written(written) => {
                let (form, elapsed) = (source.form, started.elapsed());
                return Ok(Written { form, elapsed, ..written });
            }
            Assembled::Again(inferred) => known = inferred,
        }
    }
}

/// Converts one file after the other in a plain loop: what the graph is measured against.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ibm.json");
/// # std::fs::write(&path, "{\"close\": 100.25}\n")?;
/// use stock_convert::{Conversion, convert_sequentially};
/// let converted = convert_sequentially(&[Conversion::new(&path)]);
/// assert_eq!(converted.results[0].as_ref().unwrap().origin.rows, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn convert_sequentially(conversions: &[Conversion]) -> Converted {
    let started = Instant::now();
    let results = conversions.iter().map(convert_file).collect();
    Converted { results, wall: started.elapsed() }
}

/// One time through the file.
struct Attempt<'a> {
    conversion: &'a Conversion,
    known: &'a Inferred,
    /// The first block of a stream, as long as it may be the whole file.
    held: Option<ParsedBlock>,
    /// None before the first block.
    begun: Option<Begun>,
}

/// An output so far.
struct Begun {
    assembly: Assembly,
    /// What the blocks after the first are parsed by.
    known: Inferred,
    file: Option<TableWriter>,
}

impl Attempt<'_> {
    fn take(&mut self, lines: Lines<'_>) -> Result<(), ConvertError> {
        self.held.take().map_or(Ok(()), |first| self.append(&first))?;
        let known = self.begun.as_ref().map_or(self.known, |begun| &begun.known);
        let block = ParsedBlock::from_lines(&lines, known);
        // One with a bad line ends the conversion, whatever may be wrong behind it.
        if self.begun.is_none() && lines.share.is_none() && block.rows.is_ok() {
            self.held = Some(block);
            return Ok(());
        }
        self.append(&block)
    }

    fn append(&mut self, block: &ParsedBlock) -> Result<(), ConvertError> {
        match &mut self.begun {
            Some(Begun { assembly, file, .. }) => assembly.append(block, file.as_mut()),
            None => {
                let (assembly, file) = Assembly::begin(self.conversion, self.known, block)?;
                let known = self.known.with_first(block);
                self.begun = Some(Begun { assembly, known, file });
                Ok(())
            }
        }
    }

    fn finish(mut self, digest: Digest) -> Result<Assembled, ConvertError> {
        if let Some(mut whole) = self.held.take() {
            let count = whole.count() as u64;
            whole.needs = whole.needs.expecting(Some(count));
            self.append(&whole)?;
        }
        match self.begun {
            Some(Begun { assembly, file, .. }) => assembly.finish(file, Some(digest)),
            None => unreachable!("every file has a block, even if it is empty"),
        }
    }
}

#[cfg(test)]
mod tests;
