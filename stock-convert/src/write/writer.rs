//! A table that is written block by block, whose file has its name only at the end.

use std::path::Path;
use std::sync::Arc;

use super::compression::{Chunk, RawChunk};
use super::cutter::Cutter;
use super::outline::Outline;
use super::table_file::TableFile;
use super::{Failure, Target};
use crate::error::ConvertError;
use crate::origin::Origin;

/// Writes a table block by block.
///
/// ```text
/// blocks in order ─► cut ─► chunks ─► compress, anywhere ─► put, in any order ─► finish
/// ```
/// Cutting is little more than copying and putting is little more than writing, so both may run in
/// a chain; compressing knows neither file nor writer and may run on any number of threads.
/// [`append`](Self::append) does the three one after the other.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let input = folder.path().join("ibm.json");
/// # std::fs::write(&input, "{\"close\": 100.25}\n{\"close\": 103.12}\n")?;
/// use stock_convert::{BadLines, Outline, Storage, TableWriter, Target, TargetMode, read};
/// let loaded = read(&input, BadLines::Refuse)?;
/// let path = input.with_extension("h5");
/// let target = Target { path: path.clone(), mode: TargetMode::Create, storage: Storage::default() };
/// let mut writer = TableWriter::begin(&target, Outline::of(&loaded.frame))?;
/// for chunk in writer.cut(&loaded.frame)? {
///     writer.put(chunk.compress())?;
/// }
/// assert!(!path.exists());
/// writer.finish(&loaded.origin)?;
/// assert!(path.exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TableWriter {
    cutter: Cutter,
    file: TableFile,
}

impl TableWriter {
    /// Begins the file of `target`.
    ///
    /// # Errors
    /// [`ConvertError::Write`] for what the operating system refuses, [`ConvertError::Unwritable`]
    /// for columns that HDF5 or the layout cannot hold.
    pub fn begin(target: &Target, outline: Outline) -> Result<Self, ConvertError> {
        let (cutter, file) = TableFile::begin(target, outline)?;
        Ok(Self { cutter, file })
    }

    /// Takes in the next rows; gives the chunks that they fill, each of which must be
    /// [`put`](Self::put) before the end.
    ///
    /// A column that `block` does not have is missing in all its rows, and integers go into a
    /// column of floats, as when the table had been read in one piece.
    ///
    /// # Errors
    /// [`ConvertError::Unwritable`] for values that the outline has no place for.
    pub fn cut(&mut self, block: &crate::Frame) -> Result<Vec<RawChunk>, ConvertError> {
        self.cutter.cut(block)
    }

    /// Puts a chunk in its place. The order does not matter.
    ///
    /// # Errors
    /// [`ConvertError::Write`].
    pub fn put(&mut self, chunk: Chunk) -> Result<(), ConvertError> {
        self.file.put(chunk)
    }

    /// Writes the next rows: cuts, compresses and puts.
    ///
    /// # Errors
    /// Those of [`cut`](Self::cut) and [`put`](Self::put).
    pub fn append(&mut self, block: &crate::Frame) -> Result<(), ConvertError> {
        self.file.append(&mut self.cutter, block)
    }

    /// The rows so far.
    pub fn rows(&self) -> u64 {
        self.cutter.rows()
    }

    /// Writes what is left and gives the file its name; tells its size in bytes.
    ///
    /// # Errors
    /// [`ConvertError::Write`] for what the operating system refuses, [`ConvertError::Exists`]
    /// where something else has appeared under the name and may not be replaced.
    pub fn finish(self, origin: &Origin) -> Result<u64, ConvertError> {
        self.file.finish(self.cutter, origin)
    }
}

impl Failure {
    /// As the error of the output at `path`.
    pub(super) fn of(self, path: &Path) -> ConvertError {
        let path = path.to_owned();
        match self {
            Self::Limit(reason) => ConvertError::Unwritable { path, reason },
            Self::System(error) => ConvertError::Write { path, source: Arc::new(error) },
            Self::Hdf5(error) => ConvertError::Write { path, source: error.into() },
        }
    }
}
