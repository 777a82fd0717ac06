//! Files that are still being written: under another name, locked, and gone when they fail.
//!
//! ```text
//! .ibm.h5.Xa81Zq.unfinished ── written, closed without error ──► ibm.h5
//!          └── error or panic: removed · kill -9: left behind, unlocked, removed by the next run
//! ```
//!
//! The operating system drops the lock with the process, so a leftover is a file with this kind
//! of name that can be locked.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

const SUFFIX: &str = ".unfinished";

/// Whether a file that stands under the final name may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// Whatever it holds.
    Yes,
    /// Not even one that has appeared since anybody looked.
    No,
}

/// A file that is still being written.
#[derive(Debug)]
pub(crate) struct Unfinished {
    file: NamedTempFile,
    final_path: PathBuf,
}

impl Unfinished {
    /// Begins what is to become `final_path`, in the same folder, which is created if need be.
    pub(crate) fn begin(final_path: &Path) -> io::Result<Self> {
        let folder = folder_of(final_path);
        fs::create_dir_all(folder)?;
        let name = final_path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut prefix = OsStr::new(".").to_owned();
        prefix.push(name);
        prefix.push(".");
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(SUFFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As any program creates files; the umask takes its share.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        loop {
            let file = builder.tempfile_in(folder)?;
            // A file system without locks is no reason to fail: then only leftovers stay.
            let _ = file.as_file().lock();
            // Before it was locked another run may have taken it for a leftover; once it is locked
            // none does.
            if file.path().try_exists()? {
                return Ok(Self { file, final_path: final_path.to_owned() });
            }
        }
    }

    /// Where it is written now.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// The open file.
    pub(crate) fn file_mut(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives it its final name, at one stroke.
    pub(crate) fn finish(self, replace: Replace) -> io::Result<()> {
        let done = match replace {
            Replace::Yes => self.file.persist(&self.final_path),
            Replace::No => self.file.persist_noclobber(&self.final_path),
        };
        done.map(drop).map_err(|error| error.error)
    }
}

/// Removes what killed runs left behind in `folder`; gives their number.
pub(crate) fn remove_leftovers(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.as_encoded_bytes();
            name.starts_with(b".")
                && name.ends_with(SUFFIX.as_bytes())
                && entry.file_type().is_ok_and(|kind| kind.is_file())
        })
        .filter(|entry| remove_if_abandoned(&entry.path()).is_ok())
        .count()
}

/// Holds the lock while it removes the file, so that nobody begins to write to it meanwhile.
fn remove_if_abandoned(path: &Path) -> io::Result<()> {
    let file = File::options().write(true).open(path)?;
    file.try_lock()?;
    fs::remove_file(path)
}

/// The folder that `path` lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_stands_under_the_final_name_before_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/ibm.h5");
        let mut file = Unfinished::begin(&path).unwrap();
        file.file_mut().write_all(b"whole").unwrap();
        assert!(!path.exists());
        file.finish(Replace::No).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(names(path.parent().unwrap()), ["ibm.h5"]);
    }

    #[test]
    fn a_dropped_one_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(Unfinished::begin(&folder.path().join("ibm.h5")).unwrap());
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn what_appeared_meanwhile_is_replaced_only_on_demand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ibm.h5");
        let file = Unfinished::begin(&path).unwrap();
        fs::write(&path, "another").unwrap();
        let error = file.finish(Replace::No).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"another");
        Unfinished::begin(&path).unwrap().finish(Replace::Yes).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
        assert_eq!(names(folder.path()), ["ibm.h5"]);
    }

    #[test]
    fn leftovers_go_and_files_in_work_stay() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Unfinished::begin(&folder.path().join("ibm.h5")).unwrap();
        fs::write(folder.path().join(".fb.h5.1a2b3c.unfinished"), "half").unwrap();
        fs::write(folder.path().join("a.unfinished"), "not ours").unwrap();
        assert_eq!(remove_leftovers(folder.path()), 1);
        assert!(kept.path().exists());
        assert_eq!(names(folder.path()).len(), 2);
    }
}
