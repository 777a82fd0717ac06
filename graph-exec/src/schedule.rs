//! From a plan to what a run works with: dependents in the order in which they should start,
//! counts of what each task awaits, and the sources.

use graph_core::{__run::Plan, Adjacency};

use crate::sync::{AtomicU32, Ordering};

pub(crate) struct Schedule {
    /// Task → its dependents; the one to start first comes last.
    pub(crate) dependents: Adjacency,
    pub(crate) awaited: Vec<AtomicU32>,
    /// The tasks that await nothing, the first to start first.
    pub(crate) sources: Vec<u32>,
}

impl Schedule {
    /// Time and space O(|V| + |E|).
    pub(crate) fn of(plan: &Plan) -> Self {
        let dependencies = plan.dependencies();
        // A plan begins with its newest task, so rows of dependents end with the oldest, and the
        // sources are in creation order when read backwards.
        let (dependents, awaited): (_, Vec<AtomicU32>) = if plan.order_edges().is_empty() {
            let awaited = (0..plan.len() as u32)
                .map(|task| AtomicU32::new(dependencies.neighbours(task).len() as u32))
                .collect();
            (dependencies.inverted(), awaited)
        } else {
            let data = dependencies.edges().map(|(task, dependency)| (dependency, task));
            let edges = data.chain(plan.order_edges().iter().copied());
            let mut awaited = vec![0u32; plan.len()];
            edges.clone().for_each(|(_, task)| awaited[task as usize] += 1);
            let awaited = awaited.into_iter().map(AtomicU32::new).collect();
            (Adjacency::from_edges(plan.len(), edges), awaited)
        };
        let sources = (0..plan.len() as u32)
            .rev()
            .filter(|&task| awaited[task as usize].load(Ordering::Relaxed) == 0)
            .collect();
        Schedule { dependents, awaited, sources }
    }
}
