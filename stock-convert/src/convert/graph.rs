//! Files to a graph: the place to start reading for anyone who wants to use `delayed` graphs.
//!
//! Ordinary functions become tasks. Calling one runs nothing: it notes down what is to be done and
//! returns a handle, which the next call takes as its argument. So plain loops over files and their
//! blocks build a chain for each file, and the executor runs them on all cores:
//!
//! ```text
//! read ─► parse ─► begin        what the first block teaches goes to all others
//!           └─ learn ┈┐ │
//! read ────────► parse ─► append
//! read ────────► parse ─► append
//!                           ▼
//!                         finish
//! ```
//!
//! Blocks are parsed at the same time and written in order. Two things keep memory bounded however
//! large a file is: no block is read before the one [`LOOK_AHEAD`] blocks earlier has been written,
//! and each task declares the bytes it needs, which an executor with a memory limit adds up.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Instant;

use graph_exec::{RunRecord, prelude::*};

use crate::convert::assemble::{Ending, Table};
use crate::convert::inference::{Learned, Rows};
use crate::convert::job::{Conversion, Converted};
use crate::convert::sequential::convert_file;
use crate::error::ConvertError;
use crate::output::chunker::dataset::CHUNK_BYTES;
use crate::output::chunk::{Chunk, RawChunk};
use crate::output::compression::Compression;
use crate::output::writer::TableWriter;
use crate::output::written::Written;
use crate::source::digest::STRETCH_BYTES;
use crate::source::is_gzip;
use crate::source::ranges::{LineRange, Text, line_ranges};

/// How many blocks of a file may be in memory at once: enough for many workers, and little beside
/// what a machine has.
const LOOK_AHEAD: usize = 32;

/// Bytes of a file to the lines that begin in them.
#[delayed(bytes = LineRange::bytes, result_bytes = Text::bytes)]
fn read(range: LineRange) -> Result<Text, ConvertError> {
    range.read()
}

/// Lines to rows, by what is known of lines before.
#[delayed(bytes = needs::rows, result_bytes = Rows::bytes)]
fn parse(lines: Text, known: &Learned) -> Rows {
    Rows::of_text(&lines, known)
}

/// What the other blocks may go by.
#[delayed]
fn learn(known: Learned, first: &Rows) -> Learned {
    known.after(first)
}

/// A table that grows, and the file that its rows go to, if there is one yet.
type Output = (Table, Option<TableWriter>);

/// Begins a file with the rows of the first block.
#[delayed(bytes = needs::begun, result_bytes = needs::output)]
fn begin(conversion: &Conversion, known: &Learned, first: &Rows) -> Result<Output, ConvertError> {
    Table::begin(conversion, known, first)
}

/// Writes the rows of the next block.
#[delayed(bytes = needs::appended, result_bytes = needs::output)]
fn append(output: Output, rows: &Rows) -> Result<Output, ConvertError> {
    let (mut table, mut file) = output;
    table.append(rows, file.as_mut())?;
    Ok((table, file))
}

/// The same before chunks have been put in place.
type Cut = (Table, Vec<RawChunk>);

/// Cuts the rows of the next block into chunks.
#[delayed(bytes = needs::cut)]
fn cut(mut table: Table, rows: &Rows) -> Result<Cut, ConvertError> {
    let chunks = table.cut(rows)?;
    Ok((table, chunks))
}

/// Makes chunks smaller.
#[delayed(bytes = needs::raw, result_bytes = needs::compressed)]
fn compress(chunks: Vec<RawChunk>) -> Vec<Chunk> {
    chunks.into_iter().map(RawChunk::compress).collect()
}

/// Puts chunks in their places in the file.
#[delayed]
fn put(
    mut file: Option<TableWriter>,
    chunks: Vec<Chunk>,
) -> Result<Option<TableWriter>, ConvertError> {
    if let Some(file) = &mut file {
        chunks.into_iter().try_for_each(|chunk| file.put(chunk))?;
    }
    Ok(file)
}

/// Ends the file and gives it its name. Where some block has contradicted the first one, it is all
/// done once more, by what is known now.
#[delayed]
fn finish(output: Output) -> Result<Written, ConvertError> {
    let (table, file) = output;
    end(table, file)
}

/// The same of a file whose chunks went a way of their own.
#[delayed]
fn finish_parts(table: Table, file: Option<TableWriter>) -> Result<Written, ConvertError> {
    end(table, file)
}

fn end(table: Table, file: Option<TableWriter>) -> Result<Written, ConvertError> {
    let conversion = table.conversion().clone();
    match table.finish(file, None)? {
        Ending::Written(written) => Ok(written),
        Ending::Again(learned) => {
            let again = by_blocks(&conversion, learned);
            again.compute().map_err(|error| cause(&error, &conversion.input.path))
        }
    }
}

/// A whole file, which cannot be taken apart.
#[delayed(bytes = needs::stream)]
fn convert_stream(conversion: &Conversion) -> Result<Written, ConvertError> {
    convert_file(conversion)
}

/// The graph: a handle for every output, in order. Nothing has run yet.
///
/// ```
/// use graph_exec::prelude::*;
/// use stock_convert::{Conversion, Input, Reading, Storage, TargetMode, plan};
/// let conversion = |label: &str| Conversion {
///     input: Input { path: label.into(), output: format!("{label}.h5").into(), label: label.into() },
///     reading: Reading::default(),
///     mode: TargetMode::Create,
///     storage: Storage::default(),
/// };
/// let outputs = plan(&[conversion("ibm.json"), conversion("fb.json")]);
/// let graph = Graph::of(&outputs)?;
/// assert_eq!((graph.nodes().len(), graph.edges().len()), (8, 6)); // read, parse, begin, finish
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan(conversions: &[Conversion]) -> Vec<Delayed<Written>> {
    let mut outputs = Vec::new();
    for conversion in conversions {
        let nothing = Learned::nothing(conversion.reading, conversion.storage.layout);
        let output = match is_gzip(&conversion.input.path) {
            true => convert_stream(conversion.clone()),
            false => by_blocks(conversion, nothing),
        };
        let output_name = conversion.input.output.file_name().unwrap_or_default();
        outputs.push(output.named(output_name.to_string_lossy()));
    }
    outputs
}

/// One file, block by block.
fn by_blocks(conversion: &Conversion, known: Learned) -> Delayed<Written> {
    let (first, mut others) = line_ranges(&conversion.input.path);
    let read = |range| read(range).named(&conversion.input.label);
    let first = parse(read(first), known.clone()).shared();
    let begun = begin(conversion.clone(), known.clone(), &first);
    let known = learn(known, &first).shared();

    let mut ahead: VecDeque<_> = others.by_ref().take(LOOK_AHEAD - 1).map(read).collect();
    if conversion.storage.compression == Compression::None {
        let mut output = begun;
        while let Some(lines) = ahead.pop_front() {
            ahead.extend(others.next().map(|range| read(range).after([&output])));
            output = append(output, parse(lines, &known));
        }
        return finish(output);
    }
    // Rows are cut into chunks in order; the chunks are compressed at the same time.
    let (mut table, mut file) = begun.unzip();
    while let Some(lines) = ahead.pop_front() {
        ahead.extend(others.next().map(|range| read(range).after([&file])));
        let (cut_so_far, chunks) = cut(table, parse(lines, &known)).unzip();
        table = cut_so_far;
        file = put(file, compress(chunks));
    }
    finish_parts(table, file)
}

/// Converts all files as a graph. One that fails does not stop the others.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ibm.json");
/// # std::fs::write(&path, "{\"close\": 100.25}\n")?;
/// use graph_exec::Executor;
/// use stock_convert::{Conversion, Input, Reading, Storage, TargetMode, convert};
/// let output = path.with_extension("h5");
/// let input = Input { path, output: output.clone(), label: "ibm.json".into() };
/// let (reading, mode, storage) = (Reading::default(), TargetMode::Create, Storage::default());
/// let conversion = Conversion { input, reading, mode, storage };
/// let (converted, record) = convert(&[conversion], &Executor::builder().threads(2).build()?)?;
/// assert_eq!(converted.results[0].as_ref().unwrap().path, output);
/// assert_eq!(record.workers(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The record says what ran when.
///
/// # Errors
/// Only those that make the whole graph impossible to run.
pub fn convert(
    conversions: &[Conversion],
    executor: &Executor,
) -> Result<(Converted, RunRecord), graph_exec::Error> {
    let started = Instant::now();
    let finished = executor.keep_going().run(plan(conversions))?;
    // Building the graph is part of the price.
    let wall = started.elapsed();
    let record = finished.record().clone();
    let results = finished.into_value().into_iter().zip(conversions);
    let results = results
        .map(|(result, conversion)| result.map_err(|error| cause(&error, &conversion.input.path)));
    Ok((Converted { results: results.collect(), wall }, record))
}

/// The task's own error, which the executor wraps in where and why it ran.
fn cause(error: &graph_exec::Error, input: &Path) -> ConvertError {
    if matches!(error, graph_exec::Error::Cancelled { .. }) {
        return ConvertError::Interrupted { path: input.to_owned() };
    }
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<ConvertError>()) {
        Some(error) => error.clone(),
        None => ConvertError::Defect { path: input.to_owned(), message: error.to_string() },
    }
}

/// The bytes that tasks declare to need, where that is more than one word to say.
mod needs {
    use super::*;

    /// Numbers take no more room than their digits, as good as always.
    pub(super) fn rows(lines: &Text, _: &Learned) -> usize {
        lines.bytes()
    }

    pub(super) fn begun(conversion: &Conversion, _: &Learned, first: &Rows) -> usize {
        conversion.storage.layout.datasets(first.needs.outline.columns().len()) * CHUNK_BYTES
    }

    pub(super) fn output((table, _): &Output) -> usize {
        table.bytes()
    }

    pub(super) fn appended(output: &Output, _: &Rows) -> usize {
        self::output(output)
    }

    pub(super) fn cut(table: &Table, rows: &Rows) -> usize {
        table.bytes() + rows.bytes()
    }

    pub(super) fn raw(chunks: &[RawChunk]) -> usize {
        chunks.iter().map(RawChunk::bytes).sum()
    }

    pub(super) fn compressed(chunks: &[Chunk]) -> usize {
        chunks.iter().map(Chunk::bytes).sum()
    }

    pub(super) fn stream(_: &Conversion) -> usize {
        4 * STRETCH_BYTES
    }
}
