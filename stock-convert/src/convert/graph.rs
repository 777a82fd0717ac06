//! Files as a graph of tasks: the place to start reading for anyone who wants to use `delayed`.
//!
//! Ordinary functions become tasks. Calling one runs nothing: the call returns a handle, which the
//! next call takes as its argument. So plain loops over files and their blocks build a chain for
//! each file, and the executor runs the chains on all cores:
//!
//! ```text
//! read ─► parse ─► begin        what the first block shows goes to all others
//!           └─ learn ┈┐ │
//! read ────────► parse ─► append
//! read ────────► parse ─► append
//!                           ▼
//!                         finish
//! ```
//!
//! Blocks are parsed at the same time and written in order. Two things bound the memory, however
//! large a file is: no block is read before the one [`LOOK_AHEAD`] blocks earlier has been written,
//! and each task declares the bytes it needs, which an executor with a memory limit adds up.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Instant;

use graph_exec::{RunRecord, prelude::*};

use crate::convert::assemble::{Assembled, Assembly};
use crate::convert::explain::explain;
use crate::convert::inference::{Inferred, ParsedBlock};
use crate::convert::job::{Conversion, Converted};
use crate::convert::sequential::convert_file;
use crate::error::ConvertError;
use crate::output::chunk::{Chunk, RawChunk};
use crate::output::chunker::dataset::CHUNK_BYTES;
use crate::output::compression::Compression;
use crate::output::writer::TableWriter;
use crate::output::written::Written;
use crate::source::digest::HASH_BLOCK_BYTES;
use crate::source::lines::BlockSizes;
use crate::source::ranges::{LineRange, RawBlock, line_ranges};
use crate::source::shape::Form;

/// How many blocks of a file may be in memory at once: enough for many workers, and few enough for
/// any machine.
const LOOK_AHEAD: usize = 32;

/// Reads the lines that begin in a range of bytes of a file.
#[delayed(bytes = LineRange::bytes, result_bytes = RawBlock::bytes)]
fn read(range: LineRange) -> Result<RawBlock, ConvertError> {
    range.read()
}

/// Parses lines to rows, by what is known of the columns.
#[delayed(bytes = declared::parsed, result_bytes = ParsedBlock::bytes)]
fn parse(lines: RawBlock, known: &Inferred) -> ParsedBlock {
    ParsedBlock::from_raw(&lines, known)
}

/// Infers from the first block what all others are parsed by.
#[delayed]
fn learn(known: Inferred, first: &ParsedBlock) -> Inferred {
    known.with_first(first)
}

/// An output so far, and its file; none where the first block does not say yet what the file should be.
type Output = (Assembly, Option<TableWriter>);

/// Begins a file with the rows of the first block.
#[delayed(bytes = declared::begun, result_bytes = declared::output)]
fn begin(
    conversion: &Conversion,
    known: &Inferred,
    first: &ParsedBlock,
) -> Result<Output, ConvertError> {
    Assembly::begin(conversion, known, first)
}

/// Writes the rows of the next block.
#[delayed(bytes = declared::appended, result_bytes = declared::output)]
fn append(output: Output, block: &ParsedBlock) -> Result<Output, ConvertError> {
    let (mut assembly, mut file) = output;
    assembly.append(block, file.as_mut())?;
    Ok((assembly, file))
}

/// An output so far, and the chunks that its last block filled.
type Cut = (Assembly, Vec<RawChunk>);

/// Cuts the rows of the next block into chunks.
#[delayed(bytes = declared::cut)]
fn cut(mut assembly: Assembly, block: &ParsedBlock) -> Result<Cut, ConvertError> {
    let chunks = assembly.cut(block)?;
    Ok((assembly, chunks))
}

/// Compresses chunks.
#[delayed(bytes = declared::raw, result_bytes = declared::compressed)]
fn compress(chunks: Vec<RawChunk>) -> Vec<Chunk> {
    chunks.into_iter().map(RawChunk::compress).collect()
}

/// Writes chunks to their places in the file.
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

/// Ends the file and gives it its name.
#[delayed]
fn finish(output: Output) -> Result<Written, ConvertError> {
    let (assembly, file) = output;
    end(assembly, file)
}

/// Ends a file whose chunks were compressed apart from each other, and gives it its name.
#[delayed]
fn finish_parts(assembly: Assembly, file: Option<TableWriter>) -> Result<Written, ConvertError> {
    end(assembly, file)
}

/// Ends an output. Where some block did not fit what was inferred from the first one, the whole file
/// is converted once more, by what is known now.
fn end(assembly: Assembly, file: Option<TableWriter>) -> Result<Written, ConvertError> {
    let conversion = assembly.conversion().clone();
    match assembly.finish(file, None)? {
        Assembled::Written(written) => Ok(written),
        Assembled::Again(inferred) => {
            let again = by_blocks(&conversion, inferred);
            again.compute().map_err(|error| cause(&error, &conversion.input.path))
        }
    }
}

/// Converts a whole file in one task: what is compressed, or one document, can only be read from its
/// beginning.
#[delayed(bytes = declared::stream)]
fn convert_stream(conversion: &Conversion) -> Result<Written, ConvertError> {
    convert_file(conversion)
}

/// Builds the graph: a handle for every output, in order. Nothing runs yet.
///
/// ```
/// use graph_exec::prelude::*;
/// use stock_convert::{Conversion, plan};
/// let outputs = plan(&[Conversion::new("ibm.json"), Conversion::new("fb.json")]);
/// let graph = Graph::of(&outputs)?;
/// assert_eq!((graph.nodes().len(), graph.edges().len()), (8, 6)); // read, parse, begin, finish
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan(conversions: &[Conversion]) -> Vec<Delayed<Written>> {
    let mut outputs = Vec::new();
    for conversion in conversions {
        let nothing = Inferred::new(&conversion.options, conversion.storage.layout);
        let path = &conversion.input.path;
        let output = match Form::detect(path, &conversion.options) {
            Ok(form) if form.is_plain_lines() => by_blocks(conversion, nothing),
            // A file that is not there yet may be one of lines.
            Err(ConvertError::Read { .. }) if !path.is_file() => by_blocks(conversion, nothing),
            // It may also be an error, which the task finds again.
            _ => convert_stream(conversion.clone()),
        };
        let output_name = conversion.input.output.file_name().unwrap_or_default();
        outputs.push(output.named(output_name.to_string_lossy()));
    }
    outputs
}

/// The tasks of one file, block by block.
fn by_blocks(conversion: &Conversion, known: Inferred) -> Delayed<Written> {
    let (first, mut others) = line_ranges(&conversion.input.path, BlockSizes::default());
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
    // Rows are cut into chunks in order; chunks of different blocks are compressed at the same time.
    let (mut assembly, mut file) = begun.unzip();
    while let Some(lines) = ahead.pop_front() {
        ahead.extend(others.next().map(|range| read(range).after([&file])));
        let (rest, chunks) = cut(assembly, parse(lines, &known)).unzip();
        assembly = rest;
        file = put(file, compress(chunks));
    }
    finish_parts(assembly, file)
}

/// Converts all files as a graph, and says in the record what ran when. A file that fails does not
/// stop the others.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ibm.json");
/// # std::fs::write(&path, "{\"close\": 100.25}\n")?;
/// use graph_exec::Executor;
/// use stock_convert::{Conversion, convert};
/// let executor = Executor::builder().threads(2).build()?;
/// let (converted, record) = convert(&[Conversion::new(&path)], &executor)?;
/// assert_eq!(converted.results[0].as_ref().unwrap().path, path.with_extension("h5"));
/// assert_eq!(record.workers(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Only what keeps the whole graph from running.
pub fn convert(
    conversions: &[Conversion],
    executor: &Executor,
) -> Result<(Converted, RunRecord), graph_exec::Error> {
    let started = Instant::now();
    let finished = executor.keep_going().run(plan(conversions))?;
    // Building the graph counts too.
    let wall = started.elapsed();
    let record = finished.record().clone();
    let results = finished.into_value().into_iter().zip(conversions);
    let results = results.map(|(result, conversion)| {
        result.map_err(|error| explain(cause(&error, &conversion.input.path), conversion))
    });
    Ok((Converted { results: results.collect(), wall }, record))
}

/// The error of the task itself, without where and why the task ran, which the executor adds.
fn cause(error: &graph_exec::Error, input: &Path) -> ConvertError {
    if matches!(error, graph_exec::Error::Cancelled { .. }) {
        return ConvertError::Interrupted(input.to_owned());
    }
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<ConvertError>()) {
        Some(error) => error.clone(),
        None => ConvertError::Defect { path: input.to_owned(), message: error.to_string() },
    }
}

/// The bytes that tasks declare to need, where that takes more than a method's name.
mod declared {
    use super::*;

    /// Values hardly ever take more room than the text they are parsed from.
    pub(super) fn parsed(lines: &RawBlock, _: &Inferred) -> usize {
        lines.bytes()
    }

    pub(super) fn begun(conversion: &Conversion, _: &Inferred, first: &ParsedBlock) -> usize {
        conversion.storage.layout.datasets(first.needs.table_schema.columns().len()) * CHUNK_BYTES
    }

    pub(super) fn output((assembly, _): &Output) -> usize {
        assembly.bytes()
    }

    /// The chunks that a block fills take about as much as its rows.
    pub(super) fn appended(output: &Output, block: &ParsedBlock) -> usize {
        self::output(output) + block.bytes()
    }

    pub(super) fn cut(assembly: &Assembly, block: &ParsedBlock) -> usize {
        assembly.bytes() + block.bytes()
    }

    pub(super) fn raw(chunks: &[RawChunk]) -> usize {
        chunks.iter().map(RawChunk::bytes).sum()
    }

    pub(super) fn compressed(chunks: &[Chunk]) -> usize {
        chunks.iter().map(Chunk::bytes).sum()
    }

    /// About what reading, parsing and writing a stream hold together.
    pub(super) fn stream(_: &Conversion) -> usize {
        4 * HASH_BLOCK_BYTES
    }
}
