//! What has been learned of a table before all of it has been read: enough to parse its blocks apart
//! from each other and to write them one after the other.

use std::time::{Duration, Instant};

use crate::error::LineError;
use crate::frame::schema::{FieldKind, MixedColumn, Schema};
use crate::options::Reading;
use crate::output::layout::Layout;
use crate::output::table_schema::{StoredType, TableSchema};
use crate::parse::block::{Block, BlockParser};
use crate::source::digest::Digest;
use crate::source::lines::Lines;
use crate::source::ranges::Text;

/// What some blocks of a file need.
#[derive(Debug, Clone)]
pub(crate) struct Learned {
    /// How lines become rows.
    pub(crate) reading: Reading,
    /// Whether columns of text become times where they can.
    has_times: bool,
    /// Whether it is what all blocks need.
    is_whole: bool,
    /// What parsing has to know.
    pub(crate) schema: Schema,
    /// What writing has to know.
    pub(crate) table_schema: TableSchema,
}

impl Learned {
    /// Nothing yet of what is to be stored in `layout`.
    pub(crate) fn nothing(reading: Reading, layout: Layout) -> Self {
        let has_times = layout == Layout::PandasFixed;
        let table_schema = TableSchema::new([], None);
        Self { reading, has_times, is_whole: false, schema: Schema::default(), table_schema }
    }

    /// What a block needs that was parsed with this.
    pub(crate) fn by(&self, block: &Block) -> Self {
        let table_schema = TableSchema::from_frame(&block.frame).with_expected_rows(None);
        let table_schema =
            if self.has_times { table_schema.with_times(&block.frame) } else { table_schema };
        Self { schema: block.schema.clone(), table_schema, ..*self }
    }

    /// Whether a block that was parsed with this, and needs `block`, has its place in a table of
    /// this kind.
    pub(crate) fn fits(&self, block: &Self) -> bool {
        let (here, there) = (self.table_schema.columns(), block.table_schema.columns());
        let kinds = block.schema.fields().iter().map(|field| field.kind);
        here.len() == there.len()
            && here.iter().zip(there).zip(kinds).all(|((here, there), kind)| {
                here.0 == there.0 && here.1 == stored(kind, Some(here.1), Some(there.1))
            })
    }

    /// What the blocks of both need, those of `self` first.
    pub(crate) fn join(&self, other: &Self) -> Result<Self, MixedColumn> {
        let schema = self.schema.join(&other.schema)?;
        let columns = schema.fields().iter().map(|field| {
            let (here, there) =
                (self.table_schema.column(&field.name), other.table_schema.column(&field.name));
            (field.name.clone(), stored(field.kind, here, there))
        });
        let expected = self.table_schema.expected_rows().or(other.table_schema.expected_rows());
        let table_schema = TableSchema::new(columns, expected);
        Ok(Self { schema, table_schema, ..*self })
    }

    /// What is known after the first block, that was parsed with this.
    pub(crate) fn after(&self, first: &Rows) -> Self {
        // Texts where numbers are known would be an error of the block itself.
        self.join(&first.needs).unwrap_or_else(|_| self.clone())
    }

    /// Whether this is little to go by: a column without a text but empty ones may hold times further
    /// down, which matters where other texts are refused.
    pub(crate) fn may_have_times(&self) -> bool {
        let is_blank =
            |(_, stored): &(String, StoredType)| *stored == StoredType::Text { width: 0 };
        self.has_times && !self.is_whole && self.table_schema.columns().iter().any(is_blank)
    }

    /// The same, of all blocks or not.
    pub(crate) fn of_all(self, is_whole: bool) -> Self {
        Self { is_whole, ..self }
    }

    /// The same, with a guess at how many rows there are.
    pub(crate) fn expecting(self, rows: Option<u64>) -> Self {
        Self { table_schema: self.table_schema.with_expected_rows(rows), ..self }
    }
}

/// The rows of a block of lines.
#[derive(Debug)]
pub(crate) struct Rows {
    /// The rows, or the first line of the block that cannot become one. On which line of the file
    /// that is, only the blocks before can tell.
    pub(crate) block: Result<Block, LineError>,
    /// What they need.
    pub(crate) needs: Learned,
    /// Of the stretch of the file that the lines were read from; none in a stream.
    pub(crate) digest: Option<Digest>,
    /// How long reading and parsing took.
    pub(crate) took: Duration,
}

impl Rows {
    /// Parses the lines of `text` with what was learned from blocks before.
    pub(crate) fn of_text(text: &Text, known: &Learned) -> Self {
        Self { digest: Some(text.digest), ..Self::of_lines(&text.lines(), known) }
    }

    /// Parses lines with what was learned from blocks before.
    pub(crate) fn of_lines(lines: &Lines<'_>, known: &Learned) -> Self {
        let started = Instant::now();
        let mut parser = BlockParser::new(known.reading);
        let block = parser.parse_lines(lines.lines, lines.overlong, &known.schema);
        let needs = block.as_ref().map_or_else(|_| known.clone(), |block| known.by(block));
        let rows = Self { block, needs, digest: None, took: started.elapsed() + lines.took };
        match lines.share {
            Some(share) => {
                let expected = expected_rows(rows.count(), share);
                Self { needs: rows.needs.expecting(expected), ..rows }
            }
            None => rows,
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.block.as_ref().map_or(0, |block| block.frame.rows())
    }

    /// What they take in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.block.as_ref().map_or(0, |block| block.frame.bytes())
    }
}

/// What a column of this kind is stored as, some of whose values are stored like `here`, the others
/// like `there`.
fn stored(kind: FieldKind, here: Option<StoredType>, there: Option<StoredType>) -> StoredType {
    let either = [here, there];
    let is_blank = |stored: &Option<StoredType>| {
        matches!(
            stored,
            None | Some(StoredType::Time | StoredType::Float | StoredType::Text { width: 0 })
        )
    };
    match kind {
        FieldKind::Bool => StoredType::Bool,
        FieldKind::Int => StoredType::Int,
        FieldKind::Float | FieldKind::Unknown => StoredType::Float,
        FieldKind::Timestamp => StoredType::Time,
        FieldKind::Text
            if either.contains(&Some(StoredType::Time)) && either.iter().all(is_blank) =>
        {
            StoredType::Time
        }
        FieldKind::Text => {
            let width = |stored: &Option<StoredType>| match stored {
                Some(StoredType::Text { width }) => *width,
                _ => 0,
            };
            StoredType::Text { width: either.iter().map(width).max().unwrap_or(0) }
        }
    }
}

/// How many rows a file has, of which a share has `rows`; none where there is no telling.
fn expected_rows(rows: usize, share: f64) -> Option<u64> {
    if share >= 1.0 {
        return Some(rows as u64);
    }
    // A little more, lest a last chunk be begun for a few rows.
    let expected = rows as f64 / share * 1.01;
    (rows > 0).then_some(expected as u64)
}
