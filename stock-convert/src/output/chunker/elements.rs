//! The values of a block's rows to the bytes of elements.

use std::collections::HashMap;
use std::ops::Range;

use crate::frame::cell::is_exact;
use crate::frame::timestamp;
use crate::frame::{Frame, NOT_A_TIME, Texts, Values};
use crate::output::chunk::texts_to_bytes;
use crate::output::error::OutputError;
use crate::output::model::PartSource;
use crate::output::table_schema::{StoredType, TableSchema};

/// The columns of a block in the order of the table schema.
#[derive(Debug)]
pub(super) struct BlockColumns<'a> {
    /// One for each column of the schema; `None` where the block does not have it.
    columns: Vec<Option<&'a Values>>,
    rows: usize,
}

impl<'a> BlockColumns<'a> {
    /// Finds the columns of `frame`.
    ///
    /// # Errors
    /// A column that is not in the schema.
    pub(super) fn new(frame: &'a Frame, schema: &TableSchema) -> Result<Self, OutputError> {
        let mut by_name: Option<HashMap<&str, &Values>> = None;
        let mut find = |index: usize, name: &str| match frame.columns().get(index) {
            // Columns usually come in the order of the schema.
            Some(column) if column.name == name => Some(&column.values),
            _ => {
                let columns = || frame.columns().iter().map(|c| (&*c.name, &c.values)).collect();
                by_name.get_or_insert_with(columns).get(name).copied()
            }
        };
        let columns = schema.columns().iter().enumerate();
        let columns: Vec<_> = columns.map(|(index, (name, _))| find(index, name)).collect();
        let known = columns.iter().flatten().count();
        if known < frame.columns().len() {
            let unknown = frame
                .columns()
                .iter()
                .find(|column| schema.columns().iter().all(|(name, _)| *name != column.name));
            let name = unknown.map_or("", |column| &column.name);
            return Err(OutputError::Limit(format!("column {name:?} came too late")));
        }
        Ok(Self { columns, rows: frame.rows() })
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The texts of a column, each behind its length.
    pub(super) fn texts(&self, source: PartSource) -> Result<Vec<u8>, OutputError> {
        let PartSource::Column { index, .. } = source else { return Ok(Vec::new()) };
        match self.columns[index] {
            Some(Values::Text(texts)) => Ok(texts_to_bytes(texts.iter())),
            // Missing in all rows.
            Some(Values::Float(values)) if values.iter().any(|value| !value.is_nan()) => {
                Err(OutputError::Limit("numbers came too late for a column of texts".to_owned()))
            }
            _ => Ok(texts_to_bytes(std::iter::repeat_n("", self.rows))),
        }
    }
}

/// Whether `rows` of a column have no value: there is no column, or one of floats that are none.
fn are_missing(values: Option<&Values>, rows: Range<usize>) -> bool {
    let are_nan = |values: &[f64]| values.iter().all(|value| value.is_nan());
    values.is_none_or(|values| matches!(values, Values::Float(all) if are_nan(&all[rows])))
}

/// Some rows of a block.
pub(super) struct BlockRows<'a> {
    pub(super) block: &'a BlockColumns<'a>,
    /// Their numbers in the block.
    pub(super) rows: Range<usize>,
    /// How many rows the table has before the block.
    pub(super) rows_before: u64,
}

/// A part of each of some elements.
pub(super) struct Elements<'a> {
    /// The elements, one behind the other.
    pub(super) bytes: &'a mut [u8],
    pub(super) element_bytes: usize,
    /// The byte of an element where the part begins.
    pub(super) offset: usize,
}

impl Elements<'_> {
    /// Writes the values that `source` has for `rows`, one for each element.
    pub(super) fn fill(
        mut self,
        source: PartSource,
        rows: &BlockRows<'_>,
    ) -> Result<(), OutputError> {
        let range = rows.rows.clone();
        let (index, stored) = match source {
            PartSource::Column { index, stored } => (index, stored),
            PartSource::RowNumber => {
                let first = rows.rows_before + range.start as u64;
                return self.each((first..).map(u64::to_le_bytes));
            }
        };
        match (stored, rows.block.columns[index]) {
            (StoredType::Float, Some(Values::Float(values))) => {
                self.each(values[range].iter().map(|value| value.to_le_bytes()))
            }
            (StoredType::Int, Some(Values::Int(values)))
            | (StoredType::Time, Some(Values::Timestamp(values))) => {
                self.each(values[range].iter().map(|value| value.to_le_bytes()))
            }
            (StoredType::Bool, Some(Values::Bool(values))) => {
                self.each(values[range].iter().map(|&value| [u8::from(value)]))
            }
            (StoredType::Text { width }, Some(Values::Text(texts))) => {
                self.texts(texts, width, range)
            }
            // The values of a block may need a narrower type than those of the whole table.
            (StoredType::Float, Some(Values::Int(values)))
                if values[range.clone()].iter().all(|value| is_exact(*value)) =>
            {
                self.each(values[range].iter().map(|&value| (value as f64).to_le_bytes()))
            }
            (StoredType::Float, Some(Values::Bool(values))) => {
                self.each(values[range].iter().map(|&v| f64::from(u8::from(v)).to_le_bytes()))
            }
            (StoredType::Int, Some(Values::Bool(values))) => {
                self.each(values[range].iter().map(|&value| i64::from(value).to_le_bytes()))
            }
            (StoredType::Float, None) => self.each(range.map(|_| f64::NAN.to_le_bytes())),
            (StoredType::Text { width }, values) if are_missing(values, range.clone()) => {
                self.places(width.max(1)).for_each(|place| place.fill(0));
                Ok(())
            }
            (StoredType::Time, None) => self.each(range.map(|_| NOT_A_TIME.to_le_bytes())),
            (StoredType::Time, Some(Values::Text(texts))) => self.times(texts, range),
            (wanted, found) => Err(OutputError::Limit(format!(
                "a column of {} in a block cannot be stored as {wanted:?}",
                found.map_or("missing values".to_owned(), |values| values.kind().to_string())
            ))),
        }
    }

    /// The bytes of the part in each element, of which there are `width`.
    fn places(&mut self, width: usize) -> impl Iterator<Item = &mut [u8]> {
        let range = self.offset..self.offset + width;
        self.bytes.chunks_exact_mut(self.element_bytes).map(move |row| &mut row[range.clone()])
    }

    /// Writes a value into each element.
    fn each<const WIDTH: usize>(
        &mut self,
        values: impl Iterator<Item = [u8; WIDTH]>,
    ) -> Result<(), OutputError> {
        self.places(WIDTH).zip(values).for_each(|(place, value)| place.copy_from_slice(&value));
        Ok(())
    }

    /// Writes the texts of `rows`, filled up with NULs.
    fn texts(
        &mut self,
        texts: &Texts,
        width: usize,
        rows: Range<usize>,
    ) -> Result<(), OutputError> {
        for (place, row) in self.places(width.max(1)).zip(rows) {
            let text = texts.get(row).as_bytes();
            let Some((front, padding)) = place.split_at_mut_checked(text.len()) else {
                return Err(OutputError::Limit(format!(
                    "a text of {} bytes came too late for a column of {width}",
                    text.len()
                )));
            };
            front.copy_from_slice(text);
            padding.fill(0);
        }
        Ok(())
    }

    /// Writes the times that the texts of `rows` name.
    fn times(&mut self, texts: &Texts, rows: Range<usize>) -> Result<(), OutputError> {
        for (place, row) in self.places(8).zip(rows) {
            let text = texts.get(row);
            let time = match text {
                "" => NOT_A_TIME,
                text => timestamp::nanoseconds_of(text).ok_or_else(|| {
                    OutputError::Limit(format!("{text:?} came too late for a column of times"))
                })?,
            };
            place.copy_from_slice(&time.to_le_bytes());
        }
        Ok(())
    }
}
