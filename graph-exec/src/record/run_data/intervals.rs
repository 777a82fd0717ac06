//! Times in which something was so, which may overlap.

/// How much time is in at least one of the intervals.
pub(super) fn covered(intervals: &[(u64, u64)]) -> u64 {
    let mut sorted = intervals.to_vec();
    sorted.sort_unstable();
    let (mut covered, mut until) = (0, 0);
    for (from, to) in sorted {
        covered += to.saturating_sub(from.max(until));
        until = until.max(to);
    }
    covered
}
