//! A table in memory: named columns of one type each, all of one length.

pub(crate) mod builder;
pub(crate) mod cell;
pub(crate) mod column_builder;
pub(crate) mod schema;
pub(crate) mod timestamp;

use std::fmt;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` and `false`.
    Bool,
    /// Integers of 64 bits.
    Int,
    /// Floating-point numbers of 64 bits.
    Float,
    /// Unicode text.
    Text,
    /// Points in time, in nanoseconds.
    Timestamp,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "true or false",
            Self::Int => "integers",
            Self::Float => "numbers",
            Self::Text => "text",
            Self::Timestamp => "timestamps",
        })
    }
}

/// Texts, stored one after the other.
///
/// ```
/// let mut texts = stock_convert::Texts::default();
/// texts.push("IBM");
/// texts.push("Société");
/// assert_eq!(texts.get(1), "Société");
/// assert_eq!(texts.width(), 9); // in bytes of UTF-8
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Texts {
    bytes: String,
    /// Text `i` is `bytes[ends[i - 1]..ends[i]]`.
    ends: Vec<usize>,
}

impl Texts {
    /// Appends a text.
    #[inline]
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    /// Keeps the first `len` texts.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// The number of texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The length of the longest text, in bytes of UTF-8. Looks at all of them.
    pub fn width(&self) -> usize {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| end - start).max().unwrap_or(0)
    }

    /// Text `index`.
    ///
    /// # Panics
    /// When there are not that many.
    pub fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start..self.ends[index]]
    }

    /// All texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|i| self.get(i))
    }
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// `true` and `false`.
    Bool(Vec<bool>),
    /// Integers.
    Int(Vec<i64>),
    /// Floating-point numbers; a missing one is NaN.
    Float(Vec<f64>),
    /// Texts; a missing one is empty.
    Text(Texts),
    /// Points in time, in nanoseconds since 1970-01-01T00:00 of the zone that the lines do not name;
    /// a missing one is [`NOT_A_TIME`].
    Timestamp(Vec<i64>),
}

/// The value of a missing point in time, which numpy and pandas call NaT and store as the same number.
pub const NOT_A_TIME: i64 = i64::MIN;

impl Values {
    /// Their type.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Text(_) => Kind::Text,
            Self::Timestamp(_) => Kind::Timestamp,
        }
    }

    /// Their number.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bool(v) => v.len(),
            Self::Int(v) | Self::Timestamp(v) => v.len(),
            Self::Float(v) => v.len(),
            Self::Text(v) => v.len(),
        }
    }
}

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name: the key in the JSON lines; where objects were flattened, all keys with a NUL between them.
    pub name: String,
    /// Its values, one a row.
    pub values: Values,
}

/// A table: columns in the order in which their keys first appeared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    columns: Vec<Column>,
    rows: usize,
}

impl Frame {
    /// Puts columns together.
    ///
    /// `rows` is given apart, because rows without a single key (`{}`) have no column that counts them.
    ///
    /// # Panics
    /// When a column does not have `rows` values.
    pub fn new(columns: Vec<Column>, rows: usize) -> Self {
        for Column { name, values } in &columns {
            assert_eq!(values.len(), rows, "column {name:?} must be as long as its frame");
        }
        Self { columns, rows }
    }

    /// The columns in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What its values take in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let bytes = |column: &Column| match &column.values {
            Values::Bool(values) => values.capacity(),
            Values::Int(values) | Values::Timestamp(values) => values.capacity() * size_of::<i64>(),
            Values::Float(values) => values.capacity() * size_of::<f64>(),
            Values::Text(texts) => {
                texts.bytes.capacity() + texts.ends.capacity() * size_of::<usize>()
            }
        };
        self.columns.iter().map(bytes).sum()
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns.iter().find(|column| column.name == name).map(|column| &column.values)
    }
}
