//! The run itself: what is not up to date is converted, as a graph, in a loop or on a cluster.

use std::path::{Path, PathBuf};
use std::time::Duration;

use graph_exec::{__check_writable as check_writable, CancelToken};

use super::prepare::Prepared;
use crate::cli::arguments::Arguments;
use crate::cli::exit::AppError;
use crate::convert::cluster::convert_on;
use crate::convert::graph::convert;
use crate::convert::job::{Conversion, Converted, Outcome};
use crate::convert::sequential::convert_sequentially;
use crate::convert::up_to_date::OutputStatus;
use crate::error::ConvertError;
use crate::inputs::renamed;
use crate::options::UnknownColumn;
use crate::output::target::TargetMode;

/// What became of all inputs.
pub(super) struct Results {
    /// One per file of the inputs, in their order.
    pub(super) outcomes: Vec<Outcome>,
    /// How long converting took; none where there was nothing to convert.
    pub(super) wall: Option<Duration>,
}

impl Results {
    /// Why inputs were not converted.
    pub(super) fn errors(&self) -> impl Iterator<Item = &ConvertError> + Clone {
        self.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Failed(error) => Some(error),
            _ => None,
        })
    }

    /// The columns that options name and that no file that was converted has.
    pub(super) fn unknown_columns(&self) -> Vec<ConvertError> {
        if self.outcomes.iter().any(|outcome| matches!(outcome, Outcome::UpToDate { .. })) {
            return Vec::new();
        }
        let mut written = self.outcomes.iter().filter_map(|outcome| match outcome {
            // What has no rows has no columns either.
            Outcome::Written(written) if written.origin.rows > 0 => Some(&written.unknown),
            _ => None,
        });
        let mut unknown = written.next().cloned().unwrap_or_default();
        let key = |column: &UnknownColumn| (column.option.clone(), column.name.clone());
        for others in written {
            unknown.retain(|column| others.iter().any(|other| key(other) == key(column)));
        }
        unknown.into_iter().map(ConvertError::UnknownColumn).collect()
    }
}

/// Converts the inputs whose outputs are not up to date.
pub(super) fn run(
    arguments: &Arguments,
    prepared: &Prepared,
    cancel: &CancelToken,
) -> Result<Results, AppError> {
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    let mut needed = Vec::new();
    for conversion in &prepared.conversions {
        let name = prepared.inputs.name_of(&conversion.input.path);
        match decide(arguments, conversion, name) {
            Decision::Convert(mode) => {
                needed.push(Conversion { mode, ..conversion.clone() });
                outcomes.push(None);
            }
            Decision::Known(outcome) => outcomes.push(Some(outcome)),
        }
    }
    let converted = match arguments.sequential {
        // There is nothing to report of.
        _ if needed.is_empty() => Converted { results: Vec::new(), wall: Duration::ZERO },
        true => one_by_one(&needed, cancel),
        false => in_parallel(arguments, &needed, prepared, cancel)?,
    };
    let mut results = converted.results.into_iter().map(|result| match result {
        Ok(written) => Outcome::Written(written),
        Err(error) => Outcome::Failed(renamed(error, &prepared.inputs.spooled)),
    });
    let outcomes = outcomes.into_iter().filter_map(|known| known.or_else(|| results.next()));
    let wall = (!needed.is_empty()).then_some(converted.wall);
    Ok(Results { outcomes: outcomes.collect(), wall })
}

/// Converts in a plain loop, until `cancel` is cancelled.
fn one_by_one(conversions: &[Conversion], cancel: &CancelToken) -> Converted {
    let mut all = Converted { results: Vec::new(), wall: Duration::ZERO };
    for conversion in conversions.iter().take_while(|_| !cancel.is_cancelled()) {
        let one = convert_sequentially(std::slice::from_ref(conversion));
        all.results.extend(one.results);
        all.wall += one.wall;
    }
    all
}

/// Converts as a graph, here or on a cluster, and saves the report and the trace of the run.
fn in_parallel(
    arguments: &Arguments,
    conversions: &[Conversion],
    prepared: &Prepared,
    cancel: &CancelToken,
) -> Result<Converted, AppError> {
    for path in [&arguments.report, &arguments.trace].into_iter().flatten() {
        // Not only after the last conversion.
        check_writable(path)?;
    }
    let cluster = arguments.cluster.connect(arguments.shows_progress(), cancel)?;
    let (converted, record) = match &cluster {
        Some(cluster) => convert_on(cluster, conversions)?,
        None => convert(conversions, &prepared.executor)?,
    };
    if let Some(path) = &arguments.report {
        record.report(path)?;
    }
    if let Some(path) = &arguments.trace {
        record.trace(path)?;
    }
    Ok(converted)
}

/// What to do with an input, or what is known of it without converting it.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Decision {
    Convert(TargetMode),
    Known(Outcome),
}

/// Decides by what exists under the name of the output. Messages call the input `name`.
fn decide(arguments: &Arguments, conversion: &Conversion, name: &Path) -> Decision {
    let (force, resume) = (arguments.force, arguments.resume);
    if force && !resume {
        return Decision::Convert(TargetMode::Replace);
    }
    let input = &conversion.input;
    match OutputStatus::check(conversion, name) {
        OutputStatus::UpToDate(origin) => {
            let bytes = std::fs::metadata(&input.output).map_or(0, |metadata| metadata.len());
            Decision::Known(Outcome::UpToDate { origin: *origin, bytes })
        }
        OutputStatus::Absent => Decision::Convert(conversion.mode),
        OutputStatus::Stale(_) if resume => Decision::Convert(TargetMode::Replace),
        OutputStatus::NotOurs if force => Decision::Convert(TargetMode::Replace),
        OutputStatus::Stale(reason) => exists(input.output.clone(), reason),
        OutputStatus::NotOurs => {
            exists(input.output.clone(), "was not made by this program".to_owned())
        }
    }
}

fn exists(path: PathBuf, reason: String) -> Decision {
    Decision::Known(Outcome::Failed(ConvertError::Exists { path, reason }))
}
