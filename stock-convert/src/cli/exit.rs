//! How a run ended, or why it could not start or go on.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::ConvertError;
use crate::inputs::synthetic::SyntheticError;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Every input is converted.
    Done,
    /// Some inputs are not.
    SomeFailed,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Done => Self::SUCCESS,
            ExitStatus::SomeFailed => Self::from(1),
        }
    }
}

/// Why a run could not start, or could not go on as a whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// Options that do not go together.
    #[error("{0}")]
    Usage(String),
    /// The folder for outputs cannot be made.
    #[error("{}: cannot be made a folder: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file has the name that the folder for outputs is to have.
    #[error(
        "{}: is a file, so no outputs can go into a folder of that name; give --out another, or NAME.h5 for a \
         single input",
        .0.display()
    )]
    NotAFolder(PathBuf),
    /// The graph cannot be drawn.
    #[error("{0}")]
    Picture(Box<dyn std::error::Error + Send + Sync>),
    /// The report or the trace of the run cannot be saved.
    #[error(transparent)]
    Record(#[from] graph_exec::SaveError),
    /// The run was interrupted by Ctrl-C.
    #[error(
        "interrupted: {converted} files were converted, {left} are left, which the same command \
         with --resume converts"
    )]
    Interrupted {
        /// How many files were converted in this run.
        converted: usize,
        /// How many have no output that is up to date.
        left: usize,
    },
    /// The graph cannot be run.
    #[error(transparent)]
    Graph(#[from] graph_exec::Error),
    /// A file that was converted could not be converted again while it was measured.
    #[error("cannot be measured: {0}")]
    Measuring(ConvertError),
    /// A file of generated prices cannot be written.
    #[error(transparent)]
    Generated(#[from] SyntheticError),
    /// The summary cannot be written to the standard output.
    #[error("cannot write to the standard output: {0}")]
    Output(#[from] io::Error),
}
