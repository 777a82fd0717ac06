//! What a report shows, worked out from the record before any of it becomes a page.

pub(super) mod catalogue;
mod columns;
pub(crate) mod memory;
pub(super) mod picture;
pub(super) mod process;
pub(super) mod stream;
mod transfers;
pub(super) mod waits;

use serde::Serialize;

use self::{
    catalogue::Catalogue,
    memory::Memory,
    picture::Picture,
    process::Process,
    stream::{Columns, Item, Stream},
    transfers::Transfer,
    waits::ShownWait,
};
use crate::record::run_record::RunRecord;

/// How many bytes all labels together may take; when they take more, the longest tasks keep theirs.
const MOST_LABEL_BYTES: usize = 150_000;
/// How many characters of a label are shown.
const MOST_LABEL_CHARS: usize = 120;

/// A record and what a report shows of it.
pub(super) struct ReportData<'r> {
    pub(super) record: &'r RunRecord,
    pub(super) catalogue: Catalogue,
    pub(super) stream: Stream,
    /// `None` when no task declared its bytes.
    pub(super) memory: Option<Memory>,
    /// `None` when the system does not tell.
    pub(super) process: Option<Process>,
    pub(super) picture: Picture,
}

/// What the page's script draws from.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScriptData<'a> {
    workers: usize,
    wall_ns: u64,
    /// How many items the columns have.
    items: usize,
    columns: Columns,
    functions: Vec<Named<'a>>,
    /// The places in the program where tasks were built.
    places: &'a [String],
    /// (index of the item, its label)
    labels: Vec<(usize, String)>,
    /// `None` when no task declared its bytes.
    memory: Option<&'a Memory>,
    /// `None` when the system does not tell.
    process: Option<&'a Process>,
    /// When workers waited inside tasks, the longest first.
    waits: Vec<ShownWait>,
    /// The number of the worker that is the thread which asked for the run; `None` when it ran no task.
    caller: Option<usize>,
    failed_colour: &'a str,
    /// The boxes of the picture that hold a task of the critical path.
    critical_boxes: &'a [usize],
    /// Empty for a run on this machine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transfers: Vec<Transfer>,
}

/// A function and its colour.
#[derive(Serialize)]
struct Named<'a> {
    path: &'a str,
    colour: &'a str,
}

impl<'r> ReportData<'r> {
    pub(super) fn new(record: &'r RunRecord) -> Self {
        let catalogue = Catalogue::new(record);
        ReportData {
            record,
            stream: Stream::new(record, &catalogue),
            memory: Memory::new(record),
            process: Process::new(record),
            picture: Picture::new(record, &record.graph(), &catalogue),
            catalogue,
        }
    }

    /// What the page's script draws from, as JSON.
    pub(super) fn to_json(&self) -> String {
        let ReportData { record, catalogue, stream, memory, process, picture } = self;
        let functions = catalogue.functions.iter().zip(&picture.colours);
        let workers = record.workers().max(stream.workers());
        let data = ScriptData {
            workers,
            wall_ns: record.wall().as_nanos() as u64,
            items: stream.items.len(),
            columns: stream.columns(catalogue, workers),
            functions: functions
                .map(|(path, colours)| Named { path, colour: &colours.border })
                .collect(),
            places: &catalogue.places,
            labels: labels(record, &stream.items),
            memory: memory.as_ref(),
            process: process.as_ref(),
            waits: waits::waits(record),
            caller: (workers > record.workers()).then(|| record.workers()),
            failed_colour: &picture.fixed.failed,
            critical_boxes: &picture.critical,
            transfers: transfers::transfers(record),
        };
        serde_json::to_string(&data).expect("data of numbers and strings is JSON")
    }
}

/// Labels of the items that are one task, those of the longest tasks first, as many as there is
/// room for.
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
        .map(|(index, label)| (index, shortened(label)))
        .take_while(|(_, label)| {
            // The index and the punctuation need some bytes too.
            let (left, fits) = (room.checked_sub(label.len() + 10), room > label.len() + 10);
            room = left.unwrap_or(0);
            fits
        })
        .collect()
}

fn shortened(label: &str) -> String {
    match label.char_indices().nth(MOST_LABEL_CHARS) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}
