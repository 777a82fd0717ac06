//! The graph as plain nodes and edges, which no run can change.
//!
//! It holds descriptions only, never a task's inputs or results, so it can be kept, compared,
//! drawn and written out long after the tasks have run.

pub(crate) mod adjacency;
pub(crate) mod dot;
pub(crate) mod error;
mod json;
pub(crate) mod order;
mod snapshot;

use serde::Serialize;

use crate::{
    graph::{adjacency::Adjacency, error::GraphError},
    task::{location::SourceLocation, state::TaskState},
};

/// One task as a picture or a file shows it.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::Node;
///
/// let node = Node::new("stock::read").with_label("ibm.json");
/// assert_eq!(node.name(), "read");
/// assert_eq!(node.detail(), Some("ibm.json"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Node {
    /// Path of the function, `module::name`.
    pub function: String,
    /// What `.named` gave it.
    pub label: Option<String>,
    /// Its most telling constant argument, as text.
    pub argument: Option<String>,
    /// Where the task was built.
    pub built_at: SourceLocation,
    /// Its state when the snapshot was taken.
    pub state: TaskState,
    /// Why it failed, with every cause once; `None` when it has not, or when that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Node {
    /// A waiting node that runs `function`.
    ///
    /// ```
    /// # use graph_core::Node;
    /// assert_eq!(Node::new("lesson::slowinc").name(), "slowinc");
    /// ```
    pub fn new(function: impl Into<String>) -> Self {
        Node { function: function.into(), ..Node::default() }
    }

    /// The same node with a label.
    ///
    /// ```
    /// # use graph_core::Node;
    /// assert_eq!(Node::new("f").with_label("x").label.as_deref(), Some("x"));
    /// ```
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The function's name without its modules: the first line of a box.
    ///
    /// ```
    /// # use graph_core::Node;
    /// assert_eq!(Node::new("a::b::total").name(), "total");
    /// ```
    pub fn name(&self) -> &str {
        self.function.rsplit("::").next().unwrap_or(&self.function)
    }

    /// The label if there is one, else the telling argument: the second line of a box.
    ///
    /// ```
    /// # use graph_core::Node;
    /// assert_eq!(Node::new("f").detail(), None);
    /// ```
    pub fn detail(&self) -> Option<&str> {
        self.label.as_deref().or(self.argument.as_deref())
    }
}

/// Why one task comes after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EdgeKind {
    /// The dependent uses the dependency's result.
    Data,
    /// `.after`: order only.
    Order,
}

/// An edge from a dependency to its dependent, by index into [`Graph::nodes`].
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Edge, EdgeKind};
///
/// assert_eq!(Edge::data(0, 1), Edge { from: 0, to: 1, kind: EdgeKind::Data });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Edge {
    /// The dependency.
    pub from: usize,
    /// The dependent, which needs or awaits it.
    pub to: usize,
    /// Data or order.
    pub kind: EdgeKind,
}

impl Edge {
    /// An edge that carries a result.
    ///
    /// ```
    /// # use graph_core::Edge;
    /// assert_eq!(Edge::data(3, 5).to, 5);
    /// ```
    pub fn data(from: usize, to: usize) -> Self {
        Edge { from, to, kind: EdgeKind::Data }
    }

    /// An edge that only orders.
    ///
    /// ```
    /// # use graph_core::{Edge, EdgeKind};
    /// assert_eq!(Edge::order(3, 5).kind, EdgeKind::Order);
    /// ```
    pub fn order(from: usize, to: usize) -> Self {
        Edge { from, to, kind: EdgeKind::Order }
    }

    /// Returns one edge per pair of nodes, sorted by dependent and then by dependency: a data edge
    /// if there is any, else an order edge. None leads from a node to itself.
    pub(crate) fn without_duplicates(edges: impl Iterator<Item = Edge>) -> Vec<Edge> {
        let mut edges: Vec<Edge> = edges.filter(|edge| edge.from != edge.to).collect();
        edges.sort_unstable_by_key(|edge| (edge.to, edge.from, edge.kind == EdgeKind::Order));
        edges.dedup_by_key(|edge| (edge.to, edge.from));
        edges
    }
}

/// Node → its dependents.
pub(crate) fn dependents(nodes: usize, edges: &[Edge]) -> Adjacency {
    Adjacency::from_edges(nodes, edges.iter().map(|edge| (edge.from as u32, edge.to as u32)))
}

/// Node → its dependencies.
#[cfg(feature = "draw")]
pub(crate) fn dependencies(nodes: usize, edges: &[Edge]) -> Adjacency {
    Adjacency::from_edges(nodes, edges.iter().map(|edge| (edge.to as u32, edge.from as u32)))
}

/// A snapshot of the tasks that some outputs need.
///
/// Nodes stand in the order in which they were built. An edge may occur more than once when a
/// task takes the same result twice.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Edge, Graph, Node};
///
/// let graph = Graph::new(
///     vec![Node::new("load"), Node::new("total")],
///     vec![Edge::data(0, 1)],
///     vec![1],
/// )?;
/// assert_eq!(graph.len(), 2);
/// graph.check()?;
/// # Ok::<(), graph_core::GraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    outputs: Vec<usize>,
}

impl Graph {
    /// Puts a graph together from its parts and checks it.
    ///
    /// # Errors
    /// [`GraphError::NoSuchNode`] for an index out of range, [`GraphError::Cycle`] for a cycle.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// assert!(Graph::new(vec![Node::new("f")], vec![], vec![0]).is_ok());
    /// ```
    pub fn new(
        nodes: Vec<Node>,
        edges: Vec<Edge>,
        outputs: Vec<usize>,
    ) -> Result<Self, GraphError> {
        let graph = Graph { nodes, edges, outputs };
        graph.check()?;
        Ok(graph)
    }

    /// The tasks, in the order in which they were built.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("f")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.nodes()[0].name(), "f");
    /// ```
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    #[cfg(feature = "draw")]
    pub(crate) fn nodes_mut(&mut self) -> &mut [Node] {
        &mut self.nodes
    }

    /// The edges, in the order of their dependents.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("f")], vec![], vec![0]).unwrap();
    /// assert!(graph.edges().is_empty());
    /// ```
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The nodes whose results were asked for.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("f")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.outputs(), [0]);
    /// ```
    pub fn outputs(&self) -> &[usize] {
        &self.outputs
    }

    /// How many tasks there are.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert_eq!(graph_exec::Graph::default().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Says whether there is no task at all.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert!(graph_exec::Graph::default().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Verifies that every edge and output names a node and that no cycle exists.
    /// Time O(|V| + |E|), no recursion.
    ///
    /// # Errors
    /// [`GraphError::NoSuchNode`] or [`GraphError::Cycle`].
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// assert!(graph_exec::Graph::default().check().is_ok());
    /// ```
    pub fn check(&self) -> Result<(), GraphError> {
        let nodes = self.nodes.len();
        let out_of_range = |what, index| GraphError::NoSuchNode { what, index, nodes };
        for edge in &self.edges {
            for index in [edge.from, edge.to] {
                if index >= nodes {
                    return Err(out_of_range("an edge", index));
                }
            }
        }
        if let Some(&index) = self.outputs.iter().find(|&&index| index >= nodes) {
            return Err(out_of_range("an output", index));
        }
        self.find_cycle().map_or(Ok(()), |path| Err(GraphError::Cycle { path }))
    }

    /// Names along one cycle, the first repeated at the end.
    fn find_cycle(&self) -> Option<Vec<String>> {
        let mut waits = vec![true; self.nodes.len()];
        for node in dependents(self.nodes.len(), &self.edges).topological_order() {
            waits[node as usize] = false;
        }
        // Whatever still waits has a dependency that still waits, so walking up must meet itself.
        let mut dependency_that_waits = vec![None; self.nodes.len()];
        for edge in &self.edges {
            if waits[edge.from] {
                dependency_that_waits[edge.to].get_or_insert(edge.from);
            }
        }
        let mut path = vec![waits.iter().position(|&waits| waits)?];
        let mut place_on_path = vec![None; self.nodes.len()];
        loop {
            let node = *path.last()?;
            if let Some(first) = place_on_path[node] {
                let mut cycle: Vec<String> =
                    path[first..].iter().map(|&node| self.nodes[node].name().to_owned()).collect();
                cycle.reverse();
                return Some(cycle);
            }
            place_on_path[node] = Some(path.len() - 1);
            path.push(dependency_that_waits[node]?);
        }
    }
}
