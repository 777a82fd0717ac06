//! Builds one column. Where a value needs a wider type, the values that are there already are converted.

use crate::frame::cell::{Cell, is_exact};
use crate::frame::timestamp::Times;
use crate::frame::{Kind, Texts};

/// The values of one column so far.
#[derive(Debug)]
pub(crate) enum ValuesBuilder {
    /// All values are missing; none is stored.
    Unknown,
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Text(Texts),
    Timestamp(Times),
}

/// A column so far.
#[derive(Debug)]
pub(crate) struct ColumnBuilder {
    pub(crate) values: ValuesBuilder,
    /// Whether texts in it become timestamps if all of them can.
    pub(crate) may_be_timestamps: bool,
    /// Whether an integer became a float that is another number.
    pub(crate) is_rounded: bool,
}

impl ColumnBuilder {
    /// Appends a cell, which is not in conflict with the column. `rows` are there already; `follows_rows`
    /// says whether others come before them.
    #[inline]
    pub(crate) fn push(&mut self, cell: &Cell<'_>, rows: usize, follows_rows: bool) {
        match (&mut self.values, cell) {
            (ValuesBuilder::Float(column), Cell::Float(value)) => column.push(*value),
            (ValuesBuilder::Int(column), Cell::Int(value)) => column.push(*value),
            (ValuesBuilder::Text(column), Cell::Text(value)) => column.push(value),
            (ValuesBuilder::Bool(column), Cell::Bool(value)) => column.push(*value),
            (_, Cell::Text(text)) => self.push_text(text, rows),
            (_, Cell::Missing) => self.push_missing(rows),
            _ => self.push_number(cell, rows, follows_rows),
        }
    }

    /// Appends a missing value after `rows` others.
    pub(crate) fn push_missing(&mut self, rows: usize) {
        match &mut self.values {
            ValuesBuilder::Unknown => {}
            ValuesBuilder::Text(column) => column.push(""),
            ValuesBuilder::Timestamp(column) => column.push_missing(),
            numbers => {
                self.is_rounded |= numbers.has_inexact();
                let mut floats = numbers.take_floats(rows);
                floats.push(f64::NAN);
                *numbers = ValuesBuilder::Float(floats);
            }
        }
    }

    /// Appends a number to a column that has no type yet or may need a wider one.
    #[cold]
    fn push_number(&mut self, cell: &Cell<'_>, rows: usize, follows_rows: bool) {
        self.is_rounded |= matches!(cell, Cell::Float(_)) && self.values.has_inexact();
        self.values.push_number(cell, rows, follows_rows);
        let is_float = matches!(self.values, ValuesBuilder::Float(_));
        self.is_rounded |= matches!(cell, Cell::Int(value) if is_float && !is_exact(*value));
    }

    /// Appends a text to a column of timestamps, or as the first text of all.
    fn push_text(&mut self, text: &str, rows: usize) {
        if matches!(self.values, ValuesBuilder::Unknown) {
            self.values = if self.may_be_timestamps {
                ValuesBuilder::Timestamp(Times::missing(rows))
            } else {
                ValuesBuilder::Text(blank(rows))
            };
        }
        if let ValuesBuilder::Timestamp(column) = &mut self.values {
            if column.push(text) {
                return;
            }
            self.values = ValuesBuilder::Text(std::mem::take(column).into_texts());
        }
        match &mut self.values {
            ValuesBuilder::Text(column) => column.push(text),
            column => unreachable!("a row went in unchecked: {text:?} into {column:?}"),
        }
    }
}

/// `count` empty texts.
fn blank(count: usize) -> Texts {
    let mut texts = Texts::default();
    (0..count).for_each(|_| texts.push(""));
    texts
}

impl ValuesBuilder {
    pub(crate) fn new(kind: Option<Kind>) -> Self {
        kind.map_or(Self::Unknown, |kind| match kind {
            Kind::Bool => Self::Bool(Vec::new()),
            Kind::Int => Self::Int(Vec::new()),
            Kind::Float => Self::Float(Vec::new()),
            Kind::Text => Self::Text(Texts::default()),
            Kind::Timestamp => Self::Timestamp(Times::default()),
        })
    }

    pub(crate) fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Unknown => return None,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Text(_) => Kind::Text,
            Self::Timestamp(_) => Kind::Timestamp,
        })
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        match self {
            Self::Unknown => {}
            Self::Bool(column) => column.truncate(len),
            Self::Int(column) => column.truncate(len),
            Self::Timestamp(column) => column.truncate(len),
            Self::Float(column) => column.truncate(len),
            Self::Text(column) => column.truncate(len),
        }
    }

    /// Whether it holds an integer that no float is equal to.
    fn has_inexact(&self) -> bool {
        matches!(self, Self::Int(values) if values.iter().any(|value| !is_exact(*value)))
    }

    fn push_number(&mut self, cell: &Cell<'_>, rows: usize, follows_rows: bool) {
        match (&mut *self, cell) {
            // Missing values came first, which only a Float can hold.
            (Self::Unknown, _) if rows > 0 || follows_rows => {
                *self = Self::Float(self.take_floats(rows));
            }
            (Self::Unknown, Cell::Bool(_)) => *self = Self::Bool(Vec::new()),
            (Self::Unknown, Cell::Int(_)) => *self = Self::Int(Vec::new()),
            (Self::Unknown, Cell::Float(_)) => *self = Self::Float(Vec::new()),
            (Self::Bool(column), Cell::Int(_)) => {
                *self = Self::Int(column.iter().map(|&v| i64::from(v)).collect());
            }
            (Self::Bool(_) | Self::Int(_), Cell::Float(_)) => {
                *self = Self::Float(self.take_floats(rows));
            }
            _ => {}
        }
        match (self, cell) {
            (Self::Bool(column), Cell::Bool(value)) => column.push(*value),
            (Self::Int(column), Cell::Int(value)) => column.push(*value),
            (Self::Int(column), Cell::Bool(value)) => column.push(i64::from(*value)),
            (Self::Float(column), Cell::Float(value)) => column.push(*value),
            (Self::Float(column), Cell::Int(value)) => column.push(*value as f64),
            (Self::Float(column), Cell::Bool(value)) => column.push(f64::from(u8::from(*value))),
            (column, cell) => unreachable!("a row went in unchecked: {cell:?} into {column:?}"),
        }
    }

    /// Its numbers as floats; a column without a type has `rows` missing values, which become NaN.
    fn take_floats(&mut self, rows: usize) -> Vec<f64> {
        match self {
            Self::Float(column) => std::mem::take(column),
            Self::Bool(column) => column.iter().map(|&v| f64::from(u8::from(v))).collect(),
            Self::Int(column) => column.iter().map(|&v| v as f64).collect(),
            Self::Text(_) | Self::Timestamp(_) => unreachable!("texts never become numbers"),
            Self::Unknown => vec![f64::NAN; rows],
        }
    }
}
