//! The size and hash of a file's bytes, by which an output knows the input that it was made from.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use graph_exec::__atomic_file::{AtomicFile, Replace};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

/// The bytes of a hash block. Hash blocks are hashed apart from each other, so that a file can be
/// hashed while its parts are read at the same time.
pub(crate) const HASH_BLOCK_BYTES: usize = 1024 * 1024;

/// The size and hash of a stream or of one hash block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest {
    pub(crate) bytes: u64,
    /// Of a hash block its XXH3, of a stream the XXH3 of those of its hash blocks.
    pub(crate) hash: u128,
}

impl Digest {
    /// Reads the file at `path`.
    pub(crate) fn from_file(path: &Path) -> io::Result<Self> {
        HashingReader::new(File::open(path)?).finish()
    }

    /// Hashes one hash block.
    pub(crate) fn from_block(block: &[u8]) -> Self {
        Self { bytes: block.len() as u64, hash: xxh3_128(block) }
    }
}

/// Gives a file its name, unless a file of the same content has it already. Another one is replaced, or
/// [`AlreadyExists`](io::ErrorKind::AlreadyExists) is the error.
pub(crate) fn commit_new(file: AtomicFile, path: &Path, replace: Replace) -> io::Result<()> {
    let made = Digest::from_file(file.path())?;
    let is_there = || Digest::from_file(path).is_ok_and(|there| there == made);
    if is_there() {
        return Ok(());
    }
    // Another run may have made it meanwhile.
    file.commit(replace).or_else(|error| if is_there() { Ok(()) } else { Err(error) })
}

/// Joins the digests of hash blocks, in order, to that of the stream.
#[derive(Default)]
pub(crate) struct BlockHashes {
    state: Xxh3Default,
    bytes: u64,
}

impl BlockHashes {
    pub(crate) fn push(&mut self, block: Digest) {
        if block.bytes == 0 {
            return;
        }
        self.state.update(&block.hash.to_le_bytes());
        self.bytes += block.bytes;
    }

    pub(crate) fn finish(self) -> Digest {
        Digest { bytes: self.bytes, hash: self.state.digest128() }
    }
}

/// Passes on what it reads, and hashes it.
pub(crate) struct HashingReader<R> {
    source: R,
    block: Xxh3Default,
    block_bytes: usize,
    /// The digests of the hash blocks before this one.
    before: BlockHashes,
}

impl<R: Read> HashingReader<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, block: Xxh3Default::new(), block_bytes: 0, before: BlockHashes::default() }
    }

    /// Reads the rest; gives the digest of all bytes.
    pub(crate) fn finish(mut self) -> io::Result<Digest> {
        io::copy(&mut self, &mut io::sink())?;
        self.end_block();
        Ok(self.before.finish())
    }

    fn end_block(&mut self) {
        if self.block_bytes > 0 {
            let hash = self.block.digest128();
            self.before.push(Digest { bytes: self.block_bytes as u64, hash });
            self.block.reset();
            self.block_bytes = 0;
        }
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        let mut left = &buffer[..count];
        while !left.is_empty() {
            let room = HASH_BLOCK_BYTES - self.block_bytes;
            let (now, later) = left.split_at(room.min(left.len()));
            self.block.update(now);
            self.block_bytes += now.len();
            if self.block_bytes == HASH_BLOCK_BYTES {
                self.end_block();
            }
            left = later;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_blocks_give_what_the_stream_gives_however_it_is_read() {
        for size in [0, 1, HASH_BLOCK_BYTES, HASH_BLOCK_BYTES + 1, 3 * HASH_BLOCK_BYTES - 7] {
            let content: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            let mut hashes = BlockHashes::default();
            content.chunks(HASH_BLOCK_BYTES).for_each(|c| hashes.push(Digest::from_block(c)));
            hashes.push(Digest::from_block(&[]));
            let expected = hashes.finish();
            for step in [7_001, HASH_BLOCK_BYTES, 5 * HASH_BLOCK_BYTES] {
                let mut hashing = HashingReader::new(&content[..]);
                let mut buffer = vec![0; step];
                while hashing.read(&mut buffer).unwrap() > 0 {}
                assert_eq!(hashing.finish().unwrap(), expected, "{size} bytes in steps of {step}");
            }
        }
    }

    #[test]
    fn hash_blocks_that_change_places_give_another_hash() {
        let (one, other) = (Digest::from_block(b"one"), Digest::from_block(b"other"));
        let hash = |order: [Digest; 2]| {
            let mut hashes = BlockHashes::default();
            order.into_iter().for_each(|block| hashes.push(block));
            hashes.finish().hash
        };
        assert_ne!(hash([one, other]), hash([other, one]));
    }
}
