//! What comes through a pipe, as a file: it may have to be read more than once.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A file that holds what came through a pipe, and goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Spooled {
    _folder: tempfile::TempDir,
    /// The file.
    pub(crate) path: PathBuf,
    /// What the pipe is called in messages.
    pub(crate) name: PathBuf,
    /// The argument that names it.
    pub(super) argument: PathBuf,
}

/// Reads the standard input (`-`) or the pipe at `path` to its end.
pub(super) fn spool(path: &Path) -> io::Result<Spooled> {
    let is_standard = path == Path::new("-");
    let mut source: Box<dyn Read> = match is_standard {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(path)?),
    };
    let is_device = path.starts_with("/dev") || path.starts_with("/proc");
    let name = match path.file_name() {
        Some(name) if !is_standard && !is_device => name,
        _ => "stdin".as_ref(),
    };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join(name);
    io::copy(&mut source, &mut File::create(&file)?)?;
    let name = if is_standard { "standard input".into() } else { path.to_owned() };
    Ok(Spooled { _folder: folder, path: file, name, argument: path.to_owned() })
}
