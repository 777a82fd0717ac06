//! A group of tasks that are drawn as one box.

use std::borrow::Cow;

use crate::graph::Node;
use crate::task::state::TaskState;

/// Tasks drawn as one box.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Graph, Node};
///
/// let graph = Graph::new(vec![Node::new("stock::read"); 500], vec![], vec![]).unwrap();
/// let quotient = graph.collapse();
/// let group = &quotient.groups()[0];
/// assert_eq!((group.name().as_ref(), group.tasks()), ("read", 500));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'g> {
    /// The first task, in the order in which they were built.
    first: &'g Node,
    /// The number of tasks.
    tasks: usize,
    /// Function → how many tasks run it, in the order of first occurrence.
    pub(super) functions: Vec<(&'g str, usize)>,
    /// State → how many tasks are in it, in the order of first occurrence.
    states: Vec<(TaskState, usize)>,
    /// Why the first of the failed tasks failed; `None` when none failed, and when that is not known.
    failure: Option<&'g str>,
    /// Whether all tasks have the same label or telling argument.
    same_detail: bool,
    /// Whether the result of any task was asked for.
    pub(super) output: bool,
}

impl<'g> Group<'g> {
    /// Returns the name of the function that the tasks run, or the names of the two most frequent
    /// ones and the number of the others.
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

    /// Returns the label or telling argument, when all tasks have the same one.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("f").with_label("x")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.collapse().groups()[0].detail(), Some("x"));
    /// ```
    pub fn detail(&self) -> Option<&'g str> {
        self.first.detail().filter(|_| self.same_detail)
    }

    /// Returns the number of tasks.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("f")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.collapse().groups()[0].tasks(), 1);
    /// ```
    pub fn tasks(&self) -> usize {
        self.tasks
    }

    /// Returns the path of the function that all tasks run, or `None` when they differ.
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

    /// Returns the state that all tasks are in. When they differ it is failed if any task failed,
    /// else running if any runs, else waiting.
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

    /// Returns the first task, in the order in which they were built.
    pub(crate) fn first(&self) -> &'g Node {
        self.first
    }

    /// Returns why the first of the failed tasks failed, if any failed and that is known.
    pub(crate) fn failure(&self) -> Option<&'g str> {
        self.failure
    }

    /// Returns function → how many tasks run it.
    pub(crate) fn functions(&self) -> &[(&'g str, usize)] {
        &self.functions
    }

    /// Returns state → how many tasks are in it.
    pub(crate) fn states(&self) -> &[(TaskState, usize)] {
        &self.states
    }

    /// Says whether the result of any task was asked for.
    pub(crate) fn is_output(&self) -> bool {
        self.output
    }

    /// Makes a group of one task. The caller counts its function.
    pub(super) fn from_node(node: &'g Node) -> Self {
        Group {
            first: node,
            failure: node.failure.as_deref(),
            tasks: 1,
            functions: Vec::with_capacity(1),
            states: vec![(node.state, 1)],
            same_detail: true,
            output: false,
        }
    }

    /// Adds a task. The caller counts its function.
    pub(super) fn add(&mut self, node: &'g Node) {
        self.tasks += 1;
        self.failure = self.failure.or(node.failure.as_deref());
        self.same_detail &= self.first.detail() == node.detail();
        match self.states.iter_mut().find(|(state, _)| *state == node.state) {
            Some((_, tasks)) => *tasks += 1,
            None => self.states.push((node.state, 1)),
        }
    }
}
