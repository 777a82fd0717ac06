//! The graph of a recorded run, and what a picture shows of the run.

use graph_core::{Edge, Graph, Node};
#[cfg(feature = "draw")]
use graph_core::{Measured, MeasuredTask};

use super::run_record::RunRecord;

impl RunRecord {
    /// The graph that ran, each task in the state in which the run left it. Nodes are numbered as
    /// [`tasks`](RunRecord::tasks) are.
    ///
    /// What tasks have made while the run went on is in it, with an edge to the task that waited, and edges
    /// without data from what that task had waited for before.
    ///
    /// Tasks whose result no other task took count as outputs. A task that had its result before the
    /// run is a source, because it had dropped its inputs.
    ///
    /// ```
    /// use graph_exec::TaskState;
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// let record = Executor::serial().run(value(1).map(|n| n + 1))?.into_record();
    /// let graph = record.graph();
    /// assert_eq!(graph.edges().len(), 1);
    /// assert_eq!(graph.nodes()[1].state, TaskState::Done);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn graph(&self) -> Graph {
        let last = self.data.entries.len().saturating_sub(1);
        let place = |task: u32| last - task as usize;
        let nodes = self
            .tasks()
            .map(|task| Node {
                function: task.function().path(),
                label: task.label().map(str::to_owned),
                argument: self.arguments_of(task.index()),
                built_at: task.built_at(),
                state: task.state(),
                failure: self.reason_of(task.index()),
            })
            .collect();
        let mut edges: Vec<Edge> = self
            .data
            .dependencies
            .edges()
            .map(|(task, dependency)| Edge::data(place(dependency), place(task)))
            .collect();
        let mut taken = vec![false; self.data.entries.len()];
        edges.iter().for_each(|edge| taken[edge.from] = true);
        let outputs = (0..taken.len()).filter(|&task| !taken[task]).collect();
        edges.extend(
            self.data
                .order_edges
                .iter()
                .map(|&(before, after)| Edge::order(place(before), place(after))),
        );
        edges.sort_by_key(|edge| edge.to);
        Graph::new(nodes, edges, outputs).expect("a task comes after those it waits for")
    }

    /// The measurements that a picture of [`graph`](RunRecord::graph) can show: times, workers, bytes,
    /// states, and the critical path.
    ///
    /// They also fit a graph that was taken of the same handles before the run.
    ///
    /// ```
    /// use graph_exec::{ColourBy, Executor, prelude::*};
    ///
    /// let record = Executor::serial().run(value(1).map(|n| n + 1))?.into_record();
    /// let graph = record.graph();
    /// let picture = graph.picture().measured(record.measured()).colour_by(ColourBy::Time);
    /// assert!(picture.to_svg().contains("critical path"));
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[cfg(feature = "draw")]
    pub fn measured(&self) -> Measured {
        let critical: std::collections::HashSet<usize> =
            self.critical_tasks().map(|task| task.index()).collect();
        let mut measured = Measured::default();
        for task in self.tasks() {
            let ran = MeasuredTask {
                duration: task.duration(),
                bytes: task.result_bytes().or(task.bytes()),
                worker: task.worker(),
                state: Some(task.state()),
                on_critical_path: critical.contains(&task.index()),
            };
            measured.set(task.index(), ran);
        }
        measured
    }
}
