//! Work that is added while workers leave is done by one of them.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use crate::{
    model, model_with, scheduler::queue::work_stealing::WorkStealingQueue,
    termination::TerminationDetector,
};

/// A run whose tasks do nothing: the queue, and which workers there are. A job is executed by the
/// thread that submits it, as it would be in a pool whose other threads are busy.
struct Run {
    queue: WorkStealingQueue,
    termination: TerminationDetector,
    done: AtomicUsize,
}

impl Run {
    fn with(sources: Vec<u32>, workers: usize) -> Arc<Self> {
        Self::with_places(sources, workers, workers)
    }

    /// A worker that waits inside a task keeps its place in the queue.
    fn with_places(sources: Vec<u32>, workers: usize, places: usize) -> Arc<Self> {
        Arc::new(Run {
            queue: WorkStealingQueue::new(sources, places, false),
            termination: TerminationDetector::new(workers),
            done: AtomicUsize::new(0),
        })
    }

    /// Executes a job, and those that it submits itself.
    ///
    /// `makes_ready` returns the tasks that a task makes ready.
    fn execute_job(&self, makes_ready: impl Fn(u32) -> Vec<u32>) {
        loop {
            if let Some(worker) = self.queue.local_queue() {
                while let Some(task) = worker.next() {
                    self.done.fetch_add(1, SeqCst);
                    makes_ready(task).into_iter().for_each(|ready| worker.push(ready));
                }
            }
            if !self.termination.remove_worker(|| self.queue.has_work()) {
                return;
            }
            // A place that is being left is free in a moment.
            thread::yield_now();
        }
    }
}

/// ```text
///  worker         │ finds nothing ─ counts itself out ─ looks once more
///  another run    │        the awaited task ends: resume ─ is a worker missing?
/// ```
#[test]
fn a_resumed_task_is_not_overlooked_by_the_worker_that_leaves() {
    model(|| {
        let run = Run::with(vec![], 1);
        assert!(run.termination.add_missing_worker());
        let worker = Arc::clone(&run);
        let worker = thread::spawn(move || worker.execute_job(|_| vec![]));
        run.queue.push_common(0);
        if run.termination.add_missing_worker() {
            run.execute_job(|_| vec![]);
        }
        worker.join().unwrap();
        assert_eq!(run.done.load(SeqCst), 1);
    });
}

/// ```text
///  worker 1 │ task 0 ── pushes 1 ─ is a worker missing? ── works on
///  worker 2 │ finds nothing ─ counts itself out ─ looks once more
/// ```
#[test]
fn a_pushed_task_is_not_overlooked_while_the_other_worker_leaves() {
    model(|| {
        let run = Run::with(vec![0], 2);
        assert!(run.termination.add_missing_worker() && run.termination.add_missing_worker());
        let other = Arc::clone(&run);
        let other = thread::spawn(move || other.execute_job(|_| vec![]));
        // This worker stops with the push; only the protocol brings a worker back.
        let pushed = {
            let worker = run.queue.local_queue().unwrap();
            let task = worker.next();
            task.inspect(|_| {
                run.done.fetch_add(1, SeqCst);
                worker.push(1);
            })
        };
        if pushed.is_some() && run.termination.add_missing_worker() {
            run.execute_job(|_| vec![]);
        }
        if run.termination.remove_worker(|| run.queue.has_work()) {
            run.execute_job(|_| vec![]);
        }
        other.join().unwrap();
        assert_eq!(run.done.load(SeqCst), if pushed.is_some() { 2 } else { 1 });
    });
}

/// ```text
///  worker         │ task ── waits: lets another worker come ─ is there something to do? ── goes on
///  another run    │        the awaited task ends: resume ─ is a worker missing?
/// ```
#[test]
fn a_resumed_task_is_not_overlooked_while_the_worker_waits_inside_a_task() {
    model(|| {
        let run = Run::with_places(vec![], 1, 2);
        assert!(run.termination.add_missing_worker());
        let other = Arc::clone(&run);
        let other = thread::spawn(move || {
            other.queue.push_common(0);
            if other.termination.add_missing_worker() {
                other.execute_job(|_| vec![]);
            }
        });
        run.termination.pause_worker();
        if run.queue.has_work() && run.termination.add_missing_worker() {
            // On another thread, beside the one that waits.
            run.execute_job(|_| vec![]);
        }
        other.join().unwrap();
        assert_eq!(run.done.load(SeqCst), 1, "nobody came while the worker waited");
        run.termination.resume_worker();
        assert!(!run.termination.remove_worker(|| run.queue.has_work()));
    });
}

/// ```text
///  worker 1 │ task ── makes another ready, and waits: lets another worker come ─ is there something to do?
///  worker 2 │ finds nothing ─ counts itself out ─ looks once more
/// ```
#[test]
fn a_task_is_not_overlooked_by_a_worker_that_leaves_while_others_wait() {
    model_with(2, || {
        let run = Run::with_places(vec![], 2, 4);
        assert!(run.termination.add_missing_worker() && run.termination.add_missing_worker());
        let leaving = Arc::clone(&run);
        let leaving = thread::spawn(move || leaving.execute_job(|_| vec![]));
        run.queue.push_common(0);
        run.termination.pause_worker();
        if run.queue.has_work() && run.termination.add_missing_worker() {
            run.execute_job(|_| vec![]);
        }
        leaving.join().unwrap();
        assert_eq!(run.done.load(SeqCst), 1);
        run.termination.resume_worker();
        assert!(!run.termination.remove_worker(|| run.queue.has_work()));
    });
}
