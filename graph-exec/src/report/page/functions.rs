//! The functions of a run on a page: the legend of the task stream, and the table.

use std::fmt::Write;

use graph_core::__run::format::{counted, grouped, time};

use super::{escape::Escaped, shares::percent};
use crate::{
    record::{by_function::FunctionRecord, run_record::RunRecord},
    report::data::{catalogue::Catalogue, picture::Picture},
};

/// How many functions the legend names; of more, those with the longest time.
const MOST_IN_LEGEND: usize = 14;
/// How many functions the table lists, so that the report does not become too large.
const MOST_IN_TABLE: usize = 1000;

/// Buttons that highlight a function in the task stream.
pub(super) fn legend(record: &RunRecord, catalogue: &Catalogue, picture: &Picture) -> String {
    let rows = record.by_function();
    let mut legend = String::new();
    for row in rows.iter().take(MOST_IN_LEGEND) {
        let Some(number) = number_of(row, catalogue) else { continue };
        write!(
            legend,
            "<button type=\"button\" class=\"key\" data-function=\"{number}\" \
             aria-pressed=\"false\" title=\"{path}\">{swatch}<span class=\"name\">{name}</span>\
             </button>",
            path = Escaped(&row.function),
            swatch = swatch(picture, number),
            name = Escaped(name_of(&row.function)),
        )
        .expect("writing to a string cannot fail");
    }
    if rows.len() > MOST_IN_LEGEND {
        write!(legend, "<span>and {}</span>", counted(rows.len() - MOST_IN_LEGEND, "function"))
            .expect("writing to a string cannot fail");
    }
    legend
}

/// The function's number in the catalogue.
fn number_of(row: &FunctionRecord, catalogue: &Catalogue) -> Option<usize> {
    catalogue.functions.iter().position(|path| *path == row.function)
}

fn name_of(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

fn swatch(picture: &Picture, function: usize) -> String {
    format!(
        "<svg class=\"swatch\" aria-hidden=\"true\"><rect width=\"12\" height=\"12\" rx=\"3\" \
         fill=\"{}\"/></svg>",
        picture.colours[function].border
    )
}

/// The rows of the table.
pub(super) fn table(record: &RunRecord, catalogue: &Catalogue, picture: &Picture) -> String {
    let rows = record.by_function();
    let mut table = String::new();
    for row in rows.iter().take(MOST_IN_TABLE) {
        let Some(number) = number_of(row, catalogue) else { continue };
        write!(
            table,
            "<tr><th scope=\"row\" data-value=\"{path}\">{swatch}<span class=\"name\">{name}</span>",
            path = Escaped(&row.function),
            swatch = swatch(picture, number),
            // A long path may be broken between its parts.
            name = Escaped(&row.function).to_string().replace("::", "::<wbr>"),
        )
        .expect("writing to a string cannot fail");
        if row.failed > 0 {
            write!(table, " <em class=\"failed\">{} failed</em>", grouped(row.failed))
                .expect("writing to a string cannot fail");
        }
        table += "</th>";
        let mut cell = |value: &dyn std::fmt::Display, text: &str| {
            write!(table, "<td data-value=\"{value}\">{text}</td>")
                .expect("writing to a string cannot fail");
        };
        cell(&row.count, &grouped(row.count));
        cell(&row.total.as_nanos(), &time(row.total));
        cell(&row.share, &percent(row.share));
        for length in [row.median, row.p95, row.max] {
            cell(&length.as_nanos(), &time(length));
        }
        let critical = if row.critical_share == 0.0 { "–" } else { &percent(row.critical_share) };
        cell(&row.critical_share, critical);
        table += "</tr>\n";
    }
    if rows.len() > MOST_IN_TABLE {
        write!(
            table,
            "<tr class=\"rest\"><td colspan=\"8\">and {} that took less</td></tr>",
            counted(rows.len() - MOST_IN_TABLE, "function")
        )
        .expect("writing to a string cannot fail");
    }
    table
}
