//! Learned shapes: lines that are written like one before, but for their values.
//!
//! Programs write line after line with the same keys in the same order and the same spaces. From a
//! line that the general path has read, everything but its values is kept; a later line that has
//! the same bytes in these places needs no look at its keys.
//!
//! ```text
//! {"day": "2012-05-18", "close": 38.23}     a line
//! {"day": ············, "close": ·····}     its template: bytes to compare, columns to fill
//! ```
//!
//! A shape refuses nothing and adds no column. Where a line differs in a byte, or a value is not
//! plainly of the type that its column has already, what was appended is taken back and the general
//! path reads the line from its beginning. So every error comes from there, and every wider type but
//! that of a column which the line leaves out.

use super::keys::Keys;
use super::{number, string};
use crate::frame::builder::FrameBuilder;
use crate::frame::column_builder::ValuesBuilder;
use crate::parse::spans;

/// How many shapes are known at a time.
const SHAPES: usize = 8;

/// How often a shape may be learned in vain.
const TRIALS: u64 = 32;

/// How many lines a shape has to fit for another trial.
const WORTHWHILE: u64 = 16;

/// The shapes learned so far.
#[derive(Debug, Default)]
pub(super) struct Templates {
    /// The one that fitted last comes first.
    templates: Vec<LineTemplate>,
    fitted: u64,
    learned: u64,
    never: bool,
}

/// What equally shaped lines have in common.
#[derive(Debug)]
struct LineTemplate {
    /// In the order of the line: what comes before a value, and the column of the value.
    places: Vec<(FixedBytes, usize)>,
    /// What comes behind the last value.
    end: FixedBytes,
    /// The columns that have no value in such a line.
    absent: Vec<usize>,
    /// The number of columns that `absent` takes into account.
    columns: usize,
}

/// Bytes that do not change from line to line.
#[derive(Debug)]
struct FixedBytes {
    bytes: Vec<u8>,
    /// The first of them, and zeros.
    first: u128,
    /// Ones where `first` has bytes.
    mask: u128,
}

impl Templates {
    /// Learns nothing: everything goes the general way.
    pub(super) fn never() -> Self {
        Self { never: true, ..Self::default() }
    }

    /// How many lines had a shape that was known.
    #[cfg(test)]
    pub(super) fn fitted(&self) -> u64 {
        self.fitted
    }

    /// Appends the line that begins at `at` as a row and gives the place behind its newline.
    ///
    /// None where no shape fits; the columns are then as they were.
    #[inline]
    pub(super) fn push_line(
        &mut self,
        block: &str,
        at: usize,
        columns: &mut FrameBuilder,
    ) -> Option<usize> {
        let first = self.templates.first_mut()?;
        let end = match first.push_line(block, at, columns) {
            Some(end) => end,
            None => self.push_line_of_another(block, at, columns)?,
        };
        self.fitted += 1;
        Some(end)
    }

    #[cold]
    fn push_line_of_another(
        &mut self,
        block: &str,
        at: usize,
        columns: &mut FrameBuilder,
    ) -> Option<usize> {
        for index in 1..self.templates.len() {
            if let Some(end) = self.templates[index].push_line(block, at, columns) {
                self.templates[..=index].rotate_right(1);
                return Some(end);
            }
        }
        None
    }

    /// Learns from a line that the general path has made a row of.
    pub(super) fn learn(&mut self, line: &str, names: &Keys, flatten: bool) {
        if self.never || self.learned >= TRIALS + self.fitted / WORTHWHILE {
            return;
        }
        self.learned += 1;
        if let Some(template) = LineTemplate::from_line(line, names, flatten)
            && !self.templates.iter().any(|known| known.is_like(&template))
        {
            self.templates.truncate(SHAPES - 1);
            self.templates.insert(0, template);
        }
    }
}

impl LineTemplate {
    /// None where a key is there twice.
    fn from_line(line: &str, names: &Keys, flatten: bool) -> Option<Self> {
        let mut places: Vec<(FixedBytes, usize)> = Vec::new();
        let mut taken = vec![false; names.len()];
        let mut before = 0;
        for (name, value) in spans::values(line, flatten)? {
            let column = names.find(&name)?;
            if std::mem::replace(&mut taken[column], true) {
                return None;
            }
            places.push((FixedBytes::new(&line[before..value.start]), column));
            before = value.end;
        }
        let end = FixedBytes::new(&line[before..]);
        let absent = (0..names.len()).filter(|&column| !taken[column]).collect();
        Some(Self { places, end, absent, columns: names.len() })
    }

    fn is_like(&self, other: &Self) -> bool {
        fn bytes(template: &LineTemplate) -> impl Iterator<Item = &Vec<u8>> {
            let LineTemplate { places, end, .. } = template;
            places.iter().map(|(constant, _)| &constant.bytes).chain([&end.bytes])
        }
        self.places.len() == other.places.len() && bytes(self).eq(bytes(other))
    }

    #[inline]
    fn push_line(&mut self, block: &str, at: usize, columns: &mut FrameBuilder) -> Option<usize> {
        if self.columns < columns.len() {
            self.absent.extend(self.columns..columns.len());
            self.columns = columns.len();
        }
        let mut end = at;
        let mut appended = 0;
        for (constant, column) in &self.places {
            let value = constant.match_at(block.as_bytes(), end);
            match value.and_then(|value| push_value(columns.values_mut(*column), block, value)) {
                Some(behind) => end = behind,
                None => break,
            }
            appended += 1;
        }
        if appended == self.places.len()
            && let Some(end) = self.end.match_at(block.as_bytes(), end)
            && matches!(block.as_bytes().get(end), Some(b'\n') | None)
        {
            self.absent.iter().for_each(|&index| columns.push_missing(index));
            columns.end_row();
            return Some(end + 1);
        }
        self.places[..appended].iter().for_each(|&(_, index)| columns.take_back(index));
        None
    }
}

/// Appends the value that begins at `at`, if it is plainly of the type that the column has.
#[inline]
fn push_value(column: &mut ValuesBuilder, block: &str, at: usize) -> Option<usize> {
    let bytes = block.as_bytes();
    match column {
        ValuesBuilder::Float(values) => match number::float(bytes, at) {
            Some((value, end)) => {
                values.push(value);
                Some(end)
            }
            None => {
                let end = behind(bytes, at, b"null")?;
                values.push(f64::NAN);
                Some(end)
            }
        },
        ValuesBuilder::Text(values) => match string::plain(block, at) {
            Some((value, end)) => {
                values.push(value);
                Some(end)
            }
            None => {
                let end = behind(bytes, at, b"null")?;
                values.push("");
                Some(end)
            }
        },
        ValuesBuilder::Int(values) => {
            let (value, end) = number::integer(bytes, at)?;
            values.push(value);
            Some(end)
        }
        ValuesBuilder::Timestamp(values) => match string::plain(block, at) {
            Some((value, end)) => values.push(value).then_some(end),
            None => {
                let end = behind(bytes, at, b"null")?;
                values.push_missing();
                Some(end)
            }
        },
        ValuesBuilder::Bool(values) => {
            let (value, end) = match behind(bytes, at, b"true") {
                Some(end) => (true, end),
                None => (false, behind(bytes, at, b"false")?),
            };
            values.push(value);
            Some(end)
        }
        ValuesBuilder::Unknown => behind(bytes, at, b"null"),
    }
}

/// The place behind `word`, if it stands at `at`.
#[inline]
fn behind(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    bytes.get(at..)?.starts_with(word).then_some(at + word.len())
}

impl FixedBytes {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes().to_vec();
        let (mut first, mut mask) = ([0; 16], [0; 16]);
        for (place, byte) in bytes.iter().take(16).enumerate() {
            (first[place], mask[place]) = (*byte, 0xFF);
        }
        Self { bytes, first: u128::from_le_bytes(first), mask: u128::from_le_bytes(mask) }
    }

    /// The place behind these bytes, if they stand at `at`.
    #[inline]
    fn match_at(&self, block: &[u8], at: usize) -> Option<usize> {
        let rest = block.get(at..)?;
        let same = match rest.first_chunk() {
            // In one go, and without a call.
            Some(first) if self.bytes.len() <= 16 => {
                (u128::from_le_bytes(*first) ^ self.first) & self.mask == 0
            }
            _ => rest.starts_with(&self.bytes),
        };
        same.then_some(at + self.bytes.len())
    }
}
