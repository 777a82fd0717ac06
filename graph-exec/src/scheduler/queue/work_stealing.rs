//! The ready queue of one run whose tasks may start in any order: each worker has a part of it, and
//! idle workers steal from others.
//!
//! A worker first takes what keeps the fewest results alive: the tasks that its own last task made
//! ready, then its own range of sources, then tasks that others made ready, and only then new
//! sources. Sources (the tasks without dependencies) are never copied into a queue: a worker takes
//! a range of them from a common cursor, and an idle worker takes half of another's range.

use std::{cell::OnceCell, sync::OnceLock};

use crate::{
    scheduler::padded::Padded,
    sync::{AtomicU64, AtomicUsize, Deque, Mutex, Ordering, Steal, Stealer, lock, spin_loop},
};

/// The most sources that a worker takes from the cursor at once.
const LARGEST_RANGE: usize = 64;

/// Of all its parts only those that a run needs are allocated, for most runs are small.
pub(crate) struct WorkStealingQueue {
    sources: Vec<u32>,
    /// Index of the first source that is in no worker's range yet.
    cursor: Padded<AtomicUsize>,
    /// Suspended tasks that have ended in another run.
    resumed: Resumed,
    /// Each is empty until a worker has come for it.
    places: Box<[OnceLock<Box<Place>>]>,
}

/// Tasks that any worker may take; there are seldom any.
struct Resumed {
    /// How many there are.
    count: AtomicUsize,
    tasks: Mutex<Vec<u32>>,
}

/// What one worker owns and others may steal from.
struct Place {
    /// A range of `sources`, `[start, end)`; `start` is in the upper half of the number.
    range: Padded<AtomicU64>,
    /// Empty until the first task is pushed.
    stealer: OnceLock<Stealer<u32>>,
    owner: Mutex<Owner>,
}

/// Who has a place.
enum Owner {
    Worker,
    /// The deque is `None` until the first task is pushed.
    Nobody(Option<Deque<u32>>),
}

fn pack(start: usize, end: usize) -> u64 {
    (start as u64) << 32 | end as u64
}

fn unpack(range: u64) -> (usize, usize) {
    ((range >> 32) as usize, range as u32 as usize)
}

impl Resumed {
    fn push(&self, task: u32) {
        let mut tasks = lock(&self.tasks);
        tasks.push(task);
        self.count.store(tasks.len(), Ordering::SeqCst);
    }

    fn is_empty(&self) -> bool {
        self.count.load(Ordering::SeqCst) == 0
    }

    fn pop(&self) -> Option<u32> {
        if self.is_empty() {
            return None;
        }
        let mut tasks = lock(&self.tasks);
        let task = tasks.pop();
        self.count.store(tasks.len(), Ordering::SeqCst);
        task
    }
}

impl Place {
    fn new() -> Box<Self> {
        let (range, stealer) = (Padded::new(AtomicU64::new(0)), OnceLock::new());
        Box::new(Place { range, stealer, owner: Mutex::new(Owner::Nobody(None)) })
    }

    fn has_work(&self) -> bool {
        let (start, end) = unpack(self.range.load(Ordering::SeqCst));
        start < end || self.stealer.get().is_some_and(|stealer| !stealer.is_empty())
    }
}

impl WorkStealingQueue {
    pub(crate) fn new(sources: Vec<u32>, places: usize) -> Self {
        WorkStealingQueue {
            sources,
            cursor: Padded::new(AtomicUsize::new(0)),
            resumed: Resumed { count: AtomicUsize::new(0), tasks: Mutex::new(Vec::new()) },
            places: (0..places).map(|_| OnceLock::new()).collect(),
        }
    }

    pub(crate) fn sources(&self) -> &[u32] {
        &self.sources
    }

    /// Takes back a suspended task.
    pub(crate) fn resume(&self, task: u32) {
        self.resumed.push(task);
    }

    /// Takes a free place; `None` when there is none.
    pub(crate) fn local_queue(&self) -> Option<LocalWorkStealingQueue<'_>> {
        self.places.iter().enumerate().find_map(|(index, place)| {
            let place = place.get_or_init(Place::new);
            // A place whose lock is held is being taken or left; another one will do.
            let mut owner = place.owner.try_lock().ok()?;
            match std::mem::replace(&mut *owner, Owner::Worker) {
                Owner::Worker => None,
                Owner::Nobody(deque) => Some(LocalWorkStealingQueue {
                    queue: self,
                    place,
                    index,
                    deque: deque.map_or_else(OnceCell::new, OnceCell::from),
                }),
            }
        })
    }

    /// Says whether a task is ready that no worker has taken.
    pub(crate) fn has_work(&self) -> bool {
        self.cursor.load(Ordering::SeqCst) < self.sources.len()
            || !self.resumed.is_empty()
            || self.places.iter().filter_map(OnceLock::get).any(|place| place.has_work())
    }

    /// Takes the next sources from the cursor, as a range: fewer as they run out, so that no worker
    /// is left with many while others have none. Empty when all have been taken.
    fn take_sources(&self) -> (usize, usize) {
        let count = self.sources.len();
        let taken = self.cursor.load(Ordering::Relaxed);
        if taken >= count {
            return (0, 0);
        }
        let wanted = ((count - taken) / (self.places.len() * 16)).clamp(1, LARGEST_RANGE);
        let start = self.cursor.fetch_add(wanted, Ordering::Relaxed).min(count);
        (start, (start + wanted).min(count))
    }
}

/// A worker's view of the queue.
pub(crate) struct LocalWorkStealingQueue<'a> {
    queue: &'a WorkStealingQueue,
    place: &'a Place,
    /// Number of the worker's place.
    index: usize,
    /// Empty until the first task is pushed.
    deque: OnceCell<Deque<u32>>,
}

impl LocalWorkStealingQueue<'_> {
    /// Number of the place, below the number of places.
    pub(crate) fn place(&self) -> usize {
        self.index
    }

    /// Adds a ready task; the last one added is taken first.
    #[inline]
    pub(crate) fn push(&self, task: u32) {
        let deque = self.deque.get_or_init(|| {
            let deque = Deque::new_lifo();
            let _ = self.place.stealer.set(deque.stealer());
            deque
        });
        deque.push(task);
    }

    /// Takes a ready task; `None` when there is none.
    #[inline]
    pub(crate) fn next(&self) -> Option<u32> {
        if let Some(task) = self.deque.get().and_then(Deque::pop) {
            return Some(task);
        }
        self.next_of_range().or_else(|| self.steal())
    }

    /// Says whether a task is ready in the worker's own part, or a source in nobody's.
    #[inline]
    pub(crate) fn has_more(&self) -> bool {
        let (start, end) = unpack(self.place.range.load(Ordering::Relaxed));
        start < end
            || self.deque.get().is_some_and(|deque| !deque.is_empty())
            || self.queue.cursor.load(Ordering::Relaxed) < self.queue.sources.len()
    }

    fn next_of_range(&self) -> Option<u32> {
        let range = &self.place.range;
        let mut seen = range.load(Ordering::Relaxed);
        loop {
            let (start, end) = unpack(seen);
            if start >= end {
                return None;
            }
            let rest = pack(start + 1, end);
            match range.compare_exchange_weak(seen, rest, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(self.queue.sources[start]),
                Err(now) => seen = now,
            }
        }
    }

    fn steal(&self) -> Option<u32> {
        let queue = self.queue;
        if let Some(task) = queue.resumed.pop() {
            return Some(task);
        }
        let mut stealers = self.others().filter_map(|place| place.stealer.get());
        if let Some(task) = stealers.find_map(|stealer| retrying(|| stealer.steal())) {
            return Some(task);
        }
        let (start, end) = match queue.take_sources() {
            (start, end) if start < end => (start, end),
            _ => self.others().find_map(|place| steal_half(&place.range))?,
        };
        // The worker's own range is empty, and only the worker fills it.
        self.place.range.store(pack(start + 1, end), Ordering::SeqCst);
        Some(queue.sources[start])
    }

    /// The other places that somebody has come for; each worker begins with its neighbour.
    fn others(&self) -> impl Iterator<Item = &Place> {
        let (before, after) = self.queue.places.split_at(self.index);
        after.iter().skip(1).chain(before).filter_map(|place| place.get().map(|place| &**place))
    }
}

impl Drop for LocalWorkStealingQueue<'_> {
    fn drop(&mut self) {
        *lock(&self.place.owner) = Owner::Nobody(self.deque.take());
    }
}

/// Steals until that succeeds or there is nothing.
fn retrying(mut steal: impl FnMut() -> Steal<u32>) -> Option<u32> {
    loop {
        match steal() {
            Steal::Success(task) => return Some(task),
            Steal::Empty => return None,
            Steal::Retry => spin_loop(),
        }
    }
}

/// Takes the later half of a range, or its only element; `None` when it is empty.
fn steal_half(range: &AtomicU64) -> Option<(usize, usize)> {
    let mut seen = range.load(Ordering::Relaxed);
    loop {
        let (start, end) = unpack(seen);
        if start >= end {
            return None;
        }
        let middle = start + (end - start) / 2;
        let rest = pack(start, middle);
        match range.compare_exchange_weak(seen, rest, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return Some((middle, end)),
            Err(now) => seen = now,
        }
    }
}
