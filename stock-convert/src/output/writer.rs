//! The file of a table: takes chunks in any order, and has its name only at the end.

use std::path::Path;
use std::{fs, io};

use super::backend::{HdfFile, library};
use super::chunker::Cutter;
use super::compression::{Chunk, Compression, Place, compress, every_filter};
use super::error::Failure;
use super::provenance::{self, read_stamp};
use super::table_schema::Outline;
use super::target::{Storage, Target, TargetMode};
use crate::atomic_file::{Replace, Unfinished};
use crate::error::ConvertError;
use crate::output::written::Origin;

pub(crate) struct TableFile {
    file: Box<dyn HdfFile>,
    unfinished: Unfinished,
    target: Target,
}

impl TableFile {
    /// Begins the file of `target`, and what cuts its rows.
    pub(crate) fn begin(target: &Target, outline: Outline) -> Result<(Cutter, Self), ConvertError> {
        Self::try_begin(target, outline).map_err(|failure| failure.of(&target.path))
    }

    fn try_begin(target: &Target, outline: Outline) -> Result<(Cutter, Self), Failure> {
        let Storage { layout, compression, library } = target.storage;
        // Before there is a file, so that a table that cannot be written leaves no trace.
        let content = layout.content(&outline)?;
        let cutter = Cutter::new(&content, outline, compression, target.path.clone());
        let unfinished = Unfinished::begin(&target.path)?;
        let chunk_rows = cutter.chunk_rows();
        let file = library::create(library, unfinished.path(), &content, &chunk_rows, compression)?;
        Ok((cutter, Self { file, unfinished, target: target.clone() }))
    }

    /// Puts a chunk in its place. The order does not matter.
    pub(crate) fn put(&mut self, chunk: Chunk) -> Result<(), ConvertError> {
        let put = self.file.put(chunk.place, &chunk.bytes, chunk.skipped_filters);
        put.map_err(|failure| failure.of(&self.target.path))
    }

    /// Cuts the next rows, compresses their chunks and puts them in place.
    pub(crate) fn append(
        &mut self,
        cutter: &mut Cutter,
        rows: &crate::Frame,
    ) -> Result<(), ConvertError> {
        let compression = self.target.storage.compression;
        cutter.push(rows, |place, bytes, element_bytes| {
            put(&mut *self.file, place, bytes, compression, element_bytes)
        })
    }

    /// Writes what is left and gives the file its name; tells its size in bytes.
    pub(crate) fn finish(self, cutter: Cutter, origin: &Origin) -> Result<u64, ConvertError> {
        let Target { path, mode, storage } = self.target.clone();
        let unfinished = self.close(cutter, origin).map_err(|failure| failure.of(&path))?;
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

    fn close(mut self, cutter: Cutter, origin: &Origin) -> Result<Unfinished, Failure> {
        let Storage { compression, .. } = self.target.storage;
        cutter.finish(|place, bytes, element_bytes| {
            put(&mut *self.file, place, bytes, compression, element_bytes)
        })?;
        self.file.finish(&stamp::attributes(origin, self.target.storage))?;
        Ok(self.unfinished)
    }
}

/// Puts a chunk in its place, smaller where that is wanted and possible.
fn put(
    file: &mut dyn HdfFile,
    place: Place,
    bytes: &[u8],
    compression: Compression,
    element_bytes: usize,
) -> Result<(), Failure> {
    match compress(bytes, compression, element_bytes) {
        Some(smaller) => file.put(place, &smaller, 0),
        None => file.put(place, bytes, every_filter(compression, element_bytes)),
    }
}

/// Whether the output at `path` is what `origin` becomes.
fn is_there(origin: &Origin, storage: Storage, path: &Path) -> bool {
    read_stamp(path).is_some_and(|stamp| {
        stamp.is_of(storage)
            && (stamp.hash, stamp.skipped_lines) == (origin.hash, origin.skipped_lines)
    })
}
