//! Extracts archives (tar, compressed or not, and zip), which may come from anybody.
//!
//! An archive is read twice. The first time every member is checked and nothing is written, so that
//! nothing is extracted from an archive with one bad member. The second time files of JSON lines are
//! written, and each appears only once it is complete. Links, devices and the like are refused rather
//! than left out, and no ownership, permission or time is restored.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use graph_exec::__atomic_file::{AtomicFile, Replace};
use graph_exec::__format as format;
use tar::EntryType;

use crate::error::archive::ArchiveProblem;
use crate::inputs::names::is_json_lines;
use crate::source::digest::commit_new;
use crate::source::packing::Packing;

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
/// assert!(problem.unwrap_err().to_string().starts_with("not a readable archive"));
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
    for_each_member(archive, limits, &mut |member, content| {
        // The archive may have been replaced since it was checked.
        if member.is_folder || !wanted.contains_key(&member.path) {
            return Ok(());
        }
        let path = folder.join(&member.path);
        let failed =
            |source| ArchiveProblem::Extract { path: path.clone(), source: Arc::new(source) };
        let mut file = AtomicFile::create_with_folder(&path).map_err(failed)?;
        io::copy(content, file.file_mut()).map_err(failed)?;
        commit_new(file, &path, replace).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                ArchiveProblem::Exists { path: path.clone(), member: member.name }
            }
            _ => failed(error),
        })?;
        paths.push(path);
        Ok(())
    })?;
    Ok(paths)
}

/// Whether the file at `path` is an archive, by its first bytes.
pub(super) fn is_one(path: &Path) -> bool {
    let Ok(mut file) = File::open(path) else { return false };
    let mut head = Vec::new();
    if (&mut file).take(512).read_to_end(&mut head).is_err() || is_zip(&head) {
        return is_zip(&head);
    }
    let mut inner = Vec::new();
    let source = io::Cursor::new(&head).chain(file);
    let read = Packing::from_head(&head).unpack(source).take(512).read_to_end(&mut inner);
    read.is_ok() && inner.get(257..262) == Some(b"ustar")
}

fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Checks every member; gives the files of JSON lines (path → name of the member).
fn check(archive: Archive<'_>, limits: Limits) -> Result<HashMap<PathBuf, String>, ArchiveProblem> {
    let mut files = HashMap::new();
    let mut folders = HashMap::new();
    for_each_member(archive, limits, &mut |member, content| {
        let read = io::copy(content, &mut io::sink()).map_err(unreadable)?;
        let Member { name, path, is_folder, bytes } = member;
        if read != bytes {
            return Err(unreadable(io::ErrorKind::UnexpectedEof.into()));
        }
        if is_folder {
            folders.insert(path, name);
        } else if files.insert(path, name.clone()).is_some() {
            return Err(ArchiveProblem::Duplicate(name));
        }
        Ok(())
    })?;
    // One path cannot be both a file and a folder, even a folder that is only part of other paths.
    let all = files.keys().chain(folders.keys());
    let above: HashSet<&Path> = all.flat_map(|path| path.ancestors().skip(1)).collect();
    let is_folder = |path: &PathBuf| folders.contains_key(path) || above.contains(path.as_path());
    if let Some((_, name)) = files.iter().find(|(path, _)| is_folder(path)) {
        return Err(ArchiveProblem::Duplicate(name.clone()));
    }
    files.retain(|path, _| is_json_lines(path));
    Ok(files)
}

type Receive<'r> = dyn FnMut(Member, &mut dyn Read) -> Result<(), ArchiveProblem> + 'r;

/// Lends each member and its content to `receive`, in order.
fn for_each_member(
    archive: Archive<'_>,
    limits: Limits,
    receive: &mut Receive<'_>,
) -> Result<(), ArchiveProblem> {
    let (mut source, size): (Box<dyn ReadSeek + '_>, u64) = match archive {
        Archive::Bytes(bytes) => (Box::new(io::Cursor::new(bytes)), bytes.len() as u64),
        Archive::File(path) => {
            let file = File::open(path).map_err(unreadable)?;
            let size = file.metadata().map_err(unreadable)?.len();
            (Box::new(file), size)
        }
    };
    let mut head = Vec::new();
    (&mut source).take(512).read_to_end(&mut head).map_err(unreadable)?;
    source.rewind().map_err(unreadable)?;
    let bytes = size.saturating_mul(limits.ratio).max(limits.bytes);
    let left = Rc::new(Cell::new(bytes));
    let budget = UnpackBudget { bytes, members: limits.members, left, header_left: Rc::default() };
    let read = match is_zip(&head) {
        true => for_each_in_zip(source, &budget, receive),
        false => for_each_in_tar(Packing::from_head(&head).unpack(source), &budget, receive),
    };
    read.map_err(|problem| budget.explain(problem))
}

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

fn for_each_in_tar(
    content: impl Read,
    budget: &UnpackBudget,
    receive: &mut Receive<'_>,
) -> Result<(), ArchiveProblem> {
    let mut tar = tar::Archive::new(LimitedReader { source: content, budget: budget.clone() });
    let mut members = 0;
    let mut entries = tar.entries().map_err(unreadable)?;
    while let Some(entry) = budget.next_of(&mut entries) {
        members += 1;
        budget.check_members(members)?;
        let mut entry = entry.map_err(unreadable)?;
        if let Some(kind) = kind(entry.header().entry_type()) {
            let member = Member::new(&entry.path_bytes(), kind, entry.size())?;
            receive(member, &mut entry)?;
        }
    }
    // To the very end, where the checksum is.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(unreadable)?;
    if members == 0 {
        return Err(unreadable(io::Error::other("there is nothing in it")));
    }
    Ok(())
}

fn for_each_in_zip(
    mut source: impl Read + Seek,
    budget: &UnpackBudget,
    receive: &mut Receive<'_>,
) -> Result<(), ArchiveProblem> {
    let failed = |error: zip::result::ZipError| unreadable(io::Error::other(error));
    let count = members_of_zip(&mut source).map_err(unreadable)?;
    let mut zip = zip::ZipArchive::new(source).map_err(failed)?;
    // Of members of one name the library keeps the last.
    if count.is_some_and(|count| count != zip.len()) {
        return Err(unreadable(io::Error::other("two of its members have one name")));
    }
    budget.check_members(zip.len())?;
    for index in 0..zip.len() {
        let file = zip.by_index(index).map_err(failed)?;
        let kind = if file.is_symlink() { Err("a symbolic link") } else { Ok(file.is_dir()) };
        let member = Member::new(file.name_raw(), kind, file.size())?;
        receive(member, &mut LimitedReader { source: file, budget: budget.clone() })?;
    }
    Ok(())
}

/// How many members a zip archive says at its end that it has; none where they are too many for that place.
fn members_of_zip(source: &mut (impl Read + Seek)) -> io::Result<Option<usize>> {
    // The last record and a comment of any length.
    let length = source.seek(io::SeekFrom::End(0))?;
    source.seek(io::SeekFrom::Start(length.saturating_sub(22 + u64::from(u16::MAX))))?;
    let mut end = Vec::new();
    source.read_to_end(&mut end)?;
    source.rewind()?;
    let record = memchr::memmem::rfind(&end, b"PK\x05\x06").map(|at| &end[at..]);
    let count =
        record.and_then(|record| Some(u16::from_le_bytes(*record.get(10..)?.first_chunk()?)));
    Ok(count.filter(|count| *count < u16::MAX).map(usize::from))
}

fn unreadable(error: io::Error) -> ArchiveProblem {
    ArchiveProblem::Unreadable(Arc::new(error))
}

/// A member that may be extracted.
struct Member {
    name: String,
    path: PathBuf,
    is_folder: bool,
    /// How many bytes it holds, as the archive says.
    bytes: u64,
}

impl Member {
    /// A member of these bytes; `kind` is whether it is a folder, or what else it is.
    fn new(
        name: &[u8],
        kind: Result<bool, &'static str>,
        bytes: u64,
    ) -> Result<Self, ArchiveProblem> {
        let member = String::from_utf8_lossy(name).into_owned();
        let is_folder = match kind {
            Ok(is_folder) => is_folder,
            Err(found) => return Err(ArchiveProblem::NotAFile { member, found }),
        };
        match safe_path(name, is_folder) {
            Ok(path) => Ok(Self { name: member, path, is_folder, bytes }),
            Err(reason) => Err(ArchiveProblem::UnsafePath { member, reason }),
        }
    }
}

/// Whether it is a folder, or what else it is; none for what only describes other members.
fn kind(kind: EntryType) -> Option<Result<bool, &'static str>> {
    Some(match kind {
        EntryType::Regular | EntryType::Continuous => Ok(false),
        EntryType::Directory => Ok(true),
        EntryType::XGlobalHeader => return None,
        EntryType::Symlink => Err("a symbolic link"),
        EntryType::Link => Err("a hard link"),
        EntryType::Char | EntryType::Block => Err("a device"),
        EntryType::Fifo => Err("a named pipe"),
        EntryType::GNUSparse => Err("a sparse file"),
        _ => Err("of an unknown kind"),
    })
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

/// How many bytes an archive may unpack to, and how many of them are left. Copies share what is left.
#[derive(Debug, Clone)]
struct UnpackBudget {
    bytes: u64,
    /// How many members it may have.
    members: usize,
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

    fn check_members(&self, members: usize) -> Result<(), ArchiveProblem> {
        let limit = format!("{} members", self.members);
        if members > self.members { Err(ArchiveProblem::TooLarge(limit)) } else { Ok(()) }
    }

    /// Says whether `problem` comes from the limit or from the archive.
    fn explain(&self, problem: ArchiveProblem) -> ArchiveProblem {
        if self.header_left.get() == Some(0) {
            let limit = format!("{} for the name of a member", format::bytes(HEADER_BYTES));
            return ArchiveProblem::TooLarge(limit);
        }
        match self.left.get() {
            0 => ArchiveProblem::TooLarge(format::bytes(self.bytes)),
            _ => problem,
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
