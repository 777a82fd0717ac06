//! A run whose ready tasks the workers of a pool share out among themselves.
//!
//! The run is submitted to the pool as a *job* (see [`pool`](super::pool)), at most once for each
//! worker. The tasks themselves wait in the run's own ready queue. Nothing is overlooked, and
//! nothing runs on: see [`termination`](super::termination).

use std::sync::{Arc, Condvar, Mutex, Weak};

use crossbeam_utils::CachePadded;

use super::{
    pool::{Crew, Job},
    queue::{Queue, priority::RankedQueue, work_stealing::ReadyQueue},
    termination::Attendance,
};
use crate::{
    memory::{
        budget::{Account, Starved},
        reservations::RunMemory,
    },
    progress::Board,
    run::{Run, Turns, cancel::Cancellable, nesting::Lineage, subscription::Subscriber},
    sync::{AtomicUsize, Ordering, lock},
    watch::Watch,
};

/// What a run on a pool shares with the executor and with whoever looks on.
pub(crate) struct RunResources {
    pub(crate) pool: Arc<Crew>,
    /// Present when memory is limited.
    pub(crate) budget: Option<Arc<Account>>,
    /// Present when the run is recorded or observed.
    pub(crate) instrument: Option<Arc<Watch>>,
    /// Present when progress is shown.
    pub(crate) progress: Option<Arc<Board>>,
}

/// A run, and what its workers and its caller share.
pub(crate) struct ParallelRun {
    pub(super) run: Run,
    pub(super) queue: Queue,
    pub(super) pool: Arc<Crew>,
    pub(super) instrument: Option<Arc<Watch>>,
    pub(super) progress: Option<Arc<Board>>,
    pub(super) memory: Option<RunMemory>,
    /// How many tasks have neither ended nor been skipped.
    pub(super) unsettled: CachePadded<AtomicUsize>,
    pub(super) termination: Attendance,
    /// Tells the caller to look: the run may be over, or a task has become ready.
    pub(super) signal: Mutex<bool>,
    /// Notified when `signal` is set.
    pub(super) changed: Condvar,
}

impl ParallelRun {
    pub(crate) fn new(run: Run, turns: Turns, resources: RunResources) -> Arc<Self> {
        let Turns { sources, ranks } = turns;
        let RunResources { pool, budget, instrument, progress } = resources;
        Arc::new_cyclic(|this: &Weak<ParallelRun>| ParallelRun {
            unsettled: CachePadded::new(AtomicUsize::new(run.plan().len())),
            queue: match ranks {
                None => Queue::Free(ReadyQueue::new(sources, pool.threads())),
                Some(ranks) => Queue::Ranked(RankedQueue::new(sources, ranks, pool.threads())),
            },
            memory: budget.map(|budget| {
                RunMemory::new(budget, Weak::clone(this) as Weak<dyn Starved>, run.plan())
            }),
            termination: Attendance::new(pool.threads()),
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

    pub(crate) fn memory(&self) -> Option<&RunMemory> {
        self.memory.as_ref()
    }

    /// How many tasks have no outcome, and will have none.
    pub(crate) fn unsettled(&self) -> usize {
        self.unsettled.load(Ordering::SeqCst)
    }

    /// Makes known how many tasks a worker has settled.
    pub(super) fn settle(&self, settled: usize) {
        if settled > 0 && self.unsettled.fetch_sub(settled, Ordering::SeqCst) == settled {
            self.tell_caller();
        }
    }

    /// Submits one more job, unless there is one for every worker.
    pub(super) fn submit_job(self: &Arc<Self>) {
        if self.termination.invite() {
            self.pool.submit(Arc::clone(self) as Arc<dyn Job>);
        }
    }

    /// Counts this thread out, and sees to it that another comes for work that has turned up.
    pub(super) fn leave(self: &Arc<Self>) {
        if self.termination.leave(|| !self.run.is_stopped() && self.queue.has_work()) {
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

    fn lineage(&self) -> &Lineage {
        self.run.lineage()
    }
}

impl Starved for ParallelRun {
    fn look_again(self: Arc<Self>, tasks: &[u32]) {
        if let Some(queue) = self.queue.ranked() {
            tasks.iter().for_each(|&task| queue.push(task));
            queue.release_sources();
        }
        if !self.run.is_stopped() {
            self.submit_job();
        }
        self.tell_caller();
    }
}
