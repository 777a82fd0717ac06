//! Progress on stderr: how many tasks are settled, and which functions run now.
//!
//! Each worker writes its progress to a place of its own, two plain stores a task; it never waits,
//! draws or reads a clock. A thread reads all of them from time to time: on a terminal it draws a
//! bar, elsewhere it prints a line every ten seconds. Nothing goes to stdout.

mod line;
mod screen;
pub(crate) mod thread;

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use crossbeam_utils::CachePadded;
use graph_core::Function;

use self::line::Snapshot;
use crate::{
    limits::memory::budget::MemoryBudget,
    scheduler::queue::BESIDE_WORKERS,
    sync::{AtomicUsize, Ordering, lock},
};

/// The progress of one run.
pub(crate) struct Progress {
    tasks: AtomicUsize,
    begin: Instant,
    workers: Vec<CachePadded<WorkerState>>,
    /// The functions that have run so far, in the order in which they first did.
    functions: Mutex<Vec<fn() -> Function>>,
    /// `None` when memory is not limited.
    budget: Option<Arc<MemoryBudget>>,
}

#[derive(Default)]
struct WorkerState {
    /// How many tasks the worker has settled.
    settled: AtomicUsize,
    /// The function of the task that runs, as its index in [`Progress::functions`] plus 1; 0 when
    /// none runs.
    function: AtomicUsize,
}

impl Progress {
    pub(crate) fn new(
        begin: Instant,
        tasks: usize,
        workers: usize,
        budget: Option<Arc<MemoryBudget>>,
    ) -> Self {
        let workers = (0..workers + BESIDE_WORKERS).map(|_| CachePadded::default()).collect();
        let tasks = AtomicUsize::new(tasks);
        Progress { tasks, begin, workers, functions: Mutex::default(), budget }
    }

    /// Adds tasks that a task has made.
    pub(crate) fn grow(&self, tasks: usize) {
        self.tasks.fetch_add(tasks, Ordering::Relaxed);
    }

    /// The progress of one worker, which alone may write to it.
    pub(crate) fn worker(&self, worker: usize) -> WorkerProgress<'_> {
        let state = &self.workers[worker];
        let settled = state.settled.load(Ordering::Relaxed);
        WorkerProgress { run: self, state, settled, function: None }
    }

    /// What [`WorkerState::function`] says of a function.
    fn number_of(&self, function: fn() -> Function) -> usize {
        let mut functions = lock(&self.functions);
        let known = functions.iter().position(|&known| std::ptr::fn_addr_eq(known, function));
        known.unwrap_or_else(|| {
            functions.push(function);
            functions.len() - 1
        }) + 1
    }

    fn snapshot(&self) -> Snapshot {
        let settled =
            self.workers.iter().map(|worker| worker.settled.load(Ordering::Relaxed)).sum();
        let functions = lock(&self.functions);
        let running = |worker: &CachePadded<WorkerState>| {
            let number = worker.function.load(Ordering::Relaxed).checked_sub(1)?;
            functions.get(number).map(|function| function().name)
        };
        let running = self.workers.iter().filter_map(running).collect();
        Snapshot {
            settled,
            tasks: self.tasks.load(Ordering::Relaxed),
            running,
            elapsed: self.begin.elapsed(),
            memory: self.budget.as_ref().map(|budget| (budget.used(), budget.limit())),
        }
    }
}

/// The progress of one worker of a run.
pub(crate) struct WorkerProgress<'a> {
    run: &'a Progress,
    state: &'a WorkerState,
    settled: usize,
    /// The function of the last task, and its number; `None` before the first task.
    function: Option<(fn() -> Function, usize)>,
}

impl WorkerProgress<'_> {
    /// Notes that a task of `function` begins.
    #[inline]
    pub(crate) fn begin(&mut self, function: fn() -> Function) {
        let number = match self.function {
            Some((last, number)) if std::ptr::fn_addr_eq(last, function) => number,
            _ => {
                let number = self.run.number_of(function);
                self.function = Some((function, number));
                number
            }
        };
        self.state.function.store(number, Ordering::Relaxed);
    }

    /// Notes that `count` more tasks are settled.
    #[inline]
    pub(crate) fn settled(&mut self, count: usize) {
        self.settled += count;
        self.state.settled.store(self.settled, Ordering::Relaxed);
    }

    /// Notes that the worker has nothing to do.
    pub(crate) fn pause(&self) {
        self.state.function.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load() -> Function {
        Function { module: "a", name: "load", file: "", line: 0, column: 0 }
    }

    fn store() -> Function {
        Function { module: "a", name: "store", file: "", line: 0, column: 0 }
    }

    #[test]
    fn progress_shows_what_each_worker_runs_and_how_much_is_settled() {
        let progress = Progress::new(Instant::now(), 10, 3, None);
        let (mut first, mut second) = (progress.worker(0), progress.worker(2));
        first.begin(load);
        first.settled(1);
        first.begin(store);
        second.begin(load);
        second.settled(4);
        let snapshot = progress.snapshot();
        assert_eq!((snapshot.settled, snapshot.tasks), (5, 10));
        assert_eq!(snapshot.running, ["store", "load"]);
        first.pause();
        assert_eq!(progress.snapshot().running, ["load"]);
        assert_eq!(lock(&progress.functions).len(), 2, "each function is known once");
    }

    #[test]
    fn a_worker_that_comes_back_goes_on_counting() {
        let progress = Progress::new(Instant::now(), 10, 1, None);
        progress.worker(0).settled(3);
        progress.worker(0).settled(2);
        assert_eq!(progress.snapshot().settled, 5);
    }
}
