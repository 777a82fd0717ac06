//! Saves files about a run. A file gets its name only when it is complete.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

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
    #[error(
        "cannot write `{}`: is the folder writable, is there room, and is no folder of that name \
         in the way?",
        path.display()
    )]
    Write {
        /// The file asked for.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// Writes a file under a temporary name in the same folder, and renames it when it is complete.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), SaveError> {
    // A bare file name has the empty path for a parent: the current folder.
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(SaveError::NoSuchFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    write_and_rename(path, folder, write)
        .map_err(|source| SaveError::Write { path: path.to_owned(), source })
}

fn write_and_rename(
    path: &Path,
    folder: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".run-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The system applies the umask to this, as for any new file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = BufWriter::new(builder.tempfile_in(folder)?);
    write(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.html");
        std::fs::write(&path, "old").unwrap();
        let error = write_whole(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more"))
        })
        .unwrap_err();
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }
}
