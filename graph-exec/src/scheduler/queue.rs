//! The kinds of ready queue behind one interface: in one, each worker takes the task nearest to
//! it; in the others, all workers take the best: by priority and the memory order, or by the longest path as well.

pub(crate) mod longest_path;
pub(crate) mod priority;
pub(crate) mod work_stealing;

use self::{
    longest_path::LongestPathQueue,
    priority::PriorityQueue,
    work_stealing::{LocalWorkStealingQueue, WorkStealingQueue},
};

/// How many threads may work for a run beside the workers, who may all be inside its tasks: the one that has asked for it
/// or waits for it, and one that it was lent while nobody did.
pub(crate) const BESIDE_WORKERS: usize = 2;

pub(crate) enum Queue {
    WorkStealing(WorkStealingQueue),
    Priority(PriorityQueue),
    LongestPath(LongestPathQueue),
}

impl Queue {
    pub(crate) fn sources(&self) -> &[u32] {
        match self {
            Queue::WorkStealing(queue) => queue.sources(),
            Queue::Priority(queue) => queue.sources(),
            Queue::LongestPath(queue) => queue.sources(),
        }
    }

    /// The priority queue; `None` when it is another kind.
    pub(crate) fn priority(&self) -> Option<&PriorityQueue> {
        match self {
            Queue::Priority(queue) => Some(queue),
            Queue::WorkStealing(_) | Queue::LongestPath(_) => None,
        }
    }

    /// The highest priority of a ready task; 0 when tasks have none.
    pub(crate) fn best_priority(&self) -> i32 {
        match self {
            Queue::WorkStealing(_) => 0,
            Queue::Priority(queue) => queue.best_priority(),
            Queue::LongestPath(queue) => queue.best_priority(),
        }
    }

    /// Says whether workers take the task nearest to them, which is all that one worker alone can do.
    pub(crate) fn is_work_stealing(&self) -> bool {
        matches!(self, Queue::WorkStealing(_))
    }

    /// Lets others come for a run that a thread may have begun by itself. For that thread.
    pub(crate) fn share(&self) {
        if let Queue::WorkStealing(queue) = self {
            queue.share();
        }
    }

    /// Takes back a suspended task.
    pub(crate) fn resume(&self, task: u32) {
        match self {
            Queue::WorkStealing(queue) => queue.push_common(task),
            Queue::Priority(queue) => queue.push(task),
            Queue::LongestPath(queue) => queue.push(task),
        }
    }

    /// Says whether a task is ready that no worker has taken.
    pub(crate) fn has_work(&self) -> bool {
        match self {
            Queue::WorkStealing(queue) => queue.has_work(),
            Queue::Priority(queue) => queue.has_work(),
            Queue::LongestPath(queue) => queue.has_work(),
        }
    }

    /// Says whether more than one task is ready that no worker has taken. For the thread that begins the run, before
    /// others come.
    pub(crate) fn has_work_for_two(&self) -> bool {
        match self {
            Queue::WorkStealing(queue) => queue.has_work_for_two(),
            Queue::Priority(_) | Queue::LongestPath(_) => self.sources().len() > 1,
        }
    }

    /// Takes a free place at the queue; `None` when there is none.
    pub(crate) fn local_queue(&self) -> Option<LocalQueue<'_>> {
        match self {
            Queue::WorkStealing(queue) => queue.local_queue().map(LocalQueue::WorkStealing),
            Queue::Priority(queue) => {
                queue.take_place().map(|place| LocalQueue::Priority(Place { queue, place }))
            }
            Queue::LongestPath(queue) => {
                let place = queue.take_place();
                place.map(|place| LocalQueue::LongestPath(LongestPathPlace { queue, place }))
            }
        }
    }
}

/// A worker's view of the queue.
pub(crate) enum LocalQueue<'a> {
    WorkStealing(LocalWorkStealingQueue<'a>),
    Priority(Place<'a>),
    LongestPath(LongestPathPlace<'a>),
}

/// A place at a priority queue, left when dropped.
pub(crate) struct Place<'a> {
    queue: &'a PriorityQueue,
    /// Its number.
    place: usize,
}

/// A place at a queue by longest paths, left when dropped.
pub(crate) struct LongestPathPlace<'a> {
    queue: &'a LongestPathQueue,
    /// Its number.
    place: usize,
}

impl LocalQueue<'_> {
    /// Number of the place, below the number of places.
    pub(crate) fn place(&self) -> usize {
        match self {
            LocalQueue::WorkStealing(local) => local.place(),
            LocalQueue::Priority(place) => place.place,
            LocalQueue::LongestPath(place) => place.place,
        }
    }

    /// Adds a ready task.
    #[inline]
    pub(crate) fn push(&self, task: u32) {
        match self {
            LocalQueue::WorkStealing(local) => local.push(task),
            LocalQueue::Priority(place) => place.queue.push(task),
            LocalQueue::LongestPath(place) => place.queue.push(task),
        }
    }

    /// Takes a ready task; `None` when there is none.
    #[inline]
    pub(crate) fn next(&self) -> Option<u32> {
        match self {
            LocalQueue::WorkStealing(local) => local.next(),
            LocalQueue::Priority(place) => place.queue.next(),
            LocalQueue::LongestPath(place) => place.queue.next(),
        }
    }

    /// Says whether a task may be run right after the one that made it ready, without being queued.
    #[inline]
    pub(crate) fn may_keep(&self) -> bool {
        matches!(self, LocalQueue::WorkStealing(_))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.queue.leave_place(self.place);
    }
}

impl Drop for LongestPathPlace<'_> {
    fn drop(&mut self) {
        self.queue.leave_place(self.place);
    }
}
