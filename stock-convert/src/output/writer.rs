//! Writes a table to its file, which takes chunks in any order and has its final name only at the end.
//!
//! ```text
//! blocks in order ─► chunker ─► raw chunks ─► compress, anywhere ─► put, in any order ─► finish
//! ```
//! Making chunks is little more than copying, and putting one is little more than writing, so both may
//! run in a chain. Compressing needs neither file nor writer and may run on any number of threads.

use std::fs;
use std::io;
use std::path::Path;

use graph_exec::__atomic_file::{AtomicFile, Replace};

use super::backend::BackendFile;
use super::chunk::Chunk;
use super::chunker::Chunker;
use super::error::OutputError;
use super::provenance::{self, Provenance};
use super::table_schema::TableSchema;
use super::target::{Storage, Target, TargetMode};
use super::written::Origin;
use crate::error::ConvertError;
use crate::frame::Frame;

/// The file of a table that is being written.
pub(crate) struct TableWriter {
    backend: BackendFile,
    /// What `backend` writes to. It locks the file, and gives it its final name.
    file: AtomicFile,
    target: Target,
}

impl TableWriter {
    /// Begins the file of `target`, and the chunker that divides its rows.
    ///
    /// # Errors
    /// [`ConvertError::Write`] for what the operating system refuses, [`ConvertError::Unwritable`]
    /// for columns that HDF5 or the layout cannot hold.
    pub(crate) fn begin(
        target: &Target,
        schema: TableSchema,
    ) -> Result<(Chunker, Self), ConvertError> {
        let Storage { layout, compression, text, .. } = target.storage;
        let failed = |error: OutputError| error.at(&target.path);
        // The model comes before the file, so that a table that cannot be written leaves none behind.
        let named = schema.renamed(|name| target.columns.output_name(name));
        let named = named.map_err(|name| {
            failed(OutputError::Limit(format!(
                "two columns would be called {name:?}; --rename NAME=OTHER gives one another name, \
                 --drop NAME leaves one out"
            )))
        })?;
        let model = layout.model(&named, text).map_err(failed)?;
        let chunker = Chunker::new(&model, schema, compression, target.path.clone());
        let file = AtomicFile::create_with_folder(&target.path);
        let file = file.map_err(|error| failed(error.into()))?;
        let backend = BackendFile::create(file.path(), &model, &chunker.chunk_rows(), compression);
        Ok((chunker, Self { backend: backend.map_err(failed)?, file, target: target.clone() }))
    }

    /// Puts a chunk in its place. The order of chunks does not matter.
    ///
    /// # Errors
    /// [`ConvertError::Write`].
    pub(crate) fn put(&mut self, chunk: Chunk) -> Result<(), ConvertError> {
        let put = self.backend.put(chunk.place, &chunk.bytes, chunk.skipped_filters);
        put.map_err(|error| error.at(&self.target.path))
    }

    /// Writes the next rows: compresses the chunks that they fill in `chunker`, and puts them in place.
    ///
    /// # Errors
    /// Those of [`Chunker::push`] and [`put`](Self::put).
    pub(crate) fn append(
        &mut self,
        chunker: &mut Chunker,
        rows: &Frame,
    ) -> Result<(), ConvertError> {
        let chunks = chunker.push(rows)?;
        chunks.into_iter().try_for_each(|chunk| self.put(chunk.compress()))
    }

    /// Writes what is left in `chunker` and gives the file its name; returns its size in bytes.
    ///
    /// # Errors
    /// [`ConvertError::Write`] for what the operating system refuses, [`ConvertError::Exists`] where
    /// something else has appeared under the name and may not be replaced.
    pub(crate) fn finish(mut self, chunker: Chunker, origin: &Origin) -> Result<u64, ConvertError> {
        chunker.finish().try_for_each(|chunk| self.put(chunk.compress()))?;
        let Self { backend, file, target: Target { path, mode, storage, .. } } = self;
        let attributes = provenance::attributes(origin, storage);
        backend.finish(&attributes).map_err(|error| error.at(&path))?;
        let failed = |error| OutputError::from(error).at(&path);
        let bytes = fs::metadata(file.path()).map_err(failed)?.len();
        let committed = match mode {
            TargetMode::Create => file.commit(Replace::No),
            TargetMode::Replace => file.commit(Replace::Yes),
            TargetMode::DryRun => Ok(()),
        };
        match committed {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
            // Another run may have written the same output first.
            Err(_) if is_there(origin, storage, &path) => Ok(bytes),
            Err(_) => {
                let reason = "has appeared there while its input was converted".to_owned();
                Err(ConvertError::Exists { path, reason })
            }
        }
    }
}

/// Whether the output at `path` is what would be made of `origin`.
fn is_there(origin: &Origin, storage: Storage, path: &Path) -> bool {
    Provenance::read(path).is_some_and(|found| {
        found.is_current(storage)
            && (found.hash, found.skipped_lines) == (origin.hash, origin.skipped_lines)
    })
}
