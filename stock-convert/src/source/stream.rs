//! A stream of bytes, cut into blocks of whole lines.

use std::io::{self, BufRead, BufReader, Read};

/// The bytes of a block: enough to make system calls rare, few enough to stay in the cache while the
/// block is parsed.
pub(crate) const BLOCK_BYTES: usize = 256 * 1024;

/// The bytes of the longest line, newline included. It has to fit in memory.
pub(crate) const LINE_LIMIT_BYTES: usize = 64 * 1024 * 1024;

pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What comes next in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineBlock<'a> {
    /// Whole lines, each with its newline; only the source's last line may have none.
    Lines(&'a [u8]),
    /// A line that is longer than this limit, in bytes, and was left out.
    Overlong(usize),
}

/// Cuts a stream into blocks of whole lines, without a byte order mark before the first.
///
/// ```
/// use stock_convert::{Blocks, LineBlock};
/// let mut blocks = Blocks::with_sizes(&b"\xEF\xBB\xBF{}\n{}\r\n\n{\"close\": 38}"[..], 8, 1024);
/// assert_eq!(blocks.next()?, Some(LineBlock::Lines(b"{}\n{}\r\n")));
/// assert_eq!(blocks.next()?, Some(LineBlock::Lines(b"\n{\"close\": 38}")));
/// assert_eq!(blocks.next()?, None);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Blocks<R> {
    source: BufReader<R>,
    block: Vec<u8>,
    block_bytes: usize,
    line_limit: usize,
    /// Whether nothing was handed over yet.
    at_start: bool,
    /// Whether a line that is too long comes next, which was left out.
    overlong: bool,
    /// What went wrong behind the lines that were handed over last.
    failed: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    /// Cuts into blocks of 256 KiB, and takes lines of up to 64 MiB.
    pub fn new(source: R) -> Self {
        Self::with_sizes(source, BLOCK_BYTES, LINE_LIMIT_BYTES)
    }

    /// Cuts into blocks of `block_bytes`, whose last line may go beyond them, and takes lines of up to
    /// `line_limit` bytes, newline included.
    ///
    /// # Panics
    /// When one of them is 0.
    pub fn with_sizes(source: R, block_bytes: usize, line_limit: usize) -> Self {
        assert!(block_bytes > 0 && line_limit > 0, "a block has room for a byte");
        let source = BufReader::with_capacity(64 * 1024, source);
        let (at_start, overlong, failed) = (true, false, None);
        Self { source, block: Vec::new(), block_bytes, line_limit, at_start, overlong, failed }
    }

    /// Reads the next block; none at the end of the source.
    ///
    /// # Errors
    /// Those of the source, behind all whole lines before them.
    #[expect(clippy::should_implement_trait, reason = "a block borrows the buffer")]
    pub fn next(&mut self) -> io::Result<Option<LineBlock<'_>>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.block.clear();
        while self.block.len() < self.block_bytes && !self.overlong {
            let before = self.block.len();
            match self.read_line() {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if before == 0 => return Err(error),
                Err(error) => {
                    self.block.truncate(before);
                    self.failed = Some(error);
                    break;
                }
            }
        }
        let is_first = std::mem::take(&mut self.at_start);
        if self.block.is_empty() {
            let overlong = std::mem::take(&mut self.overlong);
            return Ok(overlong.then_some(LineBlock::Overlong(self.line_limit)));
        }
        let mark = if is_first { BYTE_ORDER_MARK } else { b"" };
        Ok(Some(LineBlock::Lines(self.block.strip_prefix(mark).unwrap_or(&self.block))))
    }

    /// Appends the next line to the block, unless it is too long; gives the bytes read of it.
    fn read_line(&mut self) -> io::Result<usize> {
        let (before, limit) = (self.block.len(), self.line_limit as u64);
        let read = self.source.by_ref().take(limit).read_until(b'\n', &mut self.block)?;
        if read == self.line_limit && !self.block.ends_with(b"\n") {
            self.block.truncate(before);
            self.source.skip_until(b'\n')?;
            self.overlong = true;
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::line::{LineError, LineProblem, Skipped};
    use crate::frame::{Frame, Values};
    use crate::options::BadLines;
    use crate::parse::parser::Parser;

    /// Gives out its bytes a few at a time.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    /// The blocks; in place of an overlong line there is `None`.
    fn blocks(text: &str, step: usize, block: usize, limit: usize) -> Vec<Option<String>> {
        let mut blocks = Blocks::with_sizes(Dribble(text.as_bytes(), step), block, limit);
        let mut all = Vec::new();
        while let Some(cut) = blocks.next().unwrap() {
            all.push(match cut {
                LineBlock::Lines(lines) => Some(String::from_utf8(lines.to_vec()).unwrap()),
                LineBlock::Overlong(found) => {
                    assert_eq!(found, limit);
                    None
                }
            });
        }
        all
    }

    #[test]
    fn it_does_not_matter_where_reads_end() {
        let text = "{\"a\":1}\r\n\n{\"é\":22}\n{\"a\":333}";
        for marked in [false, true] {
            let source = format!("{}{text}", if marked { "\u{feff}" } else { "" });
            for step in 1..=source.len() {
                for size in [1, 2, 7, 16, 17, 30, 4096] {
                    let blocks = blocks(&source, step, size, 4096);
                    let whole: Vec<String> = blocks.into_iter().flatten().collect();
                    assert_eq!(whole.concat(), text, "{step} {size}");
                    let (_, before) = whole.split_last().unwrap();
                    assert!(before.iter().all(|block| block.ends_with('\n')), "{whole:?}");
                }
            }
        }
    }

    #[test]
    fn a_line_beyond_the_limit_is_left_out_and_said_so() {
        let text = "12345\n1234567890123\nabc\n1234567890";
        for step in [1, 3, 1000] {
            for size in [1, 4, 8] {
                let blocks = blocks(text, step, size, 8);
                assert_eq!(blocks.iter().filter(|block| block.is_none()).count(), 2);
                let before = blocks.iter().position(Option::is_none).unwrap();
                let (first, rest) = blocks.split_at(before);
                assert_eq!(first.iter().flatten().cloned().collect::<String>(), "12345\n");
                assert_eq!(rest.iter().flatten().cloned().collect::<String>(), "abc\n");
                assert_eq!(blocks.last(), Some(&None));
            }
        }
    }

    #[test]
    fn nothing_has_no_blocks() {
        assert_eq!(blocks("", 1, 8, 8), []);
        assert_eq!(blocks("\n", 1, 8, 8), [Some("\n".to_owned())]);
    }

    #[test]
    fn whole_lines_come_before_the_error_of_the_source() {
        for block in 1..40 {
            let broken = io::Read::chain(&b"{\"a\":1}\n{\"a\":2}\n{\"a\""[..], Broken);
            let mut blocks = Blocks::with_sizes(broken, block, 4096);
            let mut found = Vec::new();
            let error = loop {
                match blocks.next() {
                    Ok(Some(LineBlock::Lines(lines))) => found.extend_from_slice(lines),
                    Ok(other) => panic!("{other:?}"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.to_string(), "cut off");
            assert_eq!(found, b"{\"a\":1}\n{\"a\":2}\n", "{block}");
        }
    }

    /// Fails as soon as it is read.
    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("cut off"))
        }
    }

    /// The rows of all blocks, which are cut as small as they can be.
    fn parse(text: &str, limit: usize, bad: BadLines) -> Result<(Frame, Skipped), LineError> {
        let mut parser = Parser::new(bad);
        let mut blocks = Blocks::with_sizes(text.as_bytes(), 4, limit);
        while let Some(block) = blocks.next().unwrap() {
            match block {
                LineBlock::Lines(lines) => parser.push_block(lines)?,
                LineBlock::Overlong(limit) => parser.push_overlong(limit)?,
            }
        }
        Ok(parser.finish())
    }

    #[test]
    fn a_line_beyond_the_limit_is_refused_or_left_out() {
        let text = "{\"a\":1}\n{\"a\":22222222222222}\n{\"a\":3}\n{\"a\":4444444444444444}";
        let error = parse(text, 12, BadLines::Refuse).unwrap_err();
        assert_eq!((error.line, error.problem), (2, LineProblem::TooLong(12)));
        let (frame, skipped) = parse(text, 12, BadLines::Skip).unwrap();
        assert_eq!(frame.column("a"), Some(&Values::Int(vec![1, 3])));
        assert_eq!(skipped.count, 2);
        assert_eq!(parse(text, 64, BadLines::Refuse).unwrap().0.rows(), 4);
    }
}
