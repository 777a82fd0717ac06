//! The compressions that there are, and the bytes of a chunk through the filters of one. It knows no
//! file, so that any task can call it on any thread.

use clap::ValueEnum;
use hdf5::format::messages::filter::{
    FILTER_DEFLATE, FILTER_LZ4, FILTER_SHUFFLE, FILTER_ZSTD, FLAG_OPTIONAL, Filter, FilterPipeline,
    apply_filters,
};
use libdeflater::{CompressionLvl, Compressor};
use serde::{Deserialize, Serialize};

/// Higher levels take longer and make prices no smaller.
const DEFLATE_LEVEL: u8 = 4;

/// What zstd itself calls its default.
const ZSTD_LEVEL: u8 = 3;

/// How the chunks of a file are compressed. All but the first shuffle the bytes of the elements before:
/// the first bytes of all elements come first, then all second bytes, and so on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
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

    /// Whether readers need a plugin beside the HDF5 library.
    pub fn needs_plugin(self) -> bool {
        matches!(self, Self::Lz4 | Self::Zstd)
    }

    /// The filters of a dataset whose elements take `element_bytes`, in the order in which they are
    /// applied before writing.
    pub(super) fn filters(self, element_bytes: usize) -> Vec<Filter> {
        let (id, settings) = match self {
            Self::None => return Vec::new(),
            Self::Deflate => (FILTER_DEFLATE, vec![DEFLATE_LEVEL.into()]),
            Self::Lz4 => (FILTER_LZ4, vec![]),
            Self::Zstd => (FILTER_ZSTD, vec![ZSTD_LEVEL.into()]),
        };
        // Elements of one byte have nothing to shuffle.
        let shuffle = u32::try_from(element_bytes).ok().filter(|&bytes| bytes > 1).map(|bytes| {
            Filter { id: FILTER_SHUFFLE, flags: FLAG_OPTIONAL, cd_values: vec![bytes] }
        });
        let compress = Filter { id, flags: FLAG_OPTIONAL, cd_values: settings };
        shuffle.into_iter().chain([compress]).collect()
    }
}

/// Applies the filters of `compression` to `bytes`; `None` where the result would not be smaller.
pub(super) fn compress(
    bytes: &[u8],
    compression: Compression,
    element_bytes: usize,
) -> Option<Vec<u8>> {
    if element_bytes == 0 {
        return None;
    }
    let mut filters = compression.filters(element_bytes);
    let smaller = match compression {
        Compression::None => return None,
        Compression::Deflate => {
            // The last filter is deflate, for which libdeflater is faster than the HDF5 library. Its
            // output has the same format.
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
    // Where the result is larger than this, the original is stored instead.
    let mut compressed = vec![0; bytes.len()];
    let length = compressor.zlib_compress(bytes, &mut compressed).ok()?;
    compressed.truncate(length);
    Some(compressed)
}
