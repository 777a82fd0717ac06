//! Which tasks are urgent because tasks that need them are.
//!
//! It knows the priorities that users gave and which task waits for which, not what a run does with
//! the result.

use graph_core::Adjacency;

/// The priority of every task, given those that users set for some: the largest of the task's own
/// and of those of all tasks that wait for it, because a task is as urgent as what it holds up. A
/// task without a priority of its own only inherits, even a priority below 0; a task without one
/// that nothing waits for has 0.
///
/// ```text
///  report (5)  trend (-2)    page and parse have 5, for report waits for them; scale has -2,
///    /    \     /    \       for only trend does. If parse had been given -7, it would still
///  page    parse    scale    have 5.
/// ```
///
/// `dependencies` lists tasks as a plan does, each before what it needs; `order_edges` are
/// `(before, after)`; when a task is given several priorities, the last counts.
/// Time O(|V| + |E|), and O(n log n) for n order edges that are not sorted; space O(|V| + n).
///
/// # Panics
/// When a task needs one that is listed before it, or an index is not below the number of tasks.
pub(crate) fn effective_priorities(
    dependencies: &Adjacency,
    order_edges: &[(u32, u32)],
    own: impl IntoIterator<Item = (u32, i32)>,
) -> Vec<i32> {
    let mut priorities: Vec<Option<i32>> = vec![None; dependencies.len()];
    for (task, priority) in own {
        priorities[task as usize] = Some(priority);
    }
    let mut order_edges = order_edges.to_vec();
    order_edges.sort_unstable_by_key(|&(_, after)| after);
    let mut order_edges = order_edges.into_iter().peekable();
    (0..dependencies.len() as u32)
        .map(|task| {
            // Everything that waits for the task came before it, so its priority is final.
            let priority = priorities[task as usize].unwrap_or(0);
            let mut raise = |needed: u32| {
                assert!(needed > task, "a plan lists a task before its dependencies");
                let inherited = &mut priorities[needed as usize];
                *inherited = (*inherited).max(Some(priority));
            };
            dependencies.neighbours(task).iter().copied().for_each(&mut raise);
            while let Some((before, _)) = order_edges.next_if(|&(_, after)| after == task) {
                raise(before);
            }
            priority
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_urgent_unless_somebody_says_so() {
        let chain = Adjacency::from_edges(3, [(0, 1), (1, 2)]);
        assert_eq!(effective_priorities(&chain, &[], []), [0, 0, 0]);
        assert!(effective_priorities(&Adjacency::default(), &[], []).is_empty());
    }

    /// ```text
    ///  0 (5)  1 (-2)
    ///   \    /  \
    ///     2      3
    ///     |
    ///     4
    /// ```
    #[test]
    fn a_task_is_as_urgent_as_the_most_urgent_that_needs_it() {
        let graph = Adjacency::from_edges(5, [(0, 2), (1, 2), (1, 3), (2, 4)]);
        assert_eq!(effective_priorities(&graph, &[], [(0, 5), (1, -2)]), [5, -2, 5, -2, 5]);
    }

    #[test]
    fn a_priority_of_its_own_raises_a_task_and_never_lowers_it() {
        let chain = Adjacency::from_edges(3, [(0, 1), (1, 2)]);
        assert_eq!(effective_priorities(&chain, &[], [(1, 7)]), [0, 7, 7]);
        assert_eq!(effective_priorities(&chain, &[], [(1, -7)]), [0, 0, 0]);
        assert_eq!(effective_priorities(&chain, &[], [(0, -9), (2, -4)]), [-9, -9, -4]);
    }

    #[test]
    fn the_lowest_priority_is_inherited_like_any_other() {
        let chain = Adjacency::from_edges(2, [(0, 1)]);
        assert_eq!(effective_priorities(&chain, &[], [(0, i32::MIN)]), [i32::MIN, i32::MIN]);
    }

    #[test]
    fn who_must_end_first_is_as_urgent_as_who_waits() {
        let pairs = Adjacency::from_edges(4, [(0, 2), (1, 3)]);
        let order_edges = [(3, 2), (1, 0)];
        assert_eq!(effective_priorities(&pairs, &order_edges, [(0, 3)]), [3, 3, 3, 3]);
        assert_eq!(effective_priorities(&pairs, &order_edges, [(2, 3)]), [0, 0, 3, 3]);
    }

    #[test]
    #[should_panic = "before its dependencies"]
    fn a_plan_the_wrong_way_round_is_refused() {
        effective_priorities(&Adjacency::from_edges(2, [(1, 0)]), &[], []);
    }

    /// The definition in the documentation, word for word.
    fn model(task: u32, waits_for: &[(u32, u32)], own: &[Option<i32>]) -> i32 {
        let waiting = waits_for.iter().filter(|&&(_, needed)| needed == task);
        let inherited = waiting.map(|&(dependent, _)| model(dependent, waits_for, own)).max();
        own[task as usize].max(inherited).unwrap_or(0)
    }

    proptest! {
        #[test]
        fn every_task_has_what_the_definition_gives_it(
            own in proptest::collection::vec(proptest::option::of(-3..4_i32), 1..12),
            draws in proptest::collection::vec((any::<u8>(), any::<u8>(), any::<bool>()), 0..20),
        ) {
            let count = own.len();
            let (mut data_edges, mut order_edges) = (Vec::new(), Vec::new());
            for (one, other, is_data) in draws {
                let (one, other) = (usize::from(one) % count, usize::from(other) % count);
                let edge = (one.min(other) as u32, one.max(other) as u32);
                if edge.0 < edge.1 {
                    if is_data { data_edges.push(edge) } else { order_edges.push((edge.1, edge.0)) }
                }
            }
            let dependencies = Adjacency::from_edges(count, data_edges.iter().copied());
            let given = own.iter().zip(0..).filter_map(|(&own, task)| Some((task, own?)));
            let found = effective_priorities(&dependencies, &order_edges, given);
            let swapped = order_edges.iter().map(|&(before, after)| (after, before));
            let waits_for: Vec<(u32, u32)> = data_edges.into_iter().chain(swapped).collect();
            let expected: Vec<i32> =
                (0..count as u32).map(|task| model(task, &waits_for, &own)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
