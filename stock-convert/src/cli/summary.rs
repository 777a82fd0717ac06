//! The summary of a run, as a table or as JSON.

use std::time::Duration;

use comfy_table::{Cell, CellAlignment, Table, presets};
use graph_exec::__format as format;
use serde_json::{Value, json};

use crate::convert::job::Outcome;
use crate::error::ConvertError;
use crate::inputs::Inputs;
use crate::output::written::Origin;

/// Up to so many files each have a row.
pub(crate) const MOST_ROWS: usize = 30;

/// Of more files so many have one.
const SHOWN_ROWS: usize = 10;

/// Makes a table of what became of each input (label → outcome), and of all together, which took
/// `wall`; none where nothing was converted.
pub(crate) fn table<'a>(
    outcomes: impl IntoIterator<Item = (&'a str, &'a Outcome)>,
    wall: Option<Duration>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["file", "rows", "bytes in", "bytes out", "time", ""]);
    let rows = outcomes.into_iter().map(|(label, o)| (label, SummaryRow::from_outcome(o)));
    let mut rows: Vec<(&str, SummaryRow)> = rows.collect();
    let total = SummaryRow::total(rows.iter().map(|(_, row)| row), wall);
    let count = rows.len();
    if count > MOST_ROWS {
        // What is unusual comes first.
        rows.sort_by_key(|(_, row)| row.rank);
        rows.truncate(SHOWN_ROWS);
    }
    for (label, row) in &rows {
        table.add_row(row.cells(label));
    }
    if rows.len() < count {
        table.add_row([format!("… and {} more", format::grouped(count - rows.len()))]);
    }
    if count > 1 {
        table.add_row(total.cells(&format!("{count} files")));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 3));
        // All but the names and the remarks are numbers.
        if (1..=4).contains(&column.index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines = table.to_string();
    lines.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Makes the summary for scripts: an object with `files`, `errors` that belong to no file, and totals.
pub(crate) fn json(inputs: &Inputs, outcomes: &[Outcome], wall: Option<Duration>) -> Value {
    let problem =
        |error: &ConvertError| json!({ "message": error.to_string(), "help": error.remedy() });
    let files = inputs.files.iter().zip(outcomes).map(|(input, outcome)| {
        let SummaryRow { origin, bytes_out, elapsed, .. } = SummaryRow::from_outcome(outcome);
        let (status, skipped_lines, form, error) = match outcome {
            Outcome::Written(written) => {
                ("written", written.origin.skipped_lines, Some(&written.form), None)
            }
            Outcome::UpToDate { origin, .. } => ("up to date", origin.skipped_lines, None, None),
            Outcome::Failed(error) => ("failed", 0, None, Some(problem(error))),
        };
        let form = form.map(|form| if form.is_empty() { "JSON lines" } else { form });
        json!({
            "input": input.path.display().to_string(),
            "output": input.output.display().to_string(),
            "status": status,
            "rows": origin.map(|(rows, _)| rows),
            "bytes_in": origin.map(|(_, bytes)| bytes),
            "bytes_out": bytes_out,
            "seconds": elapsed.map(|elapsed| elapsed.as_secs_f64()),
            "skipped_lines": skipped_lines,
            "read_as": form,
            "error": error,
        })
    });
    let failed = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Failed(_))).count();
    json!({
        "files": files.collect::<Vec<_>>(),
        "errors": inputs.errors.iter().map(problem).collect::<Vec<_>>(),
        "failed": failed + inputs.errors.len(),
        "seconds": wall.map(|wall| wall.as_secs_f64()),
    })
}

/// A row of the table; what is none is shown as `-`.
#[derive(Default)]
struct SummaryRow {
    /// Rows and bytes of the input.
    origin: Option<(u64, u64)>,
    bytes_out: Option<u64>,
    elapsed: Option<Duration>,
    /// Anything unusual; empty where there is nothing.
    remark: String,
    /// The lower, the more a reader wants to see it.
    rank: u8,
}

impl SummaryRow {
    fn from_outcome(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Written(written) => Self {
                origin: Some((written.origin.rows, written.origin.bytes)),
                bytes_out: Some(written.bytes),
                elapsed: Some(written.elapsed),
                remark: joined([&skipped(&written.origin), &written.form]),
                rank: if written.origin.skipped_lines > 0 { 1 } else { 2 },
            },
            Outcome::UpToDate { origin, bytes } => Self {
                origin: Some((origin.rows, origin.bytes)),
                bytes_out: Some(*bytes),
                elapsed: None,
                remark: joined(["up to date", &skipped(origin)]),
                rank: 3,
            },
            Outcome::Failed(_) => Self { remark: "failed".to_owned(), ..Self::default() },
        }
    }

    /// The sums of `rows`, which took `wall` together.
    fn total<'a>(rows: impl Iterator<Item = &'a Self>, wall: Option<Duration>) -> Self {
        let (mut total, mut failed) = ((0, 0, 0), 0);
        for Self { origin, bytes_out, .. } in rows {
            let (rows, bytes) = origin.unwrap_or_default();
            total = (total.0 + rows, total.1 + bytes, total.2 + bytes_out.unwrap_or_default());
            failed += usize::from(origin.is_none());
        }
        let remark = match failed {
            0 => String::new(),
            failed => format!("{} failed", format::grouped(failed)),
        };
        let (origin, bytes_out) = (Some((total.0, total.1)), Some(total.2));
        Self { origin, bytes_out, elapsed: wall, remark, rank: 0 }
    }

    fn cells(&self, label: &str) -> [Cell; 6] {
        let text = |value: Option<String>| Cell::new(value.unwrap_or_else(|| "-".to_owned()));
        [
            Cell::new(label),
            text(self.origin.map(|(rows, _)| format::grouped(rows))),
            text(self.origin.map(|(_, bytes)| format::bytes(bytes))),
            text(self.bytes_out.map(format::bytes)),
            text(self.elapsed.map(format::time)),
            Cell::new(&self.remark),
        ]
    }
}

fn joined(parts: [&str; 2]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// How many lines were left out, in words; empty where there are none.
fn skipped(origin: &Origin) -> String {
    match origin.skipped_lines {
        0 => String::new(),
        lines => format!("{} left out", format::counted(lines, "bad line")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::Input;
    use crate::options::ReadOptions;

    fn up_to_date() -> Outcome {
        let (path, options) = ("ibm.json".into(), ReadOptions::default());
        let origin =
            Origin { path, bytes: 354_562, hash: 0, rows: 3270, skipped_lines: 0, options };
        Outcome::UpToDate { origin, bytes: 166_370 }
    }

    #[test]
    fn the_table_shows_sizes_and_remarks() {
        let text = table([("ibm.json", &up_to_date())], None);
        let row = "ibm.json   3\u{202f}270    346 KiB     162 KiB      -   up to date";
        assert!(text.contains(row), "{text}");
    }

    #[test]
    fn many_files_are_summed_up() {
        let failed = Outcome::Failed(ConvertError::Interrupted("x".into()));
        let up_to_date = up_to_date();
        let outcomes = (0..40).map(|n| ("a", if n == 20 { &failed } else { &up_to_date }));
        let text = table(outcomes, Some(Duration::from_secs(1)));
        assert_eq!(text.lines().count(), 1 + SHOWN_ROWS + 2, "{text}");
        assert!(text.lines().nth(1).unwrap().ends_with("failed"), "{text}");
        let total = text.lines().last().unwrap();
        assert!(total.starts_with("40 files") && total.contains("127\u{202f}530"), "{text}");
        assert!(total.ends_with("1 failed"), "{text}");
    }

    #[test]
    fn scripts_get_the_status_of_each_file() {
        let input =
            Input { path: "ibm.json".into(), output: "ibm.h5".into(), label: "ibm.json".into() };
        let mut inputs = Inputs::default();
        inputs.files.push(input);
        let json = json(&inputs, &[up_to_date()], None);
        assert_eq!(json["files"][0]["status"], "up to date");
        assert_eq!(json["failed"], 0);
    }
}
