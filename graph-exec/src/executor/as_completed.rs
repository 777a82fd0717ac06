//! Results in the order in which they are there.

use std::{
    collections::VecDeque,
    fmt,
    iter::{Enumerate, Fuse},
    sync::{Arc, Condvar, Mutex, PoisonError},
    task::{Wake, Waker},
};
#[cfg(feature = "stream")]
use std::{
    pin::Pin,
    task::{Context, Poll},
};

#[cfg(feature = "stream")]
use graph_core::__run::drop_quietly;
use graph_core::Outputs;

use super::{Executor, background::Running, settings::Workers};
use crate::{
    error::Error,
    run::{cancel::CancelToken, nesting},
    sync::lock,
};

/// Computes each of many graphs, and gives their results as they end; see [`AsCompleted`].
///
/// Runs on [`Executor::default`]; [`Executor::as_completed`] does the same on another.
///
/// ```
/// use graph_exec::{as_completed, prelude::*};
///
/// let trials = (0..100_u64).map(|seed| value(seed).map(|seed| seed * 37 % 101));
/// // The first that is good enough. The others are not begun, or cancelled.
/// let good = as_completed(trials).find_map(|(_, score)| score.ok().filter(|&score| score > 90));
/// assert!(good.is_some());
/// ```
pub fn as_completed<I>(handles: I) -> AsCompleted<I::IntoIter>
where
    I: IntoIterator,
    I::Item: Outputs<Values: 'static, Owned: Send + 'static>,
{
    Executor::default().as_completed(handles)
}

impl Executor {
    /// Computes each of many graphs, and gives their results as they end; see [`AsCompleted`].
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let executor = Executor::builder().threads(2).build()?;
    /// let handles = vec![value(1), value(2), value(3)];
    /// let sum: Result<i32, _> = executor.as_completed(handles).map(|(_, n)| n).sum();
    /// assert_eq!(sum?, 6);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn as_completed<I>(&self, handles: I) -> AsCompleted<I::IntoIter>
    where
        I: IntoIterator,
        I::Item: Outputs<Values: 'static, Owned: Send + 'static>,
    {
        let mut executor = self.clone();
        executor.settings.progress = false;
        AsCompleted::new(executor, handles.into_iter())
    }
}

/// An iterator over the results of many graphs, in the order in which they end: each with the index that
/// its handle had, and with an error if it failed. One failure does not stop the others.
///
/// Each graph is a run of its own; what several need through [`Shared`](crate::Shared) handles is computed once. The graphs
/// are taken from the iterator they come from as the results are asked for, so there may be any number, and
/// they may be built only then. No more than twice as many as the executor has threads run, or have
/// results that were not taken yet; [`in_flight`](AsCompleted::in_flight) sets another number. Dropping the iterator cancels
/// those that run. A bar of [progress](crate::ExecutorBuilder) is not shown.
///
/// When a [token](crate::CancelToken) of the executor is cancelled, or its
/// [deadline](Executor::with_deadline) has come, no more graphs are taken from the iterator, which may be endless: those
/// that run end with errors, the next one, if there is one, gives such an error too, so that the end cannot be
/// mistaken for that of all graphs, and that is the last.
///
/// Inside a task, it works for the graph that it began first, so that is the next but for those that have
/// ended already.
///
/// Made by [`as_completed`] and [`Executor::as_completed`]. With the feature `stream`, `into_stream()` makes a
/// `Stream` of it, which blocks no thread.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let executor = Executor::builder().threads(2).build()?;
/// let squares = (0..10_u64).map(|n| value(n).map(|n| n * n));
/// let mut results = Vec::new();
/// for (index, square) in executor.as_completed(squares) {
///     results.push((index, square?));
/// }
/// results.sort();
/// assert_eq!(results[3], (3, 9));
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[must_use = "nothing runs before the results are asked for"]
pub struct AsCompleted<I>
where
    I: Iterator,
    I::Item: Outputs<Values: 'static, Owned: Send + 'static>,
{
    executor: Executor,
    handles: Fuse<Enumerate<I>>,
    /// Those that were begun and not given, the one begun first at the front.
    running: VecDeque<Begun<<I::Item as Outputs>::Values>>,
    ended: Arc<Ended>,
    /// How many may run or wait to be given.
    most: usize,
    /// A token of the executor was cancelled, so nothing more is begun.
    is_over: bool,
}

struct Begun<V> {
    index: usize,
    running: Running<V>,
    /// It tells of its end.
    is_watched: bool,
}

impl<V> Begun<V> {
    fn wait(self) -> Indexed<V> {
        (self.index, self.running.wait())
    }
}

/// What has ended and was not given yet.
#[derive(Default)]
struct Ended {
    state: Mutex<EndedState>,
    /// Notified when one has ended.
    changed: Condvar,
}

#[derive(Default)]
struct EndedState {
    /// In the order in which they have ended.
    indices: VecDeque<usize>,
    /// Whom to wake when one has ended; `None` when nobody waits so.
    waker: Option<Waker>,
}

impl Ended {
    fn add(&self, index: usize) {
        let waker = {
            let mut state = lock(&self.state);
            state.indices.push_back(index);
            state.waker.take()
        };
        self.changed.notify_one();
        waker.into_iter().for_each(Waker::wake);
    }

    /// Takes the one that has ended first; `None` when none has, and then `waker` is woken by the next.
    #[cfg(feature = "stream")]
    fn poll(&self, waker: &Waker) -> Option<usize> {
        // Clones and drops of wakers are another library's code, which must not run under the lock.
        let mut waker = Some(waker.clone());
        let mut state = lock(&self.state);
        let index = state.indices.pop_front();
        if index.is_none() {
            std::mem::swap(&mut state.waker, &mut waker);
        }
        drop(state);
        // A waker that panics when it is dropped must not take a result along.
        drop_quietly(waker);
        index
    }

    /// Blocks the thread until one has ended.
    fn wait(&self) -> usize {
        let mut state = lock(&self.state);
        loop {
            if let Some(index) = state.indices.pop_front() {
                return index;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Notes that one has ended.
struct Note {
    index: usize,
    ended: Arc<Ended>,
}

impl Wake for Note {
    fn wake(self: Arc<Self>) {
        self.ended.add(self.index);
    }
}

/// A result with the index of its handle.
type Indexed<V> = (usize, Result<V, Error>);

impl<I> AsCompleted<I>
where
    I: Iterator,
    I::Item: Outputs<Values: 'static, Owned: Send + 'static>,
{
    pub(super) fn new(executor: Executor, handles: I) -> Self {
        // A run on the calling thread is over when it has begun.
        let most = match executor.settings.workers {
            Workers::CallingThread => 1,
            Workers::Pool(_) => 2 * executor.threads(),
        };
        AsCompleted {
            executor,
            handles: handles.enumerate().fuse(),
            running: VecDeque::new(),
            ended: Arc::default(),
            most,
            is_over: false,
        }
    }

    /// How many graphs run, or have results that were not taken yet, at most.
    ///
    /// # Panics
    /// When it is 0, for then there would be no results.
    ///
    /// ```
    /// # use graph_exec::{as_completed, prelude::*};
    /// let results = as_completed((0..10).map(value)).in_flight(1);
    /// let numbers: Vec<i32> = results.map(|(_, n)| n.unwrap()).collect();
    /// assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    /// ```
    pub fn in_flight(mut self, most: usize) -> Self {
        assert!(most > 0, "`in_flight(0)` would never give a result; at least one graph must run");
        self.most = most;
        self
    }

    /// The same results as a stream, which blocks no thread: for `while let` in async functions, and for what
    /// the crate `futures` does with streams.
    ///
    /// ```
    /// # use graph_exec::{as_completed, prelude::*};
    /// # use std::{future::poll_fn, pin::Pin};
    /// use futures_core::Stream;
    ///
    /// # async fn sum() -> Result<i32, graph_exec::Error> {
    /// let mut results = as_completed(vec![value(1), value(2)]).into_stream();
    /// let mut sum = 0;
    /// while let Some((_, n)) = poll_fn(|cx| Pin::new(&mut results).poll_next(cx)).await {
    ///     sum += n?;
    /// }
    /// # Ok(sum)
    /// # }
    /// # assert_eq!(pollster::block_on(sum())?, 3);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[cfg(feature = "stream")]
    pub fn into_stream(self) -> CompletedStream<I> {
        CompletedStream(self)
    }

    /// Begins as many as may run.
    fn begin(&mut self) {
        while !self.is_over
            && self.running.len() < self.most
            && let Some((index, handles)) = self.handles.next()
        {
            // The first that comes too late is begun all the same, since its error says why there are no more.
            self.is_over = self.executor.settings.cancel.iter().any(CancelToken::is_cancelled);
            let running = self.executor.spawn(handles);
            self.running.push_back(Begun { index, running, is_watched: false });
        }
    }

    /// Lets all that have begun tell of their ends.
    fn watch(&mut self) {
        for begun in self.running.iter_mut().filter(|begun| !begun.is_watched) {
            begun.is_watched = true;
            let note = Note { index: begun.index, ended: Arc::clone(&self.ended) };
            if !begun.running.will_wake(&Waker::from(Arc::new(note))) {
                self.ended.add(begun.index);
            }
        }
    }

    /// Takes the result of one that has ended; `None` when it was taken before.
    fn take_ended(&mut self, index: usize) -> Option<Indexed<<I::Item as Outputs>::Values>> {
        let place = self.running.iter().position(|begun| begun.index == index)?;
        self.running.remove(place).map(Begun::wait)
    }

    /// The next for a thread that a task blocks: it works for one itself.
    fn next_in_task(&mut self) -> Option<Indexed<<I::Item as Outputs>::Values>> {
        let finished = self.running.iter().position(|begun| begun.running.is_finished());
        self.running.remove(finished.unwrap_or(0)).map(Begun::wait)
    }
}

impl<I> Iterator for AsCompleted<I>
where
    I: Iterator,
    I::Item: Outputs<Values: 'static, Owned: Send + 'static>,
{
    type Item = Indexed<<I::Item as Outputs>::Values>;

    fn next(&mut self) -> Option<Self::Item> {
        self.begin();
        if nesting::depth() > 0 {
            return self.next_in_task();
        }
        self.watch();
        while !self.running.is_empty() {
            let index = self.ended.wait();
            let result = self.take_ended(index);
            if result.is_some() {
                return result;
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let begun = self.running.len();
        let (least, most) = if self.is_over { (0, Some(0)) } else { self.handles.size_hint() };
        // A token may be cancelled at any time.
        let least = if self.executor.settings.cancel.is_empty() { least } else { 0 };
        (least.saturating_add(begun), most.and_then(|most| most.checked_add(begun)))
    }
}

/// An [`AsCompleted`] as a stream; made by [`AsCompleted::into_stream`].
#[cfg(feature = "stream")]
#[derive(Debug)]
#[must_use = "nothing runs before the results are asked for"]
pub struct CompletedStream<I>(AsCompleted<I>)
where
    I: Iterator,
    I::Item: Outputs<Values: 'static, Owned: Send + 'static>;

/// What is not pinned is never borrowed as pinned.
#[cfg(feature = "stream")]
impl<I> Unpin for CompletedStream<I>
where
    I: Iterator,
    I::Item: Outputs<Values: 'static, Owned: Send + 'static>,
{
}

#[cfg(feature = "stream")]
impl<I> futures_core::Stream for CompletedStream<I>
where
    I: Iterator,
    I::Item: Outputs<Values: 'static, Owned: Send + 'static>,
{
    type Item = Indexed<<I::Item as Outputs>::Values>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let CompletedStream(results) = &mut *self;
        results.begin();
        if nesting::depth() > 0 {
            return Poll::Ready(results.next_in_task());
        }
        results.watch();
        while !results.running.is_empty() {
            let Some(index) = results.ended.poll(context.waker()) else { return Poll::Pending };
            let result = results.take_ended(index);
            if result.is_some() {
                return Poll::Ready(result);
            }
        }
        Poll::Ready(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<I> fmt::Debug for AsCompleted<I>
where
    I: Iterator,
    I::Item: Outputs<Values: 'static, Owned: Send + 'static>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted")
            .field("running", &self.running.len())
            .field("in_flight", &self.most)
            .finish_non_exhaustive()
    }
}
