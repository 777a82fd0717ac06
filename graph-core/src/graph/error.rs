//! What can be wrong with a graph itself, before any task runs.

use crate::task::location::SourceLocation;

/// A graph that cannot be, or a description of one that does not hold together.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Edge, EdgeKind, Graph, GraphError, Node};
///
/// let ring = vec![Edge::data(0, 1), Edge::data(1, 0)];
/// let error = Graph::new(vec![Node::new("a"), Node::new("b")], ring, vec![1]).unwrap_err();
/// assert!(matches!(error, GraphError::Cycle { .. }));
/// assert_eq!(error.to_string(), "the graph has a cycle: a → b → a");
/// # let _ = EdgeKind::Data;
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// The edges form a cycle. The first task is repeated at the end.
    #[error("the graph has a cycle: {}", .path.join(" → "))]
    Cycle {
        /// Names of the tasks along one cycle.
        path: Vec<String>,
    },
    /// An edge or an output names a node that the graph does not have.
    #[error("{what} names node {index}, but the graph has only {nodes} nodes")]
    NoSuchNode {
        /// What holds the wrong index.
        what: &'static str,
        /// The wrong index.
        index: usize,
        /// How many nodes there are.
        nodes: usize,
    },
    /// `.after` points to a task that was built later than the one that should wait.
    #[error(
        "`{task}` (built at {built_at}) cannot wait for `{other}` (built at {other_built_at}), \
         which was built later; build `{other}` first"
    )]
    AfterLater {
        /// The task that should wait.
        task: String,
        /// Where it was built.
        built_at: SourceLocation,
        /// The task it should wait for.
        other: String,
        /// Where that one was built.
        other_built_at: SourceLocation,
    },
    /// A task that is to be reset has failed, and its inputs are gone.
    #[error(
        "`{task}` (built at {built_at}) has failed, and its inputs are used up, so it cannot run again: \
         write `#[delayed(resettable)]` above its function, or build it anew"
    )]
    InputsUsedUp {
        /// The task.
        task: String,
        /// Where it was built.
        built_at: SourceLocation,
    },
    /// A call such as `.retries(…)` asks for what the function of the task cannot do.
    #[error(
        "`.{option}(…)` on `{task}` (built at {built_at}) cannot be honoured: write \
         `#[delayed({attribute} = …)]` above its function, which lets a call say otherwise"
    )]
    NotAnOption {
        /// The task.
        task: String,
        /// Where it was built.
        built_at: SourceLocation,
        /// What was called.
        option: &'static str,
        /// The option that the function lacks.
        attribute: &'static str,
    },
    /// A call such as `.retries(…)` on the task of a future, which can be begun only once.
    #[error(
        "`.{option}(…)` on `{task}` (built at {built_at}) cannot be honoured, because a future cannot begin anew: \
         {remedy}"
    )]
    NotOfFutures {
        /// The task.
        task: String,
        /// Where it was built.
        built_at: SourceLocation,
        /// What was called.
        option: &'static str,
        /// What to write instead.
        remedy: &'static str,
    },
    /// A time given in a call such as `.timeout(…)` means nothing.
    #[error("`.{option}(…)` on `{task}` (built at {built_at}) {problem}")]
    NoTime {
        /// The task.
        task: String,
        /// Where it was built.
        built_at: SourceLocation,
        /// What was called.
        option: &'static str,
        /// What is wrong, and what to write.
        problem: &'static str,
    },
}
