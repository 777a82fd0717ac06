//! What can go wrong with one input. Each error names the file, the place in it and a way out.

pub(crate) mod archive;
pub(crate) mod line;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graph_exec::__format as format;

use self::archive::ArchiveProblem;
use self::line::{LineError, LineProblem};
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
    #[error("{}: not converted, because the run was interrupted", .0.display())]
    Interrupted(PathBuf),
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
            Self::UnknownColumn(column) if column.option == "--names" => {
                "it names the values of records that are arrays; objects have names, which --rename changes"
            }
            Self::UnknownColumn(_) => {
                "what was converted was so without regard to it; --resume converts it anew when it is right"
            }
            Self::DuplicateOutput { .. } => "rename one of them, or convert them separately",
            Self::Archive { problem: ArchiveProblem::Exists { .. }, .. } => {
                "give --force to replace it, or --out to extract somewhere else"
            }
            Self::Archive {
                problem:
                    ArchiveProblem::UnsafePath { .. }
                    | ArchiveProblem::NotAFile { .. }
                    | ArchiveProblem::Duplicate(_),
                ..
            } => "nothing was extracted; unpack it yourself if you trust it, and name the files",
            Self::Archive { problem: ArchiveProblem::TooLarge(_), .. } => {
                "nothing was extracted; --unpack-limit allows more, if you trust it"
            }
            _ => return None,
        };
        Some(remedy.to_owned())
    }

    /// What keeps the file at `path` from being read.
    pub(crate) fn reading(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source: Arc::new(source) }
    }

    /// Why `argument` leads to no input.
    pub(crate) fn no_input(argument: &Path, reason: impl Into<String>) -> Self {
        Self::NoInput { argument: argument.display().to_string(), reason: reason.into() }
    }

    /// Gives the input the name `to` where the error calls it `from`.
    pub(crate) fn renamed(mut self, from: &Path, to: &Path) -> Self {
        match &mut self {
            Self::Read { path, .. }
            | Self::Line { path, .. }
            | Self::MostlyBad { path, .. }
            | Self::Unreadable { path, .. }
            | Self::Interrupted(path)
            | Self::Defect { path, .. }
            | Self::DuplicateOutput { first: path, .. }
                if path == from =>
            {
                *path = to.to_owned();
            }
            Self::DuplicateOutput { second, .. } if second == from => *second = to.to_owned(),
            _ => {}
        }
        self
    }
}

/// The error of a line in a block, where the file has `before` lines before the block.
pub(crate) fn line_error(path: &Path, before: u64, error: &LineError) -> ConvertError {
    let LineError { line, column, problem } = error.clone();
    ConvertError::Line { path: path.to_owned(), line: before + line, column, problem }
}
