//! The lines of a block, and how large a block may be.

use std::time::Duration;

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
