//! Builds a table row by row. The type of each column is what its values need so far, as in pandas.
//!
//! `schema.rs` draws how types widen; `column_builder.rs` converts the values that a column has already.

use indexmap::IndexSet;

use crate::frame::cell::Cell;
use crate::frame::column_builder::{ColumnBuilder, ValuesBuilder};
use crate::frame::schema::{Field, Schema};
use crate::frame::{Column, Frame, Kind, Values};

/// The columns so far. A row goes in as a whole or not at all.
#[derive(Debug, Default)]
pub(crate) struct FrameBuilder {
    columns: Vec<ColumnBuilder>,
    rows: usize,
    /// Whether other rows of the file, which are not held here, come before these.
    follows_rows: bool,
    /// Whether an integer of a column became a float that is another number.
    is_rounded: bool,
}

impl FrameBuilder {
    /// Columns of the types of `schema`, without a row.
    pub(crate) fn with_schema(schema: &Schema, may_be_timestamps: impl Fn(&str) -> bool) -> Self {
        let columns = schema.fields().iter().map(|field| ColumnBuilder {
            values: ValuesBuilder::new(field.kind),
            may_be_timestamps: may_be_timestamps(&field.name),
            is_rounded: false,
        });
        let follows_rows = schema.has_rows();
        Self { columns: columns.collect(), rows: 0, follows_rows, is_rounded: false }
    }

    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a column, in which all rows so far have a missing value.
    pub(crate) fn add(&mut self, may_be_timestamps: bool) {
        let values = ValuesBuilder::Unknown;
        self.columns.push(ColumnBuilder { values, may_be_timestamps, is_rounded: false });
    }

    /// The values of column `index`.
    ///
    /// After appending to some columns, call [`end_row`](Self::end_row), or take back what was appended.
    #[inline]
    pub(crate) fn values_mut(&mut self, index: usize) -> &mut ValuesBuilder {
        &mut self.columns[index].values
    }

    /// Takes back what was appended to column `index` since the last complete row.
    pub(crate) fn take_back(&mut self, index: usize) {
        self.columns[index].values.truncate(self.rows);
    }

    /// Appends a missing value to column `index`.
    pub(crate) fn push_missing(&mut self, index: usize) {
        let column = &mut self.columns[index];
        column.push_missing(self.rows);
        self.is_rounded |= column.is_rounded;
    }

    /// The first column in which an integer became a float that is another number.
    #[inline]
    pub(crate) fn first_rounded(&self) -> Option<usize> {
        match self.is_rounded {
            true => self.columns.iter().position(|column| column.is_rounded),
            false => None,
        }
    }

    /// Counts a row, for which every column has got its value.
    #[inline]
    pub(crate) fn end_row(&mut self) {
        self.rows += 1;
    }

    /// The type of column `index`, if `cell` cannot go into a column of this type.
    #[inline]
    pub(crate) fn conflict(&self, index: usize, cell: &Cell<'_>) -> Option<Kind> {
        let here = match self.columns.get(index)?.values.kind()? {
            Kind::Timestamp => Kind::Text,
            here => here,
        };
        let there = cell.kind()?;
        ((here == Kind::Text) != (there == Kind::Text)).then_some(here)
    }

    /// Appends a row: cell `i` goes to column `i`. There are as many cells as columns, and no cell has a
    /// [`conflict`](Self::conflict).
    #[inline]
    pub(crate) fn push_row(&mut self, cells: &[Cell<'_>]) {
        debug_assert_eq!(cells.len(), self.columns.len());
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell, self.rows, self.follows_rows);
            self.is_rounded |= column.is_rounded;
        }
        self.rows += 1;
    }

    /// The schema that the rows so far need. `names` has one name per column.
    pub(crate) fn schema(&self, names: &IndexSet<String>) -> Schema {
        let fields = names.iter().zip(&self.columns);
        let fields =
            fields.map(|(name, column)| Field { name: name.clone(), kind: column.values.kind() });
        Schema::new(fields.collect(), self.follows_rows || self.rows > 0)
    }

    /// Finishes the table. `names` has one name per column.
    pub(crate) fn finish(self, names: impl IntoIterator<Item = String>) -> Frame {
        let rows = self.rows;
        let values = self.columns.into_iter().map(|column| match column.values {
            ValuesBuilder::Unknown => Values::Float(vec![f64::NAN; rows]),
            ValuesBuilder::Bool(values) => Values::Bool(values),
            ValuesBuilder::Int(values) => Values::Int(values),
            ValuesBuilder::Float(values) => Values::Float(values),
            ValuesBuilder::Text(values) => Values::Text(values),
            ValuesBuilder::Timestamp(times) => Values::Timestamp(times.into_nanoseconds()),
        });
        let columns = names.into_iter().zip(values);
        Frame::new(columns.map(|(name, values)| Column { name, values }).collect(), rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::NOT_A_TIME;

    fn column(cells: &[Cell<'_>]) -> Values {
        let mut builder = FrameBuilder::default();
        builder.add(false);
        for cell in cells {
            assert_eq!(builder.conflict(0, cell), None);
            builder.push_row(std::slice::from_ref(cell));
        }
        builder.finish(["a".to_owned()]).columns()[0].values.clone()
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
        let mut builder = FrameBuilder::default();
        builder.add(false);
        builder.push_row(&[Cell::Int(1)]);
        builder.add(false);
        builder.push_row(&[Cell::Int(2), Cell::Text("x".into())]);
        let frame = builder.finish(["a".to_owned(), "b".to_owned()]);
        assert_eq!(frame.column("a"), Some(&Values::Int(vec![1, 2])));
        let Some(Values::Text(b)) = frame.column("b") else { panic!("no text") };
        assert_eq!(b.iter().collect::<Vec<_>>(), ["", "x"]);
    }

    #[test]
    fn texts_and_numbers_are_in_conflict() {
        let mut builder = FrameBuilder::default();
        builder.add(false);
        builder.add(false);
        builder.push_row(&[Cell::Missing, Cell::Int(1)]);
        assert_eq!(builder.conflict(0, &Cell::Text("x".into())), None);
        assert_eq!(builder.conflict(1, &Cell::Text("x".into())), Some(Kind::Int));
        builder.push_row(&[Cell::Text("x".into()), Cell::Float(1.5)]);
        assert_eq!(builder.conflict(0, &Cell::Bool(true)), Some(Kind::Text));
        assert_eq!(builder.conflict(1, &Cell::Text("x".into())), Some(Kind::Float));
        assert_eq!(builder.conflict(0, &Cell::Missing), None);
    }

    fn times(texts: &[&str]) -> Values {
        let mut builder = FrameBuilder::default();
        builder.push_row(&[]);
        builder.add(true);
        for &text in texts {
            builder.push_row(&[Cell::Text(text.into())]);
        }
        builder.finish(["a".to_owned()]).columns()[0].values.clone()
    }

    #[test]
    fn texts_become_timestamps_and_one_that_cannot_makes_all_texts_again() {
        let day = 24 * 3600 * 1_000_000_000;
        assert_eq!(
            times(&["1970-01-02", "", "1970-01-03T00:00:00"]),
            Values::Timestamp(vec![NOT_A_TIME, day, NOT_A_TIME, 2 * day])
        );
        for last in ["soon", "1970-01-02 ", "1970-01-02T00:00:00Z"] {
            let texts = ["", "1970-01-02", "1970-01-02T00:00:00.50", last];
            let Values::Text(found) = times(&texts) else { panic!("no text") };
            assert_eq!(found.iter().skip(1).collect::<Vec<_>>(), texts);
        }
    }

    #[test]
    fn a_column_that_is_new_after_other_rows_was_missing_in_them() {
        let mut builder = FrameBuilder::with_schema(&Schema::new(Vec::new(), true), |_| false);
        builder.add(false);
        builder.push_row(&[Cell::Int(1)]);
        let frame = builder.finish(["a".to_owned()]);
        assert_eq!(frame.column("a"), Some(&Values::Float(vec![1.0])));
    }

    #[test]
    fn what_was_appended_to_an_incomplete_row_can_be_taken_back() {
        let mut builder = FrameBuilder::default();
        builder.add(false);
        builder.push_row(&[Cell::Text("x".into())]);
        let ValuesBuilder::Text(texts) = builder.values_mut(0) else { panic!("no text") };
        texts.push("longer");
        builder.take_back(0);
        builder.push_row(&[Cell::Text("y".into())]);
        let Values::Text(texts) = builder.finish(["a".to_owned()]).columns()[0].values.clone()
        else {
            panic!("no text")
        };
        assert_eq!((texts.iter().collect::<Vec<_>>(), texts.width()), (vec!["x", "y"], 1));
    }
}
