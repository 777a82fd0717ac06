//! Files of JSON lines as blocks of whole lines: a plain file by ranges, a gzipped one as a stream.
//!
//! Files are read into buffers of bounded size and never mapped into memory: what another program
//! does to a mapped file while it is read cannot be reported as an error. Nothing here knows JSON.

pub(crate) mod digest;
pub(crate) mod lines;
pub(crate) mod ranges;
pub(crate) mod stream;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::MultiGzDecoder;

use crate::error::ConvertError;
use crate::source::digest::{BlockHashes, Digest, HashingReader};
use crate::source::lines::{BlockSizes, Lines};
use crate::source::ranges::line_ranges_with;
use crate::source::stream::{Blocks, LineBlock};

/// Lends each block of the file at `path` to `receive`, in order; gives the digest of the file.
///
/// A file without a line has one empty block.
///
/// # Errors
/// [`ConvertError::Read`] for what the operating system refuses, and those of `receive`.
pub(crate) fn for_each_block(
    path: &Path,
    sizes: BlockSizes,
    receive: impl FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<Digest, ConvertError> {
    match is_gzip(path) {
        true => for_each_in_stream(path, sizes, receive),
        false => for_each_range(path, sizes, receive),
    }
}

fn for_each_range(
    path: &Path,
    sizes: BlockSizes,
    mut receive: impl FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<Digest, ConvertError> {
    let mut hashes = BlockHashes::default();
    let (first, others) = line_ranges_with(path, sizes);
    for range in std::iter::once(first).chain(others) {
        let block = range.read()?;
        hashes.push(block.digest);
        receive(block.lines())?;
    }
    Ok(hashes.finish())
}

fn for_each_in_stream(
    path: &Path,
    BlockSizes { block_bytes, line_limit }: BlockSizes,
    mut receive: impl FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<Digest, ConvertError> {
    let failed = |error| ConvertError::Read { path: path.to_owned(), source: Arc::new(error) };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mut source = HashingReader::new(file);
    let stream = MultiGzDecoder::new(&mut source);
    let mut blocks = Blocks::with_sizes(stream, block_bytes, line_limit);
    let mut lend = |lines: &[u8], overlong| {
        receive(Lines { lines, overlong, share: None, elapsed: Duration::ZERO })
    };
    let mut is_empty = true;
    while let Some(cut) = blocks.next().map_err(failed)? {
        is_empty = false;
        match cut {
            LineBlock::Lines(lines) => lend(lines, None)?,
            LineBlock::Overlong(limit) => lend(&[], Some(limit))?,
        }
    }
    if is_empty {
        lend(&[], None)?;
    }
    drop(blocks);
    source.finish().map_err(failed)
}

/// Whether a file of this name is decompressed while it is read.
pub(crate) fn is_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}
