//! The network simplex: minimises the sum of all edge lengths by moving nodes to other layers.
//!
//! Source: Gansner et al. (1993), section 2.3, without their incremental bookkeeping: each step
//! goes through the whole tree again, which is faster for graphs of a size that people look at.

use std::collections::VecDeque;

use crate::graph::Edge;
use crate::graph::adjacency::Adjacency;

/// The most nodes and edges visited in all steps together. It bounds the time for large graphs.
const VISIT_BUDGET: usize = 3_000_000;

/// Moves nodes to other layers until the sum of the edge lengths is the least possible or the
/// budget is used up. Every edge still goes down. The nodes must be connected.
pub(super) fn shorten_edges(layer: &mut [i64], edges: &[Edge]) {
    if layer.len() < 3 {
        return;
    }
    let mut simplex = Simplex::new(layer, edges);
    if !simplex.grow_tree() {
        return;
    }
    let mut from = 0;
    while let Some(leaving) = simplex.find_leaving(from) {
        from = leaving + 1;
        if !simplex.exchange(leaving) || simplex.budget == 0 {
            return;
        }
    }
}

/// The state of the search.
struct Simplex<'a> {
    /// Node → its layer.
    layer: &'a mut [i64],
    edges: &'a [Edge],
    /// Node → its edges.
    incident: Adjacency,
    /// Node → its edges in the spanning tree. These have no slack.
    tree: Vec<Vec<usize>>,
    /// Edge → whether it is in the tree.
    in_tree: Vec<bool>,
    /// How many more nodes and edges may be visited.
    budget: usize,
}

impl<'a> Simplex<'a> {
    fn new(layer: &'a mut [i64], edges: &'a [Edge]) -> Self {
        let both_ends = |(index, edge): (usize, &Edge)| {
            [(edge.from as u32, index as u32), (edge.to as u32, index as u32)]
        };
        let incident =
            Adjacency::from_edges(layer.len(), edges.iter().enumerate().flat_map(both_ends));
        Simplex {
            tree: vec![Vec::new(); layer.len()],
            in_tree: vec![false; edges.len()],
            layer,
            edges,
            incident,
            budget: VISIT_BUDGET,
        }
    }

    /// Returns the number of layers by which an edge is longer than it must be.
    fn slack(&self, edge: usize) -> i64 {
        self.layer[self.edges[edge].to] - self.layer[self.edges[edge].from] - 1
    }

    fn other_end(&self, edge: usize, node: usize) -> usize {
        let Edge { from, to, .. } = self.edges[edge];
        if from == node { to } else { from }
    }

    fn visit(&mut self, count: usize) {
        self.budget = self.budget.saturating_sub(count);
    }

    /// Makes a spanning tree of edges without slack. Where there is none, it moves the part that is
    /// spanned until the edge with the least slack has none. Says whether the budget was enough.
    fn grow_tree(&mut self) -> bool {
        let mut reached = vec![false; self.layer.len()];
        let mut members = Vec::new();
        let mut pending = vec![0];
        reached[0] = true;
        loop {
            while let Some(node) = pending.pop() {
                members.push(node);
                let degree = self.incident.neighbours(node as u32).len();
                self.visit(degree);
                for place in 0..degree {
                    let edge = self.incident.neighbours(node as u32)[place] as usize;
                    let other = self.other_end(edge, node);
                    if !reached[other] && self.slack(edge) == 0 {
                        reached[other] = true;
                        self.add_to_tree(edge);
                        pending.push(other);
                    }
                }
            }
            if members.len() == self.layer.len() {
                return true;
            }
            self.visit(self.edges.len() + members.len());
            let leaves =
                |edge: &usize| reached[self.edges[*edge].from] != reached[self.edges[*edge].to];
            let nearest = (0..self.edges.len()).filter(leaves).min_by_key(|&edge| self.slack(edge));
            let Some(nearest) = nearest.filter(|_| self.budget > 0) else { return false };
            let outwards = reached[self.edges[nearest].from];
            let step = if outwards { self.slack(nearest) } else { -self.slack(nearest) };
            for &member in &members {
                self.layer[member] += step;
            }
            // The edge has no slack now, so the node at its outer end is reached.
            let Edge { from, to, .. } = self.edges[nearest];
            let outer = if outwards { to } else { from };
            reached[outer] = true;
            self.add_to_tree(nearest);
            pending.push(outer);
        }
    }

    fn add_to_tree(&mut self, edge: usize) {
        self.in_tree[edge] = true;
        self.tree[self.edges[edge].from].push(edge);
        self.tree[self.edges[edge].to].push(edge);
    }

    fn remove_from_tree(&mut self, edge: usize) {
        self.in_tree[edge] = false;
        for node in [self.edges[edge].from, self.edges[edge].to] {
            self.tree[node].retain(|&other| other != edge);
        }
    }

    /// Returns a tree edge whose lengthening would shorten the other edges by more: the first one
    /// at or after edge `from`, or else the first one.
    fn find_leaving(&mut self, from: usize) -> Option<usize> {
        self.visit(self.layer.len() + self.edges.len());
        // Every node after its parent in the tree.
        let mut order = vec![0];
        let mut parent_edge = vec![usize::MAX; self.layer.len()];
        let mut next = 0;
        while let Some(&node) = order.get(next) {
            next += 1;
            let own = parent_edge[node];
            for &edge in self.tree[node].iter().filter(|&&edge| edge != own) {
                let other = self.other_end(edge, node);
                parent_edge[other] = edge;
                order.push(other);
            }
        }
        // The number of edges that leave a part of the tree downwards, less those that enter it.
        let mut surplus = vec![0i64; self.layer.len()];
        for edge in self.edges {
            surplus[edge.from] += 1;
            surplus[edge.to] -= 1;
        }
        let mut cut = vec![0i64; self.edges.len()];
        for &node in order[1..].iter().rev() {
            let edge = parent_edge[node];
            let above = self.other_end(edge, node);
            cut[edge] = if self.edges[edge].from == node { surplus[node] } else { -surplus[node] };
            surplus[above] += surplus[node];
        }
        let lengthens = |edge: &usize| self.in_tree[*edge] && cut[*edge] < 0;
        (from..self.edges.len()).find(lengthens).or_else(|| (0..from).find(lengthens))
    }

    /// Removes `leaving` from the tree, moves the part above it up as far as the other edges allow,
    /// and adds the edge that limits the move. Says whether there is one.
    fn exchange(&mut self, leaving: usize) -> bool {
        self.remove_from_tree(leaving);
        let mut upper = vec![false; self.layer.len()];
        let mut pending = VecDeque::from([self.edges[leaving].from]);
        upper[self.edges[leaving].from] = true;
        while let Some(node) = pending.pop_front() {
            for &edge in &self.tree[node] {
                let other = self.other_end(edge, node);
                if !std::mem::replace(&mut upper[other], true) {
                    pending.push_back(other);
                }
            }
        }
        self.visit(self.layer.len() + self.edges.len());
        let enters = |edge: &usize| !upper[self.edges[*edge].from] && upper[self.edges[*edge].to];
        let entering = (0..self.edges.len()).filter(enters).min_by_key(|&edge| self.slack(edge));
        let Some(entering) = entering else { return false };
        let step = self.slack(entering);
        for (layer, _) in self.layer.iter_mut().zip(&upper).filter(|(_, upper)| **upper) {
            *layer -= step;
        }
        self.add_to_tree(entering);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(layer: &[i64], edges: &[Edge]) -> i64 {
        edges.iter().map(|edge| layer[edge.to] - layer[edge.from]).sum()
    }

    // 4 → 5 → 6, 5 → 3 beside the chain 0 → 1 → 2 → 3: only 4, 5 and 6 together can go down
    #[test]
    fn a_group_moves_where_no_node_could_alone() {
        let pairs = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (5, 7), (5, 3)];
        let edges = pairs.map(|(from, to)| Edge::data(from, to));
        let mut layer = [0, 1, 2, 3, 0, 1, 2, 2];
        shorten_edges(&mut layer, &edges);
        assert_eq!(length(&layer, &edges), 7, "{layer:?}");
        assert!(edges.iter().all(|edge| layer[edge.from] < layer[edge.to]));
    }
}
