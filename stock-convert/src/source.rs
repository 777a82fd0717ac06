//! One file from its first line to its last, block by block: plain by ranges, gzipped as a stream.

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
use crate::source::digest::{Digest, Hashing, Stretches};
use crate::source::lines::{Lines, Sizes};
use crate::source::ranges::line_ranges_of;
use crate::source::stream::{Blocks, Cut};

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

/// Whether a file of this name is read through the decompressor.
pub(crate) fn is_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}
