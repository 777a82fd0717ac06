//! Puts the blocks of a file together in order: it counts lines, checks that each block fits what the
//! output was begun with, and collects what the output has to remember of its input.

use std::time::{Duration, Instant};

use crate::convert::inference::{Inferred, ParsedBlock};
use crate::convert::job::Conversion;
use crate::error::{ConvertError, LineError, Skipped, line_error};
use crate::frame::Frame;
use crate::output::chunk::RawChunk;
use crate::output::chunker::Chunker;
use crate::output::writer::TableWriter;
use crate::output::written::{Origin, Written};
use crate::source::digest::{BlockHashes, Digest};

/// A table that is being put together.
pub(crate) struct Assembly {
    conversion: Conversion,
    /// What all blocks so far need together.
    inferred: Inferred,
    state: AssemblyState,
    /// Lines of all blocks so far.
    lines: u64,
    rows: u64,
    skipped: Skipped,
    hashes: BlockHashes,
    /// How long reading, parsing and writing the blocks took together.
    elapsed: Duration,
}

#[derive(Debug)]
enum AssemblyState {
    /// All blocks so far fit; their rows go to the output.
    Writing(Chunker),
    /// A block did not fit. Nothing is written any more, but the other blocks still count, so that the
    /// next attempt fits all of them.
    Widening,
    /// A block is in conflict with others, or has a bad line that a wider schema may explain. The next
    /// attempt, which knows more, says which line it is.
    Mixed,
}

/// What comes of an assembly once all blocks have been taken in.
#[derive(Debug)]
pub(crate) enum Assembled {
    /// The output is whole.
    Written(Written),
    /// The file has to be converted again, by what is known now.
    Again(Inferred),
}

impl Assembly {
    /// Begins the output of `conversion` with its first block, which was parsed by `known`.
    ///
    /// There is no file where the first block does not say yet what the file should be.
    pub(crate) fn begin(
        conversion: &Conversion,
        known: &Inferred,
        first: &ParsedBlock,
    ) -> Result<(Self, Option<TableWriter>), ConvertError> {
        let path = &conversion.input.path;
        if let Err(error) = &first.rows {
            return Err(line_error(path, 0, error));
        }
        let inferred = known.with_first(first);
        let begun = TableWriter::begin(&conversion.target(), inferred.table_schema.clone());
        let (state, mut file) = match begun {
            Ok((chunker, file)) => (AssemblyState::Writing(chunker), Some(file)),
            Err(ConvertError::Unwritable { .. }) if inferred.may_have_times() => {
                (AssemblyState::Widening, None)
            }
            Err(error) => return Err(error),
        };
        let mut assembly = Self {
            conversion: conversion.clone(),
            inferred,
            state,
            lines: 0,
            rows: 0,
            skipped: Skipped::default(),
            hashes: BlockHashes::default(),
            elapsed: Duration::ZERO,
        };
        assembly.append(first, file.as_mut())?;
        Ok((assembly, file))
    }

    /// Takes in the next block, and writes it to `file`.
    pub(crate) fn append(
        &mut self,
        block: &ParsedBlock,
        file: Option<&mut TableWriter>,
    ) -> Result<(), ConvertError> {
        let started = Instant::now();
        if let (Some((chunker, frame)), Some(file)) = (self.take(block)?, file) {
            file.append(chunker, frame)?;
        }
        self.elapsed += started.elapsed();
        Ok(())
    }

    /// Takes in the next block; gives the chunks that its rows fill.
    pub(crate) fn cut(&mut self, block: &ParsedBlock) -> Result<Vec<RawChunk>, ConvertError> {
        match self.take(block)? {
            Some((chunker, frame)) => chunker.push(frame),
            None => Ok(Vec::new()),
        }
    }

    /// Counts the next block and checks that it fits; gives its rows if they are to be written.
    fn take<'a>(
        &'a mut self,
        block: &'a ParsedBlock,
    ) -> Result<Option<(&'a mut Chunker, &'a Frame)>, ConvertError> {
        self.elapsed += block.elapsed;
        block.digest.into_iter().for_each(|digest| self.hashes.push(digest));
        let rows = match &block.rows {
            Ok(rows) => rows,
            Err(error)
                if !matches!(self.state, AssemblyState::Mixed)
                    && block.needs.schema == self.inferred.schema =>
            {
                return Err(line_error(&self.conversion.input.path, self.lines, error));
            }
            // It was parsed by less than is known now, and by that an earlier line may be the bad one.
            Err(_) => {
                self.state = AssemblyState::Mixed;
                return Ok(None);
            }
        };
        if let Some(first) = &rows.skipped.first {
            let in_file = || LineError { line: self.lines + first.line, ..first.clone() };
            self.skipped.first.get_or_insert_with(in_file);
        }
        self.skipped.count += rows.skipped.count;
        self.lines += rows.lines;
        self.rows += rows.frame.rows() as u64;
        let fits = self.inferred.fits(&block.needs);
        // A column of missing values is stored like one of numbers, but may still become one of texts:
        // then the block fits, and yet it tells something new.
        let is_known = fits && self.inferred.schema == block.needs.schema;
        if !matches!(self.state, AssemblyState::Mixed) && !is_known {
            match self.inferred.join(&block.needs) {
                Ok(inferred) => {
                    self.inferred = inferred;
                    if !fits {
                        self.state = AssemblyState::Widening;
                    }
                }
                Err(_) => self.state = AssemblyState::Mixed,
            }
        }
        Ok(match &mut self.state {
            AssemblyState::Writing(chunker) => Some((chunker, &rows.frame)),
            AssemblyState::Widening | AssemblyState::Mixed => None,
        })
    }

    /// Ends the output, whose chunks are all in `file`. `digest` is that of the input; where it is not
    /// given, it is put together from those of the blocks.
    pub(crate) fn finish(
        self,
        file: Option<TableWriter>,
        digest: Option<Digest>,
    ) -> Result<Assembled, ConvertError> {
        let started = Instant::now();
        let expected = self.inferred.table_schema.expected_rows();
        let (chunker, file) = match (self.state, file) {
            // A table without a row is stored in another way, which has to be known when it is begun.
            (AssemblyState::Writing(chunker), Some(file))
                if self.rows > 0 || expected == Some(0) =>
            {
                (chunker, file)
            }
            (state, _) => {
                let is_whole = !matches!(state, AssemblyState::Mixed);
                let inferred = self.inferred.covering_all(is_whole).expecting(Some(self.rows));
                return Ok(Assembled::Again(inferred));
            }
        };
        let Conversion { input, options, .. } = &self.conversion;
        let Digest { bytes, hash } = digest.unwrap_or_else(|| self.hashes.finish());
        let origin = Origin {
            path: input.path.clone(),
            bytes,
            hash,
            rows: self.rows,
            skipped_lines: self.skipped.count,
            options: *options,
        };
        let bytes = file.finish(chunker, &origin)?;
        Ok(Assembled::Written(Written {
            path: input.output.clone(),
            origin,
            skipped: self.skipped,
            bytes,
            elapsed: self.elapsed + started.elapsed(),
        }))
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        match &self.state {
            AssemblyState::Writing(chunker) => chunker.bytes(),
            AssemblyState::Widening | AssemblyState::Mixed => 0,
        }
    }

    pub(crate) fn conversion(&self) -> &Conversion {
        &self.conversion
    }
}
