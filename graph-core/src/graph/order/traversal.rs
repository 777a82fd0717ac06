//! One worker's walk over the graph, which gives each task its place.

use super::{
    begun::Begun,
    prepared::Prepared,
    rows::{NONE, small},
};
use crate::graph::adjacency::Adjacency;

/// The order that a traversal found.
pub(super) struct Placement {
    /// task → its place.
    pub priority: Vec<u32>,
    /// Most results alive while a task runs, its own included, outputs only while they run.
    pub peak: u32,
}

/// One worker's walk over the graph, which places each task as it would run it.
///
/// Where nothing that has been placed leads on, a node *asks for* one of its dependencies, and that one
/// for one of its own, down to a task that is ready. The first to ask is the *goal*, a node that needs
/// every output (see [`Prepared`]).
///
/// Everything follows from what a task does to the number of live results:
///
/// ```text
///        x                 a is placed. b is ready and would free a's result: it goes next,
///       / \                for whatever comes later comes with no more results alive.
///      b   d
///      |   |               c would be no such task: after it both a and c would be alive.
///      a   c               It goes when x asks for d, which asks for c.
///
///    s   x                 a is placed. s is an output, so its result stays, now or later, and
///     \ / \                running it finishes something: it goes before another root, e.
///      a   d
///          |
///          e
///
///   q     z             a and b are placed. p frees nothing, for z needs b as well; but q waits
///  / \   / \            for p alone and frees two, p's and a's: p goes before another root, c.
/// a   p /   c
///      \|
///       b
/// ```
pub(super) struct Traversal<'a> {
    graph: &'a Prepared,
    /// task → its place, [`NONE`] while it has none.
    priority: Vec<u32>,
    /// How many tasks have a place.
    placed: u32,
    /// How many results are alive, without those of outputs.
    live: u32,
    /// The largest that `live` has been.
    peak: u32,
    /// node → dependencies without a place.
    waiting: Vec<u32>,
    /// task → dependents without a place: its result is alive while there are any.
    pending: Vec<u32>,
    /// task → exclusive or of those dependents; the last one's index once there is only one.
    pending_xor: Vec<u32>,
    /// Ready tasks that free at least as much as they add. The last goes first.
    freeing: Vec<u32>,
    /// Ready tasks that lead to an output, or to one that frees a result, and ask for nothing else
    /// on the way. The last goes first.
    leading_on: Vec<u32>,
    /// The nodes that ask, each for the next one; the goal is the first.
    asking: Vec<u32>,
    /// node → how many of its dependencies, from the first, are known to have a place.
    cursor: Vec<u32>,
    begun: Begun,
}

impl<'a> Traversal<'a> {
    pub(super) fn new(graph: &'a Prepared) -> Self {
        let nodes = graph.dependents.len();
        let count = |adjacency: &Adjacency| -> Vec<u32> {
            (0..small(nodes)).map(|node| small(adjacency.neighbours(node).len())).collect()
        };
        let xor =
            |node: u32| graph.dependents.neighbours(node).iter().fold(0, |all, &one| all ^ one);
        Traversal {
            graph,
            priority: vec![NONE; nodes - 1],
            placed: 0,
            live: 0,
            peak: 0,
            waiting: count(&graph.dependencies),
            pending: count(&graph.dependents),
            pending_xor: (0..small(nodes)).map(xor).collect(),
            freeing: Vec::new(),
            leading_on: Vec::new(),
            asking: vec![small(nodes - 1)],
            cursor: vec![0; nodes],
            begun: Begun::new(graph),
        }
    }

    pub(super) fn run(mut self) -> Placement {
        let goal = small(self.priority.len());
        loop {
            if let Some(task) = self.freeing.pop() {
                self.place(task);
                continue;
            }
            let Some(&asking) = self.asking.last() else { break };
            if asking != goal && self.is_placed(asking) {
                self.asking.pop();
            } else if self.waiting[asking as usize] == 0 {
                self.asking.pop();
                if asking != goal {
                    self.place(asking);
                }
            } else if let Some(task) = self.leading_on.pop() {
                self.place(task);
            } else {
                let next = self.next_dependency(asking);
                self.asking.push(next);
            }
        }
        Placement { priority: self.priority, peak: self.peak }
    }

    fn is_placed(&self, task: u32) -> bool {
        self.priority[task as usize] != NONE
    }

    /// Gives `task` the next place, unless it has one, and notes what has become ready.
    fn place(&mut self, task: u32) {
        if self.is_placed(task) {
            return;
        }
        let graph = self.graph;
        let goal = small(self.priority.len());
        self.priority[task as usize] = self.placed;
        self.placed += 1;
        self.live += 1;
        self.peak = self.peak.max(self.live);
        for &dependency in graph.dependencies.neighbours(task) {
            let dependency = dependency as usize;
            self.pending[dependency] -= 1;
            self.pending_xor[dependency] ^= task;
            if self.pending[dependency] == 0 {
                self.live -= 1;
            } else if self.pending[dependency] == 1 {
                let last = self.pending_xor[dependency];
                if last != goal && self.waiting[last as usize] == 0 {
                    self.freeing.push(last);
                }
            }
        }
        if graph.dependents.neighbours(task) == [goal] {
            self.live -= 1;
        }
        for &dependent in graph.dependents.neighbours(task) {
            self.waiting[dependent as usize] -= 1;
        }
        // Backwards, so that the one built first is the first to be popped.
        for &dependent in graph.dependents.neighbours(task).iter().rev() {
            if self.waiting[dependent as usize] == 0 && dependent != goal {
                if self.frees_a_result(dependent) {
                    self.freeing.push(dependent);
                } else if graph.is_tail[dependent as usize] || self.leads_on(dependent) {
                    self.leading_on.push(dependent);
                }
            }
        }
        self.begun.note_placed(graph, task, &self.waiting);
    }

    fn frees_a_result(&self, ready: u32) -> bool {
        let dependencies = self.graph.dependencies.neighbours(ready);
        dependencies.iter().any(|&dependency| self.pending[dependency as usize] == 1)
    }

    /// Whether tasks that wait for `ready` alone, one after the other, end in one that frees yet
    /// another result, or in an output. Over all tasks, time O(|V| + |E|): of what a task waits
    /// for, only one may be missing, so it is reached from one ready task at most.
    fn leads_on(&self, ready: u32) -> bool {
        let goal = small(self.priority.len());
        let mut last = ready;
        while let &[next] = self.graph.dependents.neighbours(last)
            && next != goal
        {
            if self.waiting[next as usize] != 1 {
                return false;
            }
            let mut dependencies = self.graph.dependencies.neighbours(next).iter();
            if dependencies.any(|&other| other != last && self.pending[other as usize] == 1) {
                return true;
            }
            last = next;
        }
        self.graph.dependents.neighbours(last) == [goal]
    }

    /// The dependency without a place that `asking` asks for next: one that is begun before one
    /// that is not, then the heaviest.
    fn next_dependency(&mut self, asking: u32) -> u32 {
        let dependencies = self.graph.dependencies.neighbours(asking);
        let cursor = &mut self.cursor[asking as usize];
        while self.priority[dependencies[*cursor as usize] as usize] != NONE {
            *cursor += 1;
        }
        let heaviest = dependencies[*cursor as usize];
        let open = &dependencies[*cursor as usize + 1..];
        self.begun.next(asking, heaviest, open, &self.priority).unwrap_or(heaviest)
    }
}
