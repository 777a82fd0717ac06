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
use crate::options::Reading;
use crate::output::written::Origin;
use crate::parse::parser::Parser;
use crate::source::digest::{Digest, Hashing};
use crate::source::is_gzip;
use crate::source::stream::{Blocks, Cut};

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
pub fn read(path: &Path, reading: impl Into<Reading>) -> Result<Loaded, ConvertError> {
    let started = Instant::now();
    let reading = reading.into();
    let failed = |error| ConvertError::Read { path: path.to_owned(), source: Arc::new(error) };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mut source = Hashing::new(file);
    let mut parser = Parser::new(reading);
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
        reading,
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
            Cut::Lines(lines) => parser.push_block(lines),
            Cut::Overlong(limit) => parser.push_overlong(limit),
        };
        parsed.map_err(BlockError::Line)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::LineProblem;
    use crate::frame::Values;
    use crate::options::BadLines;

    fn parse(text: &str, limit: usize, bad: BadLines) -> Result<(Frame, Skipped), LineError> {
        let mut parser = Parser::new(bad);
        match parse_blocks(Blocks::with_sizes(text.as_bytes(), 4, limit), &mut parser) {
            Ok(()) => Ok(parser.finish()),
            Err(BlockError::Line(error)) => Err(error),
            Err(BlockError::Io(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn a_line_beyond_the_limit_is_refused_or_left_out() {
        let text = "{\"a\":1}\n{\"a\":22222222222222}\n{\"a\":3}\n{\"a\":4444444444444444}";
        let error = parse(text, 12, BadLines::Refuse).unwrap_err();
        assert_eq!((error.line, error.problem), (2, LineProblem::TooLong { limit: 12 }));
        let (frame, skipped) = parse(text, 12, BadLines::Skip).unwrap();
        assert_eq!(frame.column("a"), Some(&Values::Int(vec![1, 3])));
        assert_eq!(skipped.count, 2);
        assert_eq!(parse(text, 64, BadLines::Refuse).unwrap().0.rows(), 4);
    }
}
