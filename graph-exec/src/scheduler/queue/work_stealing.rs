//! The ready queue of one run whose tasks may start in any order: each worker has a part of it, and
//! idle workers steal from others.
//!
//! A worker first takes what keeps the fewest results alive: the tasks that its own last task made
//! ready, then its own range of sources, then tasks that others made ready, and only then new
//! sources. Sources (the tasks without dependencies) are never copied into a queue: a worker takes
//! a range of them from a common cursor, and an idle worker takes half of another's range.
//!
//! A thread that begins a run by itself has all of that without atomic exchanges, until another comes ([`alone`]).

mod alone;

use std::cell::OnceCell;

use self::alone::{Alone, Inside};
use crate::{
    scheduler::padded::Padded,
    sync::{
        AtomicBool, AtomicU64, AtomicUsize, Deque, Mutex, OnceLock, Ordering, Steal, Stealer, lock,
        spin_loop,
    },
};

/// The most sources that a worker takes from the cursor at once.
const LARGEST_RANGE: usize = 64;

/// Of all its parts only those that a run needs are allocated, for most runs are small.
pub(crate) struct WorkStealingQueue {
    sources: Vec<u32>,
    /// Index of the first source that is in no worker's range yet.
    cursor: AtomicUsize,
    /// What the thread has that begins the run by itself.
    alone: Alone,
    /// Suspended tasks that have ended in another run, and what a thread without a place has made ready.
    common: Common,
    /// The place of the first worker, which is the only one that most runs have.
    first: Place,
    /// How many places there are.
    count: usize,
    /// The others, empty until a second worker comes; each is empty until a worker comes for it.
    others: OnceLock<Box<[OnceLock<Box<Place>>]>>,
}

/// Tasks that any thread may take, the last one first.
struct Common {
    /// How many there are.
    count: AtomicUsize,
    tasks: Mutex<Vec<u32>>,
}

/// What one worker owns and others may steal from.
struct Place {
    /// A range of `sources`, `[start, end)`; `start` is in the upper half of the number.
    range: Padded<AtomicU64>,
    /// Empty until the first task is pushed. Boxed, since allocating a run costs more when it is larger.
    pushed: OnceLock<Box<Pushed>>,
    /// Whether a worker has the place.
    is_taken: AtomicBool,
}

/// The tasks that workers have pushed at one place.
struct Pushed {
    stealer: Stealer<u32>,
    /// `None` while a worker has the place.
    deque: Mutex<Option<Deque<u32>>>,
}

fn pack(start: usize, end: usize) -> u64 {
    (start as u64) << 32 | end as u64
}

fn unpack(range: u64) -> (usize, usize) {
    ((range >> 32) as usize, range as u32 as usize)
}

impl Common {
    fn push(&self, task: u32) {
        let mut tasks = lock(&self.tasks);
        tasks.push(task);
        self.count.store(tasks.len(), Ordering::SeqCst);
    }

    fn is_empty(&self) -> bool {
        self.count.load(Ordering::SeqCst) == 0
    }

    #[inline]
    fn pop(&self) -> Option<u32> {
        if self.is_empty() { None } else { self.take() }
    }

    #[cold]
    fn take(&self) -> Option<u32> {
        let mut tasks = lock(&self.tasks);
        let task = tasks.pop();
        self.count.store(tasks.len(), Ordering::SeqCst);
        task
    }
}

impl Place {
    fn new() -> Self {
        Place {
            range: Padded::new(AtomicU64::new(0)),
            pushed: OnceLock::new(),
            is_taken: AtomicBool::new(false),
        }
    }

    /// Takes the place, if it is free.
    fn take(&self) -> bool {
        self.is_taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    fn has_work(&self) -> bool {
        let (start, end) = unpack(self.range.load(Ordering::SeqCst));
        start < end || self.stealer().is_some_and(|stealer| !stealer.is_empty())
    }

    fn stealer(&self) -> Option<&Stealer<u32>> {
        self.pushed.get().map(|pushed| &pushed.stealer)
    }
}

impl WorkStealingQueue {
    /// `is_alone`: one thread begins the run, and nobody else knows of it; see [`enter`](Self::enter).
    pub(crate) fn new(sources: Vec<u32>, places: usize, is_alone: bool) -> Self {
        WorkStealingQueue {
            alone: Alone::new(is_alone),
            sources,
            cursor: AtomicUsize::new(0),
            common: Common { count: AtomicUsize::new(0), tasks: Mutex::new(Vec::new()) },
            first: Place::new(),
            count: places,
            others: OnceLock::new(),
        }
    }

    pub(crate) fn sources(&self) -> &[u32] {
        &self.sources
    }

    /// Keeps others away as long as what it returns lives, which may be no longer than the next line or two; `None` when
    /// others have come. For the thread that begins the run.
    #[inline]
    pub(crate) fn enter(&self) -> Option<Inside<'_>> {
        self.alone.enter()
    }

    /// Lets others come. For the thread that begins the run.
    pub(crate) fn share(&self) {
        self.alone.share(|task| self.common.push(task));
    }

    /// Takes a ready task; `None` when there is none. For the thread that begins the run.
    #[inline]
    pub(crate) fn next_of_owner(&self) -> Option<u32> {
        let Some(_inside) = self.enter() else { return self.next_common() };
        self.alone.pop().or_else(|| self.common.pop()).or_else(|| {
            let next = self.cursor.load(Ordering::Relaxed);
            let task = self.sources.get(next).copied()?;
            self.cursor.store(next + 1, Ordering::Relaxed);
            Some(task)
        })
    }

    /// Adds a ready task. For the thread that begins the run.
    #[inline]
    pub(crate) fn push_of_owner(&self, task: u32) {
        let left = match self.enter() {
            Some(_inside) => self.alone.push(task),
            None => Err(task),
        };
        left.err().into_iter().for_each(|task| self.common.push(task));
    }

    /// Takes a ready task for a thread that has no place.
    fn next_common(&self) -> Option<u32> {
        self.common.pop().or_else(|| {
            let next = self.cursor.load(Ordering::Relaxed);
            let is_left = next < self.sources.len();
            let taken = is_left.then(|| self.cursor.fetch_add(1, Ordering::Relaxed))?;
            self.sources.get(taken).copied()
        })
    }

    /// Adds a ready task, or takes back a suspended one, from a thread that has no place.
    pub(crate) fn push_common(&self, task: u32) {
        self.common.push(task);
    }

    /// Takes a free place; `None` when there is none.
    pub(crate) fn local_queue(&self) -> Option<LocalWorkStealingQueue<'_>> {
        self.alone.revoke(|task| self.common.push(task));
        let (index, place) = if self.first.take() {
            (0, &self.first)
        } else {
            let empty = || (1..self.count).map(|_| OnceLock::new()).collect();
            let others = self.others.get_or_init(empty).iter().zip(1..);
            others.into_iter().find_map(|(place, index)| {
                let place = place.get_or_init(|| Box::new(Place::new()));
                place.take().then_some((index, &**place))
            })?
        };
        let deque = place.pushed.get().and_then(|pushed| lock(&pushed.deque).take());
        let deque = deque.map_or_else(OnceCell::new, OnceCell::from);
        Some(LocalWorkStealingQueue { queue: self, place, index, deque })
    }

    /// Says whether a task is ready that no worker has taken.
    pub(crate) fn has_work(&self) -> bool {
        self.cursor.load(Ordering::SeqCst) < self.sources.len()
            || !self.common.is_empty()
            || self.alone.has_tasks()
            || self.first.has_work()
            || self.others().any(Place::has_work)
    }

    /// Says whether more than one task is ready, before any worker has come.
    pub(crate) fn has_work_for_two(&self) -> bool {
        let taken = self.cursor.load(Ordering::SeqCst).min(self.sources.len());
        self.sources.len() - taken + self.common.count.load(Ordering::SeqCst) > 1
    }

    /// The places that a worker has come for, without the first one.
    fn others(&self) -> impl DoubleEndedIterator<Item = &Place> {
        let others = self.others.get().map_or(&[][..], |others| others);
        others.iter().filter_map(|place| place.get().map(|place| &**place))
    }

    /// Takes the next sources from the cursor, as a range: fewer as they run out, so that no worker
    /// is left with many while others have none. Empty when all have been taken.
    fn take_sources(&self) -> (usize, usize) {
        let count = self.sources.len();
        let taken = self.cursor.load(Ordering::Relaxed);
        if taken >= count {
            return (0, 0);
        }
        let wanted = ((count - taken) / (self.count * 16)).clamp(1, LARGEST_RANGE);
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
            let (stealer, nobody) = (deque.stealer(), Mutex::new(None));
            let _ = self.place.pushed.set(Box::new(Pushed { stealer, deque: nobody }));
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
        if let Some(task) = queue.common.pop() {
            return Some(task);
        }
        let mut stealers = self.others().filter_map(Place::stealer);
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
        let others = self.queue.others.get().map_or(&[][..], |others| others);
        let (before, after) = others.split_at(self.index.min(others.len()));
        // Before the split are those up to the own one, which is the last of them.
        let before = &before[..before.len().saturating_sub(1)];
        let first = (self.index > 0).then_some(&self.queue.first);
        let neighbours = after.iter().filter_map(|place| place.get().map(|place| &**place));
        let rest = before.iter().filter_map(|place| place.get().map(|place| &**place));
        neighbours.chain(first).chain(rest)
    }
}

impl Drop for LocalWorkStealingQueue<'_> {
    fn drop(&mut self) {
        if let (Some(deque), Some(pushed)) = (self.deque.take(), self.place.pushed.get()) {
            *lock(&pushed.deque) = Some(deque);
        }
        self.place.is_taken.store(false, Ordering::Release);
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

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// What the owner has made ready counts too when it shares: there may be a single source.
    #[test]
    fn a_second_thread_is_worth_calling_when_two_tasks_are_ready() {
        let queue = WorkStealingQueue::new(vec![0, 1, 2], 3, true);
        assert!(queue.has_work_for_two());
        assert_eq!([(); 2].map(|()| queue.next_of_owner()), [Some(0), Some(1)]);
        queue.share();
        assert!(!queue.has_work_for_two());
        queue.push_common(3);
        assert!(queue.has_work_for_two());
        assert_eq!([(); 3].map(|()| queue.next_of_owner()), [Some(3), Some(2), None]);
        [4, 5].into_iter().for_each(|task| queue.push_of_owner(task));
        assert!(queue.has_work_for_two());
    }
}
