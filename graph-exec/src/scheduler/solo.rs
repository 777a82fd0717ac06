//! How a caller runs a small graph of tasks that are known to be short: by itself, with its ready tasks
//! where no other thread looks for them.
//!
//! Sharing out so little costs more than running it. What is known of functions may be wrong for once, so
//! the caller looks at the clock every few tasks; when they take long after all, or when anything is unusual,
//! it leaves what is ready to the run's queue, where others find it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use graph_core::__run::Execution;

use super::{durations::LONG, parallel::ParallelRun, queue::Queue};
use crate::run::{
    Step,
    nesting::{Frame, FrameGuard},
    subscription::Subscriber,
};

/// Graphs of up to so many tasks are run so.
const LARGEST: usize = 64;
/// When tasks take so long on average, others are called.
const SLOW: Duration = Duration::from_micros(20);

/// Says whether the caller may begin a run by itself. Only when nobody observes the run.
pub(super) fn may_begin(parallel: &ParallelRun) -> bool {
    let run = &parallel.run;
    let tasks = run.plan().len();
    if tasks > LARGEST
        || parallel.memory().is_some()
        || parallel.progress.is_some()
        || parallel.queue.priority().is_some()
    {
        return false;
    }
    let durations = parallel.pool.durations();
    let mut last = 0;
    parallel.pool.threads() == 1
        || (0..tasks as u32).all(|task| {
            let kind = run.kind(task);
            kind == std::mem::replace(&mut last, kind) || durations.is_short(kind)
        })
}

/// Runs tasks until none is left, or until it is better to share them. Says whether none is left.
/// The thread holds a permit.
pub(super) fn work(parallel: &Arc<ParallelRun>, begin: Instant) -> bool {
    let Queue::WorkStealing(queue) = &parallel.queue else { return false };
    let run = &parallel.run;
    let sources = queue.take_all_sources();
    let mut solo = Solo {
        parallel,
        frame: Frame::enter(run.nesting(), false, None),
        sources: sources.iter(),
        ready: Vec::new(),
        settled: 0,
        tasks: 0,
        clock: begin,
    };
    let is_whole = solo.work();
    let Solo { sources, ready, settled, .. } = solo;
    // The last one is found first.
    sources.rev().chain(&ready).for_each(|&task| queue.resume(task));
    parallel.settle(settled, true);
    is_whole
}

struct Solo<'a> {
    parallel: &'a Arc<ParallelRun>,
    frame: FrameGuard,
    /// The sources that have not been started.
    sources: std::slice::Iter<'a, u32>,
    /// The other ready tasks, the one to start first at the end.
    ready: Vec<u32>,
    settled: usize,
    /// How many tasks it has run.
    tasks: u32,
    /// When it last looked at the clock.
    clock: Instant,
}

impl Solo<'_> {
    /// Runs what is ready. Says whether nothing is left.
    fn work(&mut self) -> bool {
        let run = &self.parallel.run;
        let may_retry = || !run.is_stopped();
        let frame = self.frame.frame();
        let execution = Execution::new(&may_retry);
        let mut execution = execution.with_told_cancelled(frame.told_cancelled());
        while let Some(task) = self.ready.pop().or_else(|| self.sources.next().copied()) {
            self.frame.set_task(Some(run.number(task)));
            let subscriber = || Arc::clone(self.parallel) as Arc<dyn Subscriber>;
            let grow = |tasks| self.parallel.grow(tasks);
            let ready = |next| self.ready.push(next);
            match run.step(task, &mut execution, &mut (), subscriber, grow, ready) {
                Step::Settled(count) => self.settled += count,
                // It is resumed through the run's queue.
                Step::Suspended => return false,
            }
            if run.is_stopped() || self.frame.leaves_after_task() {
                return false;
            }
            self.tasks += 1;
            let looks =
                if self.tasks < 8 { self.tasks.is_power_of_two() } else { self.tasks % 4 == 0 };
            if (looks && self.is_slow()) || self.parallel.pool.permits().are_wanted() {
                return false;
            }
        }
        true
    }

    /// Says whether the tasks since the last look at the clock have taken long.
    fn is_slow(&mut self) -> bool {
        let since_last = if self.tasks <= 8 { self.tasks.div_ceil(2) } else { 4 };
        let now = Instant::now();
        let passed = now - std::mem::replace(&mut self.clock, now);
        let is_slow = passed >= SLOW * since_last && self.parallel.pool.threads() > 1;
        let next = self.ready.last().or(self.sources.as_slice().first());
        if is_slow && let Some(&next) = next {
            // Tasks of one kind mostly come one after the other.
            self.parallel.pool.durations().note(self.parallel.run.kind(next), LONG);
        }
        is_slow
    }
}
