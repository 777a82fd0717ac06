//! The parser of a whole file: it turns each line into a row, or says why the line cannot become one.

use std::collections::BTreeSet;

use indexmap::IndexSet;
use memchr::memchr;

use super::diagnosis::{inspect, malformed};
use super::row;
use super::template::Templates;
use crate::error::line::{ColumnProblem, LineError, LineProblem, Skipped};
use crate::frame::builder::FrameBuilder;
use crate::frame::cell::Cell;
use crate::frame::schema::Schema;
use crate::frame::{Frame, timestamp};
use crate::options::{BadLines, ReadOptions, Timestamps, can_name_a_column, dotted};

/// Turns blocks of JSON lines into a [`Frame`].
///
/// ```
/// use stock_convert::{BadLines, Kind, Parser};
/// let mut parser = Parser::new(BadLines::Refuse);
/// parser.push_block(b"{\"day\": \"2012-05-18\", \"close\": 38}\n")?;
/// parser.push_block(b"{\"day\": \"2012-05-21\", \"close\": 34.03}\n")?;
/// let (frame, _skipped) = parser.finish();
/// assert_eq!(frame.rows(), 2);
/// assert_eq!(frame.column("close").unwrap().kind(), Kind::Float);
/// # Ok::<(), stock_convert::LineError>(())
/// ```
#[derive(Debug)]
pub struct Parser {
    /// In the order of their first appearance: the place of a key is the number of its column.
    keys: IndexSet<String>,
    columns: FrameBuilder,
    templates: Templates,
    options: ReadOptions,
    skipped: Skipped,
    /// The columns that were left out so far, because the options say so.
    pub(super) dropped: BTreeSet<String>,
    /// The number of lines so far.
    pub(super) line: u64,
}

impl Parser {
    /// Begins without any line.
    pub fn new(options: impl Into<ReadOptions>) -> Self {
        let options = options.into();
        // What columns are to hold, only the general path looks at.
        let templates = match options.columns.is_plain() {
            true => Templates::default(),
            false => Templates::never(),
        };
        Self {
            keys: IndexSet::new(),
            columns: FrameBuilder::default(),
            templates,
            options,
            skipped: Skipped::default(),
            dropped: BTreeSet::new(),
            line: 0,
        }
    }

    /// Begins without any line, and reads every line on the general path: slower, and what other
    /// parsers are tested against.
    ///
    /// ```
    /// use stock_convert::{BadLines, Parser};
    /// let block = b"{\"close\": 38.23}\n{\"close\": 34.03}\n";
    /// let mut plain = Parser::without_templates(BadLines::Refuse);
    /// plain.push_block(block)?;
    /// let mut quick = Parser::new(BadLines::Refuse);
    /// quick.push_block(block)?;
    /// assert_eq!(plain.finish(), quick.finish());
    /// # Ok::<(), stock_convert::LineError>(())
    /// ```
    pub fn without_templates(options: impl Into<ReadOptions>) -> Self {
        Self { templates: Templates::never(), ..Self::new(options) }
    }

    /// Takes in the next lines. A block ends with the newline of its last line, or where the file ends.
    ///
    /// # Errors
    /// The first line that cannot become a row, unless such lines are skipped.
    pub fn push_block(&mut self, mut block: &[u8]) -> Result<(), LineError> {
        loop {
            // One check for the whole block is far cheaper than one for each line.
            let bad = match std::str::from_utf8(block) {
                Ok(text) => return self.push_text(text),
                Err(error) => error.valid_up_to(),
            };
            let (good, _) = block.split_at(bad);
            let start = memchr::memrchr(b'\n', good).map_or(0, |newline| newline + 1);
            let end = memchr(b'\n', &block[bad..]).map_or(block.len(), |n| bad + n + 1);
            // It is valid up to `bad`, and `start` lies before that.
            self.push_text(std::str::from_utf8(&block[..start]).unwrap_or_default())?;
            let before = std::str::from_utf8(&block[start..bad]).unwrap_or_default();
            self.line += 1;
            self.refuse(before, before.len(), LineProblem::NotUtf8)?;
            block = &block[end..];
        }
    }

    /// Takes in a line that is longer than `limit` bytes, of which nothing is known.
    ///
    /// # Errors
    /// Always, unless such lines are skipped.
    pub(crate) fn push_overlong(&mut self, limit: usize) -> Result<(), LineError> {
        self.line += 1;
        self.refuse("", 0, LineProblem::TooLong(limit))
    }

    /// The number of rows so far.
    pub fn rows(&self) -> usize {
        self.columns.rows()
    }

    /// The columns that the lines so far need.
    pub fn schema(&self) -> Schema {
        self.columns.schema(&self.keys)
    }

    /// Finishes the table; gives it and the lines that were left out.
    pub fn finish(self) -> (Frame, Skipped) {
        (self.columns.finish(self.keys), self.skipped)
    }

    /// Begins a new block, with columns of the types of `schema`. Templates stay as long as the columns
    /// have the same names.
    pub(super) fn restart(&mut self, schema: &Schema) {
        let names = schema.fields().iter().map(|field| &field.name);
        let same_names = names.clone().eq(&self.keys);
        if !same_names {
            self.keys = names.cloned().collect();
            self.templates.clear();
        }
        self.columns =
            FrameBuilder::with_schema(schema, |name| may_be_timestamps(&self.options, name));
        self.skipped = Skipped::default();
        self.line = 0;
    }

    /// Gives the rows since the last restart, and the lines that were left out.
    pub(super) fn take(&mut self) -> (Frame, Skipped) {
        let columns = std::mem::take(&mut self.columns);
        (columns.finish(self.keys.iter().cloned()), std::mem::take(&mut self.skipped))
    }

    /// How many lines had the form of a template.
    #[cfg(test)]
    pub(super) fn fitted(&self) -> u64 {
        self.templates.fitted()
    }

    fn push_text(&mut self, text: &str) -> Result<(), LineError> {
        let mut cells = Vec::new();
        let mut at = 0;
        while at < text.len() {
            self.line += 1;
            if let Some(end) = self.templates.push_line(text, at, &mut self.columns) {
                at = end;
            } else {
                let end = memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |n| at + n);
                let line = &text[at..end];
                at = end + 1;
                if let Err((at, problem)) = self.push_line(line, &mut cells) {
                    self.refuse(line, at, problem)?;
                }
            }
            if let Some(rounded) = self.columns.first_rounded() {
                let key = dotted(&self.keys[rounded]);
                let problem = LineProblem::Column { key, problem: ColumnProblem::Inexact(None) };
                return Err(LineError { line: self.line, column: 1, problem });
            }
        }
        Ok(())
    }

    /// Takes in one line on the general path; on an error nothing of it.
    fn push_line<'line>(
        &mut self,
        line: &'line str,
        cells: &mut Vec<Cell<'line>>,
    ) -> Result<(), (usize, LineProblem)> {
        let known = self.columns.len();
        let read = match row::read(line, &self.options, (&mut self.keys, &mut self.dropped), cells)
        {
            Ok(()) if cells.len() < known => unreachable!("a row has a cell for every column"),
            Ok(()) => self.check(line, cells, known),
            Err(_) if line.trim_ascii().is_empty() => return Ok(()),
            Err(error) => Err(malformed(line, &error)),
        };
        if read.is_err() {
            self.keys.truncate(known);
            return read;
        }
        for index in known..self.keys.len() {
            self.columns.add(may_be_timestamps(&self.options, &self.keys[index]));
        }
        self.columns.push_row(cells);
        self.templates.add_from_line(line, &self.keys, &self.options);
        Ok(())
    }

    /// Checks that every cell can go into its column; columns from `known` on are new.
    #[inline]
    fn check(
        &self,
        line: &str,
        cells: &[Cell<'_>],
        known: usize,
    ) -> Result<(), (usize, LineProblem)> {
        // A line that is bad by itself says nothing about its columns. Of several faults the leftmost is
        // named: the order of the columns depends on what was read before.
        let mut worst: Option<(usize, LineProblem)> = None;
        for (index, cell) in cells.iter().enumerate() {
            let suspect = match cell {
                Cell::Missing | Cell::Bool(_) | Cell::Int(_) | Cell::Float(_) => false,
                Cell::Text(text) => memchr(0, text.as_bytes()).is_some(),
                _ => true,
            };
            let misnamed = index >= known && !can_name_a_column(&self.keys[index]);
            let conflict = self.columns.conflict(index, cell);
            if (suspect || misnamed || conflict.is_some())
                && let Err(fault) = inspect(line, &self.options, &self.keys[index], cell, conflict)
            {
                let rank = |(at, problem): &(usize, LineProblem)| (problem.is_of_column(), *at);
                if worst.as_ref().is_none_or(|worst| rank(&fault) < rank(worst)) {
                    worst = Some(fault);
                }
            }
        }
        worst.map_or(Ok(()), Err)
    }

    /// Counts a bad line or refuses it. `at` is the byte in it where the problem is.
    fn refuse(&mut self, line: &str, at: usize, problem: LineProblem) -> Result<(), LineError> {
        let before = line.get(..at).unwrap_or(line);
        let column = before.chars().count() as u64 + 1;
        let error = LineError { line: self.line, column, problem };
        match self.options.bad_lines {
            // Of two kinds in a column, neither is that of bad lines.
            _ if error.problem.is_of_column() => Err(error),
            BadLines::Refuse => Err(error),
            BadLines::Skip => {
                self.skipped.count += 1;
                self.skipped.first.get_or_insert(error);
                Ok(())
            }
        }
    }
}

/// Whether texts in a column of this name become timestamps if all of them can.
fn may_be_timestamps(options: &ReadOptions, name: &str) -> bool {
    options.timestamps == Timestamps::Datetime64 && timestamp::names_timestamps(&dotted(name))
}
