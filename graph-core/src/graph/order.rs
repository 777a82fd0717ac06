//! Static priority that keeps few results alive.
//!
//! It knows structure only: no names, no durations, no sizes, no workers. Every result counts
//! as one, and an edge that only orders counts like one that carries a result.

mod begun;
mod prepared;
mod rows;
mod weight;

use crate::graph::{Graph, adjacency::Adjacency};
use begun::Begun;
use prepared::Prepared;
use rows::small;

/// How the indices of tasks tell which was built first. It decides ties and nothing else.
///
/// ```
/// use graph_core::{Adjacency, Numbering, order};
///
/// let independent = Adjacency::from_edges(3, []);
/// assert_eq!(order(&independent, Numbering::OldestFirst), [0, 1, 2]);
/// assert_eq!(order(&independent, Numbering::NewestFirst), [2, 1, 0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// 0 is the task built first, as in a [`Graph`].
    OldestFirst,
    /// 0 is the task built last, as when a walk starts at the outputs.
    NewestFirst,
}

impl Numbering {
    /// The indices of `count` tasks by age.
    fn oldest_first(self, count: usize) -> impl Iterator<Item = u32> {
        let newest = small(count).saturating_sub(1);
        (0..small(count)).map(move |age| match self {
            Numbering::OldestFirst => age,
            Numbering::NewestFirst => newest - age,
        })
    }

    fn is_older(self, one: u32, other: u32) -> bool {
        match self {
            Numbering::OldestFirst => one < other,
            Numbering::NewestFirst => one > other,
        }
    }
}

/// Gives every task its priority, 0 first, so that each comes after its dependencies and few
/// results live at once.
///
/// `dependencies` holds for each task the tasks it needs; `numbering` says which tasks are older. Workers that
/// always take the ready task with the lowest number keep to the spirit of the order, however
/// many they are. The order depends on structure alone, ties going to the task built first.
///
/// A root starts only when no started chain can go on: when no ready task would free a result or
/// is an output, and none has become ready that leads to such a task through others that wait for
/// it alone. For trees no order on one worker keeps fewer results alive. Where results are shared
/// the optimum is NP-hard to find, and this is a heuristic; if outputs share what they need, it
/// tries the heaviest first and the lightest first, and takes the latter when that keeps fewer
/// results alive besides finished outputs.
///
/// Time O((|V| + |E|) log² d) for at most d dependencies of one task, near |V| + |E| in practice;
/// space O(|V| + |E|); no recursion. It is fastest when no task is older than its
/// dependencies, as among tasks built one after the other.
///
/// Sources: the aims and the test graphs are those of `dask/order.py`; the weight of a task is
/// the register need of Sethi and Ullman, "The generation of optimal code for arithmetic
/// expressions" (1970).
///
/// # Panics
/// When tasks need each other in a circle or one that is not there; [`Graph::check`] finds out
/// without a panic.
///
/// ```
/// use graph_core::{Adjacency, Numbering, order};
///
/// //      4         each load is reduced before the next one starts
/// //     / \
/// //    1   3
/// //    |   |
/// //    0   2
/// let dependencies = Adjacency::from_edges(5, [(1, 0), (3, 2), (4, 1), (4, 3)]);
/// assert_eq!(order(&dependencies, Numbering::OldestFirst), [0, 1, 2, 3, 4]);
/// ```
pub fn order(dependencies: &Adjacency, numbering: Numbering) -> Vec<u32> {
    let mut prepared = Prepared::new(dependencies, numbering);
    let heavy_first = Walk::new(&prepared).run();
    if prepared.ask_for_light_outputs_first() {
        let light_first = Walk::new(&prepared).run();
        if light_first.peak < heavy_first.peak {
            return light_first.priority;
        }
    }
    heavy_first.priority
}

impl Graph {
    /// The indices of the nodes in the order in which one worker should run them; see [`order`].
    ///
    /// ```
    /// use graph_core::{Edge, Graph, Node};
    ///
    /// let nodes = ["load", "load", "sum", "sum"].map(Node::new).to_vec();
    /// let edges = vec![Edge::data(0, 2), Edge::data(1, 3)];
    /// let graph = Graph::new(nodes, edges, vec![2, 3])?;
    /// assert_eq!(graph.order(), [0, 2, 1, 3]);
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn order(&self) -> Vec<usize> {
        let edges = self.edges().iter().map(|edge| (small(edge.to), small(edge.from)));
        let priorities = order(&Adjacency::from_edges(self.len(), edges), Numbering::OldestFirst);
        let mut sequence = vec![0; priorities.len()];
        for (node, &priority) in priorities.iter().enumerate() {
            sequence[priority as usize] = node;
        }
        sequence
    }
}

/// No task, no edge.
const NONE: u32 = u32::MAX;

/// Where a walk has led.
struct Outcome {
    /// task → its place.
    priority: Vec<u32>,
    /// Most results alive while a task runs, its own included, outputs only while they run.
    peak: u32,
}

/// One worker's walk over the graph, which places each task as it would run it.
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
struct Walk<'a> {
    graph: &'a Prepared,
    /// task → its place, [`NONE`] while it has none.
    priority: Vec<u32>,
    placed: u32,
    /// Results alive, without outputs.
    live: u32,
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
    /// Each asks for the next; the goal of the graph asks first.
    asking: Vec<u32>,
    /// node → how far it has gone through its dependencies.
    cursor: Vec<u32>,
    begun: Begun,
}

impl<'a> Walk<'a> {
    fn new(graph: &'a Prepared) -> Self {
        let nodes = graph.dependents.len();
        let count = |adjacency: &Adjacency| -> Vec<u32> {
            (0..small(nodes)).map(|node| small(adjacency.neighbours(node).len())).collect()
        };
        let xor =
            |node: u32| graph.dependents.neighbours(node).iter().fold(0, |all, &one| all ^ one);
        Walk {
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

    fn run(mut self) -> Outcome {
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
        Outcome { priority: self.priority, peak: self.peak }
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
