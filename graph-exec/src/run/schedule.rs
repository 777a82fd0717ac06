//! From a plan to what a run works with: the dependents of each task in the order in which they
//! should start, how many dependencies each task waits for, and the sources.

mod depth_first;
pub(crate) mod join_counter;
pub(crate) mod longest_path;
mod priority;
pub(crate) mod room;

use std::{ops::RangeInclusive, sync::Arc};

use graph_core::{__run::Plan, Adjacency, Numbering, order};

use self::depth_first::{are_scattered, sources_depth_first};
use self::join_counter::JoinCounter;
use self::longest_path::{LearnedDurations, LongestPaths};
use self::priority::effective_priorities;
use self::room::Room;

/// In plans of so many tasks, every task is put in order, so that few results live at once, unless that
/// need not be: where no result is used twice, or where the tasks are known to be short, which then make
/// no large results. It takes 50 to 120 ns a task, as long as running an empty one, and several times as
/// long once the plan no longer fits in the caches and was not built in the order in which it runs.
///
/// Of all other plans only the sources are put in order, depth first, and only where tasks that are
/// joined lie far apart: that takes 20 to 70 ns a task. Workers go on with what became ready last,
/// so that keeps as few results alive in chains, trees, combs, wavefronts and shuffles of a million
/// tasks; it does not sweep along where neighbours share results, as the full order does.
const FULLY_ORDERED: RangeInclusive<usize> = 64..=20_000;

/// What a run needs to know of its plan.
pub(crate) struct Schedule {
    /// Task → its dependents; the one to start first comes last.
    pub(crate) dependents: Adjacency,
    /// Task → how many of its dependencies have not ended.
    pub(crate) awaited: Vec<JoinCounter>,
    /// The tasks that wait for nothing, the first to start first.
    pub(crate) sources: Vec<u32>,
    /// Task → its position in a strict order; `None` when none was asked for and no task has a
    /// priority.
    pub(crate) ranks: Option<Vec<u32>>,
    /// Task → its priority, its own or inherited; empty when all have 0.
    pub(crate) priorities: Vec<i32>,
    /// Present when tasks start by their longest paths; the ranks are the memory order then.
    pub(crate) longest_paths: Option<Arc<LongestPaths>>,
}

/// How long tasks take, as far as that was learned.
pub(crate) struct Learned<F> {
    /// Of which tasks it is known that they take microseconds at most.
    pub(crate) is_short: F,
    /// Present when tasks are to start by their longest paths, on so many threads.
    pub(crate) durations: Option<(LearnedDurations, usize)>,
}

impl Schedule {
    /// Schedules a plan. Without `learned`, no more is put in order than the sources. Time and space
    /// O(|V| + |E|), more where every task is put in order (see [`order`]).
    pub(crate) fn new(
        plan: &Plan,
        strict: bool,
        learned: Option<Learned<impl Fn(u32) -> bool>>,
    ) -> Self {
        let (is_short, durations) = match learned {
            Some(Learned { is_short, durations }) => (Some(is_short), durations),
            None => (None, None),
        };
        let strict = strict || !plan.priorities().is_empty() || durations.is_some();
        let with_order_edges;
        let dependencies = if plan.order_edges().is_empty() {
            plan.dependencies()
        } else {
            let order_edges = plan.order_edges().iter().map(|&(before, after)| (after, before));
            let edges = plan.dependencies().edges().chain(order_edges);
            with_order_edges = Adjacency::from_edges(plan.len(), edges);
            &with_order_edges
        };
        let tasks = 0..plan.len() as u32;
        let awaited: Vec<JoinCounter> = dependencies.row_lengths().map(JoinCounter::new).collect();
        let is_source = |&task: &u32| awaited[task as usize].is_zero();
        if !strict {
            // A plan begins with its newest task, so rows of dependents end with the oldest.
            let dependents = dependencies.inverted();
            let is_ordered = is_short.is_some_and(|is_short| {
                FULLY_ORDERED.contains(&plan.len())
                    // Looking for the first takes longer than looking at all at once.
                    && dependents.row_lengths().fold(0, u32::max) > 1
                    && !tasks.clone().all(is_short)
            });
            if !is_ordered {
                let count = tasks.clone().filter(is_source).count();
                let mut sources = Vec::with_capacity(count);
                sources.extend(tasks.rev().filter(is_source));
                if sources.len() > 2 && are_scattered(&sources, dependencies, &dependents) {
                    sources = sources_depth_first(dependencies, &dependents);
                }
                return Schedule {
                    dependents,
                    sources,
                    awaited,
                    ranks: None,
                    priorities: Vec::new(),
                    longest_paths: None,
                };
            }
        }
        let mut ranks = order(dependencies, Numbering::NewestFirst);
        let mut last_first = vec![0; plan.len()];
        for (&rank, task) in ranks.iter().zip(0..) {
            last_first[plan.len() - 1 - rank as usize] = task;
        }
        let mut priorities = Vec::new();
        if !plan.priorities().is_empty() {
            // Order-only edges are among the dependencies here.
            let own = plan.priorities().iter().copied();
            priorities = effective_priorities(dependencies, &[], own);
            last_first.sort_by_key(|&task| priorities[task as usize]);
            for (&task, rank) in last_first.iter().rev().zip(0..) {
                ranks[task as usize] = rank;
            }
        }
        let edges = last_first.iter().flat_map(|&task| {
            dependencies.neighbours(task).iter().map(move |&dependency| (dependency, task))
        });
        let dependents = Adjacency::from_edges(plan.len(), edges);
        let sources = last_first.into_iter().rev().filter(is_source).collect();
        let longest_paths = durations.map(|(durations, threads)| {
            let kept = plan.outputs().iter().copied().chain(plan.exposed().map(|(task, _)| task));
            let room =
                |durations| Room::new(plan.dependencies(), kept, ranks.clone(), durations, threads);
            Arc::new(LongestPaths::new(dependencies, durations, room))
        });
        let ranks = strict.then_some(ranks);
        Schedule { dependents, sources, awaited, ranks, priorities, longest_paths }
    }
}
