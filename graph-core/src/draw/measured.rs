//! The measurements of a run that pictures show. This crate has no clock: the executor that ran the
//! graph provides them.

use std::time::Duration;

use crate::task::state::TaskState;

/// The measurements of one task.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::MeasuredTask;
/// use std::time::Duration;
///
/// let task = MeasuredTask { duration: Duration::from_millis(12), ..MeasuredTask::default() };
/// assert_eq!(task.worker, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MeasuredTask {
    /// The wall time from its start to its end.
    pub duration: Duration,
    /// The size of its result in bytes, if it is known.
    pub bytes: Option<u64>,
    /// The worker that ran it, counted from 0, if it is known.
    pub worker: Option<usize>,
    /// Its state at the end of the run. With `None`, the picture shows the state in the graph.
    pub state: Option<TaskState>,
    /// Whether it is on the critical path, the chain of tasks that would take as long with any
    /// number of workers.
    pub on_critical_path: bool,
}

/// The measurements of a run: node of a [`Graph`](crate::Graph) → those of its task, if it ran.
///
/// Take the graph before the run: a task that has run drops its inputs, so a graph taken
/// afterwards no longer shows its dependencies.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{ColourBy, Edge, Graph, Measured, MeasuredTask, Node};
/// use std::time::Duration;
///
/// let nodes = vec![Node::new("load"), Node::new("total")];
/// let graph = Graph::new(nodes, vec![Edge::data(0, 1)], vec![1]).unwrap();
/// let mut measured = Measured::default();
/// for (node, milliseconds) in [(0, 20), (1, 5)] {
///     let duration = Duration::from_millis(milliseconds);
///     let task = MeasuredTask { duration, on_critical_path: true, ..MeasuredTask::default() };
///     measured.set(node, task);
/// }
/// let svg = graph.picture().measured(measured).colour_by(ColourBy::Time).to_svg();
/// assert!(svg.contains("critical path"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measured {
    /// The measurements by index into [`Graph::nodes`](crate::Graph::nodes). Nodes beyond the end
    /// were not measured, and entries beyond the last node are ignored.
    pub tasks: Vec<Option<MeasuredTask>>,
}

impl Measured {
    /// Sets the measurements of the task of `node`.
    ///
    /// ```
    /// # use graph_core::{Measured, MeasuredTask};
    /// let mut measured = Measured::default();
    /// measured.set(2, MeasuredTask::default());
    /// assert_eq!(measured.tasks, [None, None, Some(MeasuredTask::default())]);
    /// ```
    pub fn set(&mut self, node: usize, task: MeasuredTask) {
        if self.tasks.len() <= node {
            self.tasks.resize(node + 1, None);
        }
        self.tasks[node] = Some(task);
    }

    /// Returns the measurements of the task of `node`, if it ran.
    ///
    /// ```
    /// # use graph_core::{Measured, MeasuredTask};
    /// assert_eq!(Measured::default().get(0), None);
    /// ```
    pub fn get(&self, node: usize) -> Option<&MeasuredTask> {
        self.tasks.get(node)?.as_ref()
    }
}
