//! Counts how often the links between neighbouring layers cross.

use super::proper::ProperGraph;

/// Counts the crossings in the whole graph. Time O(|E| log |V|).
pub(super) fn count(graph: &ProperGraph) -> u64 {
    (1..graph.order.len()).map(|lower| count_between(graph, lower)).sum()
}

/// Counts the crossings between layer `lower` and the one above it.
///
/// Goes through the links from left to right by their upper ends. For each, a tree of partial sums
/// tells how many earlier links end further right.
///
/// Source: W. Barth, P. Mutzel, M. Jünger, "Simple and Efficient Bilayer Cross Counting" (2004).
fn count_between(graph: &ProperGraph, lower: usize) -> u64 {
    let mut ends_up_to = PartialSums::new(graph.order[lower].len());
    let mut crossings = 0;
    let mut seen = 0;
    let mut ends = Vec::new();
    for &vertex in &graph.order[lower - 1] {
        ends.clear();
        ends.extend(graph.below[vertex].iter().map(|&other| graph.place[other]));
        // Links with a common upper end do not cross, so all are counted before any is added.
        for &end in &ends {
            crossings += seen - ends_up_to.sum(end);
        }
        for &end in &ends {
            ends_up_to.add(end);
        }
        seen += ends.len() as u64;
    }
    crossings
}

/// Counts the crossings between the links of two vertices of a layer, one left of the other, given
/// the sorted places of their neighbours in one adjacent layer.
pub(super) fn count_pair(left: &[usize], right: &[usize]) -> u64 {
    let mut smaller = 0;
    let mut pairs = 0;
    for &place in left {
        while smaller < right.len() && right[smaller] < place {
            smaller += 1;
        }
        pairs += smaller as u64;
    }
    pairs
}

/// A count per place, with sums over prefixes in logarithmic time (a Fenwick tree).
struct PartialSums {
    tree: Vec<u64>,
}

impl PartialSums {
    fn new(places: usize) -> Self {
        PartialSums { tree: vec![0; places + 1] }
    }

    fn add(&mut self, place: usize) {
        let mut index = place + 1;
        while index < self.tree.len() {
            self.tree[index] += 1;
            index += index & index.wrapping_neg();
        }
    }

    /// Returns the sum over places `0..=place`.
    fn sum(&self, place: usize) -> u64 {
        let mut index = place + 1;
        let mut sum = 0;
        while index > 0 {
            sum += self.tree[index];
            index &= index - 1;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::super::proper::Bundling;
    use super::*;
    use crate::graph::Edge;

    // 0 1 2 above 3 4 5, each linked to each: (3 choose 2)² crossings
    #[test]
    fn complete_bipartite_links_cross_as_often_as_the_formula_says() {
        let edges: Vec<Edge> =
            (0..3).flat_map(|from| (3..6).map(move |to| Edge::data(from, to))).collect();
        let graph = ProperGraph::new(&[0, 0, 0, 1, 1, 1], &edges, Bundling::Bundled);
        assert_eq!(count(&graph), 9);
    }

    #[test]
    fn swapping_uncrosses_a_crossed_pair() {
        assert_eq!((count_pair(&[3, 4], &[1, 4]), count_pair(&[1, 4], &[3, 4])), (2, 1));
    }
}
