//! Files of records as blocks of whole lines: plain JSON lines by ranges, all else as a stream.
//!
//! Files are read into buffers of bounded size and never mapped into memory: what another program
//! does to a mapped file while it is read cannot be reported as an error.

pub(crate) mod digest;
mod document;
pub(crate) mod lines;
pub(crate) mod packing;
pub(crate) mod ranges;
pub(crate) mod shape;
pub(crate) mod stream;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::error::ConvertError;
use crate::options::ReadOptions;
use crate::source::digest::{BlockHashes, Digest, HashingReader};
use crate::source::document::for_each_record;
use crate::source::lines::{BlockSizes, Lines};
use crate::source::ranges::line_ranges;
use crate::source::shape::{Form, Shape};
use crate::source::stream::{BYTE_ORDER_MARK, Blocks, LineBlock};

/// What was read, and what it was taken for.
pub(crate) struct Source {
    pub(crate) digest: Digest,
    /// Its form in words; empty for plain JSON lines.
    pub(crate) form: String,
}

/// Lends each block of the file at `path` to `receive`, in order; gives the digest of the file.
///
/// A file without a record has one empty block.
///
/// # Errors
/// [`ConvertError::Read`] for what the operating system refuses, those of detecting what the file holds and
/// of reading a document, and those of `receive`.
pub(crate) fn for_each_block(
    path: &Path,
    sizes: BlockSizes,
    options: &ReadOptions,
    mut receive: impl FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<Source, ConvertError> {
    let form = Form::detect(path, options)?;
    let digest = if form.is_plain_lines() {
        for_each_range(path, sizes, receive)?
    } else {
        let failed = |error| ConvertError::reading(path, error);
        let mut source = HashingReader::new(File::open(path).map_err(failed)?);
        let unpacked = form.packing.unpack(&mut source);
        match &form.shape {
            Shape::Lines => for_each_in_stream(path, unpacked, sizes, receive)?,
            shape => {
                let mut unpacked = BufReader::with_capacity(64 * 1024, unpacked);
                if unpacked.fill_buf().map_err(failed)?.starts_with(BYTE_ORDER_MARK) {
                    unpacked.consume(BYTE_ORDER_MARK.len());
                }
                let names = &options.records.names;
                for_each_record(unpacked, (path, shape), names, sizes, &mut receive)?;
            }
        }
        source.finish().map_err(failed)?
    };
    Ok(Source { digest, form: form.in_words() })
}

fn for_each_range(
    path: &Path,
    sizes: BlockSizes,
    mut receive: impl FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<Digest, ConvertError> {
    let mut hashes = BlockHashes::default();
    let (first, others) = line_ranges(path, sizes);
    for range in std::iter::once(first).chain(others) {
        let block = range.read()?;
        hashes.push(block.digest);
        receive(block.lines())?;
    }
    Ok(hashes.finish())
}

fn for_each_in_stream(
    path: &Path,
    stream: impl Read,
    BlockSizes { block_bytes, line_limit }: BlockSizes,
    mut receive: impl FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<(), ConvertError> {
    let mut blocks = Blocks::with_sizes(stream, block_bytes, line_limit);
    let mut lend = |lines: &[u8], overlong| receive(Lines { overlong, ..Lines::of_stream(lines) });
    let mut is_empty = true;
    while let Some(cut) = blocks.next().map_err(|error| ConvertError::reading(path, error))? {
        is_empty = false;
        match cut {
            LineBlock::Lines(lines) => lend(lines, None)?,
            LineBlock::Overlong(limit) => lend(&[], Some(limit))?,
        }
    }
    if is_empty { lend(&[], None) } else { Ok(()) }
}
