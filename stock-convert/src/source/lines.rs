//! The lines of a block, and how large blocks are.

use std::time::Duration;

use crate::source::digest::STRETCH_BYTES;
use crate::source::stream::LINE_LIMIT_BYTES;

/// The whole lines of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines<'a> {
    /// Each with its newline; only the last line of the file may have none.
    pub(crate) lines: &'a [u8],
    /// After them comes a line that is longer than this limit, and was left out.
    pub(crate) overlong: Option<usize>,
    /// What part of the file they are: 1 where they are all there is. A stream cannot tell.
    pub(crate) share: Option<f64>,
    /// How long reading took, where that is known.
    pub(crate) took: Duration,
}

/// How much of a file is in memory at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Of a block, about.
    pub(crate) block_bytes: usize,
    /// Of a line, at most, newline included.
    pub(crate) line_limit: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { block_bytes: STRETCH_BYTES, line_limit: LINE_LIMIT_BYTES }
    }
}
