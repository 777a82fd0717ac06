//! Where in a document the JSON parser is, in lines and characters.

use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, Read};

/// Where in a document the parser is. Characters are counted, not bytes.
#[derive(Default)]
pub(super) struct Position {
    pub(super) characters: Cell<u64>,
    /// The byte that was read last, and the one before.
    pub(super) last: Cell<u8>,
    pub(super) before: Cell<u8>,
    /// The line that is read outside of records, and the number of the character before it.
    pub(super) line: Cell<(u64, u64)>,
    /// The newlines in the record that is read, each by the number of its character.
    pub(super) newlines: RefCell<Vec<u64>>,
    pub(super) bytes: Cell<u64>,
    /// The line that is read, and the numbers of the byte and of the character before it.
    pub(super) row: Cell<(u64, u64, u64)>,
    /// The last whole line with bytes that continue a character, and how many of them it has.
    pub(super) wide_line: Cell<(u64, u64)>,
    /// Where the record that is read began, and how long it may be.
    pub(super) record: Cell<Option<u64>>,
    pub(super) limit: u64,
}

impl Position {
    pub(super) fn new(limit: usize) -> Self {
        let (line, row) = (Cell::new((1, 0)), Cell::new((1, 0, 0)));
        Self { line, row, limit: limit as u64, ..Self::default() }
    }

    #[inline]
    fn advance(&self, byte: u8) {
        self.bytes.set(self.bytes.get() + 1);
        let characters = self.characters.get() + u64::from(!is_continuing(byte));
        self.characters.set(characters);
        self.before.set(self.last.replace(byte));
        if byte == b'\n' {
            let line = self.row.get().0;
            match self.continuing() {
                0 => {}
                continuing => self.wide_line.set((line, continuing)),
            }
            self.row.set((line + 1, self.bytes.get(), characters));
            match self.record.get() {
                Some(_) => self.newlines.borrow_mut().push(characters),
                None => self.line.set((self.line.get().0 + 1, characters)),
            }
        }
    }

    /// Line and character, both counted from 1, of byte number `byte` of a line, which the parser stopped at.
    /// It may have read spaces behind that, and a byte.
    pub(super) fn of_byte(&self, line: u64, byte: u64) -> (u64, u64) {
        let mut continuing = match self.wide_line.get() {
            (wide, continuing) if wide == line => continuing,
            _ => 0,
        };
        if line == self.row.get().0 {
            continuing = self.continuing();
            let is_beyond = self.bytes.get() - self.row.get().1 > byte;
            continuing -= u64::from(is_beyond && is_continuing(self.last.get()));
        }
        // It counts a newline to the next line.
        (line, (byte - continuing).max(1))
    }

    /// How many bytes of this line continue a character.
    fn continuing(&self) -> u64 {
        let (_, start, first) = self.row.get();
        (self.bytes.get() - start) - (self.characters.get() - first)
    }

    /// Line and character, both counted from 1, of a text that the parser has just read.
    pub(super) fn start_of(&self, text: &str) -> (u64, u64) {
        // Only behind a number the parser has to look where it ends, at another character.
        let is_ahead = text.bytes().last().is_some_and(|last| last != self.last.get());
        let length = text.chars().count() as u64 + u64::from(is_ahead);
        let start = self.characters.get().saturating_sub(length);
        let mut newlines = self.newlines.borrow_mut();
        let before = newlines.iter().take_while(|newline| **newline <= start).count();
        let (mut line, mut line_start) = self.line.get();
        line += before as u64;
        line_start = newlines[..before].last().copied().unwrap_or(line_start);
        let all = newlines.len();
        let last_start = newlines.last().copied().unwrap_or(line_start);
        self.line.set((line + (all - before) as u64, last_start));
        newlines.clear();
        (line, start.saturating_sub(line_start) + 1)
    }
}

/// Whether a byte continues a character of UTF-8.
#[inline]
fn is_continuing(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// Passes on bytes one at a time, as the JSON parser takes them, and notes where it is.
pub(super) struct Positioned<'a, R> {
    pub(super) source: R,
    pub(super) position: &'a Position,
}

impl<R: BufRead> Read for Positioned<'_, R> {
    #[inline]
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let (Some(first), Some(&byte)) = (out.first_mut(), self.source.fill_buf()?.first()) else {
            return Ok(0);
        };
        let Position { record, characters, limit, .. } = self.position;
        if record.get().is_some_and(|start| characters.get() - start > *limit) {
            let limit = graph_exec::__format::bytes(*limit);
            return Err(io::Error::other(format!("a record of more than {limit}")));
        }
        *first = byte;
        self.source.consume(1);
        self.position.advance(byte);
        Ok(1)
    }
}
