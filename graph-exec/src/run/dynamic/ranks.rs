//! In which order workers start the tasks of a run that has one, those that tasks have made included.

use std::sync::Arc;

#[cfg(test)]
use graph_core::__run::Plan;

use super::Dynamic;
use crate::run::schedule::longest_path::LongestPaths;

/// The order in which workers must start the tasks of a run that has one.
pub(crate) struct Ranks {
    /// Task of the main plan → its position.
    main: Vec<u32>,
    /// Task of the main plan → its priority; empty when all have 0.
    priorities: Vec<i32>,
    /// Present when tasks start by their longest paths.
    longest_paths: Option<Arc<LongestPaths>>,
    dynamic: Arc<Dynamic>,
}

/// A task's position in the order: that of the main plan's task that waits for it, and its own among
/// those that this one waits for.
pub(crate) type Rank = (u32, u64);

impl Ranks {
    pub(in crate::run) fn new(
        main: Vec<u32>,
        priorities: Vec<i32>,
        longest_paths: Option<Arc<LongestPaths>>,
        dynamic: Arc<Dynamic>,
    ) -> Self {
        Ranks { main, priorities, longest_paths, dynamic }
    }

    /// Those of a run whose tasks make none.
    #[cfg(test)]
    pub(crate) fn of_main(main: Vec<u32>, priorities: Vec<i32>) -> Self {
        Ranks::new(main, priorities, None, Dynamic::new(&Plan::default(), false))
    }

    /// Those of a run whose tasks make none, and start by their longest paths.
    #[cfg(test)]
    pub(crate) fn by_longest_paths(
        main: Vec<u32>,
        priorities: Vec<i32>,
        longest_paths: LongestPaths,
    ) -> Self {
        let dynamic = Dynamic::new(&Plan::default(), false);
        Ranks {
            longest_paths: Some(Arc::new(longest_paths)),
            ..Ranks::new(main, priorities, None, dynamic)
        }
    }

    /// Says whether tasks start by their longest paths.
    pub(crate) fn has_longest_paths(&self) -> bool {
        self.longest_paths.is_some()
    }

    /// What a queue by longest paths needs to know of a task.
    pub(crate) fn ready(&self, task: u32) -> Ready {
        let priority = self.priority(task);
        if (task as usize) < self.main.len() {
            let order = self.longest_paths.clone().map(|paths| (paths, task));
            let path = order.as_ref().map_or(0, |(paths, task)| paths.path(*task));
            return Ready { priority, path, order };
        }
        let place = self.dynamic.look_up(task);
        let segment = place.as_ref().and_then(|place| Some((place.segment.as_ref()?, place.index)));
        let Some((segment, index)) = segment else {
            return Ready { priority, path: 0, order: None };
        };
        let order = segment.part.longest_paths.clone().map(|paths| (paths, index));
        Ready { priority, path: segment.path(index), order }
    }

    /// The priority of a task: that of the main plan's task that waits for it.
    pub(crate) fn priority(&self, task: u32) -> i32 {
        if self.priorities.is_empty() {
            return 0;
        }
        let main_task = || self.dynamic.look_up(task).map(|place| place.main_task() as usize);
        let own = self.priorities.get(task as usize).copied();
        own.or_else(|| Some(self.priorities[main_task()?])).unwrap_or(i32::MIN)
    }

    /// The position of a task.
    pub(crate) fn rank(&self, task: u32) -> Rank {
        if let Some(&rank) = self.main.get(task as usize) {
            return (rank, 0);
        }
        match self.dynamic.look_up(task) {
            Some(place) => (self.main[place.main_task() as usize], Dynamic::rank_within(&place)),
            None => (u32::MAX, 0),
        }
    }
}

/// A ready task, to a queue by longest paths.
pub(crate) struct Ready {
    pub(crate) priority: i32,
    /// How many microseconds the longest path from it takes; 0 when that is not known.
    pub(crate) path: u64,
    /// The order of its plan, and its index there; `None` when the order leaves it free.
    order: Option<(Arc<LongestPaths>, u32)>,
}

impl Ready {
    /// Says whether it may start now, wherever it is in the memory order.
    pub(crate) fn fits(&self) -> bool {
        self.order.as_ref().is_none_or(|(paths, task)| paths.fits(*task))
    }

    /// Notes its start.
    pub(crate) fn start(&self) {
        self.order.iter().for_each(|(paths, task)| paths.start(*task));
    }

    /// Notes the end of a task that takes the results of `needed`.
    #[cfg(test)]
    pub(crate) fn end(&self, needed: &[u32]) {
        self.order.iter().for_each(|(paths, _)| paths.end(needed));
    }
}
