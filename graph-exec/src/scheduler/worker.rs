//! What one worker does for one run, from sitting down to getting up.
//!
//! A plain task costs no more than it must: nothing here looks at a clock, an observer or the
//! memory unless the run has them.

use std::sync::Arc;

use graph_core::__run::Execution;

use super::{
    admission::{ChargedTask, Limited},
    parallel::ParallelRun,
    pool::Job,
    queue::LocalQueue,
    stall::Post,
};
use crate::{
    memory::reservations::TaskCharge,
    progress::Desk,
    run::{
        Callbacks, Step,
        nesting::{Frame, FrameGuard, Lineage},
        subscription::Subscriber,
    },
    sync::Ordering,
    watch::WatchedShift,
};

/// How often an idle worker looks again before it leaves.
const LOOKS_BEFORE_LEAVING: u32 = 64;

impl Job for ParallelRun {
    fn execute(self: Arc<Self>) {
        work(&self);
        self.leave();
    }

    fn lineage(&self) -> &Lineage {
        self.run.lineage()
    }
}

/// Works for a run until no task is ready; the calling thread is counted in.
pub(super) fn work(parallel: &Arc<ParallelRun>) {
    let Some(queue) = parallel.queue.local_queue() else { return };
    parallel.termination.begin_work();
    {
        let mut worker = Worker::new(parallel, queue);
        while !parallel.run.is_stopped() {
            if !worker.work() && !wait_for_work(parallel) {
                break;
            }
        }
    }
    if parallel.termination.end_work() && parallel.run.is_stopped() {
        parallel.tell_caller();
    }
}

/// Looks for a while whether work turns up.
fn wait_for_work(parallel: &ParallelRun) -> bool {
    for look in 0..LOOKS_BEFORE_LEAVING {
        if parallel.unsettled.load(Ordering::Relaxed) == 0 {
            return false;
        }
        if parallel.queue.has_work() {
            return true;
        }
        if look % 16 == 15 {
            std::thread::yield_now();
        } else {
            std::hint::spin_loop();
        }
    }
    false
}

/// One thread while it works for one run.
struct Worker<'a> {
    parallel: &'a Arc<ParallelRun>,
    queue: LocalQueue<'a>,
    frame: FrameGuard,
    post: Post<'a>,
    /// Present for a run under a memory limit.
    limited: Option<Limited<'a>>,
    watched: Option<WatchedShift<'a>>,
    desk: Option<Desk<'a>>,
    /// How many tasks have been settled since that was last made known.
    settled: usize,
}

/// Takes what a task makes ready: one task may be kept to be run next, the others are queued.
struct MadeReady<'a> {
    queue: &'a LocalQueue<'a>,
    next: Option<u32>,
    queued: bool,
}

impl MadeReady<'_> {
    #[inline]
    fn add(&mut self, task: u32) {
        let for_the_queue =
            if self.queue.may_keep() { self.next.replace(task) } else { Some(task) };
        if let Some(task) = for_the_queue {
            self.queue.push(task);
            self.queued = true;
        }
    }
}

impl<'a> Worker<'a> {
    fn new(parallel: &'a Arc<ParallelRun>, queue: LocalQueue<'a>) -> Self {
        let (run, place) = (&parallel.run, queue.place());
        let limited = parallel.memory().zip(parallel.queue.ranked());
        let limited = limited.map(|(memory, queue)| Limited { run, queue, memory });
        let account = limited.as_ref().map(|limited| limited.memory.account());
        Worker {
            parallel,
            frame: Frame::enter(run.lineage(), false, account),
            watched: parallel.instrument.as_ref().map(|instrument| instrument.shift(place)),
            post: parallel.pool.post(),
            desk: parallel.progress.as_ref().map(|progress| progress.desk(place)),
            limited,
            queue,
            settled: 0,
        }
    }

    /// Runs ready tasks until there is none or the run stops. Returns whether there was one.
    fn work(&mut self) -> bool {
        let found = if self.limited.is_some() {
            self.run_admitted()
        } else if self.watched.is_some() || self.desk.is_some() {
            self.run_ready(|worker, task| worker.attended(task, None))
        } else {
            let parallel = self.parallel;
            let may_retry = || !parallel.run.is_stopped();
            let mut execution = Execution::new(&may_retry);
            self.run_ready(|worker, task| worker.plain(task, &mut execution))
        };
        self.frame.set_task(None);
        self.pause();
        found
    }

    /// Takes ready tasks as they come, and goes on with what they make ready.
    #[inline]
    fn run_ready(&mut self, mut run_one: impl FnMut(&mut Self, u32) -> Option<u32>) -> bool {
        let parallel = self.parallel;
        let mut found = false;
        while let Some(mut task) = self.queue.next() {
            found = true;
            loop {
                self.set_task(task);
                let next = run_one(self, task);
                if parallel.run.is_stopped() {
                    return true;
                }
                match next {
                    Some(next) => task = next,
                    None => break,
                }
            }
        }
        found
    }

    /// Takes ready tasks as there is room for them.
    fn run_admitted(&mut self) -> bool {
        let parallel = self.parallel;
        let mut found = false;
        while let Some(limited) = &self.limited
            && let Some((task, charge)) = limited.next(&self.queue, &self.frame)
        {
            found = true;
            self.set_task(task);
            self.attended(task, Some(charge));
            if let Some(memory) = parallel.memory() {
                memory.account().leave();
            }
            if parallel.run.is_stopped() {
                break;
            }
        }
        found
    }

    /// Notes which task the thread is in now.
    #[inline]
    fn set_task(&self, task: u32) {
        let number = self.parallel.run.number(task);
        self.frame.set_task(Some(number));
        self.post.show(number);
    }

    /// Runs a task that nobody looks at.
    #[inline]
    fn plain(&mut self, task: u32, execution: &mut Execution<'_>) -> Option<u32> {
        let parallel = self.parallel;
        let mut made_ready = MadeReady { queue: &self.queue, next: None, queued: false };
        let subscriber = || Arc::clone(parallel) as Arc<dyn Subscriber>;
        let callbacks = Callbacks { subscriber, ready: |ready| made_ready.add(ready) };
        let step = parallel.run.step(task, execution, &mut (), callbacks);
        let MadeReady { next, queued, .. } = made_ready;
        self.stepped(step);
        if queued {
            parallel.submit_job();
        }
        next
    }

    /// Runs a task that somebody looks at, or that is charged.
    fn attended(&mut self, task: u32, charge: Option<TaskCharge>) -> Option<u32> {
        let (parallel, run) = (self.parallel, &self.parallel.run);
        if let Some(desk) = &mut self.desk {
            desk.begin(run.function(task));
        }
        let watched = self.watched.as_mut().map(|watched| {
            let bytes = charge.as_ref().map_or_else(|| run.reserve(task), |charge| charge.bytes());
            watched.task(task, run.signature(task), bytes)
        });
        let charged = charge
            .zip(parallel.memory())
            .map(|(charge, memory)| ChargedTask::new(run, memory, task, charge));
        let may_retry = || !run.is_stopped();
        let mut execution = Execution::new(&may_retry);
        let mut made_ready = MadeReady { queue: &self.queue, next: None, queued: false };
        let subscriber = || Arc::clone(parallel) as Arc<dyn Subscriber>;
        let ready = |ready| {
            if let Some(instrument) = &parallel.instrument {
                instrument.ready(ready, || run.signature(ready));
            }
            made_ready.add(ready);
        };
        let callbacks = Callbacks { subscriber, ready };
        let step = run.step(task, &mut execution, &mut (watched, charged), callbacks);
        let MadeReady { next, queued, .. } = made_ready;
        let settled = self.stepped(step);
        if let Some(desk) = &mut self.desk {
            desk.settled(settled);
        }
        if queued {
            parallel.submit_job();
        }
        next
    }

    #[inline]
    fn stepped(&mut self, step: Step) -> usize {
        let settled = match step {
            Step::Settled(count) => count,
            Step::PutAside => 0,
        };
        self.settled += settled;
        settled
    }

    /// Makes known what there is to know, before the worker does something else.
    fn pause(&mut self) {
        if let Some(watched) = &mut self.watched {
            watched.pause();
        }
        if let Some(desk) = &self.desk {
            desk.pause();
        }
        self.parallel.settle(std::mem::take(&mut self.settled));
    }
}
