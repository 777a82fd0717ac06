//! The lines of a block, and how large a block may be.

use std::time::Duration;

use crate::error::line::{LineError, LineProblem};
use crate::source::digest::HASH_BLOCK_BYTES;
use crate::source::stream::LINE_LIMIT_BYTES;

/// The whole lines of a block of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines<'a> {
    /// The lines, each with its newline; only the last line of the file may have none.
    pub(crate) lines: &'a [u8],
    /// The limit in bytes where a line that is longer follows them, which is left out.
    pub(crate) overlong: Option<usize>,
    /// Which part of the file they are, 1 for all of it; none in a stream, which does not know.
    pub(crate) share: Option<f64>,
    /// How long reading them took; zero in a stream, where nobody measures it.
    pub(crate) elapsed: Duration,
    /// Of records of a document, where each is in it.
    pub(crate) places: Option<&'a [RecordPlace]>,
}

/// Where a record begins in a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordPlace {
    /// Line and character, both counted from 1.
    start: (u64, u64),
    /// Whether its line is not what stands in the document, so that only where it begins can be told.
    is_rewritten: bool,
}

impl RecordPlace {
    /// The place of a record whose line is what stands at `start`.
    pub(crate) fn of_written(start: (u64, u64)) -> Self {
        Self { start, is_rewritten: false }
    }

    /// The same place, of a line that is written anew.
    pub(crate) fn of_rewritten(self) -> Self {
        Self { is_rewritten: true, ..self }
    }
}

/// What stands in a record of a document for each of its newlines.
pub(crate) const LINE_END: char = '\r';

impl<'a> Lines<'a> {
    /// Lines of a stream, of which nothing else is known.
    pub(crate) fn of_stream(lines: &'a [u8]) -> Self {
        let elapsed = Duration::ZERO;
        Self { lines, overlong: None, share: None, elapsed, places: None }
    }

    /// Where in the file something is that comes behind `before` on line `index` of these, counted from 0.
    /// `lines_before` lines come before them.
    pub(crate) fn place_of(&self, index: u64, lines_before: u64, before: &str) -> (u64, u64) {
        let record = self.places.and_then(|places| places.get(index as usize));
        let Some(&RecordPlace { start: (line, column), is_rewritten }) = record else {
            return (lines_before + index + 1, before.chars().count() as u64 + 1);
        };
        match before.rsplit_once(LINE_END) {
            _ if is_rewritten => (line, column),
            Some((lines, rest)) => {
                let line = line + 1 + lines.matches(LINE_END).count() as u64;
                (line, rest.chars().count() as u64 + 1)
            }
            None => (line, column + before.chars().count() as u64),
        }
    }

    /// The error of one of these lines as one of the document that they are records of.
    pub(crate) fn in_document(&self, error: LineError) -> LineError {
        if self.places.is_none() {
            return error;
        }
        let index = error.line - 1;
        let line = self.lines.split(|byte| *byte == b'\n').nth(index as usize).unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let before = line.char_indices().nth(error.column as usize - 1);
        let before = before.map_or(&*line, |(end, _)| &line[..end]);
        let (line, column) = self.place_of(index, 0, before);
        // Arrays with as many values as there are names have become objects.
        let problem = match error.problem {
            LineProblem::NotAnObject(found) if found == "an array" => {
                LineProblem::NotAnObject("an array with fewer or more values than names".to_owned())
            }
            problem => problem,
        };
        LineError { line, column, problem }
    }
}

/// How large the blocks and lines of a file may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockSizes {
    /// The bytes of a block; its last line may go beyond them.
    pub(crate) block_bytes: usize,
    /// The bytes of the longest line, newline included.
    pub(crate) line_limit: usize,
}

impl Default for BlockSizes {
    fn default() -> Self {
        Self { block_bytes: HASH_BLOCK_BYTES, line_limit: LINE_LIMIT_BYTES }
    }
}
