//! What can go wrong with one input. Each error names the file, the place in it and a way out.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graph_exec::__format as format;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::frame::Kind;
use crate::options::UnknownColumn;

/// Why one input was not converted.
///
/// It is cheap to clone, because a failed task gives its error to everybody who asks for its result.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The input could not be opened or read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The input.
        path: PathBuf,
        /// What the operating system or the decompressor said.
        source: Arc<io::Error>,
    },
    /// A line of the input cannot become a row.
    #[error("{}:{line}:{column}: {problem}", path.display())]
    Line {
        /// The input.
        path: PathBuf,
        /// Line, counted from 1.
        line: u64,
        /// Character in the line, counted from 1.
        column: u64,
        /// What is wrong there.
        problem: LineProblem,
    },
    /// The output could not be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The output, by its final name.
        path: PathBuf,
        /// What the operating system or the HDF5 writer said.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// More lines of the input are bad than good, so that it is taken for something else.
    #[error(
        "{}: {} of {} cannot become rows, so it is taken for something else than JSON lines; the first \
         is {line}:{column}: {problem}",
        path.display(), format::grouped(*bad), format::counted(bad + good, "line")
    )]
    MostlyBad {
        /// The input.
        path: PathBuf,
        /// The number of lines that cannot become rows.
        bad: u64,
        /// The number of rows.
        good: u64,
        /// The first of the bad lines, counted from 1.
        line: u64,
        /// Character in the line, counted from 1.
        column: u64,
        /// What is wrong there.
        problem: LineProblem,
    },
    /// The input holds something else than records that become rows.
    #[error("{}: {problem}", path.display())]
    Unreadable {
        /// The input.
        path: PathBuf,
        /// What it holds, or what is missing in it.
        problem: String,
        /// What helps.
        remedy: Option<String>,
    },
    /// HDF5, its readers or the layout cannot hold the table.
    #[error("{}: {reason}", path.display())]
    Unwritable {
        /// The output, by its final name.
        path: PathBuf,
        /// Which limit the table breaks.
        reason: String,
    },
    /// Another file exists under the name of the output.
    #[error("{}: exists already and {reason}", path.display())]
    Exists {
        /// The output.
        path: PathBuf,
        /// What it is, and why it may not stay.
        reason: String,
    },
    /// An output differs from the JSON lines that it was made from.
    #[error(
        "{}: is not what {} holds{}: {difference}",
        path.display(), source_path.display(),
        if *changed { ", which has changed since it was converted" } else { "" }
    )]
    Differs {
        /// The output.
        path: PathBuf,
        /// The JSON lines.
        source_path: PathBuf,
        /// The first difference, in words.
        difference: String,
        /// Whether the JSON lines have changed since they were converted.
        changed: bool,
    },
    /// Two inputs would be written to the same output, so that neither is.
    #[error(
        "{}: both {} and {} would be written to it, so neither is",
        path.display(), first.display(), second.display()
    )]
    DuplicateOutput {
        /// The output.
        path: PathBuf,
        /// The input that came first.
        first: PathBuf,
        /// The input that came second.
        second: PathBuf,
    },
    /// An archive is damaged, could do harm, or cannot be extracted.
    #[error("{}: {problem}", archive.display())]
    Archive {
        /// The archive.
        archive: PathBuf,
        /// What is wrong with it.
        problem: ArchiveProblem,
    },
    /// The run was cancelled before the input was converted.
    #[error("{}: not converted, because the run was interrupted", path.display())]
    Interrupted {
        /// The input.
        path: PathBuf,
    },
    /// There is a defect in this program; other inputs are not affected.
    #[error("{}: {message}; this is a defect in stock-convert", path.display())]
    Defect {
        /// The input.
        path: PathBuf,
        /// What happened.
        message: String,
    },
    /// The input could not be converted on another machine.
    #[error("{message}")]
    Remote {
        /// The error as that machine reported it, with the file in it.
        message: String,
        /// What helps.
        remedy: Option<String>,
    },
    /// An option names a column that no input has.
    #[error(transparent)]
    UnknownColumn(UnknownColumn),
    /// An argument leads to no input.
    #[error("{argument}: {reason}")]
    NoInput {
        /// The argument as it was given.
        argument: String,
        /// Why it leads nowhere.
        reason: String,
    },
}

/// What is wrong with a line. Between machines only its words travel, as [`Remote`](Self::Remote).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LineProblem {
    /// Not JSON.
    #[error("not valid JSON: {0}")]
    Malformed(String),
    /// Not JSON, in a document that can only be read as a whole.
    #[error("not valid JSON: {0}")]
    Document(String),
    /// `NaN`, `Infinity` or `-Infinity`, which Python writes but JSON does not have.
    #[error("not valid JSON: a bare {0} is Python's, not JSON's")]
    NotFinite(&'static str),
    /// Bytes that are not UTF-8.
    #[error("not valid UTF-8")]
    NotUtf8,
    /// JSON, but not an object.
    #[error("{0} where an object was expected")]
    NotAnObject(String),
    /// A value that is itself an object or an array.
    #[error("column {key:?}: {found} where a single value was expected")]
    Nested {
        /// The key.
        key: String,
        /// What was found instead.
        found: &'static str,
    },
    /// Text among numbers, or a number among texts.
    #[error("column {key:?}: {found} in a column of {expected}{}", in_detail(kinds.as_deref()))]
    Mixed {
        /// The key.
        key: String,
        /// What was found instead.
        found: Kind,
        /// What the lines before held.
        expected: Kind,
        /// What the whole file holds; none before that was counted.
        kinds: Option<Box<Kinds>>,
    },
    /// An integer that no float is equal to, in a column of floats.
    #[error(
        "column {key:?}: {} would be rounded, because {}",
        integer.as_ref().map_or("an integer", |integer| &integer.text),
        integer.as_ref().map_or("its column needs floats", |integer| &integer.reason)
    )]
    Inexact {
        /// The key.
        key: String,
        /// Which one; none before it was looked for.
        integer: Option<Box<InexactInteger>>,
    },
    /// A text that names no point in time, for a layout that has no place for other texts.
    #[error(
        "column {key:?}: {text:?} is no date{reason}, and pandas-fixed has no place for other texts"
    )]
    NoDate {
        /// The key.
        key: String,
        /// The text.
        text: String,
        /// More about it; may be empty.
        reason: &'static str,
    },
    /// A text that makes a table of fixed-length texts many times as large as its source.
    #[error(
        "column {key:?}: a text of {} would make {rows} rows of that length, {} in all",
        format::bytes(*bytes), format::bytes(*table_bytes)
    )]
    TooWide {
        /// The key.
        key: String,
        /// The length of the text.
        bytes: u64,
        /// The number of rows, about.
        rows: u64,
        /// What the whole table would take.
        table_bytes: u64,
    },
    /// A number with a fraction or an exponent that is beyond all floats.
    #[error("{0} is beyond all floats")]
    TooFar(String),
    /// An integer that 64 bits with a sign cannot hold.
    #[error("column {key:?}: {text} does not fit a 64-bit integer")]
    IntegerTooLarge {
        /// The key.
        key: String,
        /// The number as it was written.
        text: String,
    },
    /// A NUL character, which ends a text of fixed length.
    #[error("column {key:?}: a text with a NUL character")]
    Nul {
        /// The key.
        key: String,
    },
    /// A key that cannot name a column of an HDF5 table.
    #[error("the key {key:?} cannot name a column")]
    Key {
        /// The key.
        key: String,
    },
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
    /// A line that is longer than the limit.
    #[error("a line of more than {}", format::bytes(*.limit as u64))]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
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

/// What is wrong with an archive.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveProblem {
    /// Not an archive, or a damaged one.
    #[error("not a readable archive: {0}")]
    Unreadable(Arc<io::Error>),
    /// A member whose path leads out of the folder it is extracted into.
    #[error("unsafe path {member:?}: {reason}")]
    UnsafePath {
        /// The member.
        member: String,
        /// What makes it unsafe.
        reason: &'static str,
    },
    /// A member that is neither a file nor a folder.
    #[error("member {member:?} is {found}; only files and folders are extracted")]
    NotAFile {
        /// The member.
        member: String,
        /// What it is.
        found: &'static str,
    },
    /// Two members of one name.
    #[error("member {member:?} is there twice")]
    Duplicate {
        /// The member.
        member: String,
    },
    /// It exceeds a limit.
    #[error("it unpacks to more than {limit}; taken for a decompression bomb")]
    TooLarge {
        /// The limit, in words.
        limit: String,
    },
    /// No file of JSON lines in it.
    #[error("holds no .json, .jsonl or .ndjson file")]
    NoJson,
    /// A member would replace a file that holds something else.
    #[error("{} exists already and holds something else than the archive's {member:?}", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
        /// The member.
        member: String,
    },
    /// A member could not be written.
    #[error("cannot extract {}: {source}", path.display())]
    Extract {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: Arc<io::Error>,
    },
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

impl ConvertError {
    /// What the user can do about it; none where the message says it already.
    ///
    /// ```
    /// use stock_convert::{ConvertError, LineProblem};
    /// let problem = LineProblem::NotFinite("NaN");
    /// let error = ConvertError::Line { path: "ibm.json".into(), line: 3, column: 11, problem };
    /// assert_eq!(error.to_string(), "ibm.json:3:11: not valid JSON: a bare NaN is Python's, not JSON's");
    /// assert!(error.remedy().unwrap().contains("null"));
    /// ```
    pub fn remedy(&self) -> Option<String> {
        let remedy = match self {
            Self::Line { problem, .. } => return problem.remedy(),
            Self::MostlyBad { .. } => {
                "each line has to hold one object, or the file one JSON document; nothing was written"
            }
            Self::Remote { remedy, .. } | Self::Unreadable { remedy, .. } => return remedy.clone(),
            Self::Exists { .. } => {
                "--resume replaces what this program made, --force anything; --out writes elsewhere"
            }
            Self::Differs { changed: true, .. } => "convert it again, with --resume",
            Self::Differs { changed: false, .. } => {
                "the output is damaged or was edited; convert it again, with --force"
            }
            Self::UnknownColumn(_) => {
                "outputs were written without regard to it; --resume makes them anew when it is right"
            }
            Self::DuplicateOutput { .. } => "rename one of them, or convert them separately",
            Self::Archive { problem: ArchiveProblem::Exists { .. }, .. } => {
                "give --force to replace it, or --out to extract somewhere else"
            }
            Self::Archive {
                problem:
                    ArchiveProblem::UnsafePath { .. }
                    | ArchiveProblem::NotAFile { .. }
                    | ArchiveProblem::Duplicate { .. },
                ..
            } => "nothing was extracted; unpack it yourself if you trust it, and name the files",
            Self::Archive { problem: ArchiveProblem::TooLarge { .. }, .. } => {
                "nothing was extracted; --unpack-limit allows more, if you trust it"
            }
            _ => return None,
        };
        Some(remedy.to_owned())
    }
}

impl ConvertError {
    /// Gives the input the name `to` where the error calls it `from`.
    pub(crate) fn renamed(mut self, from: &Path, to: &Path) -> Self {
        match &mut self {
            Self::Read { path, .. }
            | Self::Line { path, .. }
            | Self::MostlyBad { path, .. }
            | Self::Unreadable { path, .. }
            | Self::Interrupted { path }
            | Self::Defect { path, .. }
                if path == from =>
            {
                *path = to.to_owned();
            }
            _ => {}
        }
        self
    }
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
        matches!(self, Self::Mixed { .. } | Self::Inexact { .. })
    }

    fn remedy(&self) -> Option<String> {
        let remedy = match self {
            Self::NotFinite(_) => "write null for a missing number",
            Self::Malformed(_) | Self::NotAnObject(_) => {
                "each line must hold one whole object, or a document an array of them; --skip-bad-lines \
                 leaves others out"
            }
            Self::Document(_) => {
                "a document is read as a whole; mend it there, or write an object a line"
            }
            Self::TooFar(_) => "--as-text COLUMN keeps the digits as texts",
            Self::NotUtf8 => {
                "convert the file to UTF-8 (iconv does that); --skip-bad-lines leaves such lines out"
            }
            Self::Nested { key, found: "an object" } => {
                return Some(format!(
                    "--flatten gives it columns of its own, named outer.inner; {}",
                    ways_out(key, "keeps its JSON as a text")
                ));
            }
            Self::Nested { key, .. } => return Some(ways_out(key, "keeps its JSON as a text")),
            Self::Mixed { key, kinds, .. } => {
                let ways = ways_out(key, "makes texts of all its values");
                let marks = kinds.as_ref().map_or(&[][..], |kinds| &kinds.examples);
                return Some(match marks {
                    [] | [_, _, _, _, ..] => ways,
                    marks => {
                        let nulls = marks.iter().map(|mark| format!("--null {}", quoted(mark)));
                        let nulls = nulls.collect::<Vec<_>>().join(" ");
                        format!("{nulls} takes such texts for missing values; {ways}")
                    }
                });
            }
            Self::Inexact { key, .. } => return Some(ways_out(key, "keeps the digits as texts")),
            Self::IntegerTooLarge { key, .. } => {
                return Some(ways_out(key, "keeps the digits as texts"));
            }
            Self::NoDate { .. } => {
                "--layout table or columns keeps texts; they have --timestamps datetime64 for dates"
            }
            Self::TooWide { key, .. } => {
                return Some(format!(
                    "--layout columns --text variable gives each text its own length (h5py, R); \
                     --drop {} leaves the column out; --max-output SIZE allows it",
                    quoted(key)
                ));
            }
            Self::Key { key } => {
                return Some(format!(
                    "--rename {} gives it another name: HDF5 and its readers keep the empty name, \
                     \".\", names with a slash or a NUL, those that begin with _c_, _f_, _g_ or \
                     _v_, and those that begin and end with __ for themselves",
                    quoted(&format!("{key}=NAME"))
                ));
            }
            Self::Nul { key } => {
                return Some(format!(
                    "--drop {} leaves the column out, --skip-bad-lines such lines",
                    quoted(key)
                ));
            }
            Self::Duplicate { .. } => {
                "only one of them would count; give one another name, or write it with orient='records'"
            }
            Self::TooLong { .. } | Self::Remote(_) => "--skip-bad-lines leaves such lines out",
        };
        Some(remedy.to_owned())
    }
}

fn ways_out(key: &str, as_text: &str) -> String {
    let key = quoted(key);
    format!("--as-text {key} {as_text}; --drop {key} leaves the column out")
}

/// The word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=%+,@".contains(c);
    match !word.is_empty() && !word.starts_with('-') && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// The error of a line in a block, where the file has `before` lines before the block.
pub(crate) fn line_error(path: &Path, before: u64, error: &LineError) -> ConvertError {
    let LineError { line, column, problem } = error.clone();
    ConvertError::Line { path: path.to_owned(), line: before + line, column, problem }
}
