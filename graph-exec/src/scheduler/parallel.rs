//! A run whose ready tasks the workers of a pool share out among themselves.
//!
//! The run is submitted to the pool as a [`Job`], at most once for each worker; `worker.rs` says
//! what that job does. The tasks themselves wait in the run's own ready queue. The
//! [`TerminationDetector`] sees to it that no task is overlooked, and that none starts after the
//! end.

use std::sync::{Arc, Condvar, Mutex, Weak};

use crossbeam_utils::CachePadded;

use super::{
    pool::{Job, WorkerPool},
    queue::{Queue, priority::PriorityQueue, work_stealing::WorkStealingQueue},
    termination::TerminationDetector,
};
use crate::{
    memory::{
        budget::{MemoryBudget, Unpark},
        reservations::RunMemory,
    },
    observe::{instrument::Instrumentation, progress::Progress},
    run::{Run, StartOrder, cancel::Cancellable, nesting::Nesting, subscription::Subscriber},
    sync::{AtomicUsize, Ordering, lock},
};

/// What a run on a pool works with besides its tasks.
pub(crate) struct RunResources {
    pub(crate) pool: Arc<WorkerPool>,
    /// Present when memory is limited.
    pub(crate) budget: Option<Arc<MemoryBudget>>,
    /// Present when the run is recorded or observed.
    pub(crate) instrument: Option<Weak<Instrumentation>>,
    /// Present when progress is shown.
    pub(crate) progress: Option<Arc<Progress>>,
}

/// A run, and everything that its workers and its caller share.
pub(crate) struct ParallelRun {
    pub(super) run: Run,
    pub(super) queue: Queue,
    pub(super) pool: Arc<WorkerPool>,
    /// Present when the run is recorded or observed. The caller of the run keeps it; a worker has it
    /// only while it works, since it leads to the user's observers, and must not outlive the run.
    instrument: Option<Weak<Instrumentation>>,
    pub(super) progress: Option<Arc<Progress>>,
    pub(super) memory: Option<RunMemory>,
    /// How many tasks have neither ended nor been skipped.
    pub(super) unsettled: CachePadded<AtomicUsize>,
    pub(super) termination: TerminationDetector,
    /// The caller has to look: the run may be over, or a task has become ready.
    pub(super) signal: Mutex<bool>,
    /// Notified when `signal` is set.
    pub(super) changed: Condvar,
}

impl ParallelRun {
    pub(crate) fn new(run: Run, order: StartOrder, resources: RunResources) -> Arc<Self> {
        let StartOrder { sources, ranks } = order;
        let RunResources { pool, budget, instrument, progress } = resources;
        Arc::new_cyclic(|this: &Weak<ParallelRun>| ParallelRun {
            unsettled: CachePadded::new(AtomicUsize::new(run.plan().len())),
            queue: match ranks {
                None => Queue::WorkStealing(WorkStealingQueue::new(sources, pool.threads())),
                Some(ranks) => Queue::Priority(PriorityQueue::new(sources, ranks, pool.threads())),
            },
            memory: budget.map(|budget| {
                RunMemory::new(budget, Weak::clone(this) as Weak<dyn Unpark>, run.plan())
            }),
            termination: TerminationDetector::new(pool.threads()),
            run,
            pool,
            instrument,
            progress,
            signal: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// What observes the run; `None` when nothing does. For a thread that counts as at work.
    pub(super) fn instrument(&self) -> Option<Arc<Instrumentation>> {
        self.instrument.as_ref().and_then(Weak::upgrade)
    }

    pub(crate) fn memory(&self) -> Option<&RunMemory> {
        self.memory.as_ref()
    }

    /// How many tasks have no outcome, and will have none.
    pub(crate) fn unsettled(&self) -> usize {
        self.unsettled.load(Ordering::SeqCst)
    }

    /// Counts the tasks that a worker has settled, and tells the caller when no task is left.
    pub(super) fn settle(&self, settled: usize) {
        if settled > 0 && self.unsettled.fetch_sub(settled, Ordering::SeqCst) == settled {
            self.tell_caller();
        }
    }

    /// Submits one more job, unless every worker has one; to be called after adding work.
    pub(super) fn submit_job(self: &Arc<Self>) {
        if self.termination.add_missing_worker() {
            self.pool.submit(Arc::clone(self) as Arc<dyn Job>);
        }
    }

    /// Counts this worker out, and submits a job for work that has turned up meanwhile.
    pub(super) fn leave(self: &Arc<Self>) {
        if self.termination.remove_worker(|| !self.run.is_stopped() && self.queue.has_work()) {
            self.pool.submit(Arc::clone(self) as Arc<dyn Job>);
        }
    }

    pub(super) fn tell_caller(&self) {
        *lock(&self.signal) = true;
        self.changed.notify_all();
    }
}

impl Cancellable for ParallelRun {
    fn cancel(&self) {
        self.run.stop();
        self.tell_caller();
    }
}

impl Subscriber for ParallelRun {
    fn task_ended(self: Arc<Self>, index: u32) {
        self.queue.resume(index);
        if !self.run.is_stopped() {
            self.submit_job();
        }
        self.tell_caller();
    }

    fn nesting(&self) -> &Nesting {
        self.run.nesting()
    }
}

impl Unpark for ParallelRun {
    fn unpark(self: Arc<Self>, tasks: &[u32]) {
        if let Some(queue) = self.queue.priority() {
            tasks.iter().for_each(|&task| queue.push(task));
            queue.release_sources();
        }
        if !self.run.is_stopped() {
            self.submit_job();
        }
        self.tell_caller();
    }
}
