//! A stream of bytes, cut into blocks of whole lines.

use std::io::{self, Read};

use memchr::{memchr, memrchr};

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
/// It holds one buffer, which grows only where a line is longer than a block.
///
/// ```
/// use stock_convert::{Blocks, LineBlock};
/// let mut blocks = Blocks::with_sizes(&b"\xEF\xBB\xBF{}\n{}\r\n\n{\"close\": 38}"[..], 8, 1024);
/// assert_eq!(blocks.next()?, Some(LineBlock::Lines(b"{}\n")));
/// assert_eq!(blocks.next()?, Some(LineBlock::Lines(b"{}\r\n\n")));
/// assert_eq!(blocks.next()?, Some(LineBlock::Lines(b"{\"close\": 38}")));
/// assert_eq!(blocks.next()?, None);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Blocks<R> {
    source: R,
    buffer: Vec<u8>,
    /// What was read but not handed over lies in `start..filled`.
    start: usize,
    filled: usize,
    /// There is no newline in `start..searched`.
    searched: usize,
    line_limit: usize,
    /// Whether nothing was handed over yet.
    at_start: bool,
    /// Whether the rest of a line follows that is too long and was given up.
    overlong: bool,
    /// Whether the source has ended.
    at_end: bool,
}

impl<R: Read> Blocks<R> {
    /// Cuts into blocks of 256 KiB, and takes lines of up to 64 MiB.
    pub fn new(source: R) -> Self {
        Self::with_sizes(source, BLOCK_BYTES, LINE_LIMIT_BYTES)
    }

    /// Cuts into blocks of `block_bytes`, and takes lines of up to `line_limit` bytes, newline included.
    ///
    /// # Panics
    /// When one of them is 0.
    pub fn with_sizes(source: R, block_bytes: usize, line_limit: usize) -> Self {
        assert!(block_bytes > 0 && line_limit > 0, "a block has room for a byte");
        Self {
            source,
            buffer: vec![0; block_bytes.min(line_limit)],
            start: 0,
            filled: 0,
            searched: 0,
            line_limit,
            at_start: true,
            overlong: false,
            at_end: false,
        }
    }

    /// Reads the next block; none at the end of the source.
    ///
    /// # Errors
    /// Those of the source.
    #[expect(clippy::should_implement_trait, reason = "a block borrows the buffer")]
    pub fn next(&mut self) -> io::Result<Option<LineBlock<'_>>> {
        self.buffer.copy_within(self.start..self.filled, 0);
        (self.filled, self.searched) = (self.filled - self.start, self.searched - self.start);
        self.start = 0;
        loop {
            if self.at_end {
                let end = self.filled;
                return Ok((end > 0).then(|| self.hand_over(end)));
            }
            self.fill()?;
            if self.overlong && !self.skip_rest() {
                continue;
            }
            // What was read before holds no newline, or it would have been handed over.
            match memrchr(b'\n', &self.buffer[self.searched..self.filled]) {
                Some(newline) => return Ok(Some(self.hand_over(self.searched + newline + 1))),
                None => self.searched = self.filled,
            }
            if self.filled < self.buffer.len() {
                continue;
            }
            if self.buffer.len() < self.line_limit {
                let longer = (self.buffer.len() * 2).min(self.line_limit);
                self.buffer.resize(longer, 0);
                continue;
            }
            (self.filled, self.searched) = (0, 0);
            (self.overlong, self.at_start) = (true, false);
            return Ok(Some(LineBlock::Overlong(self.line_limit)));
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        match self.source.read(&mut self.buffer[self.filled..]) {
            Ok(0) => self.at_end = true,
            Ok(count) => self.filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Drops the rest of the line that was given up; says whether the line ends here.
    fn skip_rest(&mut self) -> bool {
        let newline = memchr(b'\n', &self.buffer[..self.filled]);
        let rest = newline.map_or(self.filled, |newline| newline + 1);
        self.buffer.copy_within(rest..self.filled, 0);
        (self.filled, self.searched) = (self.filled - rest, 0);
        self.overlong = newline.is_none();
        !self.overlong
    }

    /// Gives what lies before `end`, without a byte order mark at the start of the source.
    fn hand_over(&mut self, end: usize) -> LineBlock<'_> {
        // There is no newline after `end`.
        (self.start, self.searched) = (end, self.filled);
        let block = &self.buffer[..end];
        let marked = std::mem::take(&mut self.at_start) && block.starts_with(BYTE_ORDER_MARK);
        LineBlock::Lines(if marked { &block[BYTE_ORDER_MARK.len()..] } else { block })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{LineError, LineProblem, Skipped};
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
        assert_eq!((error.line, error.problem), (2, LineProblem::TooLong { limit: 12 }));
        let (frame, skipped) = parse(text, 12, BadLines::Skip).unwrap();
        assert_eq!(frame.column("a"), Some(&Values::Int(vec![1, 3])));
        assert_eq!(skipped.count, 2);
        assert_eq!(parse(text, 64, BadLines::Refuse).unwrap().0.rows(), 4);
    }
}
