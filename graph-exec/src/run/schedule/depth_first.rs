//! In which order to start the sources of a plan that is too large to be ordered task by task.
//!
//! Everything else is left to the workers. They take what became ready last, so a worker that takes
//! the sources of one dependent one after the other runs that dependent before the next source.

use graph_core::Adjacency;

/// The tasks that need nothing, in the order of a depth-first walk that starts from the ends of the
/// plan, the oldest first, and goes to the tallest dependency first (among equals, to the first).
///
/// ```text
///     6         Built level by level, with halves joined: the sources in the order in which they
///    / \        were built are 0, 1, 2, 3, and all four are alive before the first is used up.
///   4   5
///  / \ / \      Depth first they are 0, 2, 1, 3.
/// 0  2 1  3
/// ```
///
/// Both directions of the edges are given; `dependencies` lists tasks as a plan does, each before
/// what it needs. Time and space O(|V| + |E|), no recursion.
pub(crate) fn sources_depth_first(dependencies: &Adjacency, dependents: &Adjacency) -> Vec<u32> {
    let count = dependencies.len() as u32;
    let heights = heights(dependencies);
    let height = |&task: &u32| heights[task as usize];
    let mut is_met = vec![false; dependencies.len()];
    let mut sources = Vec::new();
    let mut to_visit = Vec::new();
    for end in (0..count).rev().filter(|&task| dependents.neighbours(task).is_empty()) {
        to_visit.push(end);
        while let Some(task) = to_visit.pop() {
            if std::mem::replace(&mut is_met[task as usize], true) {
                continue;
            }
            let needed = dependencies.neighbours(task);
            if needed.is_empty() {
                sources.push(task);
                continue;
            }
            // Backwards, so that the first is visited first; then the tallest is moved to the end.
            let first = to_visit.len();
            to_visit.extend(needed.iter().rev());
            let added = &mut to_visit[first..];
            let tallest = (0..added.len()).max_by_key(|&place| height(&added[place])).unwrap_or(0);
            added[tallest..].rotate_left(1);
        }
    }
    sources
}

/// At most so many sources are sampled to tell whether their order matters.
const SAMPLED: usize = 512;
/// Of fewer sources, one in so many is.
const SAMPLED_ONE_IN: usize = 8;
/// Each of them is compared with at most so many of the tasks that it is joined with.
const COMPARED: usize = 8;
/// At most so many tasks with one dependency are followed to where several are joined.
const FOLLOWED: usize = 8;

/// Says whether taking the sources in the order in which they were built would start many
/// tasks before the first can be finished. It looks at a sample of them, spread over the plan.
///
/// It would not when results of a source are joined only with those of sources built next to it.
pub(crate) fn are_scattered(
    sources: &[u32],
    dependencies: &Adjacency,
    dependents: &Adjacency,
) -> bool {
    let is_scattered = |&&source: &&u32| {
        let mut task = source;
        for _ in 0..FOLLOWED {
            let Some(&dependent) = dependents.neighbours(task).first() else { return false };
            let needed = dependencies.neighbours(dependent);
            if needed.len() > 1 {
                let near = 2 * needed.len();
                return needed.iter().take(COMPARED).any(|&o| o.abs_diff(task) as usize > near);
            }
            task = dependent;
        }
        false
    };
    let step = sources.len().div_ceil(SAMPLED).max(SAMPLED_ONE_IN);
    // A step never keeps time with pairs, fours and other even groups of sources.
    let sampled = sources.iter().step_by(step | 1);
    let count = sampled.clone().count();
    sampled.filter(is_scattered).count() * 10 > count
}

/// Task → how many tasks are on the longest path below it.
fn heights(dependencies: &Adjacency) -> Vec<u32> {
    let mut heights = vec![0; dependencies.len()];
    for task in (0..dependencies.len() as u32).rev() {
        let below =
            dependencies.neighbours(task).iter().map(|&needed| heights[needed as usize] + 1);
        heights[task as usize] = below.max().unwrap_or(0);
    }
    heights
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `needs` lists what each task needs, by age; the answer is by age as well.
    fn sources(needs: &[&[u32]]) -> Vec<u32> {
        let newest = needs.len() as u32 - 1;
        let edges = needs.iter().zip(0..).flat_map(|(needed, task)| {
            needed.iter().map(move |&needed| (newest - task, newest - needed))
        });
        let dependencies = Adjacency::from_edges(needs.len(), edges);
        let sources = sources_depth_first(&dependencies, &dependencies.inverted());
        sources.into_iter().map(|task| newest - task).collect()
    }

    /// Takes tasks as [`sources`] does, and says whether these need another order than the one they
    /// were built in.
    fn scattered(needs: &[&[u32]]) -> bool {
        let newest = needs.len() as u32 - 1;
        let edges = needs.iter().zip(0..).flat_map(|(needed, task)| {
            needed.iter().map(move |&needed| (newest - task, newest - needed))
        });
        let dependencies = Adjacency::from_edges(needs.len(), edges);
        let is_source = |&task: &u32| dependencies.neighbours(task).is_empty();
        let sources: Vec<u32> = (0..=newest).rev().filter(is_source).collect();
        are_scattered(&sources, &dependencies, &dependencies.inverted())
    }

    #[test]
    fn only_what_is_joined_with_something_far_away_needs_another_order() {
        // Neighbours, a chain each, all of them into one sum.
        assert!(!scattered(&[&[], &[], &[], &[], &[0, 1], &[2, 3], &[4, 5]]));
        assert!(!scattered(&[&[], &[], &[0], &[1], &[2, 3]]));
        assert!(!scattered(&[&[], &[], &[], &[0, 1, 2]]));
        // Each taken up by one before they are joined.
        assert!(!scattered(&[&[], &[], &[0], &[1], &[2, 3]]));
        // Halves of a wide level, and a fold that takes up the last one first.
        let mut halves: Vec<Vec<u32>> = vec![vec![]; 64];
        halves.extend((0..32).map(|left| vec![left, left + 32]));
        assert!(scattered(&halves.iter().map(Vec::as_slice).collect::<Vec<_>>()));
        let mut fold: Vec<Vec<u32>> = vec![vec![]; 32];
        fold.extend((0..31).map(|n| vec![if n == 0 { 31 } else { 31 + n }, 30 - n]));
        assert!(scattered(&fold.iter().map(Vec::as_slice).collect::<Vec<_>>()));
        let mut loads: Vec<Vec<u32>> = vec![vec![]; 64];
        loads.extend((0..64).map(|source| vec![source]));
        loads.extend((64..96).map(|left| vec![left, left + 32]));
        assert!(scattered(&loads.iter().map(Vec::as_slice).collect::<Vec<_>>()));
    }

    #[test]
    fn what_is_joined_is_started_together() {
        assert_eq!(sources(&[&[], &[], &[], &[], &[0, 2], &[1, 3], &[4, 5]]), [0, 2, 1, 3]);
    }

    /// ```text
    ///       7
    ///      / \
    ///     6   3
    ///    / \
    ///   5   2
    ///  / \
    /// 0   1      4
    /// ```
    #[test]
    fn the_taller_branch_comes_first_and_the_older_end_before_the_newer() {
        let comb: [&[u32]; 8] = [&[], &[], &[], &[], &[], &[0, 1], &[2, 5], &[3, 6]];
        assert_eq!(sources(&comb), [4, 0, 1, 2, 3]);
    }

    proptest! {
        #[test]
        fn every_source_is_started_once(
            rows in proptest::collection::vec(proptest::collection::vec(any::<u32>(), 0..4), 1..60),
        ) {
            let needs: Vec<Vec<u32>> = rows
                .into_iter()
                .zip(0..)
                .map(|(row, task)| row.into_iter().filter(|_| task > 0).map(|one| one % task).collect())
                .collect();
            let mut found = sources(&needs.iter().map(Vec::as_slice).collect::<Vec<_>>());
            found.sort_unstable();
            let roots = needs.iter().zip(0..).filter(|(needed, _)| needed.is_empty());
            prop_assert_eq!(found, roots.map(|(_, task)| task).collect::<Vec<u32>>());
        }
    }
}
