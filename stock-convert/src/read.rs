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
use memchr::{memchr, memrchr};

use crate::error::ConvertError;
use crate::frame::Frame;
use crate::origin::{Digest, Hashing, Origin};
use crate::parse::{BadLines, LineError, Parser, Skipped};

/// What one read takes from the file: large enough to make system calls rare, small enough
/// to stay in the cache while it is parsed.
const BLOCK_BYTES: usize = 256 * 1024;

/// The longest line there may be. It must fit in memory, whatever the file says.
const LINE_LIMIT_BYTES: usize = 64 * 1024 * 1024;

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
pub fn read(path: &Path, bad_lines: BadLines) -> Result<Loaded, ConvertError> {
    let started = Instant::now();
    let failed = |error| ConvertError::Read { path: path.to_owned(), source: Arc::new(error) };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mut source = Hashing::new(file);
    let mut parser = Parser::new(bad_lines);
    let parsed = if is_gzip(path) {
        parse_blocks(MultiGzDecoder::new(&mut source), &mut parser, LINE_LIMIT_BYTES)
    } else {
        parse_blocks(&mut source, &mut parser, LINE_LIMIT_BYTES)
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
    };
    Ok(Loaded { frame, origin, skipped, took: started.elapsed() })
}

/// Whether a file of this name is read through the decompressor.
pub(crate) fn is_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

#[derive(Debug)]
enum BlockError {
    Io(io::Error),
    Line(LineError),
}

/// Hands `source` to `parser` in blocks of whole lines.
fn parse_blocks(
    mut source: impl Read,
    parser: &mut Parser,
    line_limit: usize,
) -> Result<(), BlockError> {
    let mut buffer = vec![0; BLOCK_BYTES.min(line_limit)];
    let mut filled = 0;
    // Within the rest of a line that has been given up.
    let mut overlong = false;
    loop {
        let count = match source.read(&mut buffer[filled..]) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(BlockError::Io(error)),
        };
        let fresh = filled;
        filled += count;
        if overlong {
            match memchr(b'\n', &buffer[..filled]) {
                Some(newline) => {
                    buffer.copy_within(newline + 1..filled, 0);
                    filled -= newline + 1;
                    overlong = false;
                }
                None => filled = 0,
            }
        }
        if count == 0 {
            return parser.push_block(&buffer[..filled]).map_err(BlockError::Line);
        }
        // What was there before holds no newline, or it would have been handed over.
        let searched = fresh.min(filled);
        match memrchr(b'\n', &buffer[searched..filled]) {
            Some(newline) => {
                let end = searched + newline + 1;
                parser.push_block(&buffer[..end]).map_err(BlockError::Line)?;
                buffer.copy_within(end..filled, 0);
                filled -= end;
            }
            None if filled < buffer.len() => {}
            None if buffer.len() < line_limit => {
                let longer = (buffer.len() * 2).min(line_limit);
                buffer.resize(longer, 0);
            }
            None => {
                parser.push_overlong(line_limit).map_err(BlockError::Line)?;
                overlong = true;
                filled = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::LineProblem;
    use crate::frame::Values;

    /// Gives out its bytes a few at a time.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn parse(
        text: &str,
        step: usize,
        limit: usize,
        bad: BadLines,
    ) -> Result<(Frame, Skipped), LineError> {
        let mut parser = Parser::new(bad);
        match parse_blocks(Dribble(text.as_bytes(), step), &mut parser, limit) {
            Ok(()) => Ok(parser.finish()),
            Err(BlockError::Line(error)) => Err(error),
            Err(BlockError::Io(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn it_does_not_matter_where_reads_end() {
        let text = "\u{feff}{\"a\":1}\r\n\n{\"a\":22}\n{\"a\":333}";
        for step in 1..text.len() + 1 {
            for limit in [16, 17, 30, 4096] {
                let (frame, _) = parse(text, step, limit, BadLines::Refuse).unwrap();
                assert_eq!(
                    frame.column("a"),
                    Some(&Values::Int(vec![1, 22, 333])),
                    "{step} {limit}"
                );
            }
        }
    }

    #[test]
    fn a_line_beyond_the_limit_is_refused_or_left_out() {
        let text = "{\"a\":1}\n{\"a\":22222222222222}\n{\"a\":3}\n{\"a\":4444444444444444}";
        for step in [1, 3, 1000] {
            let error = parse(text, step, 12, BadLines::Refuse).unwrap_err();
            assert_eq!((error.line, error.problem), (2, LineProblem::TooLong { limit: 12 }));
            let (frame, skipped) = parse(text, step, 12, BadLines::Skip).unwrap();
            assert_eq!(frame.column("a"), Some(&Values::Int(vec![1, 3])));
            assert_eq!(skipped.count, 2);
        }
    }
}
