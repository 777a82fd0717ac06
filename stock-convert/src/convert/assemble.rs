//! Puts the blocks of a file together in order: it counts lines, checks that each block fits what the
//! output was begun with, and collects what the output has to remember of its input.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::convert::inference::{Inferred, ParsedBlock};
use crate::convert::job::Conversion;
use crate::error::line::{ColumnProblem, LineError, LineProblem, Skipped, shortened};
use crate::error::{ConvertError, line_error};
use crate::frame::{Frame, Kind};
use crate::options::dotted;
use crate::output::chunk::RawChunk;
use crate::output::chunker::Chunker;
use crate::output::table_schema::StoredType;
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
    /// The size of the source, which is that of the blocks so far where they unpacked to more.
    text_bytes: u64,
    block_bytes: u64,
    skipped: Skipped,
    /// The columns that were left out so far.
    dropped: BTreeSet<String>,
    hashes: BlockHashes,
    /// Whether some texts may be longer than is known.
    forgets_widths: bool,
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
    /// There is no file where the layout has no place for what is known now: once all blocks are known, that
    /// is the error, unless there is another one before it.
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
        let source_bytes = path.metadata().map_or(0, |metadata| metadata.len());
        let begun = TableWriter::begin(&conversion.target(), inferred.table_schema.clone());
        let (state, mut file) = match begun {
            Ok((chunker, file)) => (AssemblyState::Writing(chunker), Some(file)),
            Err(ConvertError::Unwritable { .. }) if !inferred.is_whole => {
                (AssemblyState::Widening, None)
            }
            Err(error @ ConvertError::Unwritable { .. }) => {
                return Err(match inferred.misplaced_texts() {
                    Some(name) => {
                        let problem = ColumnProblem::NoDate { text: String::new(), reason: "" };
                        in_column(conversion, name, problem)
                    }
                    None => error,
                });
            }
            Err(error) => return Err(error),
        };
        let mut assembly = Self {
            conversion: conversion.clone(),
            inferred,
            state,
            lines: 0,
            rows: 0,
            text_bytes: source_bytes,
            block_bytes: 0,
            skipped: Skipped::default(),
            dropped: BTreeSet::new(),
            hashes: BlockHashes::default(),
            forgets_widths: false,
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
        let path = &self.conversion.input.path;
        let rows = block.rows.as_ref().map_err(|error| line_error(path, self.lines, error))?;
        if let Some(first) = &rows.skipped.first {
            let in_file = || LineError { line: self.lines + first.line, ..first.clone() };
            self.skipped.first.get_or_insert_with(in_file);
        }
        self.skipped.count += rows.skipped.count;
        self.dropped.extend(rows.dropped.iter().cloned());
        self.lines += rows.lines;
        self.rows += rows.frame.rows() as u64;
        self.block_bytes += block.text_bytes;
        self.text_bytes = self.text_bytes.max(self.block_bytes);
        let fits = self.inferred.fits(&block.needs);
        // A column of missing values is stored like one of numbers, but may still become one of texts:
        // then the block fits, and yet it tells something new.
        if !fits || self.inferred.schema != block.needs.schema {
            self.forgets_widths |= self.inferred.forgets_widths(&block.needs);
            let joined = self.inferred.join(&block.needs);
            self.inferred = joined.map_err(|mixed| {
                let (found, expected) = (Kind::Text, Kind::Float);
                let problem = ColumnProblem::Mixed { found, expected, kinds: None };
                in_column(&self.conversion, &mixed.name, problem)
            })?;
        }
        // A text that is too wide does not fill the disk; whether it is, all rows decide.
        if !fits || self.check_size().is_err() {
            self.state = AssemblyState::Widening;
        }
        Ok(match &mut self.state {
            AssemblyState::Writing(chunker) => Some((chunker, &rows.frame)),
            AssemblyState::Widening => None,
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
        if self.skipped.count > self.rows
            && let Some(LineError { line, column, problem }) = self.skipped.first
        {
            let (path, bad, good) = (self.conversion.input.path, self.skipped.count, self.rows);
            return Err(ConvertError::MostlyBad { path, bad, good, line, column, problem });
        }
        if !self.forgets_widths {
            self.check_size()?;
        }
        let expected = self.inferred.table_schema.expected_rows();
        let (chunker, file) = match (self.state, file) {
            // A table without a row is stored in another way, which has to be known when it is begun.
            (AssemblyState::Writing(chunker), Some(file))
                if self.rows > 0 || expected == Some(0) =>
            {
                (chunker, file)
            }
            _ => {
                let is_small = self.inferred.is_small || !self.forgets_widths;
                let inferred = Inferred { is_whole: true, is_small, ..self.inferred };
                return Ok(Assembled::Again(inferred.expecting(Some(self.rows))));
            }
        };
        let Conversion { input, options, .. } = &self.conversion;
        let names = self.inferred.schema.fields().iter().map(|field| dotted(&field.name));
        let names: Vec<String> = names.chain(self.dropped).collect();
        let mut unknown = match self.rows {
            0 => Vec::new(),
            _ => options.columns.unknown(&options.records, &names),
        };
        if self.rows > 0 && self.inferred.schema.fields().is_empty() && !names.is_empty() {
            if let Some(only) = unknown.iter().position(|column| column.option == "--only") {
                return Err(ConvertError::UnknownColumn(unknown.swap_remove(only)));
            }
            return Err(ConvertError::Unreadable {
                path: input.path.clone(),
                problem: format!("no column is left of {}", shortened(&format!("{names:?}"))),
                remedy: Some("--drop and --only leave all of them out; keep one".to_owned()),
            });
        }
        let Digest { bytes, hash } = digest.unwrap_or_else(|| self.hashes.finish());
        let origin = Origin {
            path: input.path.clone(),
            bytes,
            hash,
            rows: self.rows,
            skipped_lines: self.skipped.count,
            options: options.clone(),
        };
        let bytes = file.finish(chunker, &origin)?;
        Ok(Assembled::Written(Written {
            path: input.output.clone(),
            origin,
            skipped: self.skipped,
            unknown,
            bytes,
            elapsed: self.elapsed + started.elapsed(),
            form: String::new(),
        }))
    }

    /// Refuses a table whose texts, of which each gets the room of the longest, would fill the disk.
    fn check_size(&self) -> Result<(), ConvertError> {
        // What an attempt before has found counts. A layout without a place for
        // texts refuses them however wide they are.
        if self.inferred.is_small || self.inferred.has_times {
            return Ok(());
        }
        let (schema, storage) = (&self.inferred.table_schema, &self.conversion.storage);
        let table_bytes = self.rows.saturating_mul(schema.row_bytes(storage.text));
        let usual = self.text_bytes.saturating_mul(PADDING_FACTOR).max(PADDING_BYTES);
        let widest = schema.columns().iter().filter_map(|(name, stored)| match stored {
            StoredType::Text { width } => Some((*width as u64, name)),
            _ => None,
        });
        match widest.max_by_key(|(width, _)| *width) {
            Some((bytes, name)) if table_bytes > storage.max_output.unwrap_or(usual) => {
                let problem = ColumnProblem::TooWide { bytes, rows: self.rows, table_bytes };
                Err(in_column(&self.conversion, name, problem))
            }
            _ => Ok(()),
        }
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        match &self.state {
            AssemblyState::Writing(chunker) => chunker.bytes(),
            AssemblyState::Widening => 0,
        }
    }

    pub(crate) fn conversion(&self) -> &Conversion {
        &self.conversion
    }
}

/// The error of a column; `explain` says on which line it is.
fn in_column(conversion: &Conversion, name: &str, problem: ColumnProblem) -> ConvertError {
    let problem = LineProblem::Column { key: dotted(name), problem };
    ConvertError::Line { path: conversion.input.path.clone(), line: 0, column: 0, problem }
}

/// An output may be this many times as large as its source,
const PADDING_FACTOR: u64 = 16;

/// or as large as this.
const PADDING_BYTES: u64 = 1 << 30;
