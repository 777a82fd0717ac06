//! The files of `--generate`: as many as the lesson has, each there as a whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::atomic_file::{Replace, Unfinished};
use crate::ending::AppError;
use crate::generate::{SYMBOLS, write_prices};
use crate::origin::Digest;

/// Writes 21 files of `rows` prices into `folder`; gives their paths.
///
/// A file that is there already with the same content is left alone, another one is an error unless
/// it may be replaced.
pub(crate) fn write_files(
    folder: &Path,
    rows: u64,
    replace: Replace,
) -> Result<Vec<PathBuf>, AppError> {
    let mut paths = Vec::new();
    for (seed, symbol) in (1..).zip(SYMBOLS) {
        let path = folder.join(symbol).with_extension("json");
        write_file(&path, rows, seed, replace)
            .map_err(|source| AppError::Generated { path: path.clone(), source })?;
        paths.push(path);
    }
    Ok(paths)
}

fn write_file(path: &Path, rows: u64, seed: u64, replace: Replace) -> io::Result<()> {
    let mut unfinished = Unfinished::begin(path)?;
    let mut file = BufWriter::new(unfinished.file_mut());
    write_prices(&mut file, rows, seed)?;
    file.flush()?;
    drop(file);
    if let Ok(there) = Digest::of_file(path)
        && there == Digest::of_file(unfinished.path())?
    {
        return Ok(());
    }
    unfinished.finish(replace).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => io::Error::new(
            io::ErrorKind::AlreadyExists,
            "it exists already and holds something else; give --force to replace it",
        ),
        _ => error,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_are_left_alone_or_replaced_on_demand() {
        let folder = tempfile::tempdir().unwrap();
        let paths = write_files(folder.path(), 3, Replace::No).unwrap();
        assert_eq!(paths.len(), SYMBOLS.len());
        let first = fs::read_to_string(&paths[0]).unwrap();
        assert_eq!(first.lines().count(), 3);
        assert_ne!(first, fs::read_to_string(&paths[1]).unwrap());
        assert_eq!(write_files(folder.path(), 3, Replace::No).unwrap(), paths);
        let error = write_files(folder.path(), 2, Replace::No).unwrap_err().to_string();
        assert!(error.contains("aet.json") && error.contains("--force"), "{error}");
        assert_eq!(fs::read_to_string(&paths[0]).unwrap(), first);
        write_files(folder.path(), 2, Replace::Yes).unwrap();
        assert_eq!(fs::read_to_string(&paths[0]).unwrap().lines().count(), 2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), SYMBOLS.len());
    }
}
