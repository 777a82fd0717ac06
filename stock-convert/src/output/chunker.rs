//! Blocks of rows to the chunks of all datasets of a file, in order. Rows that do not fill a chunk wait
//! for the next block.

pub(crate) mod dataset;
mod elements;

use std::path::PathBuf;

use self::dataset::DatasetChunker;
use self::elements::BlockColumns;
use super::chunk::{ChunkPlace, RawChunk};
use super::compression::Compression;
use super::error::OutputError;
use super::model::{Atom, Body, Element, FileModel};
use super::table_schema::TableSchema;
use crate::error::ConvertError;
use crate::frame::Frame;

/// Divides the rows of one table, which come in order, into chunks.
#[derive(Debug)]
pub(crate) struct Chunker {
    schema: TableSchema,
    /// One for each dataset that holds rows.
    datasets: Vec<DatasetChunker>,
    /// How many rows came so far.
    rows: u64,
    compression: Compression,
    /// The output, which errors name.
    path: PathBuf,
}

impl Chunker {
    pub(super) fn new(
        model: &FileModel,
        schema: TableSchema,
        compression: Compression,
        path: PathBuf,
    ) -> Self {
        let mut datasets = Vec::new();
        for dataset in &model.datasets {
            if let Body::Rows(parts) = &dataset.body {
                let element_bytes = dataset.element.bytes();
                let row_bytes = element_bytes * dataset.width;
                let mut chunker = DatasetChunker::new(parts.clone(), row_bytes, &schema);
                chunker.filtered_bytes = element_bytes;
                chunker.variable = dataset.element == Element::One(Atom::VariableText);
                datasets.push(chunker);
            }
        }
        Self { schema, datasets, rows: 0, compression, path }
    }

    /// How many rows came so far.
    #[cfg(test)]
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.datasets.iter().map(DatasetChunker::chunk_bytes).sum()
    }

    /// The rows of a chunk, for each dataset that holds rows.
    pub(super) fn chunk_rows(&self) -> Vec<usize> {
        self.datasets.iter().map(DatasetChunker::chunk_rows).collect()
    }

    /// Takes in the next rows and returns the chunks that they fill.
    ///
    /// A column that `block` does not have is missing in all its rows, and integers go into a column
    /// of floats, as if the table had been read in one piece.
    ///
    /// # Errors
    /// [`ConvertError::Unwritable`] for values that the schema has no place for.
    pub(crate) fn push(&mut self, block: &Frame) -> Result<Vec<RawChunk>, ConvertError> {
        let compression = self.compression;
        let mut chunks = Vec::new();
        self.push_to(block, |place, bytes, element_bytes| {
            let bytes = std::mem::take(bytes);
            chunks.push(RawChunk { place, bytes, compression, element_bytes });
            Ok(())
        })?;
        Ok(chunks)
    }

    /// Takes in the next rows and lends each chunk that they fill to `emit`, with the size of an element.
    pub(super) fn push_to(
        &mut self,
        block: &Frame,
        mut emit: impl FnMut(ChunkPlace, &mut Vec<u8>, usize) -> Result<(), OutputError>,
    ) -> Result<(), ConvertError> {
        let mut push = || {
            let block = BlockColumns::new(block, &self.schema)?;
            for (number, dataset) in self.datasets.iter_mut().enumerate() {
                dataset.push(number, &block, self.rows, &mut emit)?;
            }
            self.rows += block.rows() as u64;
            Ok(())
        };
        push().map_err(|error: OutputError| error.at(&self.path))
    }

    /// Lends the last chunks, which are not full, to `emit`.
    pub(super) fn finish(
        self,
        mut emit: impl FnMut(ChunkPlace, &mut Vec<u8>, usize) -> Result<(), OutputError>,
    ) -> Result<(), OutputError> {
        for (number, dataset) in self.datasets.into_iter().enumerate() {
            dataset.finish(number, self.rows, &mut emit)?;
        }
        Ok(())
    }
}
