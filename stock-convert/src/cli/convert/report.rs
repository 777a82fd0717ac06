//! What is printed after a run: its summary, what went wrong, and whether the graph was faster.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use graph_exec::__atomic_file::folder_of;
use graph_exec::__format as format;
use graph_exec::CancelToken;

use super::prepare::Prepared;
use super::run::Results;
use crate::benchmark::dry_run::report_speed_up;
use crate::cli::arguments::Arguments;
use crate::cli::diagnostics::{print_error, warn_of_plugin, warn_of_skipped};
use crate::cli::exit::{AppError, ExitStatus};
use crate::cli::summary;
use crate::convert::job::Outcome;
use crate::error::ConvertError;
use crate::inputs::Inputs;

/// Where messages go.
pub(super) struct Streams<'a> {
    /// For people; goes nowhere with `--quiet` or `--json`.
    pub(super) text: &'a mut dyn Write,
    /// For scripts; only with `--json`.
    pub(super) json: Option<&'a mut dyn Write>,
    /// For warnings and errors.
    pub(super) err: &'a mut dyn Write,
}

/// Prints what became of each input.
pub(super) fn report(
    arguments: &Arguments,
    inputs: &Inputs,
    results: &Results,
    streams: &mut Streams<'_>,
) -> Result<ExitStatus, AppError> {
    let Results { outcomes, wall } = results;
    let err = &mut *streams.err;
    let written = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Written(written) if written.skipped.count > 0 => Some(written),
        _ => None,
    });
    print_some(written, "files have bad lines", err, warn_of_skipped);
    if arguments.storage.compression.needs_plugin() && !arguments.quiet {
        warn_of_plugin(arguments.storage.compression, err);
    }
    let errors = inputs.errors.iter().chain(results.errors());
    let status =
        if errors.clone().next().is_some() { ExitStatus::SomeFailed } else { ExitStatus::Done };
    print_some(errors, "errors", err, print_error);
    let saved = [("report", &arguments.report), ("trace", &arguments.trace)];
    for (what, path) in saved.iter().filter_map(|(what, path)| Some((what, path.as_ref()?))) {
        match wall {
            Some(_) => writeln!(streams.text, "The {what} of the run is in {}.\n", path.display())?,
            None => writeln!(streams.text, "Nothing was converted, so that there is no {what}.\n")?,
        }
    }
    report_outcomes(inputs, results, streams.text)?;
    if let Some(json) = &mut streams.json {
        writeln!(json, "{:#}", summary::json(inputs, outcomes, *wall))?;
    }
    Ok(status)
}

/// How many errors and warnings of a kind are printed; more than that are counted.
const MOST_MESSAGES: usize = 8;

/// Prints the first of `all`, and how many more there are.
fn print_some<T>(
    all: impl Iterator<Item = T> + Clone,
    what: &str,
    err: &mut dyn Write,
    print: impl Fn(T, &mut dyn Write),
) {
    let count = all.clone().count();
    // A single one more would take no less room as a number.
    let most = if count <= MOST_MESSAGES + 1 { count } else { MOST_MESSAGES };
    all.take(most).for_each(|one| print(one, err));
    if count > most {
        let more = format::grouped(count - most);
        let _ = writeln!(err, "and {more} more {what}, all of which --json lists");
    }
}

/// Prints the summary as a table, and the paths of the outputs.
fn report_outcomes(inputs: &Inputs, results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let Results { outcomes, wall } = results;
    if outcomes.is_empty() {
        return Ok(());
    }
    let labels = inputs.files.iter().map(|input| &*input.label);
    if outcomes.len() > summary::MOST_ROWS {
        let folders: BTreeSet<&Path> =
            inputs.files.iter().map(|input| folder_of(&input.output)).collect();
        let count = folders.len();
        let folders: Vec<String> =
            folders.iter().take(3).map(|folder| folder.display().to_string()).collect();
        let more =
            if count > 3 { format!(" and {} more folders", count - 3) } else { String::new() };
        writeln!(out, "The outputs are in {}{more}.\n", folders.join(", "))?;
        return writeln!(out, "{}", summary::table(labels.zip(outcomes), *wall));
    }
    writeln!(out, "{}\n", summary::table(labels.zip(outcomes), *wall))?;
    if outcomes.iter().all(|outcome| matches!(outcome, Outcome::Failed(_))) {
        return Ok(());
    }
    writeln!(out, "Outputs:")?;
    for (input, outcome) in inputs.files.iter().zip(outcomes) {
        if !matches!(outcome, Outcome::Failed(_)) {
            writeln!(out, "  {}", input.output.display())?;
        }
    }
    Ok(())
}

/// Prints what failed before the run was interrupted; gives the error that ends the program.
pub(super) fn report_interruption(
    inputs: &Inputs,
    results: &Results,
    err: &mut dyn Write,
) -> AppError {
    for error in results.errors() {
        if !matches!(error, ConvertError::Interrupted(_)) {
            print_error(error, err);
        }
    }
    interrupted(inputs, results)
}

fn interrupted(inputs: &Inputs, results: &Results) -> AppError {
    let written = |outcome: &&Outcome| matches!(outcome, Outcome::Written(_));
    let converted = results.outcomes.iter().filter(written).count();
    let up_to_date = results.outcomes.len() - results.errors().count();
    AppError::Interrupted { converted, left: inputs.files.len() - up_to_date }
}

/// Measures the graph against the loop on the files that were converted, if that is wanted.
pub(super) fn measure(
    arguments: &Arguments,
    prepared: &Prepared,
    results: &Results,
    cancel: &CancelToken,
    out: &mut dyn Write,
) -> Result<(), AppError> {
    let bundled = arguments.takes_bundled();
    if !arguments.compare && (!bundled || arguments.quiet || arguments.json) {
        return Ok(());
    }
    let conversions = prepared.conversions.iter().zip(&results.outcomes);
    let readable = conversions.filter(|(_, outcome)| !matches!(outcome, Outcome::Failed(_)));
    let dry_runs: Vec<_> = readable.map(|(conversion, _)| conversion.dry_run()).collect();
    if dry_runs.is_empty() {
        return Ok(());
    }
    let measured = report_speed_up(&dry_runs, bundled, &prepared.executor, out);
    if cancel.is_cancelled() {
        return Err(interrupted(&prepared.inputs, results));
    }
    measured
}
