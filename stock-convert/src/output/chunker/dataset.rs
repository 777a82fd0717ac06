//! Blocks of rows to the chunks of one dataset.

use super::elements::{BlockColumns, BlockRows, Elements};
use crate::output::chunk::{ChunkPlace, RawChunk};
use crate::output::compression::Compression;
use crate::output::error::OutputError;
use crate::output::model::{Atom, Dataset, Element, ElementPart};

/// About the size of a chunk. It is filled column by column, so it should stay in the cache.
pub(crate) const CHUNK_BYTES: usize = 256 * 1024;

/// Fills the chunks of one dataset, one after the other.
#[derive(Debug)]
pub(super) struct DatasetChunker {
    /// Its number among the datasets that hold rows.
    number: usize,
    /// What the elements of a row are made of.
    parts: Vec<ElementPart>,
    row_bytes: usize,
    /// The rows of a full chunk.
    pub(super) chunk_rows: usize,
    /// The chunk that is being filled, in its full length.
    chunk: Vec<u8>,
    /// How many rows of it are filled.
    filled: usize,
    /// How many chunks came before it.
    index: usize,
    /// The size of what filters take for an element: a row may have several.
    element_bytes: usize,
    /// Whether its elements are texts of any length: those of a block go on at once.
    is_variable: bool,
    compression: Compression,
}

impl DatasetChunker {
    pub(super) fn new(
        number: usize,
        dataset: &Dataset,
        parts: Vec<ElementPart>,
        compression: Compression,
        expected_rows: Option<u64>,
    ) -> Self {
        let element_bytes = dataset.element.bytes();
        let row_bytes = element_bytes * dataset.width;
        let chunk_rows = chunk_rows(row_bytes, expected_rows);
        let is_variable = dataset.element == Element::One(Atom::VariableText);
        Self {
            number,
            parts,
            row_bytes,
            chunk_rows,
            chunk: vec![0; chunk_rows * row_bytes],
            filled: 0,
            index: 0,
            // There is nothing to compress in a chunk of such texts: they do not stand in it.
            element_bytes: if is_variable { 0 } else { element_bytes },
            is_variable,
            compression,
        }
    }

    /// The size of a full chunk in bytes.
    pub(super) fn chunk_bytes(&self) -> usize {
        self.chunk_rows * self.row_bytes
    }

    /// Takes in `block`, before which the table has `rows_before` rows, and adds the chunks that are full to
    /// `chunks`.
    pub(super) fn push(
        &mut self,
        block: &BlockColumns<'_>,
        rows_before: u64,
        chunks: &mut Vec<RawChunk>,
    ) -> Result<(), OutputError> {
        if let (true, [ElementPart { source, .. }]) = (self.is_variable, &*self.parts) {
            let texts = block.texts(*source)?;
            chunks.push(self.next(texts, rows_before + block.rows() as u64));
            return Ok(());
        }
        let row_bytes = self.row_bytes;
        let mut first = 0;
        while first < block.rows() {
            let count = (self.chunk_rows - self.filled).min(block.rows() - first);
            let range = self.filled * row_bytes..(self.filled + count) * row_bytes;
            let rows = BlockRows { block, rows: first..first + count, rows_before };
            for part in &self.parts {
                let bytes = &mut self.chunk[range.clone()];
                let elements = Elements { bytes, element_bytes: row_bytes, offset: part.offset };
                elements.fill(part.source, &rows)?;
            }
            self.filled += count;
            first += count;
            if self.filled == self.chunk_rows {
                let empty = vec![0; self.chunk_bytes()];
                let full = std::mem::replace(&mut self.chunk, empty);
                chunks.push(self.next(full, rows_before + first as u64));
                self.filled = 0;
            }
        }
        Ok(())
    }

    /// The last chunk of a table of `rows` rows; none if it is empty. It is stored in its full length; the
    /// elements behind the end of the table are zero.
    pub(super) fn finish(mut self, rows: u64) -> Option<RawChunk> {
        let last = std::mem::take(&mut self.chunk);
        (self.filled > 0).then(|| self.next(last, rows))
    }

    /// The chunk of these bytes, with which the dataset has `end_row` rows.
    fn next(&mut self, bytes: Vec<u8>, end_row: u64) -> RawChunk {
        let Self { number: dataset, index, compression, element_bytes, .. } = *self;
        self.index += 1;
        let place = ChunkPlace { dataset, index, end_row };
        RawChunk { place, bytes, compression, element_bytes }
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
