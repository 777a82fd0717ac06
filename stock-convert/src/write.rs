//! Tables to HDF5 files, and what such a file says of itself. The only room that knows HDF5.
//!
//! ```text
//! outline ─► layout ─► content ─┐                      what stands in the file
//! blocks ──► cut ─► compression ┴─► file ─► native     who writes it
//!                                      └──► reference  (feature `libhdf5`)
//! ```

mod compression;
mod content;
mod cut;
mod cutter;
mod difference;
mod file;
mod inspect;
mod layout;
mod native;
mod outline;
#[cfg(feature = "libhdf5")]
mod reference;
mod stamp;
mod table_file;
mod writer;

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::error::ConvertError;
use crate::error::Skipped;
use crate::origin::Origin;
use crate::read::Loaded;

pub use compression::{Chunk, Compression, RawChunk};
pub(crate) use cut::CHUNK_BYTES;
pub(crate) use cutter::Cutter;
pub(crate) use difference::Comparison;
#[cfg(test)]
pub(crate) use difference::difference;
pub use file::Library;
pub(crate) use inspect::describe;
pub use inspect::{DatasetDescription, Description, Made};
pub use layout::Layout;
pub use outline::{Outline, Stored};
pub(crate) use stamp::read_stamp;
pub(crate) use table_file::TableFile;
pub use writer::TableWriter;

/// How a table is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Storage {
    /// How its columns lie in the file.
    pub layout: Layout,
    /// How its rows are made smaller.
    pub compression: Compression,
    /// The library that writes it; the content is the same.
    pub library: Library,
}

/// Where a table goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The output.
    pub path: PathBuf,
    /// What becomes of it.
    pub mode: TargetMode,
    /// How it is stored.
    pub storage: Storage,
}

/// What becomes of an output once it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetMode {
    /// It takes its final name, unless something else stands there.
    Create,
    /// It takes its final name, whatever stands there.
    Replace,
    /// It is thrown away: for measuring.
    Rehearse,
}

/// An output that is whole and stands under its final name.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The output.
    pub path: PathBuf,
    /// Where its table came from.
    pub origin: Origin,
    /// The lines that were left out.
    pub skipped: Skipped,
    /// Its size.
    pub bytes: u64,
    /// How long reading, parsing and writing took together.
    pub took: Duration,
}

/// Why an HDF5 file could not be made.
#[derive(Debug)]
enum Failure {
    /// The table breaks a limit of HDF5, of its readers or of the layout.
    Limit(String),
    /// The operating system refused.
    System(io::Error),
    /// The HDF5 library failed.
    Hdf5(Box<dyn std::error::Error + Send + Sync>),
}

impl From<hdf5::Hdf5Error> for Failure {
    fn from(error: hdf5::Hdf5Error) -> Self {
        Self::Hdf5(Box::new(error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// Writes a table to HDF5, by default as one dataset `/data/table` with a typed field per column.
///
/// `pandas.read_hdf(path, "/data")` gives the frame that pandas makes of the same lines, except
/// that a missing text is empty. The output appears under its name only once it is whole.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let input = folder.path().join("ibm.json");
/// # std::fs::write(&input, "{\"close\": 100.25}\n{\"close\": 103.12}\n")?;
/// use stock_convert::{BadLines, Compression, Storage, Target, TargetMode, read, write};
/// let path = input.with_extension("h5");
/// let loaded = read(&input, BadLines::Refuse)?;
/// let storage = Storage { compression: Compression::Deflate, ..Storage::default() };
/// let target = Target { path: path.clone(), mode: TargetMode::Create, storage };
/// let written = write(&loaded, &target)?;
/// assert_eq!(written.bytes, std::fs::metadata(&path)?.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ConvertError::Write`] for what the operating system refuses, [`ConvertError::Unwritable`]
/// for a table that HDF5 or the layout cannot hold, [`ConvertError::Exists`] where something else
/// stands already.
pub fn write(loaded: &Loaded, target: &Target) -> Result<Written, ConvertError> {
    let started = Instant::now();
    let mut outline = Outline::of(&loaded.frame);
    if target.storage.layout == Layout::PandasFixed {
        outline = outline.with_times(&loaded.frame);
    }
    let mut writer = TableWriter::begin(target, outline)?;
    writer.append(&loaded.frame)?;
    let bytes = writer.finish(&loaded.origin)?;
    Ok(Written {
        path: target.path.clone(),
        origin: loaded.origin.clone(),
        skipped: loaded.skipped.clone(),
        bytes,
        took: loaded.took + started.elapsed(),
    })
}

#[cfg(test)]
mod tests;
