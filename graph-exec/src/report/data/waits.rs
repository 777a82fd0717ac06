//! When workers waited inside tasks, and for what.

use crate::record::{run_data::samples::Wait, run_record::RunRecord};

/// How many waits a page shows; of more, the longest.
const MOST_WAITS: usize = 20_000;

/// What workers may wait for, in the order of [`number`], with what a page calls it.
pub(crate) const KINDS: [&str; 6] =
    ["for a core", "for a lock", "asleep", "for a file", "for a socket", "for something else"];

/// (kind, worker, start, end) of a time in which a worker waited, in nanoseconds since the run began.
pub(super) type ShownWait = (usize, u32, u64, u64);

fn number(wait: Wait) -> usize {
    match wait {
        Wait::Core => 0,
        Wait::Lock => 1,
        Wait::Sleep => 2,
        Wait::Disk => 3,
        Wait::Network => 4,
        Wait::Other => 5,
    }
}

/// The waits of a run, the longest first; none where the system does not tell.
pub(super) fn waits(record: &RunRecord) -> Vec<ShownWait> {
    let mut waits: Vec<ShownWait> = record
        .waits()
        .iter()
        .map(|one| (number(one.wait), one.worker, one.from_ns, one.to_ns))
        .collect();
    waits.sort_by_key(|&(_, _, start, end)| std::cmp::Reverse(end - start));
    waits.truncate(MOST_WAITS);
    waits
}

/// The numbers of the kinds of waits that a run has.
pub(crate) fn kinds(record: &RunRecord) -> Vec<usize> {
    let mut kinds: Vec<usize> = record.waits().iter().map(|one| number(one.wait)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}
