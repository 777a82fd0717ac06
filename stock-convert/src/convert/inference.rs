//! What has been learned of a table before all of it has been read: enough to parse its blocks apart
//! from each other and to write them one after the other.

use std::time::{Duration, Instant};

use crate::error::LineError;
use crate::frame::schema::{FieldKind, MixedColumn, Schema};
use crate::options::Reading;
use crate::output::layout::Layout;
use crate::output::table_schema::{Outline, Stored};
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
    pub(crate) outline: Outline,
}

impl Learned {
    /// Nothing yet of what is to be stored in `layout`.
    pub(crate) fn nothing(reading: Reading, layout: Layout) -> Self {
        let has_times = layout == Layout::PandasFixed;
        let outline = Outline::new([], None);
        Self { reading, has_times, is_whole: false, schema: Schema::default(), outline }
    }

    /// What a block needs that was parsed with this.
    pub(crate) fn by(&self, block: &Block) -> Self {
        let outline = Outline::of(&block.frame).expecting(None);
        let outline = if self.has_times { outline.with_times(&block.frame) } else { outline };
        Self { schema: block.schema.clone(), outline, ..*self }
    }

    /// Whether a block that was parsed with this, and needs `block`, has its place in a table of
    /// this kind.
    pub(crate) fn fits(&self, block: &Self) -> bool {
        let (here, there) = (self.outline.columns(), block.outline.columns());
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
                (self.outline.column(&field.name), other.outline.column(&field.name));
            (field.name.clone(), stored(field.kind, here, there))
        });
        let expected = self.outline.expected_rows().or(other.outline.expected_rows());
        let outline = Outline::new(columns, expected);
        Ok(Self { schema, outline, ..*self })
    }

    /// What is known after the first block, that was parsed with this.
    pub(crate) fn after(&self, first: &Rows) -> Self {
        // Texts where numbers are known would be an error of the block itself.
        self.join(&first.needs).unwrap_or_else(|_| self.clone())
    }

    /// Whether this is little to go by: a column without a text but empty ones may hold times further
    /// down, which matters where other texts are refused.
    pub(crate) fn may_have_times(&self) -> bool {
        let is_blank = |(_, stored): &(String, Stored)| *stored == Stored::Text { width: 0 };
        self.has_times && !self.is_whole && self.outline.columns().iter().any(is_blank)
    }

    /// The same, of all blocks or not.
    pub(crate) fn of_all(self, is_whole: bool) -> Self {
        Self { is_whole, ..self }
    }

    /// The same, with a guess at how many rows there are.
    pub(crate) fn expecting(self, rows: Option<u64>) -> Self {
        Self { outline: self.outline.expecting(rows), ..self }
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
fn stored(kind: FieldKind, here: Option<Stored>, there: Option<Stored>) -> Stored {
    let either = [here, there];
    let is_blank = |stored: &Option<Stored>| {
        matches!(stored, None | Some(Stored::Time | Stored::Float | Stored::Text { width: 0 }))
    };
    match kind {
        FieldKind::Bool => Stored::Bool,
        FieldKind::Int => Stored::Int,
        FieldKind::Float | FieldKind::Unknown => Stored::Float,
        FieldKind::Timestamp => Stored::Time,
        FieldKind::Text if either.contains(&Some(Stored::Time)) && either.iter().all(is_blank) => {
            Stored::Time
        }
        FieldKind::Text => {
            let width = |stored: &Option<Stored>| match stored {
                Some(Stored::Text { width }) => *width,
                _ => 0,
            };
            Stored::Text { width: either.iter().map(width).max().unwrap_or(0) }
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
