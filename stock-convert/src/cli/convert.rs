//! One run of the program: find inputs, convert them, say what came of it.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use graph_exec::{CancelToken, prelude::*};

use crate::atomic_file::{Replace, folder_of, remove_leftovers};
use crate::benchmark::dry_run::report_speed_up;
use crate::cli::arguments::Arguments;
use crate::cli::diagnostics::{complain, warn_of_plugin, warn_of_skipped};
use crate::cli::exit::{AppError, Ending};
use crate::cli::summary;
use crate::convert::cluster::convert_on;
use crate::convert::graph::{convert, plan};
use crate::convert::job::{Conversion, Converted, Outcome};
use crate::convert::sequential::convert_sequentially;
use crate::convert::up_to_date::OutputStatus;
use crate::error::ConvertError;
use crate::inputs::archive::{Archive, Limits};
use crate::inputs::{self, Inputs, Places, synthetic};
use crate::output::target::TargetMode;

/// Real prices of five companies: see `assets/README.md`.
const BUNDLED: &[u8] = include_bytes!("../../assets/daily-stock.tgz");

/// Where the bundled prices and their picture go, unless the user says where.
const DATA: &str = "data";

/// Where below [`DATA`] the files of `--generate` go.
const GENERATED: &str = "generated-stock";

const PICTURE: &str = "conversion.svg";

pub(super) fn convert_inputs(
    arguments: &Arguments,
    cancel: &CancelToken,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Ending, AppError> {
    let mut nobody = io::sink();
    let (out, script): (&mut dyn Write, _) = match arguments.quiet || arguments.json {
        true => (&mut nobody, out),
        false => (out, &mut io::sink() as &mut dyn Write),
    };
    let builder = Executor::builder().threads(arguments.jobs.map_or(0, NonZeroUsize::get));
    let builder = match arguments.memory_limit {
        Some(bytes) => builder.memory_limit(usize::try_from(bytes).unwrap_or(usize::MAX)),
        None => builder,
    };
    let executor = builder.progress(arguments.shows_progress()).build()?.with_cancel(cancel);
    if let Some(path) = &arguments.out {
        std::fs::create_dir_all(path)
            .map_err(|source| AppError::Folder { path: path.clone(), source })?;
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

    let (outcomes, wall) = convert_all(arguments, conversions.clone(), &executor, cancel)?;
    let interrupted = || {
        let written = |outcome: &&Outcome| matches!(outcome, Outcome::Written(_));
        let converted = outcomes.iter().filter(written).count();
        AppError::Interrupted { converted, left: inputs.files.len() - done(&outcomes) }
    };
    if cancel.is_cancelled() {
        for outcome in &outcomes {
            if let Outcome::Failed(error) = outcome
                && !matches!(error, ConvertError::Interrupted { .. })
            {
                complain(error, err);
            }
        }
        return Err(interrupted());
    }
    report(&inputs, &outcomes, wall, out)?;
    if arguments.json {
        writeln!(script, "{:#}", summary::json(&inputs, &outcomes, wall))?;
    }
    for outcome in &outcomes {
        if let Outcome::Written(written) = outcome {
            warn_of_skipped(written, err);
        }
    }
    if arguments.compression.needs_plugin() && !arguments.quiet {
        warn_of_plugin(arguments.compression, err);
    }
    let failed = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Failed(error) => Some(error),
        _ => None,
    });
    let mut ending = Ending::Done;
    for error in inputs.errors.iter().chain(failed) {
        ending = Ending::SomeFailed;
        complain(error, err);
    }
    let unasked = arguments.takes_bundled() && !arguments.quiet && !arguments.json;
    if arguments.compare || unasked {
        let readable = conversions.iter().zip(&outcomes);
        let readable = readable.filter(|(_, outcome)| !matches!(outcome, Outcome::Failed(_)));
        let dry_runs: Vec<_> = readable.map(|(conversion, _)| conversion.dry_run()).collect();
        if !dry_runs.is_empty() {
            let bundled = arguments.takes_bundled();
            let measured = report_speed_up(&dry_runs, bundled, &executor, out);
            if cancel.is_cancelled() {
                return Err(interrupted());
            }
            measured?;
        }
    }
    Ok(ending)
}

/// How many inputs have an output that is up to date.
fn done(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| !matches!(outcome, Outcome::Failed(_))).count()
}

/// Where to draw the graph, if it is to be drawn.
fn picture(arguments: &Arguments, inputs: &Inputs) -> Option<PathBuf> {
    let default = || {
        let folder = arguments.out.as_deref().unwrap_or(Path::new(DATA));
        let unasked = arguments.takes_bundled() && !inputs.files.is_empty();
        unasked.then(|| folder.join(PICTURE))
    };
    arguments.graph.clone().or_else(default)
}

/// What to do with each input, as if no output stood there yet.
fn conversions(arguments: &Arguments, inputs: &Inputs) -> Vec<Conversion> {
    let mode = if arguments.force { TargetMode::Replace } else { TargetMode::Create };
    let storage = arguments.storage();
    let inputs = inputs.files.iter().cloned();
    let reading = arguments.reading();
    inputs.map(|input| Conversion { input, reading, mode, storage }).collect()
}

/// Converts what has to be converted; gives what became of each, and how long it took together.
fn convert_all(
    arguments: &Arguments,
    conversions: Vec<Conversion>,
    executor: &Executor,
    cancel: &CancelToken,
) -> Result<(Vec<Outcome>, Option<Duration>), AppError> {
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    let mut needed = Vec::new();
    for conversion in conversions {
        match decide(arguments, &conversion) {
            Decision::Convert(mode) => {
                needed.push(Conversion { mode, ..conversion });
                outcomes.push(None);
            }
            Decision::Known(outcome) => outcomes.push(Some(outcome)),
        }
    }
    let converted = if arguments.sequential {
        let mut all = Converted { results: Vec::new(), wall: Duration::ZERO };
        for conversion in needed.iter().take_while(|_| !cancel.is_cancelled()) {
            let one = convert_sequentially(std::slice::from_ref(conversion));
            all.results.extend(one.results);
            all.wall += one.wall;
        }
        all
    } else {
        let cluster = arguments.cluster.connect(arguments.shows_progress(), cancel)?;
        let (converted, record) = match &cluster {
            Some(cluster) => convert_on(cluster, &needed)?,
            None => convert(&needed, executor)?,
        };
        if let Some(path) = &arguments.report {
            record.report(path)?;
        }
        if let Some(path) = &arguments.trace {
            record.trace(path)?;
        }
        converted
    };
    let mut results = converted.results.into_iter().map(|result| match result {
        Ok(written) => Outcome::Written(written),
        Err(error) => Outcome::Failed(error),
    });
    let outcomes = outcomes.into_iter().filter_map(|known| known.or_else(|| results.next()));
    Ok((outcomes.collect(), (!needed.is_empty()).then_some(converted.wall)))
}

/// What to do with an input.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Decision {
    Convert(TargetMode),
    Known(Outcome),
}

/// Looks at what stands under the name of the output.
fn decide(arguments: &Arguments, conversion: &Conversion) -> Decision {
    let (force, resume) = (arguments.force, arguments.resume);
    if force && !resume {
        return Decision::Convert(TargetMode::Replace);
    }
    let input = &conversion.input;
    match OutputStatus::check(conversion) {
        OutputStatus::UpToDate(origin) => {
            let bytes = std::fs::metadata(&input.output).map_or(0, |metadata| metadata.len());
            Decision::Known(Outcome::UpToDate { origin, bytes })
        }
        OutputStatus::Absent => Decision::Convert(conversion.mode),
        OutputStatus::Stale if resume => Decision::Convert(TargetMode::Replace),
        OutputStatus::NotOurs if force => Decision::Convert(TargetMode::Replace),
        OutputStatus::Stale | OutputStatus::NotOurs => {
            Decision::Known(Outcome::Failed(ConvertError::Exists {
                path: input.output.clone(),
                input: input.path.clone(),
            }))
        }
    }
}

/// What the arguments name, or the prices that the program carries.
fn find_inputs(arguments: &Arguments, out: &mut dyn Write) -> Result<Inputs, AppError> {
    let replace = if arguments.force { Replace::Yes } else { Replace::No };
    let limits = arguments.unpack_limit.map_or_else(Limits::default, Limits::of_bytes);
    let places = Places { out: arguments.out.as_deref(), replace, limits };
    if !arguments.inputs.is_empty() {
        return Ok(inputs::expand(&arguments.inputs, places));
    }
    if let Some(rows) = arguments.generate {
        let default = Path::new(DATA).join(GENERATED);
        let folder = places.out.unwrap_or(&default);
        // It takes as long as the conversion, and nothing else would be seen meanwhile.
        if io::stderr().is_terminal() && !arguments.quiet && !arguments.json {
            writeln!(io::stderr(), "Making files of {rows} prices in {} …", folder.display())?;
        }
        let paths = synthetic::write_files(folder, rows, replace)?;
        return Ok(inputs::expand(&paths, places));
    }
    let name = Path::new("daily-stock.tgz");
    let folder = places.out.unwrap_or(Path::new(DATA));
    let inputs = inputs::of_archive(Archive::Bytes(BUNDLED), name, folder, places);
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

fn report(
    inputs: &Inputs,
    outcomes: &[Outcome],
    wall: Option<Duration>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let labels = inputs.files.iter().map(|input| &*input.label);
    writeln!(out, "{}\n", summary::table(labels.zip(outcomes), wall))?;
    writeln!(out, "Outputs:")?;
    for (input, outcome) in inputs.files.iter().zip(outcomes) {
        if !matches!(outcome, Outcome::Failed(_)) {
            writeln!(out, "  {}", input.output.display())?;
        }
    }
    Ok(())
}
