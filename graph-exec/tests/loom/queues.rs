//! What stands in for crossbeam's queues: as small as a model needs, with the same memory orders.
//!
//! Source: Lê, Pop, Cohen, Zappa Nardelli, "Correct and efficient work-stealing for weak memory
//! models", 2013.

use std::{marker::PhantomData, sync::Arc};

use loom::sync::atomic::{
    AtomicIsize, AtomicU32,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
    fence,
};

/// More than any model pushes; places are not used again.
const PLACES: usize = 6;

#[derive(Debug)]
pub(crate) enum Steal<T> {
    Success(T),
    Empty,
    Retry,
}

#[derive(Default)]
struct Inner {
    front: AtomicIsize,
    back: AtomicIsize,
    tasks: [AtomicU32; PLACES],
}

/// The owner's end: last in, first out.
pub(crate) struct Deque<T>(Arc<Inner>, PhantomData<T>);

/// The thieves' end.
pub(crate) struct Stealer<T>(Arc<Inner>, PhantomData<T>);

impl Deque<u32> {
    pub(crate) fn new_lifo() -> Self {
        Deque(Arc::default(), PhantomData)
    }

    pub(crate) fn stealer(&self) -> Stealer<u32> {
        Stealer(Arc::clone(&self.0), PhantomData)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.back.load(Relaxed) <= self.0.front.load(SeqCst)
    }

    pub(crate) fn push(&self, task: u32) {
        let back = self.0.back.load(Relaxed);
        self.0.tasks[back as usize].store(task, Relaxed);
        fence(Release);
        self.0.back.store(back + 1, Relaxed);
    }

    pub(crate) fn pop(&self) -> Option<u32> {
        let inner = &*self.0;
        let back = inner.back.load(Relaxed);
        if back <= inner.front.load(Relaxed) {
            return None;
        }
        let last = back - 1;
        inner.back.store(last, Relaxed);
        fence(SeqCst);
        let front = inner.front.load(Relaxed);
        if last < front {
            inner.back.store(back, Relaxed);
            return None;
        }
        let task = inner.tasks[last as usize].load(Relaxed);
        if last > front {
            return Some(task);
        }
        let won = inner.front.compare_exchange(front, front + 1, SeqCst, Relaxed).is_ok();
        inner.back.store(back, Relaxed);
        won.then_some(task)
    }
}

impl Stealer<u32> {
    pub(crate) fn is_empty(&self) -> bool {
        let front = self.0.front.load(Acquire);
        fence(SeqCst);
        self.0.back.load(Acquire) <= front
    }

    pub(crate) fn steal(&self) -> Steal<u32> {
        let front = self.0.front.load(Acquire);
        fence(SeqCst);
        if self.0.back.load(Acquire) <= front {
            return Steal::Empty;
        }
        let task = self.0.tasks[front as usize].load(Relaxed);
        match self.0.front.compare_exchange(front, front + 1, SeqCst, Relaxed) {
            Ok(_) => Steal::Success(task),
            Err(_) => Steal::Retry,
        }
    }
}
