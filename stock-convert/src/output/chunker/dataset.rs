//! Blocks of rows to the chunks of one dataset.

use super::elements::{BlockColumns, BlockRows, Elements};
use crate::output::chunk::ChunkPlace;
use crate::output::error::OutputError;
use crate::output::model::ElementPart;
use crate::output::table_schema::TableSchema;

/// About the size of a chunk. It is filled column by column, so it should stay in the cache.
pub(crate) const CHUNK_BYTES: usize = 256 * 1024;

/// Fills the chunks of one dataset, one after the other.
#[derive(Debug)]
pub(super) struct DatasetChunker {
    /// What an element is made of.
    parts: Vec<ElementPart>,
    element_bytes: usize,
    chunk_rows: usize,
    /// The chunk that is being filled, in its full length.
    chunk: Vec<u8>,
    /// How many rows of it are filled.
    filled: usize,
    /// Its number in the dataset.
    index: usize,
    /// The size of what filters take for an element: a row may have several.
    pub(super) filtered_bytes: usize,
    /// Whether its elements are texts of any length: those of a block go on at once.
    pub(super) variable: bool,
}

impl DatasetChunker {
    pub(super) fn new(parts: Vec<ElementPart>, element_bytes: usize, schema: &TableSchema) -> Self {
        let chunk_rows = chunk_rows(element_bytes, schema.expected_rows());
        Self {
            parts,
            element_bytes,
            chunk_rows,
            chunk: vec![0; chunk_rows * element_bytes],
            filled: 0,
            index: 0,
            filtered_bytes: element_bytes,
            variable: false,
        }
    }

    /// The rows of a full chunk.
    pub(super) fn chunk_rows(&self) -> usize {
        self.chunk_rows
    }

    /// The size of a full chunk in bytes.
    pub(super) fn chunk_bytes(&self) -> usize {
        self.chunk_rows * self.element_bytes
    }

    /// Takes in `block`, before which the table has `rows_before` rows, and lends each chunk that is
    /// full to `emit`, with the size of an element.
    pub(super) fn push(
        &mut self,
        dataset: usize,
        block: &BlockColumns<'_>,
        rows_before: u64,
        mut emit: impl FnMut(ChunkPlace, &mut Vec<u8>, usize) -> Result<(), OutputError>,
    ) -> Result<(), OutputError> {
        let element_bytes = self.element_bytes;
        if let (true, [ElementPart { source, .. }]) = (self.variable, &*self.parts) {
            let mut bytes = block.texts(*source)?;
            let end_row = rows_before + block.rows() as u64;
            let place = ChunkPlace { dataset, index: self.index, end_row };
            self.index += 1;
            // There is nothing to compress in a chunk: the texts do not stand in it.
            return emit(place, &mut bytes, 0);
        }
        let mut first = 0;
        while first < block.rows() {
            let count = (self.chunk_rows - self.filled).min(block.rows() - first);
            let range = self.filled * element_bytes..(self.filled + count) * element_bytes;
            let rows = BlockRows { block, rows: first..first + count, rows_before };
            for part in &self.parts {
                let bytes = &mut self.chunk[range.clone()];
                Elements { bytes, element_bytes, offset: part.offset }.fill(part.source, &rows)?;
            }
            self.filled += count;
            first += count;
            if self.filled == self.chunk_rows {
                let end_row = rows_before + first as u64;
                let place = ChunkPlace { dataset, index: self.index, end_row };
                emit(place, &mut self.chunk, self.filtered_bytes)?;
                // `emit` may have taken the bytes.
                self.chunk.resize(self.chunk_rows * element_bytes, 0);
                self.filled = 0;
                self.index += 1;
            }
        }
        Ok(())
    }

    /// Lends the last chunk of a table of `rows` rows to `emit`, if it is not full. It is stored in its
    /// full length; the elements behind the end of the table are zero.
    pub(super) fn finish(
        mut self,
        dataset: usize,
        rows: u64,
        emit: impl FnOnce(ChunkPlace, &mut Vec<u8>, usize) -> Result<(), OutputError>,
    ) -> Result<(), OutputError> {
        if self.filled == 0 {
            return Ok(());
        }
        self.chunk[self.filled * self.element_bytes..].fill(0);
        let place = ChunkPlace { dataset, index: self.index, end_row: rows };
        emit(place, &mut self.chunk, self.filtered_bytes)
    }
}

/// The rows of a chunk. Where their number is known, all chunks have about the same, so that the padding
/// of the last is less than a row for each chunk.
fn chunk_rows(element_bytes: usize, expected_rows: Option<u64>) -> usize {
    let expected = expected_rows.and_then(|rows| usize::try_from(rows).ok());
    match expected {
        Some(rows @ 1..) => {
            let bytes = rows.saturating_mul(element_bytes);
            let chunks = bytes.div_ceil(CHUNK_BYTES).clamp(1, rows);
            rows.div_ceil(chunks)
        }
        _ => (CHUNK_BYTES / element_bytes.max(1)).max(1),
    }
}
