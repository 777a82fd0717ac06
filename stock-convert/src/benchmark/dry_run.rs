//! Answers "is it really faster?" by dry runs: conversions are repeated in turns, by a plain loop and by the
//! graph, and their outputs are removed.

use std::io::Write;
use std::time::Duration;

use graph_exec::__format as format;
use graph_exec::Executor;

use crate::benchmark::measure::{GraphRun, compare};
use crate::benchmark::report::{Answer, Measured};
use crate::benchmark::sample::{ROWS, Sample};
use crate::cli::exit::AppError;
use crate::convert::graph::convert;
use crate::convert::job::{Conversion, Converted};
use crate::convert::sequential::convert_sequentially;

/// How long each side of the comparison runs at least, all its runs together.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// Writes to `out` whether the graph does `dry_runs` faster than the loop. Where that cannot be told, and
/// `or_sample` is set, the answer for a generated sample follows.
///
/// # Errors
/// Those of converting, of `out`, and of generating the sample.
pub(crate) fn report_speed_up(
    dry_runs: &[Conversion],
    or_sample: bool,
    executor: &Executor,
    out: &mut dyn Write,
) -> Result<(), AppError> {
    let measured = measure(dry_runs, executor)?;
    writeln!(out, "\n{measured}")?;
    if or_sample && measured.answer() == Answer::CannotTell {
        measure_sample(executor, out)?;
    }
    Ok(())
}

/// Measures on generated files and writes the answer to `out`.
fn measure_sample(executor: &Executor, out: &mut dyn Write) -> Result<(), AppError> {
    let sample = Sample::generate()?;
    let (rows, size) = (format::grouped(ROWS), format::bytes(sample.bytes));
    writeln!(
        out,
        "\nFiles that are read and written in a millisecond say little. The same on {} generated \
         files of {rows} rows each, {size} together:",
        sample.conversions.len()
    )?;
    writeln!(out, "{}", measure(&sample.conversions, executor)?)?;
    Ok(())
}

/// Measures the loop against the graph.
fn measure(dry_runs: &[Conversion], executor: &Executor) -> Result<Measured, AppError> {
    let all_well =
        |converted: &Converted| match converted.results.iter().find_map(|r| r.as_ref().err()) {
            Some(error) => Err(AppError::Measuring(error.clone())),
            None => Ok(()),
        };
    compare(
        LONG_ENOUGH,
        || {
            let converted = convert_sequentially(dry_runs);
            all_well(&converted).map(|()| converted.wall)
        },
        || {
            let (converted, record) = convert(dry_runs, executor)?;
            all_well(&converted).map(|()| GraphRun::new(converted.wall, &record))
        },
    )
}
