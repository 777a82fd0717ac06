//! Extracts `.tar.gz` archives, which may come from anybody.
//!
//! An archive is read twice. The first time every member is checked and nothing is written, so that
//! nothing is extracted from an archive with one bad member. The second time files of JSON lines are
//! written, and each appears only once it is complete. Links, devices and the like are refused rather
//! than left out, and no ownership, permission or time is restored.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use graph_exec::__atomic_file::{AtomicFile, Replace};
use graph_exec::__format as format;
use tar::EntryType;

use crate::error::ArchiveProblem;
use crate::inputs::names::is_json_lines;
use crate::source::digest::{Digest, HashingReader};

/// How much an archive may unpack to: [`bytes`](Self::bytes), or [`ratio`](Self::ratio) times its own
/// size if that is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// This many bytes, whatever the size of the archive.
    pub bytes: u64,
    /// How many times the size of the archive.
    pub ratio: u64,
    /// How many members, in any case.
    pub members: usize,
}

/// Prices compress 5 to 20 times; an archive that unpacks to far more is taken for a decompression bomb.
impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 30, ratio: 200, members: 100_000 }
    }
}

impl Limits {
    /// Allows this many bytes, whatever the size of the archive.
    pub fn with_bytes(bytes: u64) -> Self {
        Self { bytes, ratio: 0, ..Self::default() }
    }
}

/// How many bytes the name and the other headers of one member may take.
const HEADER_BYTES: u64 = 1 << 20;

/// Where an archive lies.
#[derive(Debug, Clone, Copy)]
pub enum Archive<'a> {
    /// On the disk.
    File(&'a Path),
    /// In memory.
    Bytes(&'a [u8]),
}

/// Extracts the files of JSON lines in `archive` into `folder`; gives their paths in order.
///
/// A file that exists already with the same content is left alone; any other is an error unless it may
/// be replaced.
///
/// ```
/// use stock_convert::{Archive, Limits, Replace, extract};
/// let folder = tempfile::tempdir()?;
/// let problem = extract(Archive::Bytes(b"no archive"), Limits::default(), folder.path(), Replace::No);
/// assert!(problem.unwrap_err().to_string().starts_with("not a readable .tar.gz archive"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// For anything but files and folders inside `folder`, and for more than `limits` allow; then
/// nothing has been extracted. For what the operating system refuses; then some may have been.
pub fn extract(
    archive: Archive<'_>,
    limits: Limits,
    folder: &Path,
    replace: Replace,
) -> Result<Vec<PathBuf>, ArchiveProblem> {
    let wanted = check(archive, limits)?;
    if wanted.is_empty() {
        return Err(ArchiveProblem::NoJson);
    }
    let mut paths = Vec::new();
    let (mut tar, budget) = archive.open(limits)?;
    let mut entries = tar.entries().map_err(unreadable)?;
    while let Some(entry) = budget.next_of(&mut entries) {
        let mut entry = entry.map_err(|error| budget.explain(error))?;
        let Some(member) = Member::from_entry(&entry)? else { continue };
        // The archive may have been replaced since it was checked.
        if member.is_folder || !wanted.contains_key(&member.path) {
            continue;
        }
        let path = folder.join(&member.path);
        let failed =
            |source| ArchiveProblem::Extract { path: path.clone(), source: Arc::new(source) };
        let mut file = AtomicFile::create_with_folder(&path).map_err(failed)?;
        let mut content = HashingReader::new(&mut entry);
        io::copy(&mut content, file.file_mut()).map_err(failed)?;
        let digest = content.finish().map_err(failed)?;
        let is_there = || Digest::from_file(&path).is_ok_and(|there| there == digest);
        if !is_there() {
            match file.commit(replace) {
                Ok(()) => {}
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(failed(error));
                }
                // Another run may have extracted it meanwhile.
                Err(_) if is_there() => {}
                Err(_) => return Err(ArchiveProblem::Exists { path, member: member.name }),
            }
        }
        paths.push(path);
    }
    Ok(paths)
}

/// Checks every member; gives the files of JSON lines (path → name of the member).
fn check(archive: Archive<'_>, limits: Limits) -> Result<HashMap<PathBuf, String>, ArchiveProblem> {
    let (mut tar, budget) = archive.open(limits)?;
    let explain = |error| budget.explain(error);
    let mut files = HashMap::new();
    let mut folders = HashMap::new();
    let mut members = 0;
    let mut entries = tar.entries().map_err(explain)?;
    while let Some(entry) = budget.next_of(&mut entries) {
        members += 1;
        if members > limits.members {
            let limit = format!("{} members", limits.members);
            return Err(ArchiveProblem::TooLarge { limit });
        }
        let mut entry = entry.map_err(explain)?;
        let Some(member) = Member::from_entry(&entry)? else { continue };
        let declared = entry.size();
        let read = io::copy(&mut entry, &mut io::sink()).map_err(explain)?;
        if read != declared {
            return Err(unreadable(io::ErrorKind::UnexpectedEof.into()));
        }
        let Member { name, path, is_folder } = member;
        if is_folder {
            folders.insert(path, name);
        } else if files.insert(path, name.clone()).is_some() {
            return Err(ArchiveProblem::Duplicate { member: name });
        }
    }
    // One path cannot be both a file and a folder, even a folder that is only part of other paths.
    let all = files.keys().chain(folders.keys());
    let above: HashSet<&Path> = all.flat_map(|path| path.ancestors().skip(1)).collect();
    let is_folder = |path: &PathBuf| folders.contains_key(path) || above.contains(path.as_path());
    if let Some((_, name)) = files.iter().find(|(path, _)| is_folder(path)) {
        return Err(ArchiveProblem::Duplicate { member: name.clone() });
    }
    // To the very end, where the checksum is.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(explain)?;
    files.retain(|path, _| is_json_lines(path));
    Ok(files)
}

fn unreadable(error: io::Error) -> ArchiveProblem {
    ArchiveProblem::Unreadable(Arc::new(error))
}

/// A member that may be extracted.
struct Member {
    name: String,
    path: PathBuf,
    is_folder: bool,
}

impl Member {
    /// None for a member that only describes others.
    fn from_entry(entry: &tar::Entry<'_, impl Read>) -> Result<Option<Self>, ArchiveProblem> {
        let bytes = entry.path_bytes();
        let name = String::from_utf8_lossy(&bytes).into_owned();
        let is_folder = match kind(entry.header().entry_type()) {
            Ok(Some(is_folder)) => is_folder,
            Ok(None) => return Ok(None),
            Err(found) => return Err(ArchiveProblem::NotAFile { member: name, found }),
        };
        match safe_path(&bytes, is_folder) {
            Ok(path) => Ok(Some(Self { name, path, is_folder })),
            Err(reason) => Err(ArchiveProblem::UnsafePath { member: name, reason }),
        }
    }
}

/// Whether it is a folder; none for what only describes other members.
fn kind(kind: EntryType) -> Result<Option<bool>, &'static str> {
    match kind {
        EntryType::Regular | EntryType::Continuous => Ok(Some(false)),
        EntryType::Directory => Ok(Some(true)),
        EntryType::XGlobalHeader => Ok(None),
        EntryType::Symlink => Err("a symbolic link"),
        EntryType::Link => Err("a hard link"),
        EntryType::Char | EntryType::Block => Err("a device"),
        EntryType::Fifo => Err("a named pipe"),
        EntryType::GNUSparse => Err("a sparse file"),
        _ => Err("of an unknown kind"),
    }
}

/// The path inside the folder that a member of this name is extracted to.
fn safe_path(name: &[u8], is_folder: bool) -> Result<PathBuf, &'static str> {
    let name = str::from_utf8(name).map_err(|_| "it is not UTF-8")?;
    if name.contains('\0') {
        return Err("it holds a NUL character");
    }
    // On Windows these separate folders and name drives.
    if name.contains(['\\', ':']) {
        return Err("it holds a backslash or a colon");
    }
    if name.starts_with('/') {
        return Err("it is absolute");
    }
    let mut path = PathBuf::new();
    for component in Path::new(name).components() {
        match component {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir => return Err("it leads out of the folder"),
            Component::RootDir | Component::Prefix(_) => return Err("it is absolute"),
        }
    }
    match path.as_os_str().is_empty() && !is_folder {
        true => Err("it is empty"),
        false => Ok(path),
    }
}

impl<'a> Archive<'a> {
    fn open(
        self,
        limits: Limits,
    ) -> Result<(tar::Archive<impl Read + 'a>, UnpackBudget), ArchiveProblem> {
        let (source, size): (Box<dyn Read + 'a>, u64) = match self {
            Self::Bytes(bytes) => (Box::new(bytes), bytes.len() as u64),
            Self::File(path) => {
                let file = File::open(path).map_err(unreadable)?;
                let size = file.metadata().map_err(unreadable)?.len();
                (Box::new(file), size)
            }
        };
        let bytes = size.saturating_mul(limits.ratio).max(limits.bytes);
        let budget =
            UnpackBudget { bytes, left: Rc::new(Cell::new(bytes)), header_left: Rc::default() };
        let content = LimitedReader { source: MultiGzDecoder::new(source), budget: budget.clone() };
        Ok((tar::Archive::new(content), budget))
    }
}

/// How many bytes an archive may unpack to, and how many of them are left. Copies share what is left.
#[derive(Debug, Clone)]
struct UnpackBudget {
    bytes: u64,
    /// 0 once the archive exceeds the limit.
    left: Rc<Cell<u64>>,
    /// What is left for the headers of the next member, which are held in memory; none within its
    /// content.
    header_left: Rc<Cell<Option<u64>>>,
}

impl UnpackBudget {
    /// Reads the next of `entries`; the one before has been read to its end.
    fn next_of<T>(&self, entries: &mut impl Iterator<Item = T>) -> Option<T> {
        self.header_left.set(Some(HEADER_BYTES));
        let entry = entries.next();
        self.header_left.set(self.header_left.get().filter(|left| *left == 0));
        entry
    }

    /// Says whether `error` comes from the limit or from the archive.
    fn explain(&self, error: io::Error) -> ArchiveProblem {
        if self.header_left.get() == Some(0) {
            let limit = format!("{} for the name of a member", format::bytes(HEADER_BYTES));
            return ArchiveProblem::TooLarge { limit };
        }
        match self.left.get() {
            0 => ArchiveProblem::TooLarge { limit: format::bytes(self.bytes) },
            _ => unreadable(error),
        }
    }
}

/// A reader that fails once the limit is exceeded.
struct LimitedReader<R> {
    source: R,
    budget: UnpackBudget,
}

impl<R: Read> Read for LimitedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)? as u64;
        let UnpackBudget { left, header_left, .. } = &self.budget;
        left.set(left.get().saturating_sub(count));
        header_left.set(header_left.get().map(|left| left.saturating_sub(count)));
        match left.get() == 0 || header_left.get() == Some(0) {
            true => Err(io::Error::other("too large")),
            false => Ok(count as usize),
        }
    }
}

#[cfg(test)]
mod tests;
