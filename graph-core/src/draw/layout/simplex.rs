//! The network simplex: layers that make the sum of all edge lengths as small as it can be.
//!
//! Source: Gansner et al. (1993), section 2.3. Their incremental bookkeeping is left out: each
//! step looks at the whole tree again, which is faster for graphs that anyone looks at.

use std::collections::VecDeque;

use crate::graph::Edge;

/// Nodes and edges visited in all steps: what keeps a large graph's time sane.
const VISIT_BUDGET: usize = 3_000_000;

/// Moves nodes to other layers, every edge still downwards, until the sum of the edge lengths is
/// the least possible or the budget is used up. The nodes must be connected.
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

struct Simplex<'a> {
    layer: &'a mut [i64],
    edges: &'a [Edge],
    /// Node → its edges.
    incident: Vec<Vec<usize>>,
    /// Node → its edges in the tree, all of which are as short as can be.
    tree: Vec<Vec<usize>>,
    in_tree: Vec<bool>,
    budget: usize,
}

impl<'a> Simplex<'a> {
    fn new(layer: &'a mut [i64], edges: &'a [Edge]) -> Self {
        let mut incident = vec![Vec::new(); layer.len()];
        for (index, edge) in edges.iter().enumerate() {
            incident[edge.from].push(index);
            incident[edge.to].push(index);
        }
        Simplex {
            tree: vec![Vec::new(); layer.len()],
            in_tree: vec![false; edges.len()],
            layer,
            edges,
            incident,
            budget: VISIT_BUDGET,
        }
    }

    /// By how many layers an edge is longer than it must be.
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

    /// Spans all nodes with a tree of edges without slack; where there is none, the nearest part
    /// moves until there is. Says whether the budget lasted.
    fn grow_tree(&mut self) -> bool {
        let mut reached = vec![false; self.layer.len()];
        let mut members = Vec::new();
        let mut pending = vec![0];
        reached[0] = true;
        loop {
            while let Some(node) = pending.pop() {
                members.push(node);
                self.visit(self.incident[node].len());
                for place in 0..self.incident[node].len() {
                    let edge = self.incident[node][place];
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
            // The edge has no slack now, so its inner end reaches the other one.
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

    /// A tree edge whose lengthening would shorten the others by more, the first one at or after
    /// edge `from`, going round.
    fn find_leaving(&mut self, from: usize) -> Option<usize> {
        self.visit(self.layer.len() + self.edges.len());
        // Every node after the one that it hangs from.
        let mut order = vec![0];
        let mut hangs_by = vec![usize::MAX; self.layer.len()];
        let mut next = 0;
        while let Some(&node) = order.get(next) {
            next += 1;
            let own = hangs_by[node];
            for &edge in self.tree[node].iter().filter(|&&edge| edge != own) {
                let other = self.other_end(edge, node);
                hangs_by[other] = edge;
                order.push(other);
            }
        }
        // How many more edges leave a part of the tree downwards than enter it from above.
        let mut surplus = vec![0i64; self.layer.len()];
        for edge in self.edges {
            surplus[edge.from] += 1;
            surplus[edge.to] -= 1;
        }
        let mut cut = vec![0i64; self.edges.len()];
        for &node in order[1..].iter().rev() {
            let edge = hangs_by[node];
            let above = self.other_end(edge, node);
            cut[edge] = if self.edges[edge].from == node { surplus[node] } else { -surplus[node] };
            surplus[above] += surplus[node];
        }
        let lengthens = |edge: &usize| self.in_tree[*edge] && cut[*edge] < 0;
        (from..self.edges.len()).find(lengthens).or_else(|| (0..from).find(lengthens))
    }

    /// Takes `leaving` out of the tree, moves the part above it up as far as the other edges
    /// allow, and joins the parts by the edge that stopped them. Says whether there was one.
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
