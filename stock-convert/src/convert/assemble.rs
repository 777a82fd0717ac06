//! The blocks of a table as they come together, in order: which line of the file is which, whether
//! all fit what the file was begun with, and what else its output has to remember.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::convert::inference::{Learned, Rows};
use crate::convert::job::Conversion;
use crate::error::{ConvertError, LineError, Skipped};
use crate::frame::Frame;
use crate::output::chunk::RawChunk;
use crate::output::chunker::Chunker;
use crate::output::writer::TableWriter;
use crate::output::written::{Origin, Written};
use crate::source::digest::{Digest, Stretches};

/// A table so far.
pub(crate) struct Table {
    conversion: Conversion,
    /// What all blocks so far need.
    learned: Learned,
    state: State,
    lines: u64,
    rows: u64,
    skipped: Skipped,
    stretches: Stretches,
    took: Duration,
}

#[derive(Debug)]
enum State {
    /// All blocks so far fit.
    Writing(Chunker),
    /// One did not. The others are looked at so that the next attempt is the last.
    Widening,
    /// One is in conflict with others, or has a bad line. The next attempt will say which.
    Mixed,
}

/// What comes of a table.
#[derive(Debug)]
pub(crate) enum Ending {
    /// An output.
    Written(Written),
    /// The file has to be read again with what has been learned now.
    Again(Learned),
}

impl Table {
    /// Begins the output of `conversion` with its first block, that was parsed with `known`. There
    /// is no file where the first block does not say yet what it should be.
    pub(crate) fn begin(
        conversion: &Conversion,
        known: &Learned,
        first: &Rows,
    ) -> Result<(Self, Option<TableWriter>), ConvertError> {
        let path = &conversion.input.path;
        if let Err(error) = &first.block {
            return Err(line_error(path, 0, error));
        }
        let learned = known.after(first);
        let begun = TableWriter::begin(&conversion.target(), learned.table_schema.clone());
        let (state, mut file) = match begun {
            Ok((chunker, file)) => (State::Writing(chunker), Some(file)),
            Err(ConvertError::Unwritable { .. }) if learned.may_have_times() => {
                (State::Widening, None)
            }
            Err(error) => return Err(error),
        };
        let mut table = Self {
            conversion: conversion.clone(),
            learned,
            state,
            lines: 0,
            rows: 0,
            skipped: Skipped::default(),
            stretches: Stretches::default(),
            took: Duration::ZERO,
        };
        table.append(first, file.as_mut())?;
        Ok((table, file))
    }

    /// Takes in the next block, and writes it to `file`.
    pub(crate) fn append(
        &mut self,
        rows: &Rows,
        file: Option<&mut TableWriter>,
    ) -> Result<(), ConvertError> {
        let started = Instant::now();
        if let (Some((chunker, frame)), Some(file)) = (self.take(rows)?, file) {
            file.append(chunker, frame)?;
        }
        self.took += started.elapsed();
        Ok(())
    }

    /// Takes in the next block; gives the chunks of the output that it fills.
    pub(crate) fn cut(&mut self, rows: &Rows) -> Result<Vec<RawChunk>, ConvertError> {
        match self.take(rows)? {
            Some((chunker, frame)) => chunker.push(frame),
            None => Ok(Vec::new()),
        }
    }

    /// Takes note of the next block; gives its rows if they are to be written.
    fn take<'a>(
        &'a mut self,
        rows: &'a Rows,
    ) -> Result<Option<(&'a mut Chunker, &'a Frame)>, ConvertError> {
        self.took += rows.took;
        rows.digest.into_iter().for_each(|digest| self.stretches.push(digest));
        let block = match &rows.block {
            Ok(block) => block,
            Err(error)
                if !matches!(self.state, State::Mixed)
                    && rows.needs.schema == self.learned.schema =>
            {
                return Err(line_error(&self.conversion.input.path, self.lines, error));
            }
            // The block was parsed by less than is known now, by which a line before may be wrong.
            Err(_) => {
                self.state = State::Mixed;
                return Ok(None);
            }
        };
        if let Some(first) = &block.skipped.first {
            let in_file = || LineError { line: self.lines + first.line, ..first.clone() };
            self.skipped.first.get_or_insert_with(in_file);
        }
        self.skipped.count += block.skipped.count;
        self.lines += block.lines;
        self.rows += block.frame.rows() as u64;
        let fits = self.learned.fits(&rows.needs);
        // A column of missing values is stored like one of numbers, but may still become one of texts.
        let is_known = fits && self.learned.schema == rows.needs.schema;
        if !matches!(self.state, State::Mixed) && !is_known {
            match self.learned.join(&rows.needs) {
                Ok(learned) => {
                    self.learned = learned;
                    if !fits {
                        self.state = State::Widening;
                    }
                }
                Err(_) => self.state = State::Mixed,
            }
        }
        Ok(match &mut self.state {
            State::Writing(chunker) => Some((chunker, &block.frame)),
            State::Widening | State::Mixed => None,
        })
    }

    /// Ends the output, of which all chunks are in `file`. The digest is that of a stream.
    pub(crate) fn finish(
        self,
        file: Option<TableWriter>,
        digest: Option<Digest>,
    ) -> Result<Ending, ConvertError> {
        let started = Instant::now();
        let expected = self.learned.table_schema.expected_rows();
        let (chunker, file) = match (self.state, file) {
            // A table without a row is stored in another way, which is to be known beforehand.
            (State::Writing(chunker), Some(file)) if self.rows > 0 || expected == Some(0) => {
                (chunker, file)
            }
            (state, _) => {
                let is_whole = !matches!(state, State::Mixed);
                let learned = self.learned.of_all(is_whole).expecting(Some(self.rows));
                return Ok(Ending::Again(learned));
            }
        };
        let Conversion { input, reading, .. } = &self.conversion;
        let Digest { bytes, hash } = digest.unwrap_or_else(|| self.stretches.finish());
        let origin = Origin {
            path: input.path.clone(),
            bytes,
            hash,
            rows: self.rows,
            skipped_lines: self.skipped.count,
            reading: *reading,
        };
        let bytes = file.finish(chunker, &origin)?;
        Ok(Ending::Written(Written {
            path: input.output.clone(),
            origin,
            skipped: self.skipped,
            bytes,
            elapsed: self.took + started.elapsed(),
        }))
    }

    /// What it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        match &self.state {
            State::Writing(chunker) => chunker.bytes(),
            State::Widening | State::Mixed => 0,
        }
    }

    pub(crate) fn conversion(&self) -> &Conversion {
        &self.conversion
    }
}
