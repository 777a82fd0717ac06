//! Numbers in a row, ranges of which rise and fall, and the largest of a range.

use std::ops::Range;

/// A number for each position of an order. Changing a range, and the largest of a range, take O(log n); space O(n).
///
/// It is a segment tree: each node stands for half of what its parent stands for, and keeps what was added to all
/// of it and the largest number in it.
pub(super) struct Profile {
    /// How many leaves there are: a power of two.
    leaves: usize,
    /// Node → what was added to all of it at once, the nodes above not counted.
    added: Vec<i32>,
    /// Node → the largest number in it, the nodes above not counted.
    largest: Vec<i32>,
}

/// A node while the tree is walked down: its number, and the positions that it stands for.
#[derive(Clone, Copy)]
struct Node {
    number: usize,
    start: usize,
    length: usize,
}

impl Node {
    fn halves(self) -> [Node; 2] {
        let Node { number, start, length } = self;
        let length = length / 2;
        [(0, start), (1, start + length)].map(|(half, start)| Node {
            number: 2 * number + half,
            start,
            length,
        })
    }

    fn is_outside(self, range: &Range<usize>) -> bool {
        range.end <= self.start || self.start + self.length <= range.start
    }

    fn is_inside(self, range: &Range<usize>) -> bool {
        range.start <= self.start && self.start + self.length <= range.end
    }
}

impl Profile {
    pub(super) fn new(numbers: &[i32]) -> Self {
        let leaves = numbers.len().next_power_of_two();
        let mut largest = vec![0; 2 * leaves];
        largest[leaves..leaves + numbers.len()].copy_from_slice(numbers);
        for node in (1..leaves).rev() {
            largest[node] = largest[2 * node].max(largest[2 * node + 1]);
        }
        Profile { leaves, added: vec![0; 2 * leaves], largest }
    }

    fn root(&self) -> Node {
        Node { number: 1, start: 0, length: self.leaves }
    }

    /// Adds to every number of a range.
    pub(super) fn add(&mut self, range: Range<usize>, change: i32) {
        if !range.is_empty() {
            self.add_below(self.root(), &range, change);
        }
    }

    /// As deep as the tree is high.
    fn add_below(&mut self, node: Node, range: &Range<usize>, change: i32) {
        if node.is_outside(range) {
            return;
        }
        let Node { number, .. } = node;
        if node.is_inside(range) {
            self.added[number] += change;
            self.largest[number] += change;
            return;
        }
        let [one, other] = node.halves();
        self.add_below(one, range, change);
        self.add_below(other, range, change);
        let below = self.largest[one.number].max(self.largest[other.number]);
        self.largest[number] = below + self.added[number];
    }

    /// The largest number of a range; the lowest there is when the range is empty.
    pub(super) fn largest(&self, range: Range<usize>) -> i32 {
        self.largest_below(self.root(), &range)
    }

    fn largest_below(&self, node: Node, range: &Range<usize>) -> i32 {
        if range.is_empty() || node.is_outside(range) {
            return i32::MIN;
        }
        let Node { number, .. } = node;
        if node.is_inside(range) {
            return self.largest[number];
        }
        let [one, other] = node.halves();
        let below = self.largest_below(one, range).max(self.largest_below(other, range));
        below.saturating_add(self.added[number])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_says_what_a_plain_row_of_numbers_says(
            numbers in proptest::collection::vec(-5..6_i32, 1..40),
            steps in proptest::collection::vec((0..40_usize, 0..40_usize, -3..4_i32), 0..40),
        ) {
            let mut profile = Profile::new(&numbers);
            let mut plain = numbers;
            for (one, other, change) in steps {
                let range = one.min(other).min(plain.len())..one.max(other).min(plain.len());
                let largest = plain[range.clone()].iter().copied().max().unwrap_or(i32::MIN);
                prop_assert_eq!(profile.largest(range.clone()), largest);
                plain[range.clone()].iter_mut().for_each(|number| *number += change);
                profile.add(range, change);
            }
        }
    }
}
