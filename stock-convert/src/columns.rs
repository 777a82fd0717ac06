//! Columns while they grow: the type of each is what its values so far need, as in pandas.
//!
//! ```text
//! nothing yet ─► Bool ─► Int ─► Float       a missing value makes any of the three a Float (NaN)
//!            └─► Text                       a missing text is empty; Text and numbers never meet
//! ```

use std::borrow::Cow;

use crate::frame::{Column, Frame, Kind, Texts, Values};

/// One value of one line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'line> {
    /// No such key on the line, or `null`.
    Missing,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'line, str>),
    /// A positive integer beyond 64 bits with a sign.
    BeyondInt,
    Object,
    Array,
}

impl Cell<'_> {
    /// Its type, of those that a column may have.
    pub(crate) fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Text(_) => Kind::Text,
            Self::Missing | Self::BeyondInt | Self::Object | Self::Array => return None,
        })
    }
}

/// The values of one column so far.
#[derive(Debug)]
enum Growing {
    /// Nothing but missing values.
    Unknown,
    Known(Values),
}

/// All columns so far. Rows go in whole or not at all.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    columns: Vec<Growing>,
    rows: usize,
}

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The type that column `index` has and that `cell` cannot join.
    #[inline]
    pub(crate) fn conflict(&self, index: usize, cell: &Cell<'_>) -> Option<Kind> {
        let Some(Growing::Known(values)) = self.columns.get(index) else { return None };
        let (here, there) = (values.kind(), cell.kind()?);
        ((here == Kind::Text) != (there == Kind::Text)).then_some(here)
    }

    /// Appends a row; cell `i` goes to column `i`, and columns beyond the last one are new.
    ///
    /// Every cell has been seen to have no [`conflict`](Self::conflict).
    #[inline]
    pub(crate) fn push_row(&mut self, cells: &[Cell<'_>]) {
        debug_assert!(cells.len() >= self.columns.len());
        self.columns.resize_with(cells.len(), || Growing::Unknown);
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell, self.rows);
        }
        self.rows += 1;
    }

    /// The finished table. `names` are as many as there are columns.
    pub(crate) fn finish(self, names: impl IntoIterator<Item = String>) -> Frame {
        let rows = self.rows;
        let values = self.columns.into_iter().map(|column| match column {
            Growing::Known(values) => values,
            Growing::Unknown => Values::Float(vec![f64::NAN; rows]),
        });
        let columns = names.into_iter().zip(values);
        Frame::new(columns.map(|(name, values)| Column { name, values }).collect(), rows)
    }
}

impl Growing {
    #[inline]
    fn push(&mut self, cell: &Cell<'_>, rows: usize) {
        match (&mut *self, cell) {
            (Self::Known(Values::Float(column)), Cell::Float(value)) => column.push(*value),
            (Self::Known(Values::Int(column)), Cell::Int(value)) => column.push(*value),
            (Self::Known(Values::Text(column)), Cell::Text(value)) => column.push(value),
            (Self::Known(Values::Bool(column)), Cell::Bool(value)) => column.push(*value),
            (Self::Unknown, Cell::Missing) => {}
            _ => self.push_widening(cell, rows),
        }
    }

    /// The rare ways: a column begins, meets a missing value or needs a wider type.
    #[cold]
    fn push_widening(&mut self, cell: &Cell<'_>, rows: usize) {
        let Some(wanted) = cell.kind() else {
            match self {
                Self::Known(Values::Text(column)) => column.push(""),
                _ => self.floats(rows).push(f64::NAN),
            }
            return;
        };
        match (&mut *self, wanted) {
            (Self::Unknown, Kind::Text) => {
                let mut texts = Texts::default();
                (0..rows).for_each(|_| texts.push(""));
                *self = Self::Known(Values::Text(texts));
            }
            // Missing values came first, and only a Float can hold those.
            (Self::Unknown, _) if rows > 0 => {
                self.floats(rows);
            }
            (Self::Unknown, Kind::Bool) => *self = Self::Known(Values::Bool(Vec::new())),
            (Self::Unknown, Kind::Int) => *self = Self::Known(Values::Int(Vec::new())),
            (Self::Unknown, Kind::Float) => *self = Self::Known(Values::Float(Vec::new())),
            (Self::Known(Values::Bool(column)), Kind::Int) => {
                *self = Self::Known(Values::Int(column.iter().map(|&v| i64::from(v)).collect()));
            }
            (Self::Known(_), Kind::Float) => {
                self.floats(rows);
            }
            (Self::Known(_), _) => {}
        }
        match (self, cell) {
            (Self::Known(Values::Bool(column)), Cell::Bool(value)) => column.push(*value),
            (Self::Known(Values::Int(column)), Cell::Int(value)) => column.push(*value),
            (Self::Known(Values::Int(column)), Cell::Bool(value)) => column.push(i64::from(*value)),
            (Self::Known(Values::Float(column)), Cell::Float(value)) => column.push(*value),
            (Self::Known(Values::Float(column)), Cell::Int(value)) => column.push(*value as f64),
            (Self::Known(Values::Float(column)), Cell::Bool(value)) => {
                column.push(f64::from(u8::from(*value)));
            }
            (Self::Known(Values::Text(column)), Cell::Text(value)) => column.push(value),
            (column, cell) => unreachable!("a row went in unchecked: {cell:?} into {column:?}"),
        }
    }

    /// Makes this a column of floats, with NaN for each of `rows` missing values.
    fn floats(&mut self, rows: usize) -> &mut Vec<f64> {
        let floats = match self {
            Self::Known(Values::Float(column)) => std::mem::take(column),
            Self::Known(Values::Bool(column)) => {
                column.iter().map(|&v| f64::from(u8::from(v))).collect()
            }
            Self::Known(Values::Int(column)) => column.iter().map(|&v| v as f64).collect(),
            Self::Known(Values::Text(_)) => unreachable!("texts never become numbers"),
            Self::Unknown => vec![f64::NAN; rows],
        };
        *self = Self::Known(Values::Float(floats));
        match self {
            Self::Known(Values::Float(column)) => column,
            _ => unreachable!("it was made one just now"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[Cell<'_>]) -> Values {
        let mut columns = Columns::default();
        for cell in cells {
            assert_eq!(columns.conflict(0, cell), None);
            columns.push_row(std::slice::from_ref(cell));
        }
        columns.finish(["a".to_owned()]).columns()[0].values.clone()
    }

    #[test]
    fn booleans_widen_to_integers_and_integers_to_floats() {
        use Cell::{Bool, Float, Int};
        assert_eq!(column(&[Bool(true), Bool(false)]), Values::Bool(vec![true, false]));
        assert_eq!(column(&[Bool(true), Int(7)]), Values::Int(vec![1, 7]));
        assert_eq!(column(&[Int(7), Bool(true)]), Values::Int(vec![7, 1]));
        assert_eq!(column(&[Bool(true), Int(7), Float(0.5)]), Values::Float(vec![1.0, 7.0, 0.5]));
        assert_eq!(column(&[Float(0.5), Bool(true), Int(7)]), Values::Float(vec![0.5, 1.0, 7.0]));
    }

    #[test]
    fn a_missing_value_makes_numbers_floats_and_texts_empty() {
        use Cell::{Bool, Int, Missing, Text};
        for cells in [[Int(1), Missing], [Bool(true), Missing]] {
            let Values::Float(v) = column(&cells) else { panic!("not floats") };
            assert!(v[0] == 1.0 && v[1].is_nan());
        }
        for cells in [[Missing, Int(1)], [Missing, Bool(true)]] {
            let Values::Float(v) = column(&cells) else { panic!("not floats") };
            assert!(v[0].is_nan() && v[1] == 1.0);
        }
        let text = || Text("x".into());
        let Values::Text(v) = column(&[Missing, text(), Missing, text()]) else {
            panic!("no text")
        };
        assert_eq!(v.iter().collect::<Vec<_>>(), ["", "x", "", "x"]);
        let Values::Float(v) = column(&[Missing, Missing]) else { panic!("not floats") };
        assert!(v.len() == 2 && v.iter().all(|v| v.is_nan()));
    }

    #[test]
    fn a_column_that_comes_late_was_missing_before() {
        let mut columns = Columns::default();
        columns.push_row(&[Cell::Int(1)]);
        columns.push_row(&[Cell::Int(2), Cell::Text("x".into())]);
        let frame = columns.finish(["a".to_owned(), "b".to_owned()]);
        assert_eq!(frame.column("a"), Some(&Values::Int(vec![1, 2])));
        let Some(Values::Text(b)) = frame.column("b") else { panic!("no text") };
        assert_eq!(b.iter().collect::<Vec<_>>(), ["", "x"]);
    }

    #[test]
    fn texts_and_numbers_are_in_conflict() {
        let mut columns = Columns::default();
        columns.push_row(&[Cell::Missing, Cell::Int(1)]);
        assert_eq!(columns.conflict(0, &Cell::Text("x".into())), None);
        assert_eq!(columns.conflict(1, &Cell::Text("x".into())), Some(Kind::Int));
        columns.push_row(&[Cell::Text("x".into()), Cell::Float(1.5)]);
        assert_eq!(columns.conflict(0, &Cell::Bool(true)), Some(Kind::Text));
        assert_eq!(columns.conflict(1, &Cell::Text("x".into())), Some(Kind::Float));
        assert_eq!(columns.conflict(0, &Cell::Missing), None);
    }
}
