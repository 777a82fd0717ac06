//! What happens before the first conversion: the executor is built, the inputs are found, and the graph
//! is drawn.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use graph_exec::__atomic_file::{Replace, folder_of, remove_leftovers};
use graph_exec::{CancelToken, prelude::*};

use crate::cli::arguments::Arguments;
use crate::cli::exit::AppError;
use crate::convert::graph::plan;
use crate::convert::job::Conversion;
use crate::inputs::archive::{Archive, Limits};
use crate::inputs::{self, Inputs, Places, is_output_file, synthetic};
use crate::options::{ColumnOptions, TextStorage};
use crate::output::layout::Layout;
use crate::output::target::TargetMode;

/// Real prices of five companies: see `assets/README.md`.
const BUNDLED: &[u8] = include_bytes!("../../../assets/daily-stock.tgz");

/// Where the bundled prices and their picture go, unless the user says where.
const DATA: &str = "data";

/// Where below [`DATA`] the files of `--generate` go.
const GENERATED: &str = "generated-stock";

const PICTURE: &str = "conversion.svg";

/// All that a run needs.
pub(super) struct Prepared {
    pub(super) executor: Executor,
    pub(super) inputs: Inputs,
    /// One per file of the inputs, in their order, as if no output existed yet.
    pub(super) conversions: Vec<Conversion>,
}

/// Builds the executor, finds the inputs and draws the graph, if it is to be drawn.
pub(super) fn prepare(
    arguments: &Arguments,
    cancel: &CancelToken,
    out: &mut dyn Write,
) -> Result<Prepared, AppError> {
    check(arguments)?;
    let executor = executor(arguments)?.with_cancel(cancel);
    if let Some(path) = &arguments.out {
        let folder = if is_output_file(path) { folder_of(path) } else { path };
        std::fs::create_dir_all(folder).map_err(|source| match folder.is_file() {
            true => AppError::NotAFolder(folder.to_owned()),
            false => AppError::Folder { path: folder.to_owned(), source },
        })?;
    }
    let inputs = find_inputs(arguments, out)?;
    let folders: BTreeSet<&Path> = inputs.files.iter().map(|f| folder_of(&f.output)).collect();
    for folder in folders {
        remove_leftovers(folder);
    }
    let conversions = conversions(arguments, &inputs);
    if let Some(picture) = picture(arguments, &inputs) {
        let drawn = plan(&conversions).visualize(&picture);
        drawn.map_err(|error| AppError::Picture(error.into()))?;
        writeln!(out, "The graph of tasks is drawn in {}.\n", picture.display())?;
    }
    Ok(Prepared { executor, inputs, conversions })
}

/// Refuses options that do not go together.
fn check(arguments: &Arguments) -> Result<(), AppError> {
    if arguments.storage.text == TextStorage::Variable
        && arguments.storage.layout != Layout::Columns
    {
        return Err(AppError::Usage("--text variable needs --layout columns".to_owned()));
    }
    let ColumnOptions { drop, only, as_text, rename, .. } = &arguments.columns;
    let renamed: Vec<String> = rename.iter().map(|(from, _)| from.clone()).collect();
    for (option, names) in [("--names", &arguments.records.names), ("--rename", &renamed)] {
        let mut seen = HashSet::new();
        if let Some(name) = names.iter().find(|name| !seen.insert(*name)) {
            return Err(AppError::Usage(format!("{option} has the column {name:?} twice")));
        }
    }
    for (option, names) in [("--only", only), ("--as-text", as_text), ("--rename", &renamed)] {
        if let Some(name) = names.iter().find(|name| drop.contains(name)) {
            return Err(AppError::Usage(format!("both --drop and {option} name {name:?}")));
        }
    }
    Ok(())
}

fn executor(arguments: &Arguments) -> Result<Executor, graph_exec::Error> {
    let builder = Executor::builder().threads(arguments.jobs.unwrap_or(0));
    let builder = match arguments.memory_limit {
        Some(bytes) => builder.memory_limit(usize::try_from(bytes).unwrap_or(usize::MAX)),
        None => builder,
    };
    builder.progress(arguments.shows_progress()).build()
}

/// Finds the files that the arguments name, or extracts the prices that the program carries.
fn find_inputs(arguments: &Arguments, out: &mut dyn Write) -> Result<Inputs, AppError> {
    let replace = if arguments.force { Replace::Yes } else { Replace::No };
    let limits = arguments.unpack_limit.map_or_else(Limits::default, Limits::with_bytes);
    let places = Places { out: arguments.out.as_deref(), replace: arguments.force, limits };
    if !arguments.inputs.is_empty() {
        return Ok(inputs::expand(&arguments.inputs, places));
    }
    if let Some(rows) = arguments.generate {
        let default = Path::new(DATA).join(GENERATED);
        let folder = places.out.unwrap_or(&default);
        // It takes as long as the conversion, and nothing else is printed meanwhile.
        if io::stderr().is_terminal() && !arguments.quiet && !arguments.json {
            writeln!(io::stderr(), "Making files of {rows} prices in {} …", folder.display())?;
        }
        let paths = synthetic::write_files(folder, synthetic::SYMBOLS.len(), rows, replace)?;
        return Ok(inputs::expand(&paths, places));
    }
    let name = Path::new("daily-stock.tgz");
    let folder = places.out.unwrap_or(Path::new(DATA));
    let inputs = inputs::from_archive(Archive::Bytes(BUNDLED), name, folder, places);
    if let Some(first) = inputs.files.first() {
        let folder = folder_of(&first.path).display();
        writeln!(
            out,
            "Real prices of {} companies (Quandl WIKI, public domain) lie in {folder}.\n",
            inputs.files.len()
        )?;
    }
    Ok(inputs)
}

/// What to do with each input, as if no output existed yet.
fn conversions(arguments: &Arguments, inputs: &Inputs) -> Vec<Conversion> {
    let mode = if arguments.force { TargetMode::Replace } else { TargetMode::Create };
    let storage = arguments.storage;
    let inputs = inputs.files.iter().cloned();
    let options = arguments.read_options();
    let conversion = |input| Conversion { input, options: options.clone(), mode, storage };
    inputs.map(conversion).collect()
}

/// Where to draw the graph; none where it is not to be drawn.
fn picture(arguments: &Arguments, inputs: &Inputs) -> Option<PathBuf> {
    let default = || {
        let folder = arguments.out.as_deref().unwrap_or(Path::new(DATA));
        let unasked = arguments.takes_bundled() && !inputs.files.is_empty();
        unasked.then(|| folder.join(PICTURE))
    };
    arguments.graph.clone().or_else(default)
}
