//! The size and hash of a file's bytes, by which an output knows the input that it was made from.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

/// The stretches of a file that are hashed apart from each other, so that its blocks can be too.
pub(crate) const STRETCH_BYTES: usize = 1024 * 1024;

/// Size and hash of a stream or of a stretch of it.
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

    /// That of a stretch.
    pub(crate) fn of_stretch(stretch: &[u8]) -> Self {
        Self { bytes: stretch.len() as u64, hash: xxh3_128(stretch) }
    }
}

/// Size and hash of a stream whose stretches come in order.
#[derive(Default)]
pub(crate) struct Stretches {
    state: Xxh3Default,
    bytes: u64,
}

impl Stretches {
    pub(crate) fn push(&mut self, stretch: Digest) {
        if stretch.bytes == 0 {
            return;
        }
        self.state.update(&stretch.hash.to_le_bytes());
        self.bytes += stretch.bytes;
    }

    pub(crate) fn finish(self) -> Digest {
        Digest { bytes: self.bytes, hash: self.state.digest128() }
    }
}

/// Hashes what is read through it.
pub(crate) struct Hashing<R> {
    source: R,
    stretch: Xxh3Default,
    stretch_bytes: usize,
    before: Stretches,
}

impl<R: Read> Hashing<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, stretch: Xxh3Default::new(), stretch_bytes: 0, before: Stretches::default() }
    }

    /// Reads what is left and gives the digest of all.
    pub(crate) fn finish(mut self) -> io::Result<Digest> {
        io::copy(&mut self, &mut io::sink())?;
        self.end_stretch();
        Ok(self.before.finish())
    }

    fn end_stretch(&mut self) {
        if self.stretch_bytes > 0 {
            let hash = self.stretch.digest128();
            self.before.push(Digest { bytes: self.stretch_bytes as u64, hash });
            self.stretch.reset();
            self.stretch_bytes = 0;
        }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        let mut left = &buffer[..count];
        while !left.is_empty() {
            let room = STRETCH_BYTES - self.stretch_bytes;
            let (now, later) = left.split_at(room.min(left.len()));
            self.stretch.update(now);
            self.stretch_bytes += now.len();
            if self.stretch_bytes == STRETCH_BYTES {
                self.end_stretch();
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
    fn stretches_give_what_the_stream_gives_however_it_is_read() {
        for size in [0, 1, STRETCH_BYTES, STRETCH_BYTES + 1, 3 * STRETCH_BYTES - 7] {
            let content: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            let mut stretches = Stretches::default();
            content.chunks(STRETCH_BYTES).for_each(|c| stretches.push(Digest::of_stretch(c)));
            stretches.push(Digest::of_stretch(&[]));
            let expected = stretches.finish();
            for step in [7_001, STRETCH_BYTES, 5 * STRETCH_BYTES] {
                let mut hashing = Hashing::new(&content[..]);
                let mut buffer = vec![0; step];
                while hashing.read(&mut buffer).unwrap() > 0 {}
                assert_eq!(hashing.finish().unwrap(), expected, "{size} bytes in steps of {step}");
            }
        }
    }

    #[test]
    fn stretches_that_change_places_give_another_hash() {
        let (one, other) = (Digest::of_stretch(b"one"), Digest::of_stretch(b"other"));
        let hash = |order: [Digest; 2]| {
            let mut stretches = Stretches::default();
            order.into_iter().for_each(|stretch| stretches.push(stretch));
            stretches.finish().hash
        };
        assert_ne!(hash([one, other]), hash([other, one]));
    }
}
