//! Once through a file's JSON lines, block by block, with the output beside them.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::error::{ConvertError, line_error};
use crate::frame::schema::Schema;
use crate::options::ReadOptions;
use crate::output::comparison::Comparison;
use crate::parse::block::BlockParser;
use crate::source::lines::Lines;

/// A pass so far.
///
/// Rows are compared as what the lines so far need. Where later lines need wider types or more
/// columns, that was premature: the rest is only looked at, and the next pass begins with what is
/// known then.
pub(super) struct Pass<'a> {
    output: &'a Path,
    layout: &'a str,
    source: &'a Path,
    parser: BlockParser,
    /// What the lines so far need.
    schema: Schema,
    lines: u64,
    rows: usize,
    /// From the first row on, unless it was premature.
    comparison: Option<Comparison>,
}

/// What comes of a pass.
pub(super) enum Found {
    /// The output holds these rows.
    Equal { rows: usize },
    /// The first difference, in words.
    Differs(String),
    /// It takes another pass, with this schema.
    Wider(Schema),
}

impl<'a> Pass<'a> {
    /// Begins to compare `output`, written in `layout`, with the lines of `source`.
    pub(super) fn new(
        output: &'a Path,
        layout: &'a str,
        source: &'a Path,
        options: ReadOptions,
        schema: Schema,
    ) -> Self {
        let parser = BlockParser::new(options);
        Self { output, layout, source, parser, schema, lines: 0, rows: 0, comparison: None }
    }

    /// Takes in the next block. It is parsed with all that was learned from those before, so that its
    /// bad lines are those that a reader of the whole file finds.
    pub(super) fn take(&mut self, lines: Lines<'_>) -> Result<(), ConvertError> {
        let block = self
            .parser
            .parse_lines(lines.lines, lines.overlong, &self.schema)
            .map_err(|error| line_error(self.source, self.lines, &error))?;
        self.lines += block.lines;
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
                comparison.push(&block.frame).map_err(|error| failed(self.output, error))
            }
            None => Ok(()),
        }
    }

    /// What comes of it when all blocks were taken in.
    pub(super) fn finish(mut self) -> Result<Found, ConvertError> {
        let comparison = match self.comparison.take() {
            Some(comparison) => comparison,
            None if self.rows == 0 => self.begin()?,
            None => return Ok(Found::Wider(self.schema)),
        };
        Ok(match comparison.finish() {
            Some(difference) => Found::Differs(difference),
            None => Found::Equal { rows: self.rows },
        })
    }

    fn begin(&self) -> Result<Comparison, ConvertError> {
        let names = self.schema.fields().iter().map(|field| &*field.name);
        Comparison::begin(self.output, self.layout, names)
            .map_err(|error| failed(self.output, error))
    }
}

fn failed(
    output: &Path,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ConvertError {
    ConvertError::Read { path: output.to_owned(), source: Arc::new(io::Error::other(error)) }
}

/// Whether rows of both are the same: columns of missing values alone are numbers.
fn has_same_columns(one: &Schema, other: &Schema) -> bool {
    let columns = one.fields().iter().zip(other.fields());
    one.fields().len() == other.fields().len()
        && columns
            .into_iter()
            .all(|(one, other)| one.name == other.name && one.kind.kind() == other.kind.kind())
}
