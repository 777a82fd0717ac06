//! Files that appear under their name only once they are whole: saved pictures, reports, traces and
//! the outputs of the app. Until then they have another name and are locked, and they are removed
//! when writing fails.
//!
//! ```text
//! .ibm.h5.Xa81Zq.unfinished ── written, closed without error ──► ibm.h5
//!          └── error or panic: removed · kill -9: left behind, unlocked, removed by the next run
//! ```
//!
//! The operating system releases the lock when the process ends, so a leftover is a file with such a
//! name that can be locked.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

const SUFFIX: &str = ".unfinished";

/// File systems take names of 255 bytes; so much is left beside random letters and [`SUFFIX`].
const LONGEST_NAME: usize = 230;

/// Whether a file that stands under the final name may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// It is replaced, whatever it holds.
    Yes,
    /// It stays, even one that appeared after the new file was begun.
    No,
}

/// A file that is still being written.
#[derive(Debug)]
pub struct AtomicFile {
    file: NamedTempFile,
    final_path: PathBuf,
}

impl AtomicFile {
    /// Creates a file that is to become `final_path`, in the same folder.
    ///
    /// # Errors
    /// Those of the system, among them that there is no such folder; [`io::ErrorKind::InvalidInput`] where
    /// a pipe or a device has the name.
    pub fn create(final_path: &Path) -> io::Result<Self> {
        if is_pipe_or_device(final_path) {
            let reason = "it is a pipe or a device, which the file would replace; name a file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        let folder = folder_of(final_path);
        let name = final_path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut prefix = OsStr::new(".").to_owned();
        // A longer name has no room for what comes in addition.
        if name.len() < LONGEST_NAME {
            prefix.push(name);
            prefix.push(".");
        }
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(SUFFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The permissions that files usually get; the umask restricts them.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        loop {
            let file = builder.tempfile_in(folder)?;
            // A file system without locks is no reason to fail: there leftovers are not told from files
            // that are being written, and stay.
            let _ = file.as_file().lock();
            // Before it was locked another run may have removed it as a leftover; from now on none does.
            if file.path().try_exists()? {
                return Ok(Self { file, final_path: final_path.to_owned() });
            }
        }
    }

    /// Does the same, and creates the folder if need be.
    ///
    /// # Errors
    /// Those of the system.
    pub fn create_with_folder(final_path: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder_of(final_path))?;
        Self::create(final_path)
    }

    /// Its path until it is committed.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The open file.
    pub fn file_mut(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives it its final name, in one step of the file system.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::AlreadyExists`] where a file must not be replaced.
    pub fn commit(self, replace: Replace) -> io::Result<()> {
        let done = match replace {
            Replace::Yes => self.file.persist(&self.final_path),
            Replace::No => self.file.persist_noclobber(&self.final_path),
        };
        done.map(drop).map_err(|error| error.error)
    }
}

/// Writes a whole file and then gives it its name, in place of one that has it. The folder must
/// exist.
///
/// # Errors
/// Those of `write` and of the system. Then nothing has changed.
pub fn save(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut file = AtomicFile::create(path)?;
    let mut out = BufWriter::new(file.file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    file.commit(Replace::Yes)
}

/// Removes the files that killed runs left behind in `folder`; returns their number.
pub fn remove_leftovers(folder: &Path) -> usize {
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

/// Removes a file unless another process holds its lock. The lock is held meanwhile, so that nobody
/// begins to write to the file.
fn remove_if_abandoned(path: &Path) -> io::Result<()> {
    let file = File::options().write(true).open(path)?;
    file.try_lock()?;
    fs::remove_file(path)
}

/// Whether what has this name is read or written as it comes, `/dev/stdout` for example. A rename would
/// put a file in its place, which nobody reads, and for the superuser takes the device away from all.
fn is_pipe_or_device(path: &Path) -> bool {
    // `/dev/stdout` leads here, also where the standard output is a file.
    let names_an_open_file = fs::read_link(path).is_ok_and(|target| target.starts_with("/proc"));
    let is_neither_file_nor_folder =
        || fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
    names_an_open_file || is_neither_file_nor_folder()
}

/// The folder that `path` lies in.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(AtomicFile::create(&path).unwrap_err().kind(), io::ErrorKind::NotFound);
        let mut file = AtomicFile::create_with_folder(&path).unwrap();
        file.file_mut().write_all(b"whole").unwrap();
        assert!(!path.exists());
        file.commit(Replace::No).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(names(path.parent().unwrap()), ["ibm.h5"]);
    }

    #[test]
    fn a_dropped_one_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(AtomicFile::create(&folder.path().join("ibm.h5")).unwrap());
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn what_appeared_meanwhile_is_replaced_only_on_demand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ibm.h5");
        let file = AtomicFile::create(&path).unwrap();
        fs::write(&path, "another").unwrap();
        let error = file.commit(Replace::No).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"another");
        AtomicFile::create(&path).unwrap().commit(Replace::Yes).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
        assert_eq!(names(folder.path()), ["ibm.h5"]);
    }

    #[test]
    fn a_failed_save_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.html");
        fs::write(&path, "old").unwrap();
        let error = save(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert_eq!(error.unwrap_err().to_string(), "no more");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        save(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["run.html"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_an_ordinary_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (saved, plain) = (folder.path().join("graph.svg"), folder.path().join("plain"));
        save(&saved, |_| Ok(())).unwrap();
        File::create(&plain).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
        assert_eq!(mode(&saved), mode(&plain));
    }

    #[cfg(unix)]
    #[test]
    fn pipes_devices_and_open_files_are_not_replaced() {
        use std::os::unix::{fs::symlink, net::UnixListener};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let _socket = UnixListener::bind(at("socket")).unwrap();
        symlink("/dev/null", at("device")).unwrap();
        symlink("/proc/self/fd/1", at("output")).unwrap();
        for name in ["socket", "device", "output"] {
            let before = at(name).symlink_metadata().unwrap().file_type();
            let error = save(&at(name), |out| out.write_all(b"new")).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name}");
            assert!(error.to_string().contains("name a file"), "{error}");
            assert_eq!(at(name).symlink_metadata().unwrap().file_type(), before);
        }
        assert_eq!(names(folder.path()), ["device", "output", "socket"]);
    }

    #[test]
    fn leftovers_go_and_files_in_work_stay() {
        let folder = tempfile::tempdir().unwrap();
        let kept = AtomicFile::create(&folder.path().join("ibm.h5")).unwrap();
        fs::write(folder.path().join(".fb.h5.1a2b3c.unfinished"), "half").unwrap();
        fs::write(folder.path().join("a.unfinished"), "not ours").unwrap();
        assert_eq!(remove_leftovers(folder.path()), 1);
        assert!(kept.path().exists());
        assert_eq!(names(folder.path()).len(), 2);
    }
}
