//! Blocks of rows to the chunks of all datasets of a file.

pub(crate) mod dataset;

use std::path::PathBuf;

use self::dataset::{Block, Cut};
use super::compression::{Compression, Place, RawChunk};
use super::error::Failure;
use super::model::{Body, Content};
use super::table_schema::Outline;
use crate::error::ConvertError;
use crate::frame::Frame;

/// Cuts the rows of one table, which come in order, into chunks.
#[derive(Debug)]
pub(crate) struct Cutter {
    outline: Outline,
    /// One for each dataset that holds rows.
    cuts: Vec<Cut>,
    rows: u64,
    compression: Compression,
    /// The output, which errors speak of.
    path: PathBuf,
}

impl Cutter {
    pub(super) fn new(
        content: &Content,
        outline: Outline,
        compression: Compression,
        path: PathBuf,
    ) -> Self {
        let mut cuts = Vec::new();
        for dataset in &content.datasets {
            if let Body::Rows(sources) = &dataset.body {
                cuts.push(Cut::new(sources.clone(), dataset.element.bytes(), &outline));
            }
        }
        Self { outline, cuts, rows: 0, compression, path }
    }

    /// The rows so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// What it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.cuts.iter().map(Cut::chunk_bytes).sum()
    }

    pub(super) fn chunk_rows(&self) -> Vec<usize> {
        self.cuts.iter().map(Cut::chunk_rows).collect()
    }

    /// Takes in the next rows; gives the chunks that they fill.
    pub(crate) fn cut(&mut self, block: &Frame) -> Result<Vec<RawChunk>, ConvertError> {
        let compression = self.compression;
        let mut chunks = Vec::new();
        self.push(block, |place, bytes, element_bytes| {
            let bytes = std::mem::take(bytes);
            chunks.push(RawChunk { place, bytes, compression, element_bytes });
            Ok(())
        })?;
        Ok(chunks)
    }

    /// Takes in the next rows; lends each chunk that they fill to `emit`.
    pub(super) fn push(
        &mut self,
        block: &Frame,
        mut emit: impl FnMut(Place, &mut Vec<u8>, usize) -> Result<(), Failure>,
    ) -> Result<(), ConvertError> {
        let mut push = || {
            let block = Block::new(block, &self.outline)?;
            for (dataset, cut) in self.cuts.iter_mut().enumerate() {
                cut.push(dataset, &block, self.rows, &mut emit)?;
            }
            self.rows += block.rows() as u64;
            Ok(())
        };
        push().map_err(|failure: Failure| failure.of(&self.path))
    }

    /// Gives the chunks that are not full.
    pub(super) fn finish(
        self,
        mut emit: impl FnMut(Place, &mut Vec<u8>, usize) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for (dataset, cut) in self.cuts.into_iter().enumerate() {
            cut.finish(dataset, self.rows, &mut emit)?;
        }
        Ok(())
    }
}
