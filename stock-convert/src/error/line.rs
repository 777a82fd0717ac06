//! What can go wrong with a line or a column of an input.

use std::fmt;

use graph_exec::__format as format;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::frame::Kind;

/// What is wrong with a line. Between machines only its words travel, as [`Remote`](Self::Remote).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LineProblem {
    /// Not JSON.
    #[error("not valid JSON: {0}")]
    Malformed(String),
    /// Not JSON, or not what was looked for, in a document that can only be read as a whole.
    #[error("{0}")]
    Document(String),
    /// JSON, but not what `--flatten` can make columns of.
    #[error("{0}")]
    NotFlat(String),
    /// `NaN`, `Infinity` or `-Infinity`, which Python writes but JSON does not have.
    #[error("not valid JSON: a bare {0} is Python's, not JSON's")]
    NotFinite(&'static str),
    /// Bytes that are not UTF-8.
    #[error("not valid UTF-8")]
    NotUtf8,
    /// JSON, but not an object.
    #[error("{0} where an object was expected")]
    NotAnObject(String),
    /// A value that its column cannot hold.
    #[error("column {key:?}: {problem}")]
    Column {
        /// The key.
        key: String,
        /// Why the column cannot hold it.
        problem: ColumnProblem,
    },
    /// A key that cannot name a column of an HDF5 table.
    #[error("the key {0:?} cannot name a column")]
    Key(String),
    /// Two rows, columns or keys of one name in a document, of which only one would count.
    #[error("the {what} {name} is there twice")]
    Duplicate {
        /// What they are.
        what: &'static str,
        /// Their name, as JSON.
        name: String,
    },
    /// A problem that another machine reported.
    #[error("{0}")]
    Remote(String),
    /// A line that is longer than this limit, in bytes.
    #[error("a line of more than {}", format::bytes(*.0 as u64))]
    TooLong(usize),
}

/// What is wrong with a column, or with a value for it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnProblem {
    /// A value that is itself `"an object"` or `"an array"`.
    #[error("{0} where a single value was expected")]
    Nested(&'static str),
    /// Text among numbers, or a number among texts.
    #[error("{found} in a column of {expected}{}", in_detail(kinds.as_deref()))]
    Mixed {
        /// What was found instead.
        found: Kind,
        /// What the lines before held.
        expected: Kind,
        /// What the whole file holds; none before that was counted.
        kinds: Option<Box<Kinds>>,
    },
    /// An integer that no float is equal to, in a column of floats; none before it was looked for.
    #[error(
        "{} would be rounded, because {}",
        .0.as_ref().map_or("an integer", |integer| &integer.text),
        .0.as_ref().map_or("its column needs floats", |integer| &integer.reason)
    )]
    Inexact(Option<Box<InexactInteger>>),
    /// A text that names no point in time, for a layout that has no place for other texts.
    #[error("{text:?} is no date{reason}, and pandas-fixed has no place for other texts")]
    NoDate {
        /// The text.
        text: String,
        /// More about it; may be empty.
        reason: &'static str,
    },
    /// A text that makes a table of fixed-length texts many times as large as its source.
    #[error(
        "a text of {} would make {rows} rows of that length, {} in all",
        format::bytes(*bytes), format::bytes(*table_bytes)
    )]
    TooWide {
        /// The length of the text.
        bytes: u64,
        /// The number of rows, about.
        rows: u64,
        /// What the whole table would take.
        table_bytes: u64,
    },
    /// A number with a fraction or an exponent that is beyond all floats, as its beginning was written.
    #[error("{0} is beyond all floats")]
    TooFar(String),
    /// An integer that 64 bits with a sign cannot hold, as it was written.
    #[error("{0} does not fit a 64-bit integer")]
    IntegerTooLarge(String),
    /// A NUL character, which ends a text of fixed length.
    #[error("a text with a NUL character")]
    Nul,
    /// Half a character: a surrogate without the other one of its pair.
    #[error("a text with half a character (a lone surrogate), which UTF-8 cannot hold")]
    HalfCharacter,
}

/// What a column with two kinds of values holds in the whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kinds {
    /// The texts.
    pub texts: Tally,
    /// The numbers, true and false among them.
    pub numbers: Tally,
    /// Up to four different texts.
    pub examples: Vec<String>,
}

/// How often something occurs in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// On how many lines.
    pub lines: u64,
    /// On which line first, counted from 1.
    pub first_line: u64,
    /// At which character of it, counted from 1.
    pub first_column: u64,
    /// What is written there.
    pub first: String,
}

/// An integer that no float is equal to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InexactInteger {
    /// Its digits.
    pub text: String,
    /// What makes its column one of floats.
    pub reason: String,
}

impl Tally {
    /// Counts a line.
    pub(crate) fn add(&mut self, line: u64, column: u64, written: &str) {
        if self.lines == 0 {
            (self.first_line, self.first_column) = (line, column);
            self.first = shortened(written);
        }
        self.lines += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lines, first_line, first, .. } = self;
        write!(f, "on {}, first {first} on line {first_line}", format::counted(*lines, "line"))
    }
}

/// The beginning of a value, as messages show it.
pub(crate) fn shortened(written: &str) -> String {
    match written.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &written[..end]),
        None => written.to_owned(),
    }
}

fn in_detail(kinds: Option<&Kinds>) -> String {
    kinds.map_or_else(String::new, |Kinds { texts, numbers, .. }| {
        format!(": texts {texts}; numbers {numbers}")
    })
}

/// A line that cannot become a row, and why.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[error("line {line}, column {column}: {problem}")]
pub struct LineError {
    /// Line, counted from 1.
    pub line: u64,
    /// Character in the line, counted from 1.
    pub column: u64,
    /// What is wrong there.
    pub problem: LineProblem,
}

/// The lines that were left out because they cannot become rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// What is wrong with the first of them; none where there are none.
    pub first: Option<LineError>,
}

impl Serialize for LineProblem {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LineProblem {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::Remote)
    }
}

impl LineProblem {
    /// Whether what is wrong is a column as a whole, of which leaving out lines would hide it.
    pub(crate) fn is_of_column(&self) -> bool {
        use ColumnProblem::{Inexact, Mixed};
        matches!(self, Self::Column { problem: Mixed { .. } | Inexact(_), .. })
    }

    /// What the user can do about it; none where the message says it already.
    pub(super) fn remedy(&self) -> Option<String> {
        let remedy = match self {
            Self::NotFinite(_) => "write null for a missing number",
            Self::Malformed(_) | Self::NotAnObject(_) => {
                "each line must hold one whole object, or a document an array of them; --skip-bad-lines \
                 leaves others out"
            }
            Self::Document(_) => {
                "a document is read as a whole; mend it there, or say with --records or --orient what it is"
            }
            Self::NotFlat(_) => {
                "--as-text COLUMN keeps the JSON of the outermost column as a text, --drop COLUMN leaves it \
                 out; --skip-bad-lines leaves such lines out"
            }
            Self::NotUtf8 => {
                "convert the file to UTF-8 (iconv does that); --skip-bad-lines leaves such lines out"
            }
            Self::Column { key, problem } => return Some(problem.remedy(&quoted(key))),
            Self::Key(key) => {
                return Some(format!(
                    "--rename {} gives it another name: HDF5 and its readers keep the empty name, \
                     \".\", names with a slash or a NUL, those that begin with _c_, _f_, _g_ or \
                     _v_, and those that begin and end with __ for themselves",
                    quoted(&format!("{key}=NAME"))
                ));
            }
            Self::Duplicate { .. } => {
                "only one of them would count; give one another name, or write it with orient='records'"
            }
            Self::TooLong(_) | Self::Remote(_) => "--skip-bad-lines leaves such lines out",
        };
        Some(remedy.to_owned())
    }
}

impl ColumnProblem {
    /// What the user can do about it; `key` is that of the column as a shell takes it.
    fn remedy(&self, key: &str) -> String {
        let drop = format!("--drop {key} leaves the column out");
        let ways_out = |as_text: &str| format!("--as-text {key} {as_text}; {drop}");
        match self {
            Self::Nested("an object") => format!(
                "--flatten gives it columns of its own, named outer.inner; {}",
                ways_out("keeps its JSON as a text")
            ),
            Self::Nested(_) => {
                let ways = ways_out("keeps its JSON as a text");
                format!("{ways}; --orient list makes columns of one object's lists")
            }
            Self::Mixed { kinds, .. } => {
                let ways = ways_out("makes texts of all its values");
                let marks = kinds.as_ref().map_or(&[][..], |kinds| &kinds.examples);
                let has_control = |mark: &String| mark.contains(char::is_control);
                if marks.is_empty() || marks.len() > 3 || marks.iter().any(has_control) {
                    return ways;
                }
                let nulls = marks.iter().map(|mark| format!("--null {}", quoted(mark)));
                let nulls = nulls.collect::<Vec<_>>().join(" ");
                format!("{nulls} takes such texts for missing values; {ways}")
            }
            Self::Inexact(_) | Self::IntegerTooLarge(_) | Self::TooFar(_) => {
                ways_out("keeps the digits as texts")
            }
            Self::NoDate { .. } => {
                "--layout table or columns keeps texts; they have --timestamps datetime64 for dates"
                    .to_owned()
            }
            Self::TooWide { .. } => format!(
                "--layout columns --text variable gives each text its own length (h5py, R); {drop}; \
                 --max-output SIZE allows it"
            ),
            Self::Nul | Self::HalfCharacter => format!("{drop}, --skip-bad-lines such lines"),
        }
    }
}

/// The word as a shell takes it, without what a terminal would obey.
pub(crate) fn quoted(word: &str) -> String {
    if word.contains(char::is_control) {
        // bash, zsh and ksh read escapes in such quotes.
        let escape = |c: char| match c {
            '\'' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        };
        return format!("$'{}'", word.chars().map(escape).collect::<String>());
    }
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=%+,@".contains(c);
    match !word.is_empty() && !word.starts_with('-') && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
