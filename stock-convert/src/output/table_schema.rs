//! The columns of a table as they will stand in its file, known before the first row is written.

use std::collections::HashSet;

use crate::frame::{Frame, Values, timestamp};
use crate::options::TextStorage;

/// The size of what stands in a row for a text of its own length.
pub(super) const VARIABLE_TEXT_BYTES: usize = 16;

/// The type by which the values of a column are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StoredType {
    /// One byte, 0 or 1.
    Bool,
    /// Integers of 64 bits.
    Int,
    /// Floating-point numbers of 64 bits; a missing one is NaN.
    Float,
    /// Text of up to `width` bytes of UTF-8, filled up with NULs; a missing one is empty.
    Text {
        /// The length of the longest text, in bytes.
        width: usize,
    },
    /// Nanoseconds since 1970-01-01 in 64 bits; a missing one is the smallest integer, pandas' NaT.
    Time,
}

impl StoredType {
    /// The size of one value in the file, in bytes. HDF5 has no text of length 0.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Int | Self::Float | Self::Time => 8,
            Self::Text { width } => width.max(1),
        }
    }
}

/// The columns of a table that is yet to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableSchema {
    /// In order: name → type.
    columns: Vec<(String, StoredType)>,
    /// The number of rows to come, or a guess at it; `None` where there is none.
    expected_rows: Option<u64>,
}

impl TableSchema {
    /// Takes the columns (name → type) in order, and the number of rows where it is known. That number
    /// decides how large chunks are; more or fewer rows may come.
    pub(crate) fn new(
        columns: impl IntoIterator<Item = (String, StoredType)>,
        expected_rows: Option<u64>,
    ) -> Self {
        Self { columns: columns.into_iter().collect(), expected_rows }
    }

    /// The columns and the number of rows of `frame`.
    pub(crate) fn from_frame(frame: &Frame) -> Self {
        let columns = frame.columns().iter().map(|column| {
            let stored = match &column.values {
                Values::Bool(_) => StoredType::Bool,
                Values::Int(_) => StoredType::Int,
                Values::Float(_) => StoredType::Float,
                Values::Timestamp(_) => StoredType::Time,
                Values::Text(texts) => StoredType::Text { width: texts.width() },
            };
            (column.name.clone(), stored)
        });
        Self::new(columns, Some(frame.rows() as u64))
    }

    /// Turns columns of text into columns of times where every text in `frame` is a time or missing.
    pub(crate) fn with_times(mut self, frame: &Frame) -> Self {
        for ((_, stored), column) in self.columns.iter_mut().zip(frame.columns()) {
            if let Values::Text(texts) = &column.values
                && timestamp::are_all_times(texts)
            {
                *stored = StoredType::Time;
            }
        }
        self
    }

    /// The columns in order: name → type.
    pub(crate) fn columns(&self) -> &[(String, StoredType)] {
        &self.columns
    }

    /// Replaces the expected number of rows.
    pub(crate) fn with_expected_rows(self, rows: Option<u64>) -> Self {
        Self { expected_rows: rows, ..self }
    }

    /// The size of a row in bytes.
    pub(crate) fn row_bytes(&self, text: TextStorage) -> u64 {
        let bytes = |(_, stored): &(String, StoredType)| match stored {
            StoredType::Text { .. } if text == TextStorage::Variable => VARIABLE_TEXT_BYTES as u64,
            stored => stored.bytes() as u64,
        };
        self.columns.iter().map(bytes).sum()
    }

    /// The same columns by the names that `name` gives them.
    ///
    /// # Errors
    /// Two columns that get the same name.
    pub(crate) fn renamed(&self, name: impl Fn(&str) -> String) -> Result<Self, String> {
        let mut names = HashSet::new();
        let mut columns = Vec::with_capacity(self.columns.len());
        for (column, stored) in &self.columns {
            let name = name(column);
            if !names.insert(name.clone()) {
                return Err(name);
            }
            columns.push((name, *stored));
        }
        Ok(Self { columns, expected_rows: self.expected_rows })
    }

    /// The number of rows to come, or a guess at it; `None` where there is none.
    pub(crate) fn expected_rows(&self) -> Option<u64> {
        self.expected_rows
    }
}
