//! Blocks of columns to chunks of rows, in order; what does not fill a chunk waits for the next
//! block.

use std::ops::Range;

use crate::frame::{Frame, NOT_A_TIME, Texts, Values, timestamp};
use crate::output::compression::Place;
use crate::output::error::Failure;
use crate::output::model::{Source, Value};
use crate::output::table_schema::{Outline, Stored};

/// About the size of a chunk: it is filled column by column, so it should stay in the cache.
pub(crate) const CHUNK_BYTES: usize = 256 * 1024;

/// The chunks of one dataset.
#[derive(Debug)]
pub(super) struct Cut {
    sources: Vec<Source>,
    element_bytes: usize,
    chunk_rows: usize,
    /// The chunk that is being filled.
    chunk: Vec<u8>,
    filled: usize,
    index: usize,
}

impl Cut {
    pub(super) fn new(sources: Vec<Source>, element_bytes: usize, outline: &Outline) -> Self {
        let chunk_rows = chunk_rows(element_bytes, outline.expected_rows());
        Self {
            sources,
            element_bytes,
            chunk_rows,
            chunk: vec![0; chunk_rows * element_bytes],
            filled: 0,
            index: 0,
        }
    }

    pub(super) fn chunk_rows(&self) -> usize {
        self.chunk_rows
    }

    pub(super) fn chunk_bytes(&self) -> usize {
        self.chunk_rows * self.element_bytes
    }

    /// Takes in `block`, whose first row is row `before` of the table; gives each chunk that is
    /// full to `emit`.
    pub(super) fn push(
        &mut self,
        dataset: usize,
        block: &Block<'_>,
        before: u64,
        mut emit: impl FnMut(Place, &mut Vec<u8>, usize) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut first = 0;
        while first < block.rows {
            let count = (self.chunk_rows - self.filled).min(block.rows - first);
            let place =
                self.filled * self.element_bytes..(self.filled + count) * self.element_bytes;
            for source in &self.sources {
                let rows = first..first + count;
                let part = &mut self.chunk[place.clone()];
                fill(part, self.element_bytes, source, block, rows, before)?;
            }
            self.filled += count;
            first += count;
            if self.filled == self.chunk_rows {
                let end_row = before + first as u64;
                let place = Place { dataset, index: self.index, end_row };
                emit(place, &mut self.chunk, self.element_bytes)?;
                // It may have been taken.
                self.chunk.resize(self.chunk_rows * self.element_bytes, 0);
                self.filled = 0;
                self.index += 1;
            }
        }
        Ok(())
    }

    /// The rest, of a table of `rows` rows. The last chunk is stored whole; what lies behind the
    /// table is zero.
    pub(super) fn finish(
        mut self,
        dataset: usize,
        rows: u64,
        emit: impl FnOnce(Place, &mut Vec<u8>, usize) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.filled == 0 {
            return Ok(());
        }
        self.chunk[self.filled * self.element_bytes..].fill(0);
        let place = Place { dataset, index: self.index, end_row: rows };
        emit(place, &mut self.chunk, self.element_bytes)
    }
}

/// Chunks of equal size, so that the padding of the last one is less than a row a chunk.
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

/// A block whose columns have been found.
#[derive(Debug)]
pub(super) struct Block<'a> {
    /// One per column of the outline; none where the block does not have it.
    columns: Vec<Option<&'a Values>>,
    rows: usize,
}

impl<'a> Block<'a> {
    /// A column that the outline does not know is an error rather than left out.
    pub(super) fn new(frame: &'a Frame, outline: &Outline) -> Result<Self, Failure> {
        let columns: Vec<_> =
            outline.columns().iter().map(|(name, _)| frame.column(name)).collect();
        let known = columns.iter().flatten().count();
        if known < frame.columns().len() {
            let unknown = frame
                .columns()
                .iter()
                .find(|column| outline.columns().iter().all(|(name, _)| *name != column.name));
            let name = unknown.map_or("", |column| &column.name);
            return Err(Failure::Limit(format!("column {name:?} came too late")));
        }
        Ok(Self { columns, rows: frame.rows() })
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }
}

/// Puts one part of the elements of `rows` of a block into `elements`.
fn fill(
    elements: &mut [u8],
    element_bytes: usize,
    source: &Source,
    block: &Block<'_>,
    rows: Range<usize>,
    before: u64,
) -> Result<(), Failure> {
    let mut into = Elements { elements, element_bytes, offset: source.offset };
    let (index, stored) = match source.value {
        Value::Column { index, stored } => (index, stored),
        Value::RowNumber => {
            let first = before + rows.start as u64;
            return into.each((first..).map(u64::to_le_bytes));
        }
    };
    match (stored, block.columns[index]) {
        (Stored::Float, Some(Values::Float(values))) => {
            into.each(values[rows].iter().map(|value| value.to_le_bytes()))
        }
        (Stored::Int, Some(Values::Int(values))) => {
            into.each(values[rows].iter().map(|value| value.to_le_bytes()))
        }
        (Stored::Bool, Some(Values::Bool(values))) => {
            into.each(values[rows].iter().map(|&value| [u8::from(value)]))
        }
        (Stored::Text { width }, Some(Values::Text(texts))) => into.texts(texts, width, rows),
        // A block may hold less than the whole table does.
        (Stored::Float, Some(Values::Int(values))) => {
            into.each(values[rows].iter().map(|&value| (value as f64).to_le_bytes()))
        }
        (Stored::Float, Some(Values::Bool(values))) => {
            into.each(values[rows].iter().map(|&v| f64::from(u8::from(v)).to_le_bytes()))
        }
        (Stored::Int, Some(Values::Bool(values))) => {
            into.each(values[rows].iter().map(|&value| i64::from(value).to_le_bytes()))
        }
        (Stored::Float, None) => into.each(rows.map(|_| f64::NAN.to_le_bytes())),
        (Stored::Text { width }, None) => into.blank(width.max(1)),
        (Stored::Text { width }, Some(Values::Float(values)))
            if values[rows.clone()].iter().all(|value| value.is_nan()) =>
        {
            into.blank(width.max(1))
        }
        (Stored::Time, None) => into.each(rows.map(|_| NOT_A_TIME.to_le_bytes())),
        (Stored::Time, Some(Values::Timestamp(values))) => {
            into.each(values[rows].iter().map(|value| value.to_le_bytes()))
        }
        (Stored::Time, Some(Values::Text(texts))) => into.times(texts, rows),
        (wanted, found) => Err(Failure::Limit(format!(
            "a column of {} in a block cannot be stored as {wanted:?}",
            found.map_or("missing values".to_owned(), |values| values.kind().to_string())
        ))),
    }
}

/// One part of each of some elements.
struct Elements<'a> {
    elements: &'a mut [u8],
    element_bytes: usize,
    offset: usize,
}

impl Elements<'_> {
    fn places(&mut self, width: usize) -> impl Iterator<Item = &mut [u8]> {
        let range = self.offset..self.offset + width;
        self.elements.chunks_exact_mut(self.element_bytes).map(move |row| &mut row[range.clone()])
    }

    fn each<const WIDTH: usize>(
        &mut self,
        values: impl Iterator<Item = [u8; WIDTH]>,
    ) -> Result<(), Failure> {
        self.places(WIDTH).zip(values).for_each(|(place, value)| place.copy_from_slice(&value));
        Ok(())
    }

    fn blank(&mut self, width: usize) -> Result<(), Failure> {
        self.places(width).for_each(|place| place.fill(0));
        Ok(())
    }

    fn texts(&mut self, texts: &Texts, width: usize, rows: Range<usize>) -> Result<(), Failure> {
        for (place, row) in self.places(width.max(1)).zip(rows) {
            let text = texts.get(row).as_bytes();
            let Some((front, padding)) = place.split_at_mut_checked(text.len()) else {
                return Err(Failure::Limit(format!(
                    "a text of {} bytes came too late for a column of {width}",
                    text.len()
                )));
            };
            front.copy_from_slice(text);
            padding.fill(0);
        }
        Ok(())
    }

    fn times(&mut self, texts: &Texts, rows: Range<usize>) -> Result<(), Failure> {
        for (place, row) in self.places(8).zip(rows) {
            let text = texts.get(row);
            let time = match text {
                "" => NOT_A_TIME,
                text => timestamp::nanoseconds_of(text).ok_or_else(|| {
                    Failure::Limit(format!("{text:?} came too late for a column of times"))
                })?,
            };
            place.copy_from_slice(&time.to_le_bytes());
        }
        Ok(())
    }
}
