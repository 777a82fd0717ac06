//! A run whose ready tasks the workers of a pool share out among themselves.
//!
//! The thread that computes the graph works for it as far as it may; the run is submitted to the pool
//! as a [`Job`] for workers to come, at most once for each; `worker.rs` says what they do. The tasks themselves wait in the run's own ready queue. The
//! [`TerminationDetector`] sees to it that no task is overlooked, and that none starts after the
//! end.

#![expect(
    unsafe_code,
    reason = "it asks what a task has made for its needs, and writes a run where it stays"
)]

mod background;
mod company;
mod job;
mod put_off;

use std::{
    collections::HashMap,
    mem::MaybeUninit,
    sync::{Arc, Mutex, OnceLock, Weak},
    time::Instant,
};

use graph_core::__run::Plan;

use self::company::Company;
use super::{
    caller::signal::Signal,
    padded::Padded,
    permits::{Job, Permit, attained::Attained},
    pool::WorkerPool,
    queue::{
        BESIDE_WORKERS, Queue, longest_path::LongestPathQueue, priority::PriorityQueue,
        work_stealing::WorkStealingQueue,
    },
    termination::TerminationDetector,
};
use crate::{
    limits::{
        memory::{budget::MemoryBudget, reservations::RunMemory},
        resources::{error::ResourceError, requests::Requests, run_limits::RunLimits},
        unpark::{Unpark, WaitsFor},
    },
    observe::{instrument::Instrumentation, progress::Progress},
    run::{
        Run, RunOptions, StartOrder,
        cancel::Cancellable,
        dynamic::ranks::Ranks,
        nesting::Nesting,
        subscription::{self, Subscriber},
    },
    sync::{AtomicBool, AtomicUsize, Ordering, lock},
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
    /// Told of the end of a run that no thread need wait for.
    pub(crate) end: Option<Arc<dyn EndOfRun>>,
}

/// What a run has that no thread need wait for.
pub(super) struct Background {
    /// Told of the end; `None` when that has come.
    end: Mutex<Option<Arc<dyn EndOfRun>>>,
    pub(super) company: Company,
    /// It has had to wait, so the pool looks from time to time whether somebody comes.
    is_watched: AtomicBool,
    /// A thread waits for it, and sees to that itself.
    is_joined: AtomicBool,
}

/// What is to be done at the end of a run in the background.
pub(crate) trait EndOfRun: Send + Sync {
    /// Called once, on the thread that was last to work for the run or has stopped it; where that was the timer's,
    /// on another. No task of the run is running, and none starts any more.
    fn end(self: Arc<Self>, run: &Arc<ParallelRun>);
}

/// Task → who knows when it has waited for another attempt.
type WaitingTasks = Mutex<HashMap<u32, Arc<TryAgain>>>;

/// A run, and everything that its workers and its caller share.
pub(crate) struct ParallelRun {
    pub(super) run: Run,
    pub(super) queue: Queue,
    pub(super) pool: Arc<WorkerPool>,
    /// Present when the run is recorded or observed. The caller of the run keeps it; a worker has it
    /// only while it works, since it leads to the user's observers, and must not outlive the run.
    instrument: Option<Weak<Instrumentation>>,
    pub(super) progress: Option<Arc<Progress>>,
    memory: OnceLock<Box<RunMemory>>,
    /// Empty until a task of the run asks for resources.
    limits: OnceLock<Box<RunLimits>>,
    /// How many tasks have neither ended nor been skipped.
    pub(super) unsettled: AtomicUsize,
    pub(super) termination: Padded<TerminationDetector>,
    pub(super) attained: Attained,
    /// Its tasks take longer than was known.
    pub(super) is_slow: AtomicBool,
    /// The run waits for a permit, or has done so.
    has_waited: AtomicBool,
    /// Empty until a task waits for another attempt: task → who knows when it has waited.
    put_off: OnceLock<Box<WaitingTasks>>,
    /// Present in a run in the background.
    pub(super) background: Option<Box<Background>>,
    /// What its caller is told.
    pub(super) signal: Signal,
}

/// The C library of Linux gives a thread back what it has freed without a lock up to this size, which with the counts of
/// an `Arc` a run must not exceed: small graphs would be a tenth slower.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
const _: () = assert!(size_of::<ParallelRun>() + 2 * size_of::<usize>() <= 1032);

/// Writes the fields of a struct one by one, in place. It does not compile when one is missing.
macro_rules! write_all {
    ($type:ident in $place:ident, besides $($written:ident),+: { $($field:ident: $value:expr),+ $(,)? }) => {
        $((&raw mut (*$place).$field).write($value);)+
        let _ = |$type { $($written: _,)+ $($field: _),+ }: $type| {};
    };
}

impl ParallelRun {
    /// Prepares the run of a plan, whose tasks make these `requests`. What is learned on the pool decides what starts
    /// first, whatever `options` say of that.
    ///
    /// # Safety
    /// As for [`Run::new`].
    pub(crate) unsafe fn new(
        plan: Plan,
        options: &RunOptions<'_>,
        requests: Requests,
        resources: RunResources,
    ) -> Arc<Self> {
        let RunResources { pool, budget, instrument, progress, end } = resources;
        let threads = pool.threads();
        let options = RunOptions { durations: Some(pool.durations()), ..*options };
        // Written part by part where it stays: putting it together on the stack and moving it would cost as much as
        // preparing a small run.
        let room = Arc::<ParallelRun>::new_uninit();
        let place = Arc::as_ptr(&room).cast_mut().cast::<ParallelRun>();
        // SAFETY: nobody else has the allocation yet, whose pointer may write all of it; the rest is promised by the
        // caller.
        let (order, run) = unsafe {
            let run = &mut *(&raw mut (*place).run).cast::<MaybeUninit<Run>>();
            let order = Run::new_in(run, plan, &options, requests);
            (order, run.assume_init_ref())
        };
        let StartOrder { sources, ranks } = order;
        let (unsettled, places) = (run.plan().len(), threads + BESIDE_WORKERS);
        // SAFETY: as above.
        let queue = unsafe { &mut *(&raw mut (*place).queue).cast::<MaybeUninit<Queue>>() };
        match ranks {
            None => {
                let is_alone = end.is_none();
                queue.write(Queue::WorkStealing(WorkStealingQueue::new(sources, places, is_alone)));
            }
            Some(ranks) => {
                queue.write(Self::ordered_queue(run, sources, ranks, places, budget.is_some()));
            }
        }
        let background = end.map(|end| {
            Box::new(Background {
                end: Mutex::new(Some(end)),
                company: Company::shared(),
                is_watched: AtomicBool::new(false),
                is_joined: AtomicBool::new(false),
            })
        });
        // SAFETY: as above; `run` and `queue` are written, and what is listed here are all other fields.
        let parallel = unsafe {
            write_all!(ParallelRun in place, besides run, queue: {
                pool: pool,
                instrument: instrument,
                progress: progress,
                memory: OnceLock::new(),
                limits: OnceLock::new(),
                unsettled: AtomicUsize::new(unsettled),
                termination: Padded::new(TerminationDetector::new(threads)),
                attained: Attained::default(),
                is_slow: AtomicBool::new(false),
                has_waited: AtomicBool::new(false),
                put_off: OnceLock::new(),
                background: background,
                signal: Signal::default(),
            });
            room.assume_init()
        };
        if let Some(budget) = budget {
            let this = Arc::downgrade(&parallel) as Weak<dyn Unpark>;
            let memory = RunMemory::new(budget, this, parallel.run.plan());
            parallel.memory.get_or_init(|| Box::new(memory));
        }
        parallel
    }

    #[cold]
    fn ordered_queue(
        run: &Run,
        sources: Vec<u32>,
        ranks: Ranks,
        places: usize,
        has_budget: bool,
    ) -> Queue {
        if ranks.has_longest_paths() {
            return Queue::LongestPath(LongestPathQueue::new(sources, ranks, places));
        }
        let declares = |task| has_budget && run.declares_bytes(task);
        Queue::Priority(PriorityQueue::new(sources, ranks, places, declares))
    }

    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// What observes the run; `None` when nothing does. For a thread that counts as at work.
    pub(super) fn instrument(&self) -> Option<Arc<Instrumentation>> {
        self.instrument.as_ref().and_then(Weak::upgrade)
    }

    pub(crate) fn memory(&self) -> Option<&RunMemory> {
        self.memory.get().map(|memory| &**memory)
    }

    /// The run at the resources of its executor; `None` until a task of the run asks for some.
    pub(crate) fn limits(&self) -> Option<&RunLimits> {
        self.limits.get().map(|limits| &**limits)
    }

    /// [`limits`](Self::limits), for a task that asks.
    pub(super) fn limits_to_ask(self: &Arc<Self>) -> &RunLimits {
        self.limits.get_or_init(|| {
            let (limiter, nesting) = (self.pool.limiter(), self.run.nesting());
            let this = Arc::downgrade(self) as Weak<dyn Unpark>;
            Box::new(RunLimits::new(Arc::clone(limiter), this, Arc::clone(nesting)))
        })
    }

    /// Lets no task wait for resources, when the run has stopped.
    pub(super) fn withdraw_requests(&self) {
        self.limits().into_iter().for_each(RunLimits::withdraw);
    }

    /// How many tasks have no outcome, and will have none.
    pub(crate) fn unsettled(&self) -> usize {
        self.unsettled.load(Ordering::SeqCst)
    }

    /// Counts the tasks that a thread has settled, and tells the caller, unless it is that thread, when no
    /// task is left.
    pub(super) fn settle(&self, settled: usize, is_caller: bool) {
        if settled > 0 && self.unsettled.fetch_sub(settled, Ordering::SeqCst) == settled {
            if self.background.is_some() {
                // Whoever leaves it last ends it.
                self.run.stop();
            }
            if !is_caller {
                self.tell_caller();
            }
        }
    }

    /// The same, for the thread that begins the run by itself.
    pub(super) fn settle_of_owner(&self, queue: &WorkStealingQueue, settled: usize) {
        match queue.enter() {
            Some(_inside) => {
                let before = self.unsettled.load(Ordering::Relaxed);
                self.unsettled.store(before - settled, Ordering::Relaxed);
            }
            None => self.settle(settled, true),
        }
    }

    /// Tells what observes the run which tasks are ready from the start.
    pub(super) fn tell_what_is_ready(&self, instrument: Option<&Instrumentation>) {
        let (run, sources) = (&self.run, self.queue.sources());
        if let Some(instrument) = instrument {
            sources
                .iter()
                .for_each(|&task| instrument.ready(|| (run.id(task), run.signature(task))));
        }
    }

    /// Counts the calling thread as at work; `None` when the run has stopped.
    pub(super) fn begin_work(self: &Arc<Self>) -> Option<AtWork<'_>> {
        self.termination.begin_work();
        self.attained.begin(Instant::now());
        let at_work = AtWork(self);
        (!self.run.is_stopped()).then_some(at_work)
    }

    /// Lets no further task start.
    fn stop(&self) {
        self.run.stop();
        self.withdraw_requests();
        self.tell_caller();
    }

    /// Waits for nothing any more.
    pub(super) fn let_go(self: &Arc<Self>) {
        self.withdraw();
        if self.unsettled() > 0 {
            self.put_off.get().into_iter().for_each(|waiting| lock(waiting).clear());
            subscription::withdraw(&(Arc::clone(self) as Arc<dyn Subscriber>));
        }
    }

    /// Adds what a task has made, before any of it is ready. Returns what that needs.
    pub(super) fn grow(&self, made: &Plan) -> Result<Requests, ResourceError> {
        // SAFETY: the task holds the handles that it has made, and none of these tasks was started.
        let requests = unsafe { Requests::new(made, self.pool.limiter()) }?;
        let tasks = made.len();
        self.unsettled.fetch_add(tasks, Ordering::SeqCst);
        self.progress.iter().for_each(|progress| progress.grow(tasks));
        Ok(requests)
    }

    /// Submits one more job, unless every worker has one; to be called after adding work.
    pub(super) fn submit_job(self: &Arc<Self>) {
        if self.termination.add_missing_worker() {
            self.submit();
        }
    }

    /// Lets somebody come for tasks that are ready again.
    fn call_for_resumed(self: &Arc<Self>) {
        if !self.run.is_stopped() {
            self.submit_job();
        }
        self.note_urgent();
        self.tell_caller();
    }

    /// Notes that a ready task may be more urgent than those that the run has waited with so far.
    pub(super) fn note_urgent(&self) {
        if self.has_waited() && !self.queue.is_work_stealing() {
            self.pool.permits().look_again(self.run.nesting());
        }
    }

    fn submit(self: &Arc<Self>) {
        self.has_waited.store(true, Ordering::Relaxed);
        self.pool.permits().submit(Arc::clone(self) as Arc<dyn Job>);
        if self.background.is_some() && self.pool.permits().are_wanted() {
            self.watch();
        }
    }

    /// A permit for the caller. `None`: it is granted one when it is the run's turn.
    pub(super) fn acquire_permit(self: &Arc<Self>, now: Instant) -> Option<Permit> {
        let permit = self.pool.permits().acquire(self, now);
        if permit.is_none() {
            self.has_waited.store(true, Ordering::Relaxed);
            // What was resumed just now has found a run that did not wait yet.
            self.note_urgent();
        }
        permit
    }

    /// Says whether the run has asked for a thread or a permit, so that others may know of it.
    pub(crate) fn has_waited(&self) -> bool {
        self.has_waited.load(Ordering::Relaxed)
    }

    /// Asks for no thread and no permit any more.
    pub(super) fn withdraw(self: &Arc<Self>) {
        // Whoever ends the run withdraws, and what others have noted of that is ordered by the end of the run.
        if self.has_waited() {
            self.pool.permits().withdraw(self);
            self.signal.close();
        }
    }

    /// A worker has come. It calls the next one if there is more to do, so that the caller need not wake
    /// them all.
    pub(super) fn arrive(self: &Arc<Self>) {
        if self.queue.has_work() && !self.run.is_stopped() {
            self.submit_job();
        }
    }

    /// Counts this worker out, and submits a job for work that has turned up meanwhile.
    pub(super) fn leave(self: &Arc<Self>) {
        if self
            .termination
            .remove_worker(|| !self.run.is_stopped() && self.queue.has_work() && self.is_open())
        {
            self.submit();
        }
    }

    pub(super) fn tell_caller(&self) {
        self.signal.tell();
    }
}

/// A task that waits for another attempt.
struct TryAgain {
    run: Weak<ParallelRun>,
    task: u32,
}

/// While it lives, the thread counts as at work for the run.
pub(super) struct AtWork<'a>(&'a Arc<ParallelRun>);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        let AtWork(parallel) = self;
        // When all is done, nobody asks any more.
        if parallel.unsettled() > 0 {
            parallel.attained.end(Instant::now());
        }
        if parallel.termination.end_work() && parallel.run.is_stopped() {
            parallel.tell_caller();
            parallel.end_if_over();
        }
    }
}

impl Cancellable for ParallelRun {
    fn cancel(self: Arc<Self>) {
        self.stop();
        self.end_if_over();
    }

    fn expire(self: Arc<Self>) {
        self.stop();
        self.end_elsewhere();
    }
}

impl Subscriber for ParallelRun {
    fn task_ended(self: Arc<Self>, index: u32) {
        self.queue.resume(index);
        self.call_for_resumed();
    }

    fn nesting(&self) -> &Nesting {
        self.run.nesting()
    }
}

impl Unpark for ParallelRun {
    fn unpark(self: Arc<Self>, tasks: &[u32], waited_for: WaitsFor) {
        tasks.iter().for_each(|&task| self.queue.resume(task));
        if let Some(queue) = self.queue.priority().filter(|_| waited_for == WaitsFor::Memory) {
            queue.release_sources();
        }
        self.call_for_resumed();
    }
}
