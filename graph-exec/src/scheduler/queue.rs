//! The two kinds of ready queue under one face: the free one, where each worker takes what lies
//! nearest, and the ranked one, where all take the best.

pub(crate) mod priority;
pub(crate) mod work_stealing;

use self::{
    priority::RankedQueue,
    work_stealing::{self as ready, ReadyQueue},
};

#[expect(clippy::large_enum_variant, reason = "there is one in a run")]
pub(crate) enum Queue {
    Free(ReadyQueue),
    Ranked(RankedQueue),
}

impl Queue {
    pub(crate) fn sources(&self) -> &[u32] {
        match self {
            Queue::Free(queue) => queue.sources(),
            Queue::Ranked(queue) => queue.sources(),
        }
    }

    pub(crate) fn ranked(&self) -> Option<&RankedQueue> {
        match self {
            Queue::Free(_) => None,
            Queue::Ranked(queue) => Some(queue),
        }
    }

    /// Hands back a task that was put aside.
    pub(crate) fn resume(&self, task: u32) {
        match self {
            Queue::Free(queue) => queue.resume(task),
            Queue::Ranked(queue) => queue.push(task),
        }
    }

    /// Says whether something is ready that nobody has taken.
    pub(crate) fn has_work(&self) -> bool {
        match self {
            Queue::Free(queue) => queue.has_work(),
            Queue::Ranked(queue) => queue.has_work(),
        }
    }

    /// Sits down in a free place, if there is one.
    pub(crate) fn local_queue(&self) -> Option<LocalQueue<'_>> {
        match self {
            Queue::Free(queue) => queue.local_queue().map(LocalQueue::Free),
            Queue::Ranked(queue) => {
                queue.take_place().map(|place| LocalQueue::Ranked(Seat { queue, place }))
            }
        }
    }
}

/// A worker's view of the queue.
pub(crate) enum LocalQueue<'a> {
    Free(ready::LocalQueue<'a>),
    Ranked(Seat<'a>),
}

/// A place at a ranked queue, left when dropped.
pub(crate) struct Seat<'a> {
    queue: &'a RankedQueue,
    place: usize,
}

impl LocalQueue<'_> {
    /// Number of the place, below the number of places.
    pub(crate) fn place(&self) -> usize {
        match self {
            LocalQueue::Free(worker) => worker.place(),
            LocalQueue::Ranked(seat) => seat.place,
        }
    }

    /// Adds a ready task.
    #[inline]
    pub(crate) fn push(&self, task: u32) {
        match self {
            LocalQueue::Free(worker) => worker.push(task),
            LocalQueue::Ranked(seat) => seat.queue.push(task),
        }
    }

    /// Takes a ready task.
    #[inline]
    pub(crate) fn next(&self) -> Option<u32> {
        match self {
            LocalQueue::Free(worker) => worker.next(),
            LocalQueue::Ranked(seat) => seat.queue.next(),
        }
    }

    /// Says whether a task may be run right after the one that made it ready, past the queue.
    #[inline]
    pub(crate) fn may_keep(&self) -> bool {
        matches!(self, LocalQueue::Free(_))
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.queue.leave_place(self.place);
    }
}
