//! From a plan to what a run works with: dependents in the order in which they should start,
//! counts of what each task awaits, and the sources.

mod priority;

use std::cmp::Reverse;

use graph_core::{__run::Plan, Adjacency, Numbering, order};

pub(crate) use priority::effective_priorities;

use crate::countdown::Countdown;

/// Plans of up to this many tasks are ordered so that few results live at once. Ordering takes
/// about as long as running an empty task; a larger plan runs in the order in which it was built.
const ORDERED: usize = 20_000;

pub(crate) struct Schedule {
    /// Task → its dependents; the one to start first comes last.
    pub(crate) dependents: Adjacency,
    pub(crate) awaited: Vec<Countdown>,
    /// The tasks that await nothing, the first to start first.
    pub(crate) sources: Vec<u32>,
    /// Task → its place in a strict order, when one was asked for or there are priorities.
    pub(crate) ranks: Option<Vec<u32>>,
}

impl Schedule {
    /// Time and space O(|V| + |E|), more for a small plan (see [`order`]).
    pub(crate) fn of(plan: &Plan, strict: bool) -> Self {
        let strict = strict || !plan.priorities().is_empty();
        let with_order_edges;
        let dependencies = if plan.order_edges().is_empty() {
            plan.dependencies()
        } else {
            let order_edges = plan.order_edges().iter().map(|&(before, after)| (after, before));
            let edges = plan.dependencies().edges().chain(order_edges);
            with_order_edges = Adjacency::from_edges(plan.len(), edges);
            &with_order_edges
        };
        let awaited: Vec<Countdown> = (0..plan.len() as u32)
            .map(|task| Countdown::from(dependencies.neighbours(task).len() as u32))
            .collect();
        let is_source = |&task: &u32| awaited[task as usize].is_zero();
        if plan.len() > ORDERED && !strict {
            // A plan begins with its newest task, so rows of dependents end with the oldest, and
            // the sources are in creation order when read backwards.
            let sources = (0..plan.len() as u32).rev().filter(is_source).collect();
            return Schedule { dependents: dependencies.inverted(), sources, awaited, ranks: None };
        }
        let order = order(dependencies, Numbering::NewestFirst);
        // Order-only edges are among the dependencies here.
        let own = plan.priorities().iter().copied();
        let urgency = effective_priorities(dependencies, &[], own);
        let mut last_first: Vec<u32> = (0..plan.len() as u32).collect();
        last_first
            .sort_unstable_by_key(|&task| (urgency[task as usize], Reverse(order[task as usize])));
        let ranks = strict.then(|| {
            let mut ranks = vec![0; plan.len()];
            for (rank, &task) in last_first.iter().rev().enumerate() {
                ranks[task as usize] = rank as u32;
            }
            ranks
        });
        let edges = last_first.iter().flat_map(|&task| {
            dependencies.neighbours(task).iter().map(move |&dependency| (dependency, task))
        });
        let dependents = Adjacency::from_edges(plan.len(), edges);
        let sources = last_first.into_iter().rev().filter(is_source).collect();
        Schedule { dependents, sources, awaited, ranks }
    }
}
