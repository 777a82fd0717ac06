//! What is printed after a run: its summary, what went wrong, and whether the graph was faster.

use std::io::{self, Write};

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
    report_outcomes(inputs, results, streams.text)?;
    if let Some(json) = &mut streams.json {
        writeln!(json, "{:#}", summary::json(inputs, outcomes, *wall))?;
    }
    let err = &mut *streams.err;
    for outcome in outcomes {
        if let Outcome::Written(written) = outcome {
            warn_of_skipped(written, err);
        }
    }
    if arguments.compression.needs_plugin() && !arguments.quiet {
        warn_of_plugin(arguments.compression, err);
    }
    let mut status = ExitStatus::Done;
    for error in inputs.errors.iter().chain(results.errors()) {
        status = ExitStatus::SomeFailed;
        print_error(error, err);
    }
    Ok(status)
}

/// Prints the summary as a table, and the paths of the outputs.
fn report_outcomes(inputs: &Inputs, results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let Results { outcomes, wall } = results;
    if outcomes.is_empty() {
        return Ok(());
    }
    let labels = inputs.files.iter().map(|input| &*input.label);
    writeln!(out, "{}\n", summary::table(labels.zip(outcomes), *wall))?;
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
        if !matches!(error, ConvertError::Interrupted { .. }) {
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
