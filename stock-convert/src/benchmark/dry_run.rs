//! The answer to "is it really faster?": conversions are done again in turns, by the loop and by the
//! graph, and their outputs thrown away.

use std::io::Write;
use std::time::Duration;

use graph_exec::Executor;

use crate::benchmark::measure::{GraphRun, compare};
use crate::benchmark::report::{Answer, Measured};
use crate::benchmark::sample::{self, Larger};
use crate::cli::exit::AppError;
use crate::convert::graph::convert;
use crate::convert::job::{Conversion, Converted};
use crate::convert::sequential::convert_sequentially;
use crate::units;

/// Each side of the comparison runs for so long in all.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// Says whether the graph converts `rehearsals` faster than the loop. Where they are too few to tell,
/// `or_larger` adds the answer for larger files.
pub(crate) fn say_whether_faster(
    rehearsals: &[Conversion],
    or_larger: bool,
    executor: &Executor,
    out: &mut dyn Write,
) -> Result<(), AppError> {
    let measured = measure(rehearsals, executor)?;
    writeln!(out, "\n{measured}")?;
    if or_larger && measured.answer() == Answer::CannotTell {
        measure_larger(executor, out)?;
    }
    Ok(())
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
            let (converted, record) = convert(rehearsals, executor)?;
            all_well(&converted).map(|()| GraphRun::new(converted.wall, &record))
        },
    )
}
