//! Saves files about a run. A file gets its name only when it is complete.

use std::{
    fmt,
    io::{self, Write},
    path::{Path, PathBuf},
};

use graph_core::__run::atomic_file;

use crate::causes::write_with_causes;

/// A report or a trace that could not be saved.
///
/// ```
/// use graph_exec::{Executor, SaveError, prelude::*};
///
/// let finished = Executor::serial().run(value(1))?;
/// let error = finished.report("no/such/folder/run.html").unwrap_err();
/// assert!(matches!(error, SaveError::NoSuchFolder { .. }));
/// assert!(error.to_string().contains("create it first"));
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SaveError {
    /// The folder that should hold the file does not exist.
    #[error(
        "cannot write `{}`: there is no folder `{}`; create it first, or name another",
        path.display(),
        folder.display()
    )]
    NoSuchFolder {
        /// The file asked for.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// The system refused to write the file.
    #[error(fmt = not_written)]
    Write {
        /// The file asked for.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

fn not_written(path: &Path, source: &io::Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // What can be told before anything is written says by itself what to do.
    let question = match source.kind() {
        io::ErrorKind::InvalidInput => "",
        _ => ": is the folder writable, is there room, and is no folder of that name in the way?",
    };
    let message = format!("cannot write `{}`{question}", path.display());
    write_with_causes(f, &message, source)
}

/// Writes a file that appears under its name when it is complete.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), SaveError> {
    atomic_file::save(path, write).map_err(|source| refused(path, source))
}

/// Finds, before there is anything to save, whether a file could be.
///
/// # Errors
/// What saving it would end with.
pub fn check_writable(path: &Path) -> Result<(), SaveError> {
    let created = atomic_file::AtomicFile::create(path);
    created.map(drop).map_err(|source| refused(path, source))
}

fn refused(path: &Path, source: io::Error) -> SaveError {
    match atomic_file::folder_of(path) {
        folder if !folder.is_dir() => {
            SaveError::NoSuchFolder { path: path.to_owned(), folder: folder.to_owned() }
        }
        _ => SaveError::Write { path: path.to_owned(), source },
    }
}
