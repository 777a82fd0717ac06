//! Edges of a graph as flat arrays.

use std::{iter, ops::Range};

/// Who is next to whom, for every node of a graph: compressed rows.
///
/// Row `i` is `targets[offsets[i] .. offsets[i + 1]]`.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::Adjacency;
///
/// let dependencies = Adjacency::from_edges(3, [(2, 0), (2, 1)]);
/// assert_eq!(dependencies.neighbours(2), [0, 1]);
/// assert_eq!(dependencies.inverted().neighbours(0), [2]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adjacency {
    /// The offsets, whose last one stands there twice, and behind them the targets: in one list, since a small graph
    /// notices each allocation.
    numbers: Vec<u32>,
    /// Where the targets begin: two places more than there are nodes. 0 where there is nothing at all.
    targets_at: usize,
}

impl Adjacency {
    /// Rows that are already laid out: `offsets` begins with 0, does not fall, and ends with the
    /// number of targets.
    ///
    /// # Panics
    /// When the arrays do not fit each other.
    ///
    /// ```
    /// # use graph_core::Adjacency;
    /// assert_eq!(Adjacency::new(vec![0, 0, 1], vec![0]).neighbours(1), [0]);
    /// ```
    pub fn new(offsets: Vec<u32>, targets: Vec<u32>) -> Self {
        assert_eq!(offsets.first(), Some(&0), "the first row begins at 0");
        assert_eq!(
            offsets.last().map(|&end| end as usize),
            Some(targets.len()),
            "the last row ends with the targets"
        );
        Self::from_rows(offsets, targets)
    }

    /// [`new`](Self::new), for targets that are yet to be found. `offsets` may have room for them.
    ///
    /// # Panics
    /// When there are no offsets.
    pub(crate) fn from_rows(
        mut offsets: Vec<u32>,
        targets: impl IntoIterator<Item = u32, IntoIter: ExactSizeIterator>,
    ) -> Self {
        let targets = targets.into_iter();
        let (&last, targets_at) =
            (offsets.last().expect("the first row begins"), offsets.len() + 1);
        offsets.reserve_exact(targets.len() + 1);
        offsets.extend(iter::once(last).chain(targets));
        Adjacency { numbers: offsets, targets_at }
    }

    fn offsets(&self) -> &[u32] {
        &self.numbers[..self.targets_at.saturating_sub(1)]
    }

    fn targets(&self) -> &[u32] {
        &self.numbers[self.targets_at..]
    }

    /// Where a row is among the numbers.
    #[inline]
    fn row(&self, node: u32) -> Range<usize> {
        let (node, begin) = (node as usize, self.targets_at);
        self.numbers[node] as usize + begin..self.numbers[node + 1] as usize + begin
    }

    /// Sorts edges `(row, target)` into rows, each in the order given. Time O(|V| + |E|).
    ///
    /// # Panics
    /// When a row is not below `nodes`, or there are 2³² edges.
    ///
    /// ```
    /// # use graph_core::Adjacency;
    /// assert_eq!(Adjacency::from_edges(2, [(1, 0)]).neighbours(0).len(), 0);
    /// ```
    pub fn from_edges(
        nodes: usize,
        edges: impl IntoIterator<Item = (u32, u32), IntoIter: Clone>,
    ) -> Self {
        let edges = edges.into_iter();
        let mut offsets = vec![0u32; nodes + 1];
        for (row, _) in edges.clone() {
            offsets[row as usize + 1] += 1;
        }
        for row in 0..nodes {
            offsets[row + 1] += offsets[row];
        }
        let count = offsets[nodes] as usize;
        let mut all = Self::from_rows(offsets, iter::repeat_n(0, count));
        for (row, target) in edges {
            // Each row's offset is its next free place while the rows fill up.
            let place = all.numbers[row as usize];
            all.numbers[all.targets_at + place as usize] = target;
            all.numbers[row as usize] += 1;
        }
        all.numbers.copy_within(0..nodes, 1);
        all.numbers[0] = 0;
        all
    }

    /// How many nodes there are.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert_eq!(graph_exec::Adjacency::from_edges(3, []).len(), 3);
    /// ```
    pub fn len(&self) -> usize {
        // One without nodes may have no offsets at all.
        self.targets_at.saturating_sub(2)
    }

    /// Says whether there are none.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert!(graph_exec::Adjacency::default().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many edges there are.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert_eq!(graph_exec::Adjacency::from_edges(3, [(2, 0)]).edge_count(), 1);
    /// ```
    pub fn edge_count(&self) -> usize {
        self.targets().len()
    }

    /// The row of `node`.
    ///
    /// # Panics
    /// When there is no such node.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert_eq!(graph_exec::Adjacency::from_edges(3, [(2, 0)]).neighbours(2), [0]);
    /// ```
    #[inline]
    pub fn neighbours(&self, node: u32) -> &[u32] {
        &self.numbers[self.row(node)]
    }

    /// How many neighbours each node has.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let dependencies = graph_exec::Adjacency::from_edges(3, [(2, 0), (2, 1)]);
    /// assert!(dependencies.row_lengths().eq([0, 0, 2]));
    /// ```
    pub fn row_lengths(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.offsets().windows(2).map(|row| row[1] - row[0])
    }

    /// The row of `node`, to be rewritten in place.
    pub(crate) fn row_mut(&mut self, node: u32) -> &mut [u32] {
        let row = self.row(node);
        &mut self.numbers[row]
    }

    /// Every edge as `(row, target)`, row by row.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let edges: Vec<_> = graph_exec::Adjacency::from_edges(3, [(2, 0)]).edges().collect();
    /// assert_eq!(edges, [(2, 0)]);
    /// ```
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> + Clone + '_ {
        (0..self.len() as u32)
            .flat_map(|row| self.neighbours(row).iter().map(move |&target| (row, target)))
    }

    /// The same edges the other way round: dependencies become dependents. Time O(|V| + |E|).
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let dependents = graph_exec::Adjacency::from_edges(3, [(2, 0)]).inverted();
    /// assert_eq!(dependents.neighbours(0), [2]);
    /// ```
    pub fn inverted(&self) -> Self {
        let nodes = self.len();
        let targets_at = nodes + 2;
        let mut numbers = zeroed(targets_at + self.edge_count());
        let (offsets, targets) = numbers.split_at_mut(targets_at);
        // Where each row begins is counted two places further on: it is the row's next free place while the
        // rows fill up, and then it stands where it belongs.
        for &target in self.targets() {
            offsets[target as usize + 2] += 1;
        }
        let mut end = 0;
        for offset in offsets.iter_mut() {
            end += *offset;
            *offset = end;
        }
        for (node, row) in (0..).zip(self.offsets().windows(2)) {
            for &target in &self.targets()[row[0] as usize..row[1] as usize] {
                let place = &mut offsets[target as usize + 1];
                targets[*place as usize] = node;
                *place += 1;
            }
        }
        Adjacency { numbers, targets_at }
    }

    /// The nodes in an order in which each comes before those in its row, without
    /// those on a cycle and those that a cycle leads to. Where the rows are
    /// the dependents, each comes after its dependencies, and sources come first. Time
    /// O(|V| + |E|).
    pub(crate) fn topological_order(&self) -> Vec<u32> {
        let mut awaited = vec![0u32; self.len()];
        for &target in self.targets() {
            awaited[target as usize] += 1;
        }
        let mut order: Vec<u32> =
            (0..self.len() as u32).filter(|&node| awaited[node as usize] == 0).collect();
        let mut next = 0;
        while let Some(&node) = order.get(next) {
            next += 1;
            for &dependent in self.neighbours(node) {
                let awaited = &mut awaited[dependent as usize];
                *awaited -= 1;
                if *awaited == 0 {
                    order.push(dependent);
                }
            }
        }
        order
    }
}

/// A list of so many numbers is short: a kilobyte.
const SHORT: usize = 256;

/// A list of so many zeros.
#[expect(
    clippy::slow_vector_initialization,
    reason = "the allocator takes memory that comes zeroed from its slower places"
)]
fn zeroed(count: usize) -> Vec<u32> {
    if count > SHORT {
        return vec![0; count];
    }
    let mut list = Vec::with_capacity(count);
    list.resize(count, 0);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    // 3 → 1 → 0, 3 → 0, 2 alone
    #[test]
    fn each_comes_before_its_dependents() {
        let dependents = Adjacency::from_edges(4, [(1, 0), (3, 1), (3, 0)]);
        assert_eq!(dependents.topological_order(), [2, 3, 1, 0]);
    }

    // 0 → 1 ⇄ 2 → 3
    #[test]
    fn a_cycle_and_what_it_leads_to_are_left_out() {
        let dependents = Adjacency::from_edges(4, [(0, 1), (1, 2), (2, 1), (2, 3)]);
        assert_eq!(dependents.topological_order(), [0]);
    }
}
