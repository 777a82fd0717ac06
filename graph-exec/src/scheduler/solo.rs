//! How a caller runs a graph of tasks that are known to be short: by itself.
//!
//! Sharing out so little costs more than running it. What is known of functions may be wrong for once, so
//! the caller looks at the clock every few tasks, and the watch of the pool looks at the caller. Its ready
//! tasks, but for the one that it runs next, are where the run's workers find them.

mod pace;

use std::{sync::Arc, time::Instant};

use graph_core::__run::{Execution, Plan};

use self::pace::{Pace, PaceDetector};
use super::{
    durations::LONG,
    parallel::{Background, ParallelRun},
    permits::Permits,
    queue::{Queue, work_stealing::WorkStealingQueue},
    stall::Heartbeat,
};
use crate::{
    run::{
        Step,
        nesting::{Frame, FrameGuard},
        step::ReadyTasks,
        subscription::Subscriber,
    },
    sync::Ordering,
};

/// Graphs of so many tasks are planned in less time than some tasks take together that are worth sharing.
const SMALL: usize = 128;

/// Says whether the caller may begin a run by itself. Only when nobody observes the run.
pub(crate) fn may_begin(parallel: &ParallelRun) -> bool {
    if parallel.memory().is_some()
        || parallel.progress.is_some()
        || !parallel.queue.is_work_stealing()
        || parallel.run.has_time_limit()
    {
        return false;
    }
    let (run, durations) = (&parallel.run, parallel.pool.durations());
    if parallel.pool.threads() == 1 {
        return true;
    }
    // Beside the only output nothing else is left to run, so it may take long.
    let only_output = match run.plan().outputs() {
        &[output] if !run.is_dynamic(output) => Some(output),
        _ => None,
    };
    // Most graphs have few functions, whose tasks take turns.
    let (mut known, mut oldest, mut last) = ([0; 4], 0, 0);
    run.kinds().zip(0..).all(|(kind, task)| {
        if kind == std::mem::replace(&mut last, kind)
            || known.contains(&kind)
            || Some(task) == only_output
        {
            return true;
        }
        (known[oldest], oldest) = (kind, (oldest + 1) % known.len());
        durations.is_short(kind)
    })
}

/// Runs tasks until none is left, or until it is better to share them. Says whether none is left.
/// The thread holds a permit.
pub(super) fn work(parallel: &Arc<ParallelRun>, begin: Instant) -> bool {
    let Queue::WorkStealing(queue) = &parallel.queue else { return false };
    let frame = Frame::enter(parallel.run.nesting(), None);
    let permits = parallel.pool.permits();
    // Planning a small graph takes less than what is looked for.
    let clock = if parallel.run.plan().len() <= SMALL { begin } else { Instant::now() };
    let mut solo = Solo {
        parallel,
        permits,
        queue,
        heartbeat: if frame.is_outermost() { permits.heartbeat() } else { None },
        frame,
        next: None,
        settled: 0,
        tasks: 0,
        pace: PaceDetector::new(clock),
    };
    let is_whole = solo.work();
    solo.next.into_iter().for_each(|task| queue.push_common(task));
    parallel.settle_of_owner(queue, solo.settled);
    is_whole
}

/// Lets a worker work for a run that it may have to leave to another thread. Says whether it is done with
/// it. The thread holds a permit.
pub(super) fn execute(parallel: &Arc<ParallelRun>, background: &Background) -> bool {
    if !background.company.begin_alone() {
        return background.company.is_alone();
    }
    work_in_background(parallel, background)
}

/// Works for a run alone. Says whether there is nothing more to do. The thread holds a permit.
pub(super) fn work_in_background(parallel: &Arc<ParallelRun>, background: &Background) -> bool {
    let Some(_at_work) = parallel.begin_work() else { return true };
    let is_whole = work(parallel, Instant::now());
    if !is_whole {
        background.company.share();
        parallel.tell_caller();
    }
    is_whole
}

struct Solo<'a> {
    parallel: &'a Arc<ParallelRun>,
    permits: &'a Permits,
    queue: &'a WorkStealingQueue,
    frame: FrameGuard,
    /// Present when the thread has nothing beneath on its stack.
    heartbeat: Option<Heartbeat<'a>>,
    /// What the last task has made ready last.
    next: Option<u32>,
    settled: usize,
    /// How many tasks it has run.
    tasks: u32,
    /// How long the tasks take.
    pace: PaceDetector,
}

impl Solo<'_> {
    /// Runs what is ready. Says whether nothing is left.
    fn work(&mut self) -> bool {
        let (run, queue) = (&self.parallel.run, self.queue);
        let frame = self.frame.frame();
        let execution = Execution::new(run);
        let mut execution = execution.with_told_cancelled(frame.told_cancelled());
        while !run.is_stopped()
            && let Some(task) = self.next.take().or_else(|| queue.next_of_owner())
        {
            self.frame.set_running(run.identity(task));
            if let Some(heartbeat) = &self.heartbeat {
                heartbeat.beat();
            }
            let subscriber = || Arc::clone(self.parallel) as Arc<dyn Subscriber>;
            let grow = |made: &Plan| self.parallel.grow(made);
            let add = |ready| {
                self.next.replace(ready).into_iter().for_each(|before| queue.push_of_owner(before));
            };
            let ready = ReadyTasks { alone: || queue.enter(), add };
            match run.step(task, &mut execution, &mut (), subscriber, grow, ready) {
                Step::Settled(count) => self.settled += count,
                Step::Awaits { is_ready: true } => {}
                Step::Suspended | Step::Awaits { is_ready: false } => return false,
                Step::PutOff(next) => {
                    self.parallel.put_off(next.task, next.wait);
                    return false;
                }
            }
            self.tasks += 1;
            if self.must_share() {
                return false;
            }
        }
        !run.is_stopped()
    }

    /// Says, after a task, whether to leave the rest to all threads, this one among them.
    #[inline]
    fn must_share(&mut self) -> bool {
        let (parallel, tasks) = (self.parallel, self.tasks);
        if self.permits.are_wanted()
            || self.frame.takes_other_permit()
            || parallel.is_slow.load(Ordering::Relaxed)
            || parallel.run.is_limited()
        {
            return true;
        }
        // A long one is noticed by the watch too.
        self.pace.is_due(tasks) && self.look_at_clock()
    }

    /// Says whether tasks take so long that it pays to share them.
    #[cold]
    fn look_at_clock(&mut self) -> bool {
        let pace = self.pace.look(Instant::now(), self.tasks);
        if pace.is_long() {
            self.note_long();
        }
        pace != Pace::Short && self.parallel.pool.threads() > 1
    }

    /// Tasks of one kind mostly come one after the other, so what comes next is like what took long.
    fn note_long(&self) {
        if let Some(next) = self.next {
            let kind = self.parallel.run.kind(next);
            self.parallel.pool.durations().note(kind, LONG);
        }
    }
}
