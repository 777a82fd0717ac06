//! The two kinds of ready queue behind one interface: in one, each worker takes the task nearest to
//! it; in the other, all workers take the best.

pub(crate) mod priority;
pub(crate) mod work_stealing;

use self::{
    priority::PriorityQueue,
    work_stealing::{LocalWorkStealingQueue, WorkStealingQueue},
};

#[expect(clippy::large_enum_variant, reason = "there is one in a run")]
pub(crate) enum Queue {
    WorkStealing(WorkStealingQueue),
    Priority(PriorityQueue),
}

impl Queue {
    pub(crate) fn sources(&self) -> &[u32] {
        match self {
            Queue::WorkStealing(queue) => queue.sources(),
            Queue::Priority(queue) => queue.sources(),
        }
    }

    /// The priority queue; `None` when it is the other kind.
    pub(crate) fn priority(&self) -> Option<&PriorityQueue> {
        match self {
            Queue::WorkStealing(_) => None,
            Queue::Priority(queue) => Some(queue),
        }
    }

    /// Takes back a suspended task.
    pub(crate) fn resume(&self, task: u32) {
        match self {
            Queue::WorkStealing(queue) => queue.push_common(task),
            Queue::Priority(queue) => queue.push(task),
        }
    }

    /// Says whether a task is ready that no worker has taken.
    pub(crate) fn has_work(&self) -> bool {
        match self {
            Queue::WorkStealing(queue) => queue.has_work(),
            Queue::Priority(queue) => queue.has_work(),
        }
    }

    /// Takes a free place at the queue; `None` when there is none.
    pub(crate) fn local_queue(&self) -> Option<LocalQueue<'_>> {
        match self {
            Queue::WorkStealing(queue) => queue.local_queue().map(LocalQueue::WorkStealing),
            Queue::Priority(queue) => {
                queue.take_place().map(|place| LocalQueue::Priority(Place { queue, place }))
            }
        }
    }
}

/// A worker's view of the queue.
pub(crate) enum LocalQueue<'a> {
    WorkStealing(LocalWorkStealingQueue<'a>),
    Priority(Place<'a>),
}

/// A place at a priority queue, left when dropped.
pub(crate) struct Place<'a> {
    queue: &'a PriorityQueue,
    /// Its number.
    place: usize,
}

impl LocalQueue<'_> {
    /// Number of the place, below the number of places.
    pub(crate) fn place(&self) -> usize {
        match self {
            LocalQueue::WorkStealing(local) => local.place(),
            LocalQueue::Priority(place) => place.place,
        }
    }

    /// Adds a ready task.
    #[inline]
    pub(crate) fn push(&self, task: u32) {
        match self {
            LocalQueue::WorkStealing(local) => local.push(task),
            LocalQueue::Priority(place) => place.queue.push(task),
        }
    }

    /// Takes a ready task; `None` when there is none.
    #[inline]
    pub(crate) fn next(&self) -> Option<u32> {
        match self {
            LocalQueue::WorkStealing(local) => local.next(),
            LocalQueue::Priority(place) => place.queue.next(),
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
