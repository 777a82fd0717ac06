//! One pass over the JSON lines of a source, block by block, in which they are compared with the output.

use std::io;
use std::path::Path;

use crate::error::{ConvertError, line_error};
use crate::frame::Kind;
use crate::frame::schema::{Field, Schema};
use crate::options::ReadOptions;
use crate::output::comparison::Comparison;
use crate::parse::block::BlockParser;
use crate::source::lines::Lines;

/// A pass that has not come to its end.
///
/// Rows are compared as values of the types that the lines so far need. Where a later line needs a wider
/// type or a new column, the comparison was wrong and is given up: the pass only collects what all other
/// lines need, and the next pass begins with that.
pub(super) struct Pass<'a> {
    output: &'a Path,
    /// The name of the layout of the output.
    layout: &'a str,
    source: &'a Path,
    options: &'a ReadOptions,
    parser: BlockParser,
    /// The columns and types that the lines so far need, those of earlier passes included.
    schema: Schema,
    /// How many lines came so far.
    lines: u64,
    /// How many rows came so far.
    rows: usize,
    /// How many lines were left out so far.
    skipped_lines: u64,
    /// `None` before the first row, and after it was given up.
    comparison: Option<Comparison>,
}

/// The result of a pass.
pub(super) enum Found {
    /// The output holds these rows.
    Equal { rows: usize, skipped_lines: u64 },
    /// The first difference, in words.
    Differs(String),
    /// The lines need this schema, with which another pass has to be made.
    Wider(Schema),
}

impl<'a> Pass<'a> {
    /// Begins to compare `output`, written in `layout`, with the lines of `source`.
    pub(super) fn new(
        output: &'a Path,
        layout: &'a str,
        source: &'a Path,
        options: &'a ReadOptions,
        schema: Schema,
    ) -> Self {
        Self {
            output,
            layout,
            source,
            options,
            parser: BlockParser::new(options.clone()),
            schema,
            lines: 0,
            rows: 0,
            skipped_lines: 0,
            comparison: None,
        }
    }

    /// Takes in the next block. It is parsed with the schema of all blocks before, so that the same lines are
    /// bad as when the whole file is read in one piece.
    pub(super) fn take(&mut self, lines: Lines<'_>) -> Result<(), ConvertError> {
        let block = self
            .parser
            .parse_lines(lines.lines, lines.overlong, &self.schema)
            .map_err(|error| lines.in_document(error))
            .map_err(|error| line_error(self.source, self.lines, &error))?;
        if lines.places.is_none() {
            self.lines += block.lines;
        }
        self.skipped_lines += block.skipped.count;
        if self.rows > 0 && !has_same_columns(&self.schema, &block.schema) {
            self.comparison = None;
        }
        self.schema = block.schema;
        if self.rows == 0 && block.frame.rows() > 0 {
            self.comparison = Some(self.begin()?);
        }
        self.rows += block.frame.rows();
        match &mut self.comparison {
            Some(comparison) => {
                comparison.push(&block.frame).map_err(|error| unreadable(self.output, error))
            }
            None => Ok(()),
        }
    }

    /// Ends the pass, after the last block.
    pub(super) fn finish(mut self) -> Result<Found, ConvertError> {
        let comparison = match self.comparison.take() {
            Some(comparison) => comparison,
            None if self.rows == 0 => self.begin()?,
            None => return Ok(Found::Wider(self.schema)),
        };
        Ok(match comparison.finish() {
            Some(difference) => Found::Differs(difference),
            None => Found::Equal { rows: self.rows, skipped_lines: self.skipped_lines },
        })
    }

    fn begin(&self) -> Result<Comparison, ConvertError> {
        let names = self.schema.fields().iter();
        let names = names.map(|field| self.options.columns.output_name(&field.name));
        Comparison::begin(self.output, self.layout, names.collect())
            .map_err(|error| unreadable(self.output, error))
    }
}

fn unreadable(output: &Path, error: hdf5::Hdf5Error) -> ConvertError {
    ConvertError::reading(output, io::Error::other(error))
}

/// Whether rows of both have the same columns. Columns with nothing but missing values count as numbers.
fn has_same_columns(one: &Schema, other: &Schema) -> bool {
    let kind = |field: &Field| field.kind.unwrap_or(Kind::Float);
    let columns = one.fields().iter().zip(other.fields());
    one.fields().len() == other.fields().len()
        && columns
            .into_iter()
            .all(|(one, other)| one.name == other.name && kind(one) == kind(other))
}
