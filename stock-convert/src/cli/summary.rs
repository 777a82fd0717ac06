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
///
/// ```
/// use stock_convert::{Outcome, Origin, ReadOptions, summary};
/// let (path, options) = ("ibm.json".into(), ReadOptions::default());
/// let origin = Origin { path, bytes: 354_562, hash: 0, rows: 3270, skipped_lines: 0, options };
/// let outcomes = [("ibm.json", &Outcome::UpToDate { origin, bytes: 166_370 })];
/// let text = summary::table(outcomes, None);
/// assert!(text.contains("ibm.json   3\u{202f}270    346 KiB     162 KiB      -   up to date"), "{text}");
/// ```
pub fn table<'a>(
    outcomes: impl IntoIterator<Item = (&'a str, &'a Outcome)>,
    wall: Option<Duration>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["file", "rows", "bytes in", "bytes out", "time", ""]);
    let mut total = Totals::default();
    let mut rows = Vec::new();
    for (label, outcome) in outcomes {
        let row = SummaryRow::from_outcome(outcome);
        total.add(&row, outcome);
        rows.push((label, row));
    }
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
    if total.inputs > 1 {
        table.add_row(total.row(wall).cells(&format!("{} files", total.inputs)));
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
///
/// ```
/// use stock_convert::{Input, Inputs, Origin, Outcome, ReadOptions, summary};
/// let (path, options) = ("ibm.json".into(), ReadOptions::default());
/// let origin = Origin { path, bytes: 354_562, hash: 0, rows: 3270, skipped_lines: 0, options };
/// let input = Input { path: "ibm.json".into(), output: "ibm.h5".into(), label: "ibm.json".into() };
/// let mut inputs = Inputs::default();
/// inputs.files.push(input);
/// let json = summary::json(&inputs, &[Outcome::UpToDate { origin, bytes: 166_370 }], None);
/// assert_eq!(json["files"][0]["status"], "up to date");
/// assert_eq!(json["failed"], 0);
/// ```
pub fn json(inputs: &Inputs, outcomes: &[Outcome], wall: Option<Duration>) -> Value {
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

#[derive(Default)]
struct Totals {
    inputs: u64,
    failed: u64,
    rows: u64,
    bytes_in: u64,
    bytes_out: u64,
}

impl Totals {
    fn add(&mut self, row: &SummaryRow, outcome: &Outcome) {
        let (rows, bytes_in) = row.origin.unwrap_or_default();
        self.inputs += 1;
        self.rows += rows;
        self.bytes_in += bytes_in;
        self.bytes_out += row.bytes_out.unwrap_or_default();
        self.failed += u64::from(matches!(outcome, Outcome::Failed(_)));
    }

    fn row(&self, wall: Option<Duration>) -> SummaryRow {
        let remark = match self.failed {
            0 => String::new(),
            failed => format!("{} failed", format::grouped(failed)),
        };
        SummaryRow {
            origin: Some((self.rows, self.bytes_in)),
            bytes_out: Some(self.bytes_out),
            elapsed: wall,
            remark,
            rank: 0,
        }
    }
}
