//! Templates of lines: a line that is written like an earlier one, but for its values.
//!
//! Programs write line after line with the same keys in the same order and the same spaces. From a
//! line that the general path has read, everything but its values is kept. In a later line with the same
//! bytes in these places nobody has to look at the keys.
//!
//! ```text
//! {"day": "2012-05-18", "close": 38.23}     a line
//! {"day": ············, "close": ·····}     its template: bytes to compare, columns to fill
//! ```
//!
//! A template refuses nothing and adds no column. Where a line differs in a byte, or a value is not
//! plainly of the type that its column has already, what was appended is taken back, and the general
//! path reads the line from its beginning. So all errors come from there, and all wider types, except
//! where a line leaves out a column, which then gets a missing value.

use indexmap::IndexSet;

use super::{number, string};
use crate::frame::builder::FrameBuilder;
use crate::frame::column_builder::ValuesBuilder;
use crate::options::ReadOptions;
use crate::parse::spans;

/// How many templates are kept.
const TEMPLATES: usize = 8;

/// How many templates may be made that no line fits.
const TRIALS: u64 = 32;

/// How many lines have to fit for each further template.
const WORTHWHILE: u64 = 16;

/// The templates so far.
#[derive(Debug, Default)]
pub(super) struct Templates {
    /// The one that fitted last comes first.
    templates: Vec<LineTemplate>,
    /// How many lines fitted a template.
    fitted: u64,
    /// How many templates were made, or could not be made.
    tried: u64,
    /// Whether no template is ever made.
    never: bool,
}

/// What lines have in common that are written alike.
#[derive(Debug)]
struct LineTemplate {
    /// For each value, in the order of the line: what comes before it, and its column.
    places: Vec<(Vec<u8>, usize)>,
    /// What comes after the last value.
    end: Vec<u8>,
    /// The columns that have no value in such a line.
    absent: Vec<usize>,
    /// How many columns there were when `absent` was made.
    columns: usize,
}

impl Templates {
    /// Makes no templates: every line takes the general path.
    pub(super) fn never() -> Self {
        Self { never: true, ..Self::default() }
    }

    /// Forgets all templates.
    pub(super) fn clear(&mut self) {
        *self = Self { never: self.never, ..Self::default() };
    }

    /// How many lines fitted a template.
    #[cfg(test)]
    pub(super) fn fitted(&self) -> u64 {
        self.fitted
    }

    /// Appends the line that begins at `at` as a row; gives the place after its newline.
    ///
    /// None where no template fits; then the columns are as they were.
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

    /// Makes a template of a line that the general path has made a row of.
    pub(super) fn add_from_line(
        &mut self,
        line: &str,
        keys: &IndexSet<String>,
        options: &ReadOptions,
    ) {
        if self.never || self.tried >= TRIALS + self.fitted / WORTHWHILE {
            return;
        }
        self.tried += 1;
        if let Some(template) = LineTemplate::from_line(line, keys, options)
            && !self.templates.iter().any(|known| known.is_like(&template))
        {
            self.templates.truncate(TEMPLATES - 1);
            self.templates.insert(0, template);
        }
    }
}

impl LineTemplate {
    /// Makes a template of a line; none where a key occurs twice.
    fn from_line(line: &str, keys: &IndexSet<String>, options: &ReadOptions) -> Option<Self> {
        let mut places: Vec<(Vec<u8>, usize)> = Vec::new();
        let mut taken = vec![false; keys.len()];
        let mut before = 0;
        for (name, value) in spans::value_spans(line, |name| options.takes_apart(name))? {
            let column = keys.get_index_of(&name)?;
            if std::mem::replace(&mut taken[column], true) {
                return None;
            }
            places.push((line[before..value.start].into(), column));
            before = value.end;
        }
        let end = line[before..].into();
        let absent = (0..keys.len()).filter(|&column| !taken[column]).collect();
        Some(Self { places, end, absent, columns: keys.len() })
    }

    fn is_like(&self, other: &Self) -> bool {
        (&self.places, &self.end) == (&other.places, &other.end)
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
            let value = after(block.as_bytes(), end, constant);
            match value.and_then(|value| push_value(columns.values_mut(*column), block, value)) {
                Some(next) => end = next,
                None => break,
            }
            appended += 1;
        }
        if appended == self.places.len()
            && let Some(end) = after(block.as_bytes(), end, &self.end)
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

/// The place after `wanted`, if that is what begins at `at`.
#[inline]
fn after(bytes: &[u8], at: usize, wanted: &[u8]) -> Option<usize> {
    bytes.get(at..)?.starts_with(wanted).then_some(at + wanted.len())
}

/// Appends the value that begins at `at`, if it is plainly of the type that the column has.
#[inline]
fn push_value(column: &mut ValuesBuilder, block: &str, at: usize) -> Option<usize> {
    let bytes = block.as_bytes();
    let word = |word: &[u8]| after(bytes, at, word);
    let null = || word(b"null");
    let text = || string::plain(block, at).or_else(|| Some(("", null()?)));
    match column {
        ValuesBuilder::Float(values) => {
            let float = number::float(bytes, at);
            let (value, end) = float.or_else(|| Some((f64::NAN, null()?)))?;
            values.push(value);
            Some(end)
        }
        ValuesBuilder::Text(values) => {
            let (value, end) = text()?;
            values.push(value);
            Some(end)
        }
        ValuesBuilder::Int(values) => {
            let (value, end) = number::integer(bytes, at)?;
            values.push(value);
            Some(end)
        }
        ValuesBuilder::Timestamp(values) => {
            let (value, end) = text()?;
            values.push(value).then_some(end)
        }
        ValuesBuilder::Bool(values) => {
            let (value, end) = match word(b"true") {
                Some(end) => (true, end),
                None => (false, word(b"false")?),
            };
            values.push(value);
            Some(end)
        }
        ValuesBuilder::Unknown => null(),
    }
}
