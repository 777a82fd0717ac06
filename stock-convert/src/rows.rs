//! Lines to rows, block by block.

use std::time::{Duration, Instant};

use crate::learned::Learned;
use crate::origin::Digest;
use crate::parse::{Block, BlockParser, LineError};
use crate::ranges::Text;
use crate::walk::Lines;

/// The rows of a block of lines.
#[derive(Debug)]
pub(crate) struct Rows {
    /// The rows, or the first line of the block that cannot become one. On which line of the file
    /// that is, only the blocks before can tell.
    pub(crate) block: Result<Block, LineError>,
    /// What they need.
    pub(crate) needs: Learned,
    /// Of the stretch of the file that the lines were read from; none in a stream.
    pub(crate) digest: Option<Digest>,
    /// How long reading and parsing took.
    pub(crate) took: Duration,
}

impl Rows {
    /// Parses the lines of `text` with what was learned from blocks before.
    pub(crate) fn of_text(text: &Text, known: &Learned) -> Self {
        Self { digest: Some(text.digest), ..Self::of_lines(&text.lines(), known) }
    }

    /// Parses lines with what was learned from blocks before.
    pub(crate) fn of_lines(lines: &Lines<'_>, known: &Learned) -> Self {
        let started = Instant::now();
        let mut parser = BlockParser::new(known.reading);
        let block = parser.parse_lines(lines.lines, lines.overlong, &known.schema);
        let needs = block.as_ref().map_or_else(|_| known.clone(), |block| known.by(block));
        let rows = Self { block, needs, digest: None, took: started.elapsed() + lines.took };
        match lines.share {
            Some(share) => {
                let expected = expected_rows(rows.count(), share);
                Self { needs: rows.needs.expecting(expected), ..rows }
            }
            None => rows,
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.block.as_ref().map_or(0, |block| block.frame.rows())
    }

    /// What they take in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.block.as_ref().map_or(0, |block| block.frame.bytes())
    }
}

/// How many rows a file has, of which a share has `rows`; none where there is no telling.
fn expected_rows(rows: usize, share: f64) -> Option<u64> {
    if share >= 1.0 {
        return Some(rows as u64);
    }
    // A little more, lest a last chunk be begun for a few rows.
    let expected = rows as f64 / share * 1.01;
    (rows > 0).then_some(expected as u64)
}
