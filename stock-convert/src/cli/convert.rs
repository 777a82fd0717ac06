//! Converting, which is what the program does without a command: it prepares, runs and reports.

mod prepare;
mod report;
mod run;

use std::io::{self, Write};

use graph_exec::CancelToken;

use self::prepare::prepare;
use self::report::{Streams, measure, report, report_interruption};
use self::run::run;
use crate::cli::arguments::Arguments;
use crate::cli::exit::{AppError, ExitStatus};

/// Converts what the arguments name, and says what came of it.
pub(super) fn convert_inputs(
    arguments: &Arguments,
    cancel: &CancelToken,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitStatus, AppError> {
    let mut nobody = io::sink();
    let mut streams = match (arguments.json, arguments.quiet) {
        (true, _) => Streams { text: &mut nobody, json: Some(out), err },
        (false, true) => Streams { text: &mut nobody, json: None, err },
        (false, false) => Streams { text: out, json: None, err },
    };
    let mut prepared = prepare(arguments, cancel, streams.text)?;
    let results = run(arguments, &prepared, cancel)?;
    if cancel.is_cancelled() {
        return Err(report_interruption(&prepared.inputs, &results, streams.err));
    }
    prepared.inputs.errors.extend(results.unknown_columns());
    let status = report(arguments, &prepared.inputs, &results, &mut streams)?;
    measure(arguments, &prepared, &results, cancel, streams.text)?;
    Ok(status)
}
