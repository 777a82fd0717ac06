//! A file of JSON lines, plain or gzipped, to a [`Frame`].
//!
//! The file passes through a buffer of bounded size and is never mapped into memory: what
//! another program does to a mapped file while it is read cannot be reported as an error.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use flate2::read::MultiGzDecoder;

use crate::error::{ConvertError, LineError, Skipped};
use crate::frame::Frame;
use crate::options::ReadOptions;
use crate::output::written::Origin;
use crate::parse::parser::Parser;
use crate::source::digest::{Digest, HashingReader};
use crate::source::is_gzip;
use crate::source::stream::{Blocks, LineBlock};

/// A file in memory, with what there is to tell about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The table.
    pub frame: Frame,
    /// Where it came from.
    pub origin: Origin,
    /// The lines that were left out.
    pub skipped: Skipped,
    /// How long reading and parsing took.
    pub took: Duration,
}

/// Reads the JSON lines in `path`; a name that ends in `.gz` is decompressed on the way.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ibm.json");
/// # std::fs::write(&path, "{\"close\": 100.25}\n{\"close\": 103.12}\n")?;
/// use stock_convert::BadLines;
/// let loaded = stock_convert::read(&path, BadLines::Refuse)?;
/// assert_eq!(loaded.frame.rows(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ConvertError::Read`] for what the operating system refuses, [`ConvertError::Line`] for the
/// first line that cannot become a row.
pub fn read(path: &Path, options: impl Into<ReadOptions>) -> Result<Loaded, ConvertError> {
    let started = Instant::now();
    let options = options.into();
    let failed = |error| ConvertError::Read { path: path.to_owned(), source: Arc::new(error) };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mut source = HashingReader::new(file);
    let mut parser = Parser::new(options);
    let parsed = if is_gzip(path) {
        parse_blocks(Blocks::new(MultiGzDecoder::new(&mut source)), &mut parser)
    } else {
        parse_blocks(Blocks::new(&mut source), &mut parser)
    };
    parsed.map_err(|error| match error {
        BlockError::Io(source) => failed(source),
        BlockError::Line(LineError { line, column, problem }) => {
            ConvertError::Line { path: path.to_owned(), line, column, problem }
        }
    })?;
    let Digest { bytes, hash } = source.finish().map_err(failed)?;
    let (frame, skipped) = parser.finish();
    let origin = Origin {
        path: PathBuf::from(path),
        bytes,
        hash,
        rows: frame.rows() as u64,
        skipped_lines: skipped.count,
        options,
    };
    Ok(Loaded { frame, origin, skipped, took: started.elapsed() })
}

#[derive(Debug)]
enum BlockError {
    Io(io::Error),
    Line(LineError),
}

/// Hands `blocks` to `parser`.
fn parse_blocks(mut blocks: Blocks<impl Read>, parser: &mut Parser) -> Result<(), BlockError> {
    while let Some(cut) = blocks.next().map_err(BlockError::Io)? {
        let parsed = match cut {
            LineBlock::Lines(lines) => parser.push_block(lines),
            LineBlock::Overlong(limit) => parser.push_overlong(limit),
        };
        parsed.map_err(BlockError::Line)?;
    }
    Ok(())
}
