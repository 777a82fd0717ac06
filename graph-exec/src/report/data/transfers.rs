//! When workers of a cluster waited for inputs from other workers.

use crate::record::run_record::RunRecord;

/// (worker, start, end) of a time in which a worker waited for inputs, in nanoseconds since the run
/// began.
pub(super) type Transfer = (usize, u64, u64);

/// How many transfers a page shows; of more, the longest.
#[cfg(feature = "cluster")]
const MOST_TRANSFERS: usize = 20_000;
/// The transfers of a run, the longest first; none for a run on this machine.
#[cfg(feature = "cluster")]
pub(super) fn transfers(record: &RunRecord) -> Vec<Transfer> {
    let Some(cluster) = record.cluster() else { return Vec::new() };
    let mut transfers: Vec<_> = cluster
        .transfers()
        .iter()
        .map(|one| (one.worker, one.start.as_nanos() as u64, one.end.as_nanos() as u64))
        .collect();
    transfers.sort_by_key(|&(_, start, end)| std::cmp::Reverse(end.saturating_sub(start)));
    transfers.truncate(MOST_TRANSFERS);
    transfers
}

#[cfg(not(feature = "cluster"))]
pub(super) fn transfers(_: &RunRecord) -> Vec<Transfer> {
    Vec::new()
}
