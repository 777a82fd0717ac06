//! Chunks of a dataset, before and after they are compressed.

use super::compression::{Compression, compress};

/// Where a chunk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChunkPlace {
    /// The number of its dataset, counted over those that hold rows.
    pub(super) dataset: usize,
    /// The number of the chunk in its dataset.
    pub(super) index: usize,
    /// The length of the dataset once this chunk is its last, in rows.
    pub(super) end_row: u64,
}

/// The rows of one chunk, not compressed yet.
///
/// [`compress`](Self::compress) is what takes the time. It needs nothing but the chunk, so that it
/// may run in any task on any thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawChunk {
    pub(super) place: ChunkPlace,
    /// Its elements, one behind the other.
    pub(super) bytes: Vec<u8>,
    pub(super) compression: Compression,
    /// The size of an element.
    pub(super) element_bytes: usize,
}

/// A chunk as it will stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(super) place: ChunkPlace,
    /// The output of the filters that were applied.
    pub(super) bytes: Vec<u8>,
    /// Bit `i` says that filter `i` was not applied.
    pub(super) skipped_filters: u32,
}

impl Chunk {
    /// What it takes in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.capacity()
    }
}

impl RawChunk {
    /// What it takes in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Compresses the chunk. One that would not become smaller stays as it is.
    pub(crate) fn compress(self) -> Chunk {
        let Self { place, bytes, compression, element_bytes } = self;
        let (bytes, skipped_filters) = match compress(&bytes, compression, element_bytes) {
            Some(smaller) => (smaller, 0),
            None => (bytes, (1 << compression.filters(element_bytes).len()) - 1),
        };
        Chunk { place, bytes, skipped_filters }
    }
}

/// Texts one behind the other, each behind its length.
pub(super) fn texts_to_bytes<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

/// The texts of [`texts_to_bytes`].
pub(super) fn texts_from_bytes(mut bytes: &[u8]) -> Vec<&str> {
    let mut texts = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (text, rest) = rest.split_at(u64::from_le_bytes(*length) as usize);
        texts.push(str::from_utf8(text).unwrap_or_default());
        bytes = rest;
    }
    texts
}

#[cfg(test)]
mod tests {
    use hdf5::format::messages::filter::{FilterPipeline, reverse_filters_masked};

    use super::*;

    const ALL: [Compression; 3] = [Compression::Deflate, Compression::Lz4, Compression::Zstd];

    fn raw_chunk(bytes: Vec<u8>, compression: Compression) -> RawChunk {
        let place = ChunkPlace { dataset: 0, index: 0, end_row: 1 };
        RawChunk { place, bytes, compression, element_bytes: 12 }
    }

    #[test]
    fn what_was_compressed_comes_back() {
        let rows: Vec<u8> = (0..1000u32)
            .flat_map(|row| [row, row / 3, 7].map(u32::to_le_bytes))
            .flatten()
            .collect();
        for compression in ALL {
            let chunk = raw_chunk(rows.clone(), compression).compress();
            assert_eq!(chunk.skipped_filters, 0);
            assert!(chunk.bytes.len() < rows.len() / 2, "{compression:?}: {}", chunk.bytes.len());
            let pipeline = FilterPipeline { filters: compression.filters(12) };
            assert_eq!(reverse_filters_masked(&pipeline, &chunk.bytes, 0).unwrap(), rows);
        }
    }

    #[test]
    fn what_would_grow_stays_as_it_is() {
        let mut state = 1u64;
        let noise: Vec<u8> = (0..1200)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        for compression in ALL {
            let chunk = raw_chunk(noise.clone(), compression).compress();
            assert_eq!((&chunk.bytes, chunk.skipped_filters), (&noise, 0b11));
        }
    }

    #[test]
    fn without_compression_nothing_happens() {
        let chunk = raw_chunk(vec![0; 1200], Compression::None).compress();
        assert_eq!((chunk.bytes.len(), chunk.skipped_filters), (1200, 0));
    }
}
