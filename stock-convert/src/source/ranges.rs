//! A plain file as ranges of bytes, each of which stands for the lines that begin in it. Ranges can be
//! read apart from each other, in any order and at the same time.
//!
//! ```text
//! {"close": 38.23}⏎{"close": 34.03}⏎{"close": 31.0}⏎{"close": 32.0}⏎
//! ├──── range 0 ─────┼──── range 1 ─────┼──── range 2 ─────┼ range 3 ┤
//! └─────── lines of 0 ───────────────┴─── of 1 ───┴──── of 2 ──────┘   range 3 has none
//! ```

use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use memchr::{memchr, memrchr};

use crate::error::ConvertError;
use crate::source::digest::Digest;
use crate::source::lines::{BlockSizes, Lines};
use crate::source::stream::BYTE_ORDER_MARK;

/// How many bytes are read at once of a line that goes on after its range.
const TAIL_BYTES: usize = 4096;

/// The lines that begin in a range of bytes of a file.
#[derive(Debug, Clone)]
pub(crate) struct LineRange {
    path: Arc<Path>,
    /// The first byte of the range, and the one after its last.
    start: u64,
    end: u64,
    /// The file as it was when its ranges were made.
    file: FileStamp,
    /// The bytes of the longest line, newline included.
    line_limit: usize,
}

/// What tells a changed file from an unchanged one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileStamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl FileStamp {
    fn from_metadata(metadata: &Metadata) -> Self {
        Self { bytes: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// The lines of a range, not parsed yet.
#[derive(Debug)]
pub(crate) struct RawBlock {
    buffer: Vec<u8>,
    /// Where in the buffer the first line begins.
    start: usize,
    /// The limit in bytes where the last line is longer and was left out.
    overlong: Option<usize>,
    /// The digest of the bytes of the range, which are not quite those of its lines.
    pub(crate) digest: Digest,
    /// Which part of the file the lines are.
    share: f64,
    /// How long reading them took.
    elapsed: Duration,
}

impl RawBlock {
    /// The lines.
    pub(crate) fn lines(&self) -> Lines<'_> {
        let Self { overlong, share, elapsed, .. } = *self;
        let lines = Lines::of_stream(&self.buffer[self.start..]);
        Lines { overlong, share: Some(share), elapsed, ..lines }
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.buffer.capacity()
    }
}

/// Cuts a file into ranges of these sizes: gives the first and the others.
///
/// Of a file whose size cannot be found out there is one range, and reading it is the error.
///
/// # Panics
/// When a line may be shorter than a range.
pub(crate) fn line_ranges(
    path: &Path,
    BlockSizes { block_bytes, line_limit }: BlockSizes,
) -> (LineRange, impl Iterator<Item = LineRange>) {
    assert!(0 < block_bytes && block_bytes <= line_limit, "only a last line goes beyond its range");
    let file = match fs::metadata(path) {
        Ok(metadata) => FileStamp::from_metadata(&metadata),
        Err(_) => FileStamp { bytes: 0, modified: None },
    };
    let path: Arc<Path> = path.into();
    let range = move |start: u64| LineRange {
        path: Arc::clone(&path),
        start,
        end: file.bytes.min(start + block_bytes as u64),
        file,
        line_limit,
    };
    (range(0), (0..file.bytes).step_by(block_bytes).skip(1).map(range))
}

impl LineRange {
    /// What reading it takes in memory, in bytes, unless its last line is a long one.
    pub(crate) fn bytes(&self) -> usize {
        usize::try_from(self.end - self.start).unwrap_or(usize::MAX).saturating_add(TAIL_BYTES + 1)
    }

    /// Reads the lines.
    ///
    /// # Errors
    /// [`ConvertError::Read`] for what the operating system refuses, and where the file is no longer
    /// the one that was cut into ranges.
    pub(crate) fn read(&self) -> Result<RawBlock, ConvertError> {
        self.try_read().map_err(|error| ConvertError::reading(&self.path, error))
    }

    fn try_read(&self) -> io::Result<RawBlock> {
        let started = Instant::now();
        let mut file = File::open(&self.path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if FileStamp::from_metadata(&metadata) != self.file {
            return Err(changed());
        }
        // The byte before says whether a line begins with the range.
        let before = usize::from(self.start > 0);
        file.seek(SeekFrom::Start(self.start - before as u64))?;
        let mut buffer = Vec::with_capacity(self.bytes());
        let wanted = self.end - self.start + before as u64;
        if (&mut file).take(wanted).read_to_end(&mut buffer)? as u64 != wanted {
            return Err(changed());
        }
        let digest = Digest::from_block(&buffer[before..]);
        let mut start = match self.start {
            0 => 0,
            _ => memchr(b'\n', &buffer).map_or(buffer.len(), |newline| newline + 1),
        };
        let overlong = match start < buffer.len() {
            true => self.end_line(&mut file, &mut buffer)?,
            false => None,
        };
        if self.start == 0 && buffer.starts_with(BYTE_ORDER_MARK) {
            start = BYTE_ORDER_MARK.len();
        }
        let lines = buffer.len().saturating_sub(start).max(1);
        let share = if self.end - self.start == self.file.bytes {
            1.0
        } else {
            lines as f64 / self.file.bytes as f64
        };
        Ok(RawBlock { buffer, start, overlong, digest, share, elapsed: started.elapsed() })
    }

    /// Reads the rest of the last line in `lines`. A line that is too long is taken out, and the limit
    /// is given.
    fn end_line(&self, file: &mut File, lines: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let line = memrchr(b'\n', lines).map_or(0, |newline| newline + 1);
        let room = self.line_limit.saturating_sub(lines.len() - line) as u64;
        if line < lines.len() {
            let rest = BufReader::with_capacity(TAIL_BYTES, file);
            rest.take(room).read_until(b'\n', lines)?;
        }
        // As long as the limit, but for a newline that would have made it longer.
        if lines.len() - line >= self.line_limit && !lines.ends_with(b"\n") {
            lines.truncate(line);
            return Ok(Some(self.line_limit));
        }
        Ok(None)
    }
}

fn changed() -> io::Error {
    io::Error::other("it has changed while it was read; try again")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::stream::{Blocks, LineBlock};

    /// All lines, and after which bytes of them one was left out.
    fn by_ranges(path: &Path, range_bytes: usize, line_limit: usize) -> (Vec<u8>, Vec<usize>) {
        let (mut lines, mut left_out) = (Vec::new(), Vec::new());
        let sizes = BlockSizes { block_bytes: range_bytes, line_limit };
        let (first, others) = line_ranges(path, sizes);
        for range in std::iter::once(first).chain(others) {
            let block = range.read().unwrap();
            lines.extend_from_slice(block.lines().lines);
            left_out.extend(block.lines().overlong.map(|_| lines.len()));
        }
        (lines, left_out)
    }

    fn by_blocks(content: &[u8], line_limit: usize) -> (Vec<u8>, Vec<usize>) {
        let (mut lines, mut left_out) = (Vec::new(), Vec::new());
        let mut blocks = Blocks::with_sizes(content, 5, line_limit);
        while let Some(cut) = blocks.next().unwrap() {
            match cut {
                LineBlock::Lines(block) => lines.extend_from_slice(block),
                LineBlock::Overlong(_) => left_out.push(lines.len()),
            }
        }
        (lines, left_out)
    }

    fn content() -> impl Strategy<Value = Vec<u8>> {
        let line = prop_oneof![
            4 => "[a-c]{0,12}\r?\n",
            1 => "[a-c]{0,90}\n",
            1 => Just("\n\n".to_owned()),
        ];
        (any::<bool>(), prop::collection::vec(line, 0..12), "[a-c]{0,40}").prop_map(
            |(mark, lines, last)| {
                let mark = if mark { "\u{feff}" } else { "" };
                [mark, &lines.concat(), &last].concat().into_bytes()
            },
        )
    }

    proptest! {
        #[test]
        fn ranges_of_any_size_hold_every_line_once_and_in_order(
            content in content(), range_bytes in 4..40usize, more in 0..30usize,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.json");
            fs::write(&path, &content).unwrap();
            let limit = range_bytes + more;
            prop_assert_eq!(by_ranges(&path, range_bytes, limit), by_blocks(&content, limit));
        }
    }

    #[test]
    fn a_file_that_has_changed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "{}\n{}\n").unwrap();
        let sizes = BlockSizes { block_bytes: 4, line_limit: 8 };
        let (first, mut others) = line_ranges(&path, sizes);
        assert_eq!(first.read().unwrap().lines().lines, b"{}\n{}\n");
        fs::write(&path, "{}\n{}\n{}\n").unwrap();
        let error = others.next().unwrap().read().unwrap_err().to_string();
        assert!(error.contains("changed"), "{error}");
    }
}
