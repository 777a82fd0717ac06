//! Whether the indices of tasks rise or fall with their age.

use super::rows::small;

/// How the indices of tasks tell which was built first. It decides ties and nothing else.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Adjacency, Numbering, order};
///
/// let independent = Adjacency::from_edges(3, []);
/// assert_eq!(order(&independent, Numbering::OldestFirst), [0, 1, 2]);
/// assert_eq!(order(&independent, Numbering::NewestFirst), [2, 1, 0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// 0 is the task built first, as in a [`Graph`](crate::Graph).
    OldestFirst,
    /// 0 is the task built last, as in a plan, which is collected from the outputs down.
    NewestFirst,
}

impl Numbering {
    /// The indices of `count` tasks, beginning with the one built first.
    pub(super) fn oldest_first(self, count: usize) -> impl Iterator<Item = u32> {
        let newest = small(count).saturating_sub(1);
        (0..small(count)).map(move |age| match self {
            Numbering::OldestFirst => age,
            Numbering::NewestFirst => newest - age,
        })
    }

    /// Says whether the task at `one` was built before the one at `other`.
    pub(super) fn is_older(self, one: u32, other: u32) -> bool {
        match self {
            Numbering::OldestFirst => one < other,
            Numbering::NewestFirst => one > other,
        }
    }
}
