//! One run of the program: find inputs, convert them, say what came of it.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use graph_exec::prelude::*;

use crate::archive::Archive;
use crate::cli::Arguments;
use crate::compare::compare;
use crate::error::ConvertError;
use crate::existing::{Standing, standing};
use crate::generated;
use crate::inputs::{self, Inputs, Places};
use crate::larger::{self, Larger};
use crate::parse::{LineError, Skipped};
use crate::plan::{Conversion, Converted, convert, convert_sequentially, plan};
use crate::summary::{self, Outcome};
use crate::unfinished::{Replace, folder_of, remove_leftovers};
use crate::units;
use crate::verdict::{Answer, Measured};
use crate::write::{TargetMode, Written};

/// Real prices of five companies: see `assets/README.md`.
const BUNDLED: &[u8] = include_bytes!("../assets/daily-stock.tgz");

/// Where the bundled prices and their picture go, unless the user says where.
const DATA: &str = "data";

/// Where below [`DATA`] the files of `--generate` go.
const GENERATED: &str = "generated-stock";

const PICTURE: &str = "conversion.svg";

/// Each side of the comparison runs for so long in all.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every input is converted.
    Done,
    /// Some inputs are not.
    SomeFailed,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::SomeFailed => Self::from(1),
        }
    }
}

/// Why a run could not start, or could not go on as a whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The folder for outputs cannot be made.
    #[error("{}: cannot be made a folder: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The graph cannot be drawn.
    #[error("{0}")]
    Picture(Box<dyn std::error::Error + Send + Sync>),
    /// The graph cannot be run.
    #[error(transparent)]
    Graph(#[from] graph_exec::Error),
    /// An input that was converted before could not be converted again.
    #[error("cannot be measured: {0}")]
    Measuring(ConvertError),
    /// The larger files to measure with cannot be written.
    #[error("cannot write prices to measure with to the temporary folder: {0}")]
    Generating(io::Error),
    /// A file of `--generate` cannot be written.
    #[error("{}: generated prices cannot be written: {source}", path.display())]
    Generated {
        /// The file.
        path: PathBuf,
        /// What the operating system said, or that the file holds something else.
        source: io::Error,
    },
    /// The terminal or pipe that the summary goes to is gone.
    #[error("cannot write to the standard output: {0}")]
    Output(#[from] io::Error),
}

/// Does what the command line asks for. The summary goes to `out`, what went wrong to `err`.
///
/// # Errors
/// Where nothing could be done at all; an input that fails is no such error.
pub fn run(
    arguments: &Arguments,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Ending, AppError> {
    let executor =
        Executor::builder().threads(arguments.jobs.map_or(0, NonZeroUsize::get)).build()?;
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

    let (outcomes, wall) = convert_all(arguments, conversions.clone(), &executor)?;
    report(&inputs, &outcomes, wall, out)?;
    for outcome in &outcomes {
        if let Outcome::Written(written) = outcome {
            warn(written, err);
        }
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
    if arguments.compare || arguments.takes_bundled() {
        let readable = conversions.iter().zip(&outcomes);
        let readable = readable.filter(|(_, outcome)| !matches!(outcome, Outcome::Failed(_)));
        let rehearsals: Vec<_> = readable.map(|(conversion, _)| conversion.rehearsal()).collect();
        if !rehearsals.is_empty() {
            let measured = measure(&rehearsals, &executor)?;
            writeln!(out, "\n{measured}")?;
            if arguments.takes_bundled() && measured.answer() == Answer::CannotTell {
                measure_larger(&executor, out)?;
            }
        }
    }
    Ok(ending)
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
    let inputs = inputs.files.iter().cloned();
    let reading = arguments.reading();
    inputs.map(|input| Conversion { input, reading, mode }).collect()
}

/// Converts what has to be converted; gives what became of each, and how long it took together.
fn convert_all(
    arguments: &Arguments,
    conversions: Vec<Conversion>,
    executor: &Executor,
) -> Result<(Vec<Outcome>, Option<Duration>), AppError> {
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    let mut needed = Vec::new();
    for conversion in conversions {
        let known = if arguments.force { None } else { known_outcome(&conversion) };
        if known.is_none() {
            needed.push(conversion);
        }
        outcomes.push(known);
    }
    let converted = if arguments.sequential {
        convert_sequentially(&needed)
    } else {
        convert(&needed, executor)?.0
    };
    let mut results = converted.results.into_iter().map(|result| match result {
        Ok(written) => Outcome::Written(written),
        Err(error) => Outcome::Failed(error),
    });
    let outcomes = outcomes.into_iter().filter_map(|known| known.or_else(|| results.next()));
    Ok((outcomes.collect(), (!needed.is_empty()).then_some(converted.wall)))
}

/// What becomes of an input whose output stands there already.
fn known_outcome(conversion: &Conversion) -> Option<Outcome> {
    let input = &conversion.input;
    match standing(input, conversion.reading) {
        Standing::Free => None,
        Standing::UpToDate(origin) => {
            let bytes = std::fs::metadata(&input.output).map_or(0, |metadata| metadata.len());
            Some(Outcome::UpToDate { origin, bytes })
        }
        Standing::Taken => Some(Outcome::Failed(ConvertError::Exists {
            path: input.output.clone(),
            input: input.path.clone(),
        })),
    }
}

/// Measures on generated prices, where the real ones are too few to tell.
fn measure_larger(executor: &Executor, out: &mut dyn Write) -> Result<(), AppError> {
    let larger = Larger::generate().map_err(AppError::Generating)?;
    let (rows, size) = (units::count(larger::ROWS), units::bytes(larger.bytes));
    writeln!(
        out,
        "\nFiles that are read and written in a millisecond say little. The same on {} generated \
         files of {rows} rows each, {size} together:",
        larger.conversions.len()
    )?;
    writeln!(out, "{}", measure(&larger.conversions, executor)?)?;
    Ok(())
}

/// Measures the loop against the graph on outputs that are thrown away.
fn measure(rehearsals: &[Conversion], executor: &Executor) -> Result<Measured, AppError> {
    let all_well =
        |converted: &Converted| match converted.results.iter().find_map(|r| r.as_ref().err()) {
            Some(error) => Err(AppError::Measuring(error.clone())),
            None => Ok(()),
        };
    compare(
        LONG_ENOUGH,
        || {
            let converted = convert_sequentially(rehearsals);
            all_well(&converted).map(|()| converted.wall)
        },
        || {
            let (converted, run) = convert(rehearsals, executor)?;
            all_well(&converted).map(|()| run)
        },
    )
}

/// What the arguments name, or the prices that the program carries.
fn find_inputs(arguments: &Arguments, out: &mut dyn Write) -> Result<Inputs, AppError> {
    let replace = if arguments.force { Replace::Yes } else { Replace::No };
    let places = Places { out: arguments.out.as_deref(), replace };
    if !arguments.inputs.is_empty() {
        return Ok(inputs::expand(&arguments.inputs, places));
    }
    if let Some(rows) = arguments.generate {
        let default = Path::new(DATA).join(GENERATED);
        let folder = places.out.unwrap_or(&default);
        let paths = generated::write_files(folder, rows, replace)?;
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

/// Shows the first of the lines that were left out.
fn warn(written: &Written, err: &mut dyn Write) {
    let Skipped { count, first: Some(LineError { line, column, problem }) } = &written.skipped
    else {
        return;
    };
    let input = written.origin.path.display();
    let more = match count - 1 {
        0 => String::new(),
        1 => " and 1 more".to_owned(),
        more => format!(" and {} more", units::count(more)),
    };
    let _ = writeln!(err, "warning: left out {input}:{line}:{column}: {problem}{more}");
}

/// Says what went wrong and what helps. That nobody listens is no reason to stop.
fn complain(error: &ConvertError, err: &mut dyn Write) {
    let help = error.remedy().map(|help| format!("\n  help: {help}")).unwrap_or_default();
    let _ = writeln!(err, "error: {error}{help}");
}
