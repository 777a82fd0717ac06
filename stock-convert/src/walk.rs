//! One file from its first line to its last, block by block: plain by ranges, gzipped as a stream.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::MultiGzDecoder;

use crate::blocks::{Blocks, Cut, LINE_LIMIT_BYTES};
use crate::error::ConvertError;
use crate::origin::{Digest, Hashing, STRETCH_BYTES, Stretches};
use crate::ranges::line_ranges_of;
use crate::read::is_gzip;

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

/// Lends each block of the file at `path` to `receive`, in order; gives the digest of all its bytes. A
/// file without a line has one block, that is empty.
///
/// # Errors
/// [`ConvertError::Read`] for what the operating system refuses, and those of `receive`.
pub(crate) fn walk(
    path: &Path,
    sizes: Sizes,
    receive: impl FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<Digest, ConvertError> {
    match is_gzip(path) {
        true => walk_stream(path, sizes, receive),
        false => walk_ranges(path, sizes, receive),
    }
}

fn walk_ranges(
    path: &Path,
    Sizes { block_bytes, line_limit }: Sizes,
    mut receive: impl FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<Digest, ConvertError> {
    let mut stretches = Stretches::default();
    let (first, others) = line_ranges_of(path, block_bytes, line_limit);
    for range in std::iter::once(first).chain(others) {
        let text = range.read()?;
        stretches.push(text.digest);
        receive(text.lines())?;
    }
    Ok(stretches.finish())
}

fn walk_stream(
    path: &Path,
    Sizes { block_bytes, line_limit }: Sizes,
    mut receive: impl FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<Digest, ConvertError> {
    let failed = |error| ConvertError::Read { path: path.to_owned(), source: Arc::new(error) };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mut source = Hashing::new(file);
    let stream = MultiGzDecoder::new(&mut source);
    let mut blocks = Blocks::with_sizes(stream, block_bytes, line_limit);
    let mut of = |lines: &[u8], overlong| {
        receive(Lines { lines, overlong, share: None, took: Duration::ZERO })
    };
    let mut is_empty = true;
    while let Some(cut) = blocks.next().map_err(failed)? {
        is_empty = false;
        match cut {
            Cut::Lines(lines) => of(lines, None)?,
            Cut::Overlong(limit) => of(&[], Some(limit))?,
        }
    }
    if is_empty {
        of(&[], None)?;
    }
    drop(blocks);
    source.finish().map_err(failed)
}
