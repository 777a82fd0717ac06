//! What each worker did: its tasks in the order of time or, of a very large run, *bundles* of them.
//!
//! The run's time is divided into equal cells. Tasks that follow each other on a worker, begin in the
//! same cell and are no longer than a cell become bundles, one for each kind of task. The shares of
//! functions and the idle time stay exact, and no task moves by more than a cell:
//!
//! ```text
//! tasks    |a|b|a|a|  |b|          one cell
//! bundles  |  a ×3 |b ×2|  idle |
//! ```

use std::collections::HashMap;

use graph_core::TaskState;

use super::{catalogue::Catalogue, columns::Column};
use crate::record::{run_record::RunRecord, task::TaskRecord};

/// How many tasks a page shows one by one; of a run with more, it shows bundles.
pub(crate) const MOST_ITEMS: usize = 120_000;
/// How many cells the time of a run is divided into at first; halved while there are too many bundles.
const CELLS: u64 = 1 << 15;

/// A task or a bundle of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub(super) worker: u32,
    pub(super) start_ns: u64,
    /// Time inside the task, or inside all tasks of the bundle.
    pub(super) length_ns: u64,
    pub(super) kind: Kind,
    /// How many tasks it stands for.
    pub(super) tasks: u32,
    /// Index of the first of them.
    pub(super) first: u32,
    /// How long the task was ready before it started; of a bundle, the longest such time.
    pub(super) wait_ns: u64,
}

/// What tasks of one bundle have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    /// Number of the function in the catalogue.
    pub(super) function: u32,
    /// Whether the task is on the critical path.
    pub(super) critical: bool,
    pub(super) failed: bool,
    pub(super) attempts: u32,
}

/// The items of all workers: worker by worker, each in the order of time.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) items: Vec<Item>,
    /// The length of a cell; `None` when every item is one task.
    pub(crate) cell_ns: Option<u64>,
}

impl Stream {
    pub(super) fn new(record: &RunRecord, catalogue: &Catalogue) -> Self {
        Stream::with_at_most(MOST_ITEMS, record, catalogue)
    }

    fn with_at_most(most: usize, record: &RunRecord, catalogue: &Catalogue) -> Self {
        let mut critical = vec![false; record.tasks().len()];
        record.critical_tasks().for_each(|task| critical[task.index()] = true);
        let mut items: Vec<Item> = record
            .tasks()
            .flat_map(|task| Item::from_task(task, catalogue, critical[task.index()]))
            .collect();
        items.sort_unstable_by_key(|item| (item.worker, item.start_ns, item.first));
        if items.len() <= most {
            return Stream { items, cell_ns: None };
        }
        let wall_ns = record.wall().as_nanos() as u64;
        let mut cells = CELLS;
        loop {
            let cell_ns = wall_ns.div_ceil(cells).max(1);
            let bundled = bundle(&items, cell_ns);
            if bundled.len() <= most || cells == 1 {
                return Stream { items: bundled, cell_ns: Some(cell_ns) };
            }
            cells /= 2;
        }
    }

    /// How many workers the items name: the highest number plus 1.
    pub(super) fn workers(&self) -> usize {
        self.items.iter().map(|item| item.worker as usize + 1).max().unwrap_or(0)
    }

    /// The items as columns, with most numbers as the difference from the item before.
    pub(super) fn columns(&self, catalogue: &Catalogue, workers: usize) -> Columns {
        let mut columns = Columns { per_worker: vec![0; workers], ..Columns::default() };
        let [mut gap, mut length, mut origin, mut task, mut wait, mut tasks] =
            std::array::from_fn(|_| Column::default());
        let (mut critical, mut failed) = (Places::default(), Places::default());
        let mut origins: HashMap<(u32, u32), u64> = HashMap::new();
        let (mut worker, mut end_ns, mut first) = (0, 0, 0);
        for (index, item) in self.items.iter().enumerate() {
            if item.worker != worker {
                (worker, end_ns) = (item.worker, 0);
            }
            columns.per_worker[worker as usize] += 1;
            gap.push_signed(item.start_ns as i64 - end_ns as i64);
            length.push(item.length_ns);
            end_ns = item.start_ns + item.length_ns;
            let pair = (item.kind.function, catalogue.place(item.first as usize));
            origin.push(*origins.entry(pair).or_insert_with(|| {
                columns.origins.push(pair);
                columns.origins.len() as u64 - 1
            }));
            task.push_signed(i64::from(item.first) - first);
            first = i64::from(item.first) + 1;
            wait.push(item.wait_ns / 1000);
            if self.cell_ns.is_some() {
                tasks.push(u64::from(item.tasks));
            }
            if item.kind.critical {
                critical.add(index);
            }
            if item.kind.failed {
                failed.add(index);
            }
            if item.kind.attempts > 1 {
                columns.retried.push((index, item.kind.attempts));
            }
        }
        [
            columns.gap,
            columns.length,
            columns.origin,
            columns.task,
            columns.wait_us,
            columns.tasks,
        ] = [gap, length, origin, task, wait, tasks].map(|column| column.encode());
        (columns.critical, columns.failed) = (critical.encode(), failed.encode());
        columns
    }
}

impl Item {
    /// One for each attempt that the task has waited after, and the last; nothing for a task that did not
    /// run.
    fn from_task<'r>(
        task: TaskRecord<'r>,
        catalogue: &Catalogue,
        critical: bool,
    ) -> impl Iterator<Item = Self> + use<'r> {
        let last = Item::from_last_attempt(&task, catalogue, critical);
        let earlier = task.earlier_attempts().filter_map(move |(worker, start, duration)| {
            let last = last?;
            Some(Item {
                worker: worker as u32,
                start_ns: start.as_nanos() as u64,
                length_ns: duration.as_nanos() as u64,
                kind: Kind { failed: true, attempts: 1, ..last.kind },
                wait_ns: 0,
                ..last
            })
        });
        earlier.chain(last)
    }

    /// `None` for a task that did not run.
    fn from_last_attempt(
        task: &TaskRecord<'_>,
        catalogue: &Catalogue,
        critical: bool,
    ) -> Option<Self> {
        Some(Item {
            worker: task.worker()? as u32,
            start_ns: task.start().as_nanos() as u64,
            length_ns: task.duration().as_nanos() as u64,
            kind: Kind {
                function: catalogue.function(task),
                critical,
                failed: task.state() == TaskState::Failed,
                attempts: task.attempts(),
            },
            tasks: 1,
            first: task.index() as u32,
            wait_ns: task.queue_wait().as_nanos() as u64,
        })
    }
}

/// Puts together items that follow each other and begin in the same cell. Time O(items).
fn bundle(items: &[Item], cell_ns: u64) -> Vec<Item> {
    let mut bundles: Vec<Item> = Vec::new();
    // The cell whose bundles may still grow: its worker, its number, and where its bundles begin.
    let mut open: Option<(u32, u64, usize)> = None;
    // Kind → its bundle in that cell.
    let mut places: HashMap<Kind, usize> = HashMap::new();
    for item in items {
        if item.length_ns > cell_ns {
            close(&mut bundles, &mut open, &mut places);
            bundles.push(*item);
            continue;
        }
        let (worker, cell) = (item.worker, item.start_ns / cell_ns);
        if open.is_none_or(|(other, earlier, _)| (other, earlier) != (worker, cell)) {
            close(&mut bundles, &mut open, &mut places);
            open = Some((worker, cell, bundles.len()));
        }
        match places.get(&item.kind) {
            Some(&place) => {
                bundles[place].length_ns += item.length_ns;
                bundles[place].tasks += 1;
                bundles[place].wait_ns = bundles[place].wait_ns.max(item.wait_ns);
            }
            None => {
                places.insert(item.kind, bundles.len());
                bundles.push(*item);
            }
        }
    }
    close(&mut bundles, &mut open, &mut places);
    bundles
}

/// Ends a cell: lays its bundles one after another, without gaps.
fn close(
    bundles: &mut [Item],
    open: &mut Option<(u32, u64, usize)>,
    places: &mut HashMap<Kind, usize>,
) {
    let Some((_, _, from)) = open.take() else { return };
    places.clear();
    let mut start_ns = bundles[from].start_ns;
    for bundle in &mut bundles[from..] {
        bundle.start_ns = start_ns;
        start_ns += bundle.length_ns;
    }
}

/// The indices of the items that have some property.
#[derive(Default)]
struct Places {
    count: usize,
    /// The index after the last one that was added.
    next: usize,
    /// How many items lie between an index and the one before.
    steps: Column,
}

impl Places {
    fn add(&mut self, place: usize) {
        self.steps.push((place - self.next) as u64);
        self.next = place + 1;
        self.count += 1;
    }

    fn encode(&self) -> (usize, String) {
        (self.count, self.steps.encode())
    }
}

/// The items of a stream as a page has them, a column for each property. Times are in nanoseconds
/// unless a name says otherwise.
#[derive(Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Columns {
    /// How many items each worker has.
    per_worker: Vec<usize>,
    /// Time from the end of the item before on the same worker to the start.
    gap: String,
    length: String,
    /// Index into `origins`.
    origin: String,
    /// (number of a function, number of a place where its tasks were built)
    origins: Vec<(u32, u32)>,
    /// Index of the first task, less the one that follows that of the item before.
    task: String,
    wait_us: String,
    /// How many tasks; empty when each item is one task.
    tasks: String,
    /// How many items are on the critical path, and which.
    critical: (usize, String),
    /// How many items have failed, and which.
    failed: (usize, String),
    /// (index of the item, attempts), where there was more than one attempt.
    retried: Vec<(usize, u32)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(worker: u32, start_ns: u64, length_ns: u64, function: u32) -> Item {
        let kind = Kind { function, critical: false, failed: false, attempts: 1 };
        Item { worker, start_ns, length_ns, kind, tasks: 1, first: 0, wait_ns: 0 }
    }

    #[test]
    fn a_bundle_keeps_times_and_counts() {
        // cell 0: a b a idle, cell 1 of worker 0, then worker 1
        let items = [item(0, 0, 3, 0), item(0, 3, 2, 1), item(0, 5, 3, 0), item(0, 10, 5, 0)];
        let mut items = items.to_vec();
        items.push(item(1, 10, 5, 0));
        let bundles = bundle(&items, 10);
        let seen: Vec<_> = bundles
            .iter()
            .map(|item| {
                (item.worker, item.start_ns, item.length_ns, item.kind.function, item.tasks)
            })
            .collect();
        assert_eq!(seen, [(0, 0, 6, 0, 2), (0, 6, 2, 1, 1), (0, 10, 5, 0, 1), (1, 10, 5, 0, 1)]);
    }

    #[test]
    fn a_long_task_stays_alone() {
        let items = [item(0, 0, 3, 0), item(0, 3, 30, 0), item(0, 33, 3, 0)];
        assert_eq!(bundle(&items, 10), items);
    }

    #[test]
    fn failed_and_critical_tasks_are_not_mixed_with_others() {
        let mut failed = item(0, 3, 3, 0);
        failed.kind.failed = true;
        let bundles = bundle(&[item(0, 0, 3, 0), failed, item(0, 6, 3, 0)], 10);
        assert_eq!(bundles.iter().map(|item| item.tasks).collect::<Vec<_>>(), [2, 1]);
        assert!(bundles[1].kind.failed);
    }
}
