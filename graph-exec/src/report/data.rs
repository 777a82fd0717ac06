//! What the page's script draws from.

use serde::Serialize;

use super::{
    catalogue::Catalogue,
    escape::json_in_script,
    memory::Memory,
    picture::Picture,
    stream::{Columns, Item, Stream},
    traffic::{self, Transfer},
};
use crate::RunRecord;

/// Labels may take so many bytes; the shortest tasks lose theirs first.
const MOST_LABEL_BYTES: usize = 150_000;
/// A longer label is cut.
const MOST_LABEL_CHARS: usize = 120;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    workers: usize,
    wall_ns: u64,
    items: usize,
    columns: Columns,
    functions: Vec<Named<'a>>,
    places: &'a [String],
    /// (item, label)
    labels: Vec<(usize, String)>,
    memory: Option<&'a Memory>,
    failed_colour: &'a str,
    critical_boxes: &'a [usize],
    /// (worker, start, end)
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transfers: Vec<Transfer>,
}

#[derive(Serialize)]
struct Named<'a> {
    path: &'a str,
    colour: &'a str,
}

/// The data as JSON for a script element.
pub(super) fn write(
    record: &RunRecord,
    catalogue: &Catalogue,
    stream: &Stream,
    memory: Option<&Memory>,
    picture: &Picture,
) -> String {
    let functions = catalogue.functions.iter().zip(&picture.colours);
    let workers = record.workers().max(stream.workers());
    let data = Data {
        workers,
        wall_ns: record.wall().as_nanos() as u64,
        items: stream.items.len(),
        columns: stream.columns(catalogue, workers),
        functions: functions
            .map(|(path, colours)| Named { path, colour: &colours.border })
            .collect(),
        places: &catalogue.places,
        labels: labels(record, &stream.items),
        memory,
        failed_colour: &picture.fixed.failed,
        critical_boxes: &picture.critical,
        transfers: traffic::transfers(record),
    };
    let json = serde_json::to_string(&data).expect("data of numbers and strings is JSON");
    json_in_script(&json)
}

/// Labels of the tasks that stand alone, as far as there is room.
fn labels(record: &RunRecord, items: &[Item]) -> Vec<(usize, String)> {
    let mut labelled: Vec<(usize, &str)> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.tasks == 1)
        .filter_map(|(index, item)| Some((index, record.task(item.first as usize).label()?)))
        .collect();
    labelled.sort_by_key(|&(index, _)| std::cmp::Reverse(items[index].length_ns));
    let mut room = MOST_LABEL_BYTES;
    labelled
        .into_iter()
        .map(|(index, label)| (index, cut(label)))
        .take_while(|(_, label)| {
            // The index and the punctuation around it take room too.
            let (left, fits) = (room.checked_sub(label.len() + 10), room > label.len() + 10);
            room = left.unwrap_or(0);
            fits
        })
        .collect()
}

fn cut(label: &str) -> String {
    match label.char_indices().nth(MOST_LABEL_CHARS) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}
