//! Rows of node numbers in one flat array.

/// Stands for no task.
pub(super) const NONE: u32 = u32::MAX;

/// Converts a count or an index into the type in which rows keep it.
pub(super) fn small(count: usize) -> u32 {
    u32::try_from(count).expect("a graph has fewer than 2³² nodes and edges")
}

/// Returns where each row starts, and where the last one ends, given how long each is.
pub(super) fn offsets_of(mut lengths: Vec<u32>) -> Vec<u32> {
    lengths.push(0);
    let mut start = 0_u32;
    for entry in &mut lengths {
        let length = std::mem::replace(entry, start);
        start = start.checked_add(length).expect("a graph has fewer than 2³² edges");
    }
    lengths
}
