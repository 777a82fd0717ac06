//! Files to a graph: the place to start reading for anyone who wants to use `delayed` graphs.
//!
//! Two ordinary functions become tasks. Calling one runs nothing: it notes down what is to be done
//! and returns a handle, which the next call takes as its argument. So a loop over files builds one
//! chain for each, and nothing between the chains; the executor runs them on all cores.
//!
//! ```text
//! read (aapl.json) ─► write (aapl.h5)
//! read (fb.json)   ─► write (fb.h5)
//! ```

use std::path::Path;
use std::time::{Duration, Instant};

use graph_exec::{RunRecord, prelude::*};

use crate::error::ConvertError;
use crate::inputs::Input;
use crate::read::Loaded;
use crate::reading::Reading;
use crate::write::{Storage, Target, TargetMode, Written};

/// A file to a table in memory.
#[delayed]
fn read(path: &Path, reading: Reading) -> Result<Loaded, ConvertError> {
    crate::read::read(path, reading)
}

/// A table in memory, which is gone afterwards, to an HDF5 file.
#[delayed]
fn write(table: Loaded, target: &Target) -> Result<Written, ConvertError> {
    crate::write::write(&table, target)
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
/// assert_eq!((graph.nodes().len(), graph.edges().len()), (4, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan(conversions: &[Conversion]) -> Vec<Delayed<Written>> {
    let mut outputs = Vec::new();
    for conversion in conversions {
        let Conversion { input, reading, .. } = conversion;
        let table = read(&input.path, *reading).named(&input.label);
        let output_name = input.output.file_name().unwrap_or_default().to_string_lossy();
        outputs.push(write(table, conversion.target()).named(output_name));
    }
    outputs
}

/// What to do with one input.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// The file, and where its table goes.
    pub input: Input,
    /// How its lines become rows.
    pub reading: Reading,
    /// What becomes of the output.
    pub mode: TargetMode,
    /// How the table is stored.
    pub storage: Storage,
}

/// What came of converting, in the order of the conversions.
#[derive(Debug)]
pub struct Converted {
    /// One result per conversion.
    pub results: Vec<Result<Written, ConvertError>>,
    /// How long it took.
    pub wall: Duration,
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

/// Converts one file after the other in a plain loop: what the graph is measured against.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ibm.json");
/// # std::fs::write(&path, "{\"close\": 100.25}\n")?;
/// use stock_convert::{Conversion, Input, Reading, Storage, TargetMode, convert_sequentially};
/// let output = path.with_extension("h5");
/// let input = Input { path, output: output.clone(), label: "ibm.json".into() };
/// let (reading, mode, storage) = (Reading::default(), TargetMode::Create, Storage::default());
/// let conversion = Conversion { input, reading, mode, storage };
/// let converted = convert_sequentially(&[conversion]);
/// assert_eq!(converted.results[0].as_ref().unwrap().path, output);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn convert_sequentially(conversions: &[Conversion]) -> Converted {
    let started = Instant::now();
    let mut results = Vec::new();
    for conversion in conversions {
        let table = crate::read::read(&conversion.input.path, conversion.reading);
        results.push(table.and_then(|table| crate::write::write(&table, &conversion.target())));
    }
    Converted { results, wall: started.elapsed() }
}

impl Conversion {
    /// Where the table goes.
    pub fn target(&self) -> Target {
        Target { path: self.input.output.clone(), mode: self.mode, storage: self.storage }
    }

    /// The same, with an output that is thrown away: for measuring.
    pub fn rehearsal(&self) -> Self {
        Self { mode: TargetMode::Rehearse, ..self.clone() }
    }
}
