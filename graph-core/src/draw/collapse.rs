//! The readable quotient of a large graph: tasks that play the same part become one box.
//!
//! ```text
//! read ─► convert ┐                 read ×9 900 ─► convert ×9 900 ─► total
//! read ─► convert ┼► total   ═══►
//!   …        …    ┘
//! ```
//!
//! Whatever a partition merges, groups that would form a cycle become one group, so a quotient
//! can always be drawn. Nothing recurses.

pub(super) mod coarsening;
mod dense_ids;
mod equivalence;
mod partition;
mod traversal;

use std::borrow::Cow;

use crate::graph::{Edge, Graph, Node};
use crate::state::TaskState;

use coarsening::Limits;
use dense_ids::FastMap;
use partition::Partition;

/// Tasks drawn as one box.
///
/// ```
/// use graph_core::{Graph, Node};
///
/// let graph = Graph::new(vec![Node::new("stock::read"); 500], vec![], vec![]).unwrap();
/// let quotient = graph.collapse();
/// let group = &quotient.groups()[0];
/// assert_eq!((group.name().as_ref(), group.tasks()), ("read", 500));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'g> {
    first: &'g Node,
    tasks: usize,
    /// Function → how many tasks run it, by first occurrence.
    functions: Vec<(&'g str, usize)>,
    /// State → how many tasks are in it, by first occurrence.
    states: Vec<(TaskState, usize)>,
    same_detail: bool,
    output: bool,
}

impl<'g> Group<'g> {
    /// The name of its function; of the most frequent ones when there are several.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("a::total")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.collapse().groups()[0].name(), "total");
    /// ```
    pub fn name(&self) -> Cow<'g, str> {
        let short = |function: &'g str| function.rsplit("::").next().unwrap_or(function);
        let mut by_count = self.functions.clone();
        by_count.sort_by_key(|&(_, tasks)| std::cmp::Reverse(tasks));
        match by_count[..] {
            [] => Cow::Borrowed(self.first.name()),
            [(only, _)] => Cow::Borrowed(short(only)),
            [(a, _), (b, _)] => Cow::Owned(format!("{}, {}", short(a), short(b))),
            [(a, _), (b, _), ..] => {
                Cow::Owned(format!("{}, {}, {} more", short(a), short(b), by_count.len() - 2))
            }
        }
    }

    /// The label or telling argument, when all its tasks have the same.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("f").with_label("x")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.collapse().groups()[0].detail(), Some("x"));
    /// ```
    pub fn detail(&self) -> Option<&'g str> {
        self.first.detail().filter(|_| self.same_detail)
    }

    /// How many tasks it stands for.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("f")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.collapse().groups()[0].tasks(), 1);
    /// ```
    pub fn tasks(&self) -> usize {
        self.tasks
    }

    /// The function that all its tasks run, or `None` when they differ.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("a::f")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.collapse().groups()[0].function(), Some("a::f"));
    /// ```
    pub fn function(&self) -> Option<&'g str> {
        match self.functions[..] {
            [(only, _)] => Some(only),
            _ => None,
        }
    }

    /// The state of all its tasks; failed if any failed, else running if any runs, and waiting
    /// when they differ otherwise.
    ///
    /// ```
    /// # use graph_core::{Graph, Node, TaskState};
    /// # let graph = Graph::new(vec![Node::new("f")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.collapse().groups()[0].state(), TaskState::Waiting);
    /// ```
    pub fn state(&self) -> TaskState {
        let any = |state| self.states.iter().any(|&(other, _)| other == state);
        match self.states[..] {
            [(only, _)] => only,
            _ if any(TaskState::Failed) => TaskState::Failed,
            _ if any(TaskState::Running) => TaskState::Running,
            _ => TaskState::Waiting,
        }
    }

    /// The first of its tasks, in the order in which they were built.
    pub(crate) fn first(&self) -> &'g Node {
        self.first
    }

    /// Function → how many of its tasks run it.
    pub(crate) fn functions(&self) -> &[(&'g str, usize)] {
        &self.functions
    }

    /// State → how many of its tasks are in it.
    pub(crate) fn states(&self) -> &[(TaskState, usize)] {
        &self.states
    }

    /// Says whether the result of any of its tasks was asked for.
    pub(crate) fn is_output(&self) -> bool {
        self.output
    }

    fn of_one(node: &'g Node) -> Self {
        Group {
            first: node,
            tasks: 1,
            functions: Vec::with_capacity(1),
            states: vec![(node.state, 1)],
            same_detail: true,
            output: false,
        }
    }

    /// Counts one more task; its function is counted by the caller.
    fn add(&mut self, node: &'g Node) {
        self.tasks += 1;
        self.same_detail &= self.first.detail() == node.detail();
        match self.states.iter_mut().find(|(state, _)| *state == node.state) {
            Some((_, tasks)) => *tasks += 1,
            None => self.states.push((node.state, 1)),
        }
    }
}

/// A graph of groups of tasks, small enough to read: what a picture shows.
///
/// Groups stand in the order of their first tasks; no pair of groups has more than one edge.
///
/// ```
/// use graph_core::{Edge, Graph, Node};
///
/// // 1000 × load, all into one total
/// let mut nodes = vec![Node::new("load"); 1000];
/// nodes.push(Node::new("total"));
/// let edges = (0..1000).map(|load| Edge::data(load, 1000)).collect();
/// let graph = Graph::new(nodes, edges, vec![1000])?;
///
/// let quotient = graph.collapse();
/// assert_eq!(quotient.groups().len(), 2);
/// assert_eq!(quotient.edges(), [Edge::data(0, 1)]);
/// assert_eq!(quotient.tasks(), 1001);
/// # Ok::<(), graph_core::GraphError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Quotient<'g> {
    groups: Vec<Group<'g>>,
    edges: Vec<Edge>,
    /// Task → its group.
    group_of: Vec<usize>,
}

impl<'g> Quotient<'g> {
    /// The quotient that merges nothing.
    pub(crate) fn whole(graph: &'g Graph) -> Self {
        Quotient::by(graph, &Partition::discrete(graph))
    }

    /// The boxes.
    ///
    /// ```
    /// assert!(graph_core::Graph::default().collapse().groups().is_empty());
    /// ```
    pub fn groups(&self) -> &[Group<'g>] {
        &self.groups
    }

    /// The edges between different groups, by index into [`Quotient::groups`]: data if any of the
    /// edges they stand for is.
    ///
    /// ```
    /// assert!(graph_core::Graph::default().collapse().edges().is_empty());
    /// ```
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// How many tasks all groups stand for.
    ///
    /// ```
    /// assert_eq!(graph_core::Graph::default().collapse().tasks(), 0);
    /// ```
    pub fn tasks(&self) -> usize {
        self.group_of.len()
    }

    /// The group that stands for a task, by index into [`Graph::nodes`] and
    /// [`Quotient::groups`].
    ///
    /// # Panics
    /// When there is no such task.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("read"); 500], vec![], vec![]).unwrap();
    /// assert_eq!(graph.collapse().group_of(499), 0);
    /// ```
    pub fn group_of(&self, task: usize) -> usize {
        self.group_of[task]
    }

    /// Task → its group.
    pub(crate) fn groups_of_tasks(&self) -> &[usize] {
        &self.group_of
    }

    /// Says whether any group stands for more than one task.
    ///
    /// ```
    /// assert!(!graph_core::Graph::default().collapse().is_collapsed());
    /// ```
    pub fn is_collapsed(&self) -> bool {
        self.groups.len() < self.tasks()
    }

    fn by(graph: &'g Graph, partition: &Partition) -> Self {
        let mut groups: Vec<Group<'g>> = Vec::with_capacity(partition.len());
        // (group, function) → where the group counts it; a group may have thousands of them.
        let mut places: FastMap<(usize, &'g str), usize> = FastMap::default();
        for (node, &group) in graph.nodes().iter().zip(partition.group_of()) {
            // Groups are numbered by their first task, so a new one is always the next.
            match groups.get_mut(group) {
                Some(group) => group.add(node),
                None => groups.push(Group::of_one(node)),
            }
            let functions = &mut groups[group].functions;
            let place = *places.entry((group, &node.function)).or_insert(functions.len());
            match functions.get_mut(place) {
                Some((_, tasks)) => *tasks += 1,
                None => functions.push((&node.function, 1)),
            }
        }
        for &output in graph.outputs() {
            groups[partition.group_of()[output]].output = true;
        }
        let group_of = partition.group_of().to_vec();
        Quotient { groups, edges: partition.edges().to_vec(), group_of }
    }
}

impl Graph {
    /// The quotient that a picture of this graph shows: every task for itself up to 300 tasks,
    /// above that groups of tasks that play the same part.
    ///
    /// Time O((|V| + |E|) log) for each partition tried.
    ///
    /// ```
    /// use graph_core::{Edge, Graph, Node};
    ///
    /// let chain = (1..1000).map(|node| Edge::data(node - 1, node)).collect();
    /// let graph = Graph::new(vec![Node::new("step"); 1000], chain, vec![999])?;
    /// assert_eq!(graph.collapse().groups()[0].tasks(), 1000);
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn collapse(&self) -> Quotient<'_> {
        self.collapse_above(Limits::READABLE)
    }

    pub(crate) fn collapse_above(&self, limits: Limits) -> Quotient<'_> {
        Quotient::by(self, &coarsening::choose_partition(self, limits))
    }
}

#[cfg(test)]
mod tests;
