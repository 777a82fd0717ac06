//! Chunks of rows to smaller chunks. A pure function that knows no file, so that any task can call
//! it on any thread.

use hdf5::format::messages::filter::{
    FILTER_DEFLATE, FILTER_LZ4, FILTER_SHUFFLE, FILTER_ZSTD, FLAG_OPTIONAL, Filter, FilterPipeline,
    apply_filters,
};
use libdeflater::{CompressionLvl, Compressor};

/// Where more effort no longer makes prices smaller.
const DEFLATE_LEVEL: u8 = 4;

/// What zstd itself calls its default.
const ZSTD_LEVEL: u8 = 3;

/// How rows are made smaller. All but the first sort the bytes of a row by their place first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Compression {
    /// As they are: the fastest to write and to read
    #[default]
    None,
    /// Read by everything that reads HDF5
    Deflate,
    /// Fast; readers need a plugin: pip install hdf5plugin, for h5py import it
    Lz4,
    /// Small and fast; readers need the same plugin, for pandas in HDF5_PLUGIN_PATH
    Zstd,
}

impl Compression {
    /// Its name on the command line and in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Deflate => "deflate",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// Whether readers need more than the HDF5 library.
    pub fn needs_plugin(self) -> bool {
        matches!(self, Self::Lz4 | Self::Zstd)
    }

    /// The filters of a dataset whose elements take `element_bytes`, in the order of writing.
    pub(super) fn filters(self, element_bytes: usize) -> Vec<Filter> {
        let (id, settings) = match self {
            Self::None => return Vec::new(),
            Self::Deflate => (FILTER_DEFLATE, vec![DEFLATE_LEVEL.into()]),
            Self::Lz4 => (FILTER_LZ4, vec![]),
            Self::Zstd => (FILTER_ZSTD, vec![ZSTD_LEVEL.into()]),
        };
        // One byte an element is in order already.
        let shuffle = u32::try_from(element_bytes).ok().filter(|&bytes| bytes > 1).map(|bytes| {
            Filter { id: FILTER_SHUFFLE, flags: FLAG_OPTIONAL, cd_values: vec![bytes] }
        });
        let compress = Filter { id, flags: FLAG_OPTIONAL, cd_values: settings };
        shuffle.into_iter().chain([compress]).collect()
    }
}

/// The rows of one chunk, as they are.
///
/// [`compress`](Self::compress) is what takes the time: hand it to other tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawChunk {
    pub(super) place: Place,
    pub(super) bytes: Vec<u8>,
    pub(super) compression: Compression,
    pub(super) element_bytes: usize,
}

/// A chunk as it will stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    pub(super) place: Place,
    pub(super) bytes: Vec<u8>,
    /// Bit `i` says that filter `i` left the chunk alone.
    pub(super) skipped_filters: u32,
}

/// Where a chunk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Which of the datasets that hold rows.
    pub(super) dataset: usize,
    /// Which of its chunks.
    pub(super) index: usize,
    /// The rows up to its end.
    pub(super) end_row: u64,
}

impl Chunk {
    /// What it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.capacity()
    }
}

impl RawChunk {
    /// What it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Compresses it. A chunk that would not become smaller stays as it is, and says so.
    pub fn compress(self) -> Chunk {
        let Self { place, bytes, compression, element_bytes } = self;
        let (bytes, skipped_filters) = match compress(&bytes, compression, element_bytes) {
            Some(smaller) => (smaller, 0),
            None => (bytes, every_filter(compression, element_bytes)),
        };
        Chunk { place, bytes, skipped_filters }
    }
}

/// The mask for a chunk that stays as it is.
pub(super) fn every_filter(compression: Compression, element_bytes: usize) -> u32 {
    (1 << compression.filters(element_bytes).len()) - 1
}

/// `bytes` through the filters, if that makes them fewer.
pub(super) fn compress(
    bytes: &[u8],
    compression: Compression,
    element_bytes: usize,
) -> Option<Vec<u8>> {
    let mut filters = compression.filters(element_bytes);
    let smaller = match compression {
        Compression::None => return None,
        Compression::Deflate => {
            // The file says the same, whoever compresses.
            filters.pop();
            let shuffled = apply_filters(&FilterPipeline { filters }, bytes).ok()?;
            deflate(&shuffled)?
        }
        Compression::Lz4 | Compression::Zstd => {
            apply_filters(&FilterPipeline { filters }, bytes).ok()?
        }
    };
    (smaller.len() < bytes.len()).then_some(smaller)
}

fn deflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let level = CompressionLvl::new(DEFLATE_LEVEL.into()).ok()?;
    let mut compressor = Compressor::new(level);
    // No larger than the original, which would be stored instead.
    let mut compressed = vec![0; bytes.len()];
    let length = compressor.zlib_compress(bytes, &mut compressed).ok()?;
    compressed.truncate(length);
    Some(compressed)
}

#[cfg(test)]
mod tests {
    use hdf5::format::messages::filter::reverse_filters_masked;

    use super::*;

    const ALL: [Compression; 3] = [Compression::Deflate, Compression::Lz4, Compression::Zstd];

    fn chunk(bytes: Vec<u8>, compression: Compression) -> RawChunk {
        let place = Place { dataset: 0, index: 0, end_row: 1 };
        RawChunk { place, bytes, compression, element_bytes: 12 }
    }

    #[test]
    fn what_was_compressed_comes_back() {
        let rows: Vec<u8> = (0..1000u32)
            .flat_map(|row| [row, row / 3, 7].map(u32::to_le_bytes))
            .flatten()
            .collect();
        for compression in ALL {
            let chunk = chunk(rows.clone(), compression).compress();
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
            let chunk = chunk(noise.clone(), compression).compress();
            assert_eq!((&chunk.bytes, chunk.skipped_filters), (&noise, 0b11));
        }
    }

    #[test]
    fn without_compression_nothing_happens() {
        let chunk = chunk(vec![0; 1200], Compression::None).compress();
        assert_eq!((chunk.bytes.len(), chunk.skipped_filters), (1200, 0));
    }
}
