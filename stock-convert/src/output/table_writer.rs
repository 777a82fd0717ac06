//! A table that is written block by block, whose file has its name only at the end.

use std::time::Instant;

use super::chunker::Cutter;
use super::compression::{Chunk, RawChunk};
use super::layout::Layout;
use super::table_schema::Outline;
use super::target::Target;
use super::writer::TableFile;
use super::written::Written;
use crate::error::ConvertError;
use crate::output::written::Origin;
use crate::read::Loaded;

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
