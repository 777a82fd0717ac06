//! What only a run on a cluster has: who the workers are, and what went from one to another.

use crate::RunRecord;

/// When a worker waited for inputs, in nanoseconds since the run began.
pub(super) type Transfer = (usize, u64, u64);

/// Above so many, the short ones are left out.
#[cfg(feature = "cluster")]
const MOST_TRANSFERS: usize = 20_000;
/// So many workers are named.
#[cfg(feature = "cluster")]
const MOST_WORKERS: usize = 64;

/// A sentence on the traffic, and the workers' addresses.
#[cfg(feature = "cluster")]
pub(super) fn note(record: &RunRecord) -> String {
    let Some(cluster) = record.cluster() else { return String::new() };
    let addresses = (0..record.workers().min(MOST_WORKERS))
        .filter_map(|worker| Some(format!("worker {worker} is {}", cluster.address(worker)?)));
    let addresses = addresses.collect::<Vec<_>>().join(", ");
    format!(
        "<p class=\"note\" id=\"traffic\">On a cluster: {}. Striped: inputs on their way to the \
         worker. {}.</p>",
        super::escape::Escaped(&cluster.to_string()),
        super::escape::Escaped(&addresses),
    )
}

/// What is striped.
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
pub(super) fn note(_: &RunRecord) -> String {
    String::new()
}

#[cfg(not(feature = "cluster"))]
pub(super) fn transfers(_: &RunRecord) -> Vec<Transfer> {
    Vec::new()
}
