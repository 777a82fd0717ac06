//! One run of the program: find inputs, convert them, say what came of it.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::archive::Archive;
use crate::cli::Arguments;
use crate::error::ConvertError;
use crate::existing::{Standing, standing};
use crate::inputs::{self, Inputs, Places};
use crate::parse::{BadLines, LineError, Skipped};
use crate::plan::{Conversion, convert_sequentially};
use crate::summary::{self, Outcome};
use crate::unfinished::{Replace, folder_of, remove_leftovers};
use crate::units;
use crate::write::{TargetMode, Written};

/// Real prices of five companies: see `assets/README.md`.
const BUNDLED: &[u8] = include_bytes!("../assets/daily-stock.tgz");

/// Where the bundled prices and their picture go, unless the user says where.
const DATA: &str = "data";

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
    if let Some(path) = &arguments.out {
        std::fs::create_dir_all(path)
            .map_err(|source| AppError::Folder { path: path.clone(), source })?;
    }
    let inputs = find_inputs(arguments, out)?;
    let folders: BTreeSet<&Path> = inputs.files.iter().map(|f| folder_of(&f.output)).collect();
    for folder in folders {
        remove_leftovers(folder);
    }

    let bad_lines = if arguments.skip_bad_lines { BadLines::Skip } else { BadLines::Refuse };
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    let mut conversions = Vec::new();
    for input in &inputs.files {
        let mode = if arguments.force { TargetMode::Replace } else { TargetMode::Create };
        outcomes.push(match (arguments.force, standing(input, bad_lines)) {
            (true, _) | (_, Standing::Free) => {
                conversions.push(Conversion { input: input.clone(), bad_lines, mode });
                None
            }
            (false, Standing::UpToDate(origin)) => {
                let bytes = std::fs::metadata(&input.output).map_or(0, |metadata| metadata.len());
                Some(Outcome::UpToDate { origin, bytes })
            }
            (false, Standing::Taken) => Some(Outcome::Failed(ConvertError::Exists {
                path: input.output.clone(),
                input: input.path.clone(),
            })),
        });
    }

    let converted = convert_sequentially(&conversions);
    let mut results = converted.results.into_iter();
    let outcomes: Vec<Outcome> = outcomes
        .into_iter()
        .filter_map(|outcome| {
            outcome.or_else(|| {
                results.next().map(|result| match result {
                    Ok(written) => Outcome::Written(written),
                    Err(error) => Outcome::Failed(error),
                })
            })
        })
        .collect();
    let wall = (!conversions.is_empty()).then_some(converted.wall);
    report(&inputs, &outcomes, wall, out)?;

    let mut ending = Ending::Done;
    for outcome in &outcomes {
        if let Outcome::Written(written) = outcome {
            warn(written, err);
        }
    }
    let failed = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Failed(error) => Some(error),
        _ => None,
    });
    for error in inputs.errors.iter().chain(failed) {
        ending = Ending::SomeFailed;
        complain(error, err);
    }
    Ok(ending)
}

/// What the arguments name, or the prices that the program carries.
fn find_inputs(arguments: &Arguments, out: &mut dyn Write) -> Result<Inputs, AppError> {
    let replace = if arguments.force { Replace::Yes } else { Replace::No };
    let places = Places { out: arguments.out.as_deref(), replace };
    if !arguments.inputs.is_empty() {
        return Ok(inputs::expand(&arguments.inputs, places));
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
