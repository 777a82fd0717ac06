//! What blocks of a file tell about the whole table: enough to parse other blocks apart from each other,
//! and to write all of them one after the other.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::error::line::LineError;
use crate::frame::Kind;
use crate::frame::schema::{MixedColumn, Schema};
use crate::options::ReadOptions;
use crate::output::layout::Layout;
use crate::output::table_schema::{StoredType, TableSchema};
use crate::parse::block::{BlockParser, BlockRows};
use crate::source::digest::Digest;
use crate::source::lines::Lines;
use crate::source::ranges::RawBlock;

/// What is inferred from some blocks of a file about how the whole file has to be parsed and written.
#[derive(Debug, Clone)]
pub(crate) struct Inferred {
    /// How lines become rows.
    pub(crate) options: ReadOptions,
    /// Whether the layout stores a column of texts as times where all texts in it are times, and has no place
    /// for others.
    pub(crate) has_times: bool,
    /// Whether it was inferred from all blocks of the file.
    pub(crate) is_whole: bool,
    /// Whether a table of it was found small enough.
    pub(crate) is_small: bool,
    /// The columns and their types, for parsing.
    pub(crate) schema: Schema,
    /// What each column is stored as, for writing.
    pub(crate) table_schema: TableSchema,
}

impl Inferred {
    /// Begins without any block, for a table that is to be stored in `layout`.
    pub(crate) fn new(options: &ReadOptions, layout: Layout) -> Self {
        let has_times = layout == Layout::PandasFixed;
        let table_schema = TableSchema::new([], None);
        let (options, schema) = (options.clone(), Schema::default());
        Self { options, has_times, is_whole: false, is_small: false, schema, table_schema }
    }

    /// Infers from one block alone, which was parsed by `self`.
    pub(crate) fn for_block(&self, block: &BlockRows) -> Self {
        let table_schema = TableSchema::from_frame(&block.frame).with_expected_rows(None);
        let table_schema =
            if self.has_times { table_schema.with_times(&block.frame) } else { table_schema };
        Self { schema: block.schema.clone(), table_schema, ..self.clone() }
    }

    /// Whether rows of a block that was parsed by `self`, and needs `block`, can be written to a file
    /// that was begun by `self`.
    pub(crate) fn fits(&self, block: &Self) -> bool {
        let (here, there) = (self.table_schema.columns(), block.table_schema.columns());
        let kinds = block.schema.fields().iter().map(|field| field.kind);
        here.len() == there.len()
            && here.iter().zip(there).zip(kinds).all(|((here, there), kind)| {
                here.0 == there.0 && here.1 == stored(kind, Some(here.1), Some(there.1))
            })
    }

    /// Infers from the blocks of both; those of `self` come first in the file.
    pub(crate) fn join(&self, other: &Self) -> Result<Self, MixedColumn> {
        let schema = self.schema.join(&other.schema)?;
        let by_name = |inferred: &Self| -> HashMap<String, StoredType> {
            inferred.table_schema.columns().iter().cloned().collect()
        };
        let (here, there) = (by_name(self), by_name(other));
        let columns = schema.fields().iter().map(|field| {
            let (here, there) = (here.get(&field.name).copied(), there.get(&field.name).copied());
            (field.name.clone(), stored(field.kind, here, there))
        });
        let expected = self.table_schema.expected_rows().or(other.table_schema.expected_rows());
        let table_schema = TableSchema::new(columns, expected);
        Ok(Self { schema, table_schema, ..self.clone() })
    }

    /// Whether a column that is one of times in one of both becomes one of texts, whose lengths nobody has
    /// looked at.
    pub(crate) fn forgets_widths(&self, other: &Self) -> bool {
        let texts = |inferred: &Self| -> HashMap<String, bool> {
            let columns = inferred.table_schema.columns().iter();
            let is_text = |stored| matches!(stored, StoredType::Text { .. });
            let texts =
                columns.filter(|(_, stored)| is_text(*stored) || *stored == StoredType::Time);
            texts.map(|(name, stored)| (name.clone(), is_text(*stored))).collect()
        };
        let (here, there) = (texts(self), texts(other));
        here.iter().any(|(name, is_text)| there.get(name).is_some_and(|other| other != is_text))
    }

    /// Adds what the first block tells, which was parsed by `self`.
    pub(crate) fn with_first(&self, first: &ParsedBlock) -> Self {
        // It cannot fail: texts where `self` has numbers would have been an error of the block.
        self.join(&first.needs).unwrap_or_else(|_| self.clone())
    }

    /// The first column of texts that are no times, where the layout has no place for them.
    pub(crate) fn misplaced_texts(&self) -> Option<&str> {
        let mut columns = self.table_schema.columns().iter();
        let texts = columns.find(|(_, stored)| matches!(stored, StoredType::Text { .. }));
        texts.map(|(name, _)| &**name).filter(|_| self.has_times)
    }

    /// Replaces the number of rows that are expected; none where there is no telling.
    pub(crate) fn expecting(self, rows: Option<u64>) -> Self {
        Self { table_schema: self.table_schema.with_expected_rows(rows), ..self }
    }
}

/// A block of lines that has been parsed.
#[derive(Debug)]
pub(crate) struct ParsedBlock {
    /// The rows, or the first line that cannot become a row, counted from the beginning of the block.
    pub(crate) rows: Result<BlockRows, LineError>,
    /// What the block needs; what it was parsed by where it has a bad line.
    pub(crate) needs: Inferred,
    /// The size of its lines.
    pub(crate) text_bytes: u64,
    /// The digest of the bytes of its range; none in a stream, which is hashed as a whole.
    pub(crate) digest: Option<Digest>,
    /// How long reading and parsing took.
    pub(crate) elapsed: Duration,
}

impl ParsedBlock {
    /// Parses the lines of a range by what is known from other blocks.
    pub(crate) fn from_raw(raw: &RawBlock, known: &Inferred) -> Self {
        Self { digest: Some(raw.digest), ..Self::from_lines(&raw.lines(), known) }
    }

    /// Parses lines by what is known from other blocks.
    pub(crate) fn from_lines(lines: &Lines<'_>, known: &Inferred) -> Self {
        let started = Instant::now();
        let mut parser = BlockParser::new(known.options.clone());
        let rows = parser.parse_lines(lines.lines, lines.overlong, &known.schema);
        let mut rows = rows.map_err(|error| lines.in_document(error));
        if let (Some(_), Ok(rows)) = (lines.places, &mut rows) {
            // Places in a document need no counting of the blocks before.
            rows.lines = 0;
            rows.skipped.first = rows.skipped.first.take().map(|first| lines.in_document(first));
        }
        let needs = rows.as_ref().map_or_else(|_| known.clone(), |rows| known.for_block(rows));
        let elapsed = started.elapsed() + lines.elapsed;
        let text_bytes = lines.lines.len() as u64;
        let mut block = Self { rows, needs, text_bytes, digest: None, elapsed };
        if let Some(share) = lines.share {
            let expected = expected_rows(block.count(), share);
            block.needs = block.needs.expecting(expected);
        }
        block
    }

    /// The number of rows; 0 where a line is bad.
    pub(crate) fn count(&self) -> usize {
        self.rows.as_ref().map_or(0, |rows| rows.frame.rows())
    }

    /// What the rows take in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.rows.as_ref().map_or(0, |rows| rows.frame.bytes())
    }
}

/// What a column of type `kind` is stored as, where one part of the file asks for `here` and the other
/// for `there`; none where a part does not have the column.
fn stored(kind: Option<Kind>, here: Option<StoredType>, there: Option<StoredType>) -> StoredType {
    let either = [here, there];
    let is_blank = |stored: &Option<StoredType>| {
        matches!(
            stored,
            None | Some(StoredType::Time | StoredType::Float | StoredType::Text { width: 0 })
        )
    };
    match kind.unwrap_or(Kind::Float) {
        Kind::Bool => StoredType::Bool,
        Kind::Int => StoredType::Int,
        Kind::Float => StoredType::Float,
        Kind::Timestamp => StoredType::Time,
        Kind::Text if either.contains(&Some(StoredType::Time)) && either.iter().all(is_blank) => {
            StoredType::Time
        }
        Kind::Text => {
            let width = |stored: &Option<StoredType>| match stored {
                Some(StoredType::Text { width }) => *width,
                _ => 0,
            };
            StoredType::Text { width: either.iter().map(width).max().unwrap_or(0) }
        }
    }
}

/// Estimates the rows of a file, a `share` of which has `rows`; none where there is no telling.
fn expected_rows(rows: usize, share: f64) -> Option<u64> {
    if share >= 1.0 {
        return Some(rows as u64);
    }
    // One percent more, so that a few rows beyond the estimate do not need another chunk.
    let expected = rows as f64 / share * 1.01;
    (rows > 0).then_some(expected as u64)
}
