//! The columns of a table before its first row is written: what readers will find in the file.

use crate::frame::{Frame, Values, timestamp};

/// What a column is stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stored {
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

impl Stored {
    /// What one value takes in a row. HDF5 knows no text of length 0.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Int | Self::Float | Self::Time => 8,
            Self::Text { width } => width.max(1),
        }
    }
}

/// The columns of a table that is yet to be written.
///
/// ```
/// use stock_convert::{Outline, Stored};
/// let columns = [("day".to_owned(), Stored::Text { width: 10 }), ("close".to_owned(), Stored::Float)];
/// let outline = Outline::new(columns, Some(3270));
/// assert_eq!(outline.columns().len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    columns: Vec<(String, Stored)>,
    expected_rows: Option<u64>,
}

impl Outline {
    /// Columns (name → type) in order, and how many rows will come, where that is known: it
    /// decides how rows are shared out among chunks, not how many may come.
    pub fn new(
        columns: impl IntoIterator<Item = (String, Stored)>,
        expected_rows: Option<u64>,
    ) -> Self {
        Self { columns: columns.into_iter().collect(), expected_rows }
    }

    /// That of a whole table.
    pub fn of(frame: &Frame) -> Self {
        let columns = frame.columns().iter().map(|column| {
            let stored = match &column.values {
                Values::Bool(_) => Stored::Bool,
                Values::Int(_) => Stored::Int,
                Values::Float(_) => Stored::Float,
                Values::Timestamp(_) => Stored::Time,
                Values::Text(texts) => Stored::Text { width: texts.width() },
            };
            (column.name.clone(), stored)
        });
        Self::new(columns, Some(frame.rows() as u64))
    }

    /// The same with columns of text as times, where every text in `frame` is a time or missing.
    pub(crate) fn with_times(mut self, frame: &Frame) -> Self {
        for ((_, stored), column) in self.columns.iter_mut().zip(frame.columns()) {
            if let Values::Text(texts) = &column.values
                && timestamp::are_all_times(texts)
            {
                *stored = Stored::Time;
            }
        }
        self
    }

    /// The columns in order: name → type.
    pub fn columns(&self) -> &[(String, Stored)] {
        &self.columns
    }

    /// The same with another number of rows.
    pub(crate) fn expecting(self, rows: Option<u64>) -> Self {
        Self { expected_rows: rows, ..self }
    }

    /// The type of the column called `name`.
    pub(crate) fn column(&self, name: &str) -> Option<Stored> {
        self.columns.iter().find(|(found, _)| found == name).map(|(_, stored)| *stored)
    }

    /// How many rows will come, where that is known.
    pub fn expected_rows(&self) -> Option<u64> {
        self.expected_rows
    }
}
