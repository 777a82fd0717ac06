//! What can go wrong with one input. Each error names the file, the place in it and a way out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graph_exec::__format as format;

use crate::frame::Kind;

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
    /// HDF5, its readers or the layout cannot hold the table.
    #[error("{}: {reason}", path.display())]
    Unwritable {
        /// The output, by its final name.
        path: PathBuf,
        /// Which limit the table breaks.
        reason: String,
    },
    /// Another file exists under the name of the output.
    #[error(
        "{}: exists already and was not made by this version from what {} holds now",
        path.display(), input.display()
    )]
    Exists {
        /// The output.
        path: PathBuf,
        /// The input whose output would have replaced it.
        input: PathBuf,
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
    /// An argument leads to no input.
    #[error("{argument}: {reason}")]
    NoInput {
        /// The argument as it was given.
        argument: String,
        /// Why it leads nowhere.
        reason: String,
    },
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LineProblem {
    /// Not JSON.
    #[error("not valid JSON: {0}")]
    Malformed(String),
    /// `NaN`, `Infinity` or `-Infinity`, which Python writes but JSON does not have.
    #[error("not valid JSON: a bare {0} is Python's, not JSON's")]
    NotFinite(&'static str),
    /// Bytes that are not UTF-8.
    #[error("not valid UTF-8")]
    NotUtf8,
    /// JSON, but not an object.
    #[error("{0} where an object was expected")]
    NotAnObject(&'static str),
    /// A value that is itself an object or an array.
    #[error("column {key:?}: {found} where a single value was expected")]
    Nested {
        /// The key.
        key: String,
        /// What was found instead.
        found: &'static str,
    },
    /// Text among numbers, or a number among texts.
    #[error("column {key:?}: {found} in a column of {expected}")]
    Mixed {
        /// The key.
        key: String,
        /// What was found instead.
        found: Kind,
        /// What the lines before held.
        expected: Kind,
    },
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

/// What is wrong with an archive.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveProblem {
    /// Not an archive, or a damaged one.
    #[error("not a readable .tar.gz archive: {0}")]
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
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
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
#[derive(Debug, Clone, Default, PartialEq)]
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
    pub fn remedy(&self) -> Option<&str> {
        match self {
            Self::Line { problem, .. } => problem.remedy(),
            Self::Remote { remedy, .. } => remedy.as_deref(),
            Self::Exists { .. } => Some(
                "--resume replaces what this program made, --force anything; --out writes elsewhere",
            ),
            Self::Differs { changed: true, .. } => Some("convert it again, with --resume"),
            Self::Differs { changed: false, .. } => {
                Some("the output is damaged or was edited; convert it again, with --force")
            }
            Self::DuplicateOutput { .. } => Some("rename one of them, or convert them separately"),
            Self::Archive { problem: ArchiveProblem::Exists { .. }, .. } => {
                Some("give --force to replace it, or --out to extract somewhere else")
            }
            Self::Archive {
                problem:
                    ArchiveProblem::UnsafePath { .. }
                    | ArchiveProblem::NotAFile { .. }
                    | ArchiveProblem::Duplicate { .. },
                ..
            } => Some(
                "nothing was extracted; unpack it yourself if you trust it, and name the files",
            ),
            Self::Archive { problem: ArchiveProblem::TooLarge { .. }, .. } => {
                Some("nothing was extracted; --unpack-limit allows more, if you trust it")
            }
            _ => None,
        }
    }
}

impl LineProblem {
    fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFinite(_) => "write null for a missing number",
            Self::NotAnObject("an array") => {
                "write one object a line, without brackets around them (jq -c '.[]' does that)"
            }
            Self::Malformed(_) | Self::NotAnObject(_) => {
                "each line must hold one whole object; --skip-bad-lines leaves such lines out"
            }
            Self::NotUtf8 => {
                "convert the file to UTF-8 (iconv does that); --skip-bad-lines leaves such lines out"
            }
            Self::Nested { found: "an object", .. } => {
                "--flatten gives it columns of its own, named outer.inner"
            }
            Self::Nested { .. } => {
                "a column has one value a line: write an array as keys of its own, or as a text"
            }
            Self::Mixed { .. } => {
                "a column holds texts or numbers, not both; --skip-bad-lines leaves such lines out"
            }
            Self::IntegerTooLarge { .. } => "write it as a text, or with a decimal point",
            Self::Key { .. } => {
                "rename it: HDF5 and its readers keep the empty name, \".\", names with a slash \
                 or a NUL, and those that begin with _c_, _f_, _g_ or _v_ for themselves"
            }
            Self::Nul { .. } | Self::TooLong { .. } | Self::Remote(_) => {
                "--skip-bad-lines leaves such lines out"
            }
        })
    }
}

/// The error of a line in a block, where the file has `before` lines before the block.
pub(crate) fn line_error(path: &Path, before: u64, error: &LineError) -> ConvertError {
    let LineError { line, column, problem } = error.clone();
    ConvertError::Line { path: path.to_owned(), line: before + line, column, problem }
}
