//! Small helpers for flat rows of node numbers.

/// No task, no edge.
pub(super) const NONE: u32 = u32::MAX;

/// A count or index as millions of them are stored.
pub(super) fn small(count: usize) -> u32 {
    u32::try_from(count).expect("a graph has fewer than 2³² nodes and edges")
}

/// Where each row starts, given how long it is, with the end of the last one added.
pub(super) fn offsets_of(mut lengths: Vec<u32>) -> Vec<u32> {
    lengths.push(0);
    let mut start = 0_u32;
    for entry in &mut lengths {
        let length = std::mem::replace(entry, start);
        start = start.checked_add(length).expect("a graph has fewer than 2³² edges");
    }
    lengths
}
