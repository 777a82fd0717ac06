//! A graph whose nodes are groups of tasks.

use crate::graph::{Edge, Graph};

use super::dense_ids::FastMap;
use super::group::Group;
use super::partition::Partition;

/// A graph whose nodes are groups of tasks: what a picture shows.
///
/// The groups are in the order of their first tasks. No pair of groups has more than one edge.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Edge, Graph, Node};
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
    /// Makes a group of every task.
    pub(crate) fn uncollapsed(graph: &'g Graph) -> Self {
        Quotient::from_partition(graph, &Partition::discrete(graph))
    }

    /// Returns the groups, one per box.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert!(graph_exec::Graph::default().collapse().groups().is_empty());
    /// ```
    pub fn groups(&self) -> &[Group<'g>] {
        &self.groups
    }

    /// Returns the edges between different groups, by index into [`Quotient::groups`]. An edge is a
    /// data edge if any edge between tasks of the two groups is one.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert!(graph_exec::Graph::default().collapse().edges().is_empty());
    /// ```
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Returns the number of tasks in all groups.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert_eq!(graph_exec::Graph::default().collapse().tasks(), 0);
    /// ```
    pub fn tasks(&self) -> usize {
        self.group_of.len()
    }

    /// Returns the group that a task is in: takes an index into [`Graph::nodes`] and returns one
    /// into [`Quotient::groups`].
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

    /// Returns task → its group.
    pub(crate) fn groups_of_tasks(&self) -> &[usize] {
        &self.group_of
    }

    /// Says whether any group has more than one task.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert!(!graph_exec::Graph::default().collapse().is_collapsed());
    /// ```
    pub fn is_collapsed(&self) -> bool {
        self.groups.len() < self.tasks()
    }

    /// Makes the quotient of `graph` by `partition`. Time O(|V| + |E|).
    pub(super) fn from_partition(graph: &'g Graph, partition: &Partition) -> Self {
        let mut groups: Vec<Group<'g>> = Vec::with_capacity(partition.len());
        // (group, function) → its index in the list of the group, which may have thousands.
        let mut places: FastMap<(usize, &'g str), usize> = FastMap::default();
        for (node, &group) in graph.nodes().iter().zip(partition.group_of()) {
            // Groups are numbered by their first tasks, so a new one always gets the next number.
            match groups.get_mut(group) {
                Some(group) => group.add(node),
                None => groups.push(Group::from_node(node)),
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
