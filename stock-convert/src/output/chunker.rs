//! Blocks of rows to the chunks of all datasets of a file, in order. Rows that do not fill a chunk wait
//! for the next block.

pub(crate) mod dataset;
mod elements;

use std::path::PathBuf;

use self::dataset::DatasetChunker;
use self::elements::BlockColumns;
use super::chunk::RawChunk;
use super::compression::Compression;
use super::error::OutputError;
use super::model::{Body, FileModel};
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
        let with_rows = model.datasets.iter().filter_map(|dataset| match &dataset.body {
            Body::Rows(parts) => Some((dataset, parts)),
            Body::Whole { .. } => None,
        });
        let chunker = |(number, (dataset, parts)): (usize, (_, &Vec<_>))| {
            DatasetChunker::new(number, dataset, parts.clone(), compression, schema.expected_rows())
        };
        let datasets = with_rows.enumerate().map(chunker).collect();
        Self { schema, datasets, rows: 0, path }
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
        self.datasets.iter().map(|dataset| dataset.chunk_rows).collect()
    }

    /// Takes in the next rows and returns the chunks that they fill.
    ///
    /// A column that `block` does not have is missing in all its rows, and integers go into a column
    /// of floats, as if the table had been read in one piece.
    ///
    /// # Errors
    /// [`ConvertError::Unwritable`] for values that the schema has no place for.
    pub(crate) fn push(&mut self, block: &Frame) -> Result<Vec<RawChunk>, ConvertError> {
        let failed = |error: OutputError| error.at(&self.path);
        let block = BlockColumns::new(block, &self.schema).map_err(failed)?;
        let mut chunks = Vec::new();
        for dataset in &mut self.datasets {
            dataset.push(&block, self.rows, &mut chunks).map_err(failed)?;
        }
        self.rows += block.rows() as u64;
        Ok(chunks)
    }

    /// The last chunks, which are not full.
    pub(super) fn finish(self) -> impl Iterator<Item = RawChunk> {
        self.datasets.into_iter().filter_map(move |dataset| dataset.finish(self.rows))
    }
}
