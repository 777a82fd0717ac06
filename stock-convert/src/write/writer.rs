//! A table that is written block by block, whose file has its name only at the end.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::compression::{Chunk, RawChunk, compress, every_filter};
use super::content::Body;
use super::cut::{Block, Cut};
use super::file::{self, HdfFile};
use super::outline::Outline;
use super::stamp::{self, read_stamp};
use super::{Failure, Storage, Target, TargetMode};
use crate::error::ConvertError;
use crate::origin::Origin;
use crate::unfinished::{Replace, Unfinished};

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
    outline: Outline,
    cuts: Vec<Cut>,
    rows: u64,
    file: Box<dyn HdfFile>,
    unfinished: Unfinished,
    target: Target,
}

impl TableWriter {
    /// Begins the file of `target`.
    ///
    /// # Errors
    /// [`ConvertError::Write`] for what the operating system refuses, [`ConvertError::Unwritable`]
    /// for columns that HDF5 or the layout cannot hold.
    pub fn begin(target: &Target, outline: Outline) -> Result<Self, ConvertError> {
        Self::try_begin(target, outline).map_err(|failure| failure.of(&target.path))
    }

    fn try_begin(target: &Target, outline: Outline) -> Result<Self, Failure> {
        let Storage { layout, compression, library } = target.storage;
        // Before there is a file, so that a table that cannot be written leaves no trace.
        let content = layout.content(&outline)?;
        let mut cuts = Vec::new();
        for dataset in &content.datasets {
            if let Body::Rows(sources) = &dataset.body {
                cuts.push(Cut::new(sources.clone(), dataset.element.bytes(), &outline));
            }
        }
        let chunk_rows: Vec<usize> = cuts.iter().map(Cut::chunk_rows).collect();
        let unfinished = Unfinished::begin(&target.path)?;
        let file = file::create(library, unfinished.path(), &content, &chunk_rows, compression)?;
        Ok(Self { outline, cuts, rows: 0, file, unfinished, target: target.clone() })
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
        let compression = self.target.storage.compression;
        let mut chunks = Vec::new();
        let cut = cut_block(
            &self.outline,
            &mut self.cuts,
            &mut self.rows,
            block,
            |place, bytes, element_bytes| {
                let bytes = std::mem::take(bytes);
                chunks.push(RawChunk { place, bytes, compression, element_bytes });
                Ok(())
            },
        );
        cut.map(|()| chunks).map_err(|failure| failure.of(&self.target.path))
    }

    /// Puts a chunk in its place. The order does not matter.
    ///
    /// # Errors
    /// [`ConvertError::Write`].
    pub fn put(&mut self, chunk: Chunk) -> Result<(), ConvertError> {
        let put = self.file.put(chunk.place, &chunk.bytes, chunk.skipped_filters);
        put.map_err(|failure| failure.of(&self.target.path))
    }

    /// Writes the next rows: cuts, compresses and puts.
    ///
    /// # Errors
    /// Those of [`cut`](Self::cut) and [`put`](Self::put).
    pub fn append(&mut self, block: &crate::Frame) -> Result<(), ConvertError> {
        let (file, compression) = (&mut self.file, self.target.storage.compression);
        let appended = cut_block(
            &self.outline,
            &mut self.cuts,
            &mut self.rows,
            block,
            |place, bytes, element_bytes| match compress(bytes, compression, element_bytes) {
                Some(smaller) => file.put(place, &smaller, 0),
                None => file.put(place, bytes, every_filter(compression, element_bytes)),
            },
        );
        appended.map_err(|failure| failure.of(&self.target.path))
    }

    /// The rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes what is left and gives the file its name; tells its size in bytes.
    ///
    /// # Errors
    /// [`ConvertError::Write`] for what the operating system refuses, [`ConvertError::Exists`]
    /// where something else has appeared under the name and may not be replaced.
    pub fn finish(self, origin: &Origin) -> Result<u64, ConvertError> {
        let Target { path, mode, storage } = self.target.clone();
        let unfinished = self.close(origin).map_err(|failure| failure.of(&path))?;
        let failed = |error| Failure::System(error).of(&path);
        let bytes = fs::metadata(unfinished.path()).map_err(failed)?.len();
        let finished = match mode {
            TargetMode::Create => unfinished.finish(Replace::No),
            TargetMode::Replace => unfinished.finish(Replace::Yes),
            TargetMode::Rehearse => Ok(()),
        };
        match finished {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
            // Another run may have been faster with the same.
            Err(_) if is_there(origin, storage, &path) => Ok(bytes),
            Err(_) => Err(ConvertError::Exists { path, input: origin.path.clone() }),
        }
    }

    fn close(mut self, origin: &Origin) -> Result<Unfinished, Failure> {
        let compression = self.target.storage.compression;
        for (dataset, cut) in self.cuts.into_iter().enumerate() {
            cut.finish(dataset, self.rows, |place, bytes, element_bytes| {
                match compress(bytes, compression, element_bytes) {
                    Some(smaller) => self.file.put(place, &smaller, 0),
                    None => self.file.put(place, bytes, every_filter(compression, element_bytes)),
                }
            })?;
        }
        self.file.finish(&stamp::attributes(origin, self.target.storage))?;
        Ok(self.unfinished)
    }
}

fn cut_block(
    outline: &Outline,
    cuts: &mut [Cut],
    rows: &mut u64,
    frame: &crate::Frame,
    mut emit: impl FnMut(super::compression::Place, &mut Vec<u8>, usize) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let block = Block::new(frame, outline)?;
    for (dataset, cut) in cuts.iter_mut().enumerate() {
        cut.push(dataset, &block, *rows, &mut emit)?;
    }
    *rows += block.rows() as u64;
    Ok(())
}

/// Whether the output at `path` is what `origin` becomes.
fn is_there(origin: &Origin, storage: Storage, path: &Path) -> bool {
    read_stamp(path).is_some_and(|stamp| {
        stamp.is_of(storage)
            && (stamp.hash, stamp.skipped_lines) == (origin.hash, origin.skipped_lines)
    })
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
