//! What an output remembers of the input that it was made from.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3Default;

use crate::reading::Reading;

/// Where a table came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The input.
    pub path: PathBuf,
    /// Its size, as it lies on the disk.
    pub bytes: u64,
    /// XXH3 of its bytes, as they lie on the disk.
    pub hash: u128,
    /// Rows made of it.
    pub rows: u64,
    /// Lines of it that were left out.
    pub skipped_lines: u64,
    /// How its lines became rows.
    pub reading: Reading,
}

/// Size and hash of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest {
    pub(crate) bytes: u64,
    pub(crate) hash: u128,
}

impl Digest {
    /// That of the file at `path`, which is read once.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        Hashing::new(File::open(path)?).finish()
    }
}

/// Hashes what is read through it.
pub(crate) struct Hashing<R> {
    source: R,
    state: Xxh3Default,
    bytes: u64,
}

impl<R: Read> Hashing<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, state: Xxh3Default::new(), bytes: 0 }
    }

    /// Reads what is left and gives the digest of all.
    pub(crate) fn finish(mut self) -> io::Result<Digest> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(Digest { bytes: self.bytes, hash: self.state.digest128() })
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.state.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}
