//! Taking the snapshot of the tasks behind some handles.

#![expect(unsafe_code, reason = "it reads tasks through a plan's pointers")]

use crate::{
    graph::{Edge, Graph, Node, error::GraphError},
    plan::{Plan, collect::collect, outputs::Outputs, roots::Roots},
    task::{phase::Phase, slot, state::TaskState},
};

impl Graph {
    /// Takes a snapshot of the tasks that `outputs` need, as they are now; nothing runs.
    ///
    /// A task that has run is shown as a source marked done, because it has dropped its inputs.
    ///
    /// # Errors
    /// [`GraphError::AfterLater`] when `.after` names a task that was built later.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Graph, value};
    ///
    /// let sum = value(1).map(|n| n + 1).named("sum");
    /// let graph = Graph::of(&sum)?;
    /// let names: Vec<&str> = graph.nodes().iter().map(|node| node.name()).collect();
    /// assert_eq!(names, ["value", "map"]);
    /// assert_eq!(graph.nodes()[1].detail(), Some("sum"));
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn of(outputs: &impl Outputs) -> Result<Graph, GraphError> {
        let mut roots = Roots::new();
        outputs.roots(&mut roots);
        let plan = collect(&roots.keep_handles())?;
        let last = plan.len().saturating_sub(1);
        // The plan begins with the newest task, a graph with the oldest.
        let place = |index: u32| last - index as usize;
        let nodes = (0..plan.len() as u32).rev().map(|index| node(&plan, index)).collect();
        let mut edges: Vec<Edge> = (0..plan.len() as u32)
            .rev()
            .flat_map(|task| {
                plan.dependencies().neighbours(task).iter().map(move |&from| (from, task))
            })
            .map(|(from, to)| Edge::data(place(from), place(to)))
            .collect();
        edges.extend(
            plan.order_edges().iter().map(|&(from, to)| Edge::order(place(from), place(to))),
        );
        edges.sort_by_key(|edge| edge.to);
        Graph::new(nodes, edges, plan.outputs().iter().map(|&index| place(index)).collect())
    }
}

/// Describes one task of a plan.
fn node(plan: &Plan, index: u32) -> Node {
    // SAFETY: `Graph::of` keeps the handles, so every task is exposed and the plan has a weak
    // reference of it.
    let header = unsafe { plan.header(index) };
    // A constant's text is made by the standard library's own `Display`s, not by user code.
    let argument = header.state.while_waiting(|| {
        // SAFETY: the header exists as above, and the body stays during this call.
        unsafe { (header.vtable.argument)(plan.pointer(index)) }
    });
    // SAFETY: `Graph::of` keeps the handles, which hold their tasks and what these need.
    let failure = unsafe { slot::failure_of(plan.pointer(index)) };
    Node {
        function: header.function().path(),
        label: header.label().map(str::to_owned),
        argument: argument.flatten().or_else(|| failure.as_ref()?.arguments.clone()),
        built_at: header.built_at(),
        state: match header.state.phase() {
            Phase::Waiting | Phase::Inspecting => TaskState::Waiting,
            Phase::Running => TaskState::Running,
            Phase::Done | Phase::Taken => TaskState::Done,
            Phase::Failed => TaskState::Failed,
        },
        failure: failure.map(|failure| failure.cause.chain()),
    }
}
