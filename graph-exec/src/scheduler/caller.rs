//! The thread that asked for a run on a pool: it works for the run as long as it holds a permit, and
//! waits for the end.
//!
//! It returns when every task is settled, or when the run has stopped and no thread is inside one
//! of its tasks; jobs that are taken up later find nothing to do.

#[cfg(feature = "tokio")]
pub(crate) mod blocked_runtime;
pub(super) mod signal;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    parallel::ParallelRun,
    permits::{Assignment, Permit, paused::Outer},
    pool::WorkerPool,
    solo,
    stall::{
        BETWEEN_LOOKS, STALLED_AFTER, STALLED_WITHOUT_MEMORY_AFTER, STALLED_WITHOUT_RELEASE_AFTER,
        StallDetector,
    },
    worker::{self, Comes},
};
use crate::{
    limits::{memory::reservations::RunMemory, resources::run_limits::RunLimits},
    observe::instrument::Instrumentation,
    run::nesting::WaitGuard,
    sync::Ordering,
};

/// How long a waiting caller sleeps at first before it looks again whether it can help.
const SHORTEST_NAP: Duration = Duration::from_micros(500);

/// A run that one thread works for alone is over after so long, or others help.
const LONGEST_ALONE: Duration = Duration::from_millis(20);

/// Tasks that hold more bytes than this by value are left to the workers, which have more stack.
const LARGE_TASK: usize = 16 << 10;

/// Runs everything and returns when no task of the run is running any more, and no other thread has
/// anything of the user's. `instrument` is what observes the run, which was asked for at `begin`.
pub(crate) fn complete(
    parallel: &Arc<ParallelRun>,
    instrument: Option<&Instrumentation>,
    begin: Instant,
) {
    // A task that computes a graph waits, and must not keep that graph's tasks from starting.
    let _waiting = WaitGuard::begin();
    let works = may_work(parallel);
    let may_begin_alone = instrument.is_none() && works && solo::may_begin(parallel);
    let reserved = if may_begin_alone { work_reserved(parallel, begin) } else { Reserved::None };
    let mut caller = match reserved {
        Reserved::IsOver => return,
        Reserved::Left(permit) => Caller { permit, ..Caller::new(parallel, works) },
        Reserved::None => {
            let mut caller = Caller::new(parallel, works);
            if may_begin_alone && caller.work_solo(begin) {
                return caller.return_to_task();
            }
            caller
        }
    };
    parallel.queue.share();
    parallel.tell_what_is_ready(instrument);
    if caller.works {
        caller.ask_for_permit(begin);
    }
    if !caller.works || parallel.queue.has_work_for_two() {
        parallel.submit_job();
    }
    caller.complete();
    // Jobs that are taken up from now on do nothing.
    parallel.run.stop();
    if instrument.is_some() {
        while !parallel.termination.is_idle() {
            drop(parallel.signal.wait(BETWEEN_LOOKS));
        }
    }
    parallel.let_go();
    caller.return_to_task();
}

/// Starts a run in the background.
pub(crate) fn start(parallel: &Arc<ParallelRun>, instrument: Option<&Instrumentation>) {
    parallel.tell_what_is_ready(instrument);
    if let Some(background) = &parallel.background
        && instrument.is_none()
        && solo::may_begin(parallel)
    {
        background.company.keep_for_one();
    }
    parallel.submit_job();
}

/// Works for a run in the background and returns when no task of it is running any more.
pub(crate) fn join(parallel: &Arc<ParallelRun>) {
    let _waiting = WaitGuard::begin();
    let mut caller = Caller::new(parallel, may_work(parallel));
    if let Some(background) = &parallel.background {
        if caller.has_permit_to_work() && background.company.begin_alone() {
            caller.work_with_permit(|| solo::work_in_background(parallel, background));
        }
        let begin = Instant::now();
        while background.company.is_alone() && !is_over(parallel) && begin.elapsed() < LONGEST_ALONE
        {
            caller.nap();
        }
    }
    caller.complete();
    parallel.run.stop();
    while !parallel.termination.is_idle() {
        caller.nap();
    }
    parallel.end_if_over();
    // It may have asked for a permit since the run was ended.
    parallel.withdraw();
    caller.return_to_task();
}

/// The calling thread while its run goes on.
struct Caller<'a> {
    parallel: &'a Arc<ParallelRun>,
    /// Whether it runs tasks itself.
    works: bool,
    /// What it may work with; `None` while others may.
    permit: Option<Permit>,
    /// It has asked for a permit that it was not given yet.
    has_asked: bool,
    /// Of the task that it is inside; `None` outside tasks, and when it held no permit.
    outer: Option<Outer>,
    stall: StallDetector,
    /// Since when tasks are ready that nobody has come for; `None` while somebody has.
    left_alone_since: Option<Instant>,
    /// Notices when nobody gives memory back.
    memory_stall: StallDetector,
    nap: Duration,
    /// Sees to the futures that nobody drives while it waits.
    #[cfg(feature = "tokio")]
    runtime: blocked_runtime::Watch,
}

impl<'a> Caller<'a> {
    fn new(parallel: &'a Arc<ParallelRun>, works: bool) -> Self {
        let held = Permit::take_held();
        let mut outer = held.as_ref().map(Outer::of);
        // While it waits, others may use the permit of the task that it is inside.
        let permit = held.filter(|held| works && held.is_of(parallel.pool.permits()));
        if permit.is_none() {
            outer.iter_mut().for_each(Outer::pause);
        }
        if let Some(permit) = &permit {
            permit.set_user(Some(Arc::clone(parallel) as _));
        }
        Caller {
            parallel,
            works,
            permit,
            has_asked: false,
            outer,
            stall: StallDetector::default(),
            left_alone_since: None,
            memory_stall: StallDetector::default(),
            nap: SHORTEST_NAP,
            #[cfg(feature = "tokio")]
            runtime: blocked_runtime::Watch::default(),
        }
    }

    fn ask_for_permit(&mut self, now: Instant) {
        if self.permit.is_none() && !self.has_asked {
            self.permit = self.parallel.acquire_permit(now);
            self.has_asked = self.permit.is_none();
        }
    }

    /// Works by itself, if it has a permit. Says whether the run is over, and nobody else knows of it.
    fn work_solo(&mut self, begin: Instant) -> bool {
        let parallel = self.parallel;
        self.ask_for_permit(begin);
        let is_over = self.work_with_permit(|| is_over_alone(parallel, begin)) == Some(true);
        if is_over && self.outer.is_none() {
            self.permit.take().into_iter().for_each(Permit::reserve);
        }
        is_over
    }

    /// Works with the permit that it has; `None` when it has none.
    fn work_with_permit<R>(&mut self, work: impl FnOnce() -> R) -> Option<R> {
        self.permit.take()?.hold();
        let result = {
            let _entered = self.parallel.pool.enter();
            work()
        };
        self.permit = Permit::take_held();
        Some(result)
    }

    /// Says whether it has a permit and may use it; asks for one otherwise, if there is something to do.
    fn has_permit_to_work(&mut self) -> bool {
        if self.works && self.parallel.queue.has_work() && !is_over(self.parallel) {
            self.ask_for_permit(Instant::now());
        }
        self.works && self.permit.is_some()
    }

    /// Waits for a signal, but not for long.
    fn nap(&mut self) {
        #[cfg(feature = "tokio")]
        self.runtime.nap(self.parallel.run.nesting());
        self.permit = None;
        self.outer.iter_mut().for_each(Outer::pause);
        if let Some(permit) = self.parallel.signal.wait(self.nap) {
            self.has_asked = false;
            self.use_permit(permit);
        }
        self.nap = (self.nap * 2).min(BETWEEN_LOOKS);
    }

    /// Works and waits until the run is over.
    fn complete(&mut self) {
        let parallel = self.parallel;
        loop {
            if let Some(permit) = self.permit.take() {
                permit.hold();
                let is_turn_over = self.work();
                // When the turn is over, somebody else gets the permit.
                self.permit = Permit::take_held().filter(|_| !is_turn_over);
            } else if let Some(permit) = self.rescue() {
                self.use_permit(permit);
                continue;
            }
            if is_over(parallel) {
                return;
            }
            if self.help() {
                continue;
            }
            self.nap();
            parallel.limits().into_iter().for_each(RunLimits::look_for_circles);
            if parallel.queue.has_work() && !parallel.run.is_stopped() {
                if self.works {
                    self.ask_for_permit(Instant::now());
                } else {
                    parallel.submit_job();
                }
            }
        }
    }

    /// Works for the run. Returns whether it stopped because its turn is over.
    fn work(&mut self) -> bool {
        self.nap = SHORTEST_NAP;
        work(self.parallel)
    }

    /// Works with a permit, or lets an extra thread do so, if this one must not run the tasks: they may need more stack
    /// than it has.
    fn use_permit(&mut self, permit: Permit) {
        if self.works {
            self.permit = Some(permit);
        } else {
            self.let_another_use(permit);
        }
    }

    #[cold]
    fn let_another_use(&mut self, permit: Permit) {
        let run = Arc::clone(self.parallel);
        let is_begun = self.parallel.pool.spawn_spare(move || work_with(permit, &run)).is_ok();
        // Without a thread, a task that probably fits is better than a run that never ends.
        if !is_begun && WorkerPool::is_stack_enough_here() {
            self.permit = Some(self.parallel.pool.permits().lend(self.parallel));
        }
    }

    /// Works for a run that was started inside a task of this one. Returns whether there was one.
    fn help(&mut self) -> bool {
        if !self.works {
            return false;
        }
        let permits = self.parallel.pool.permits();
        match permits.take_within(self.parallel.run.nesting(), self.permit.take()) {
            Ok(Assignment { run, permit }) => {
                permit.hold();
                let _entered = self.parallel.pool.enter();
                run.help();
                self.permit = Permit::take_held();
                true
            }
            Err(permit) => {
                self.permit = permit;
                false
            }
        }
    }

    /// A permit for a run that nobody comes for; `None` when somebody may, or there is nothing to do.
    fn rescue(&mut self) -> Option<Permit> {
        if !self.is_left_alone() || self.permit.is_some() {
            return self.permit.take();
        }
        let permits = self.parallel.pool.permits();
        let permit = permits.rescue(self.parallel, self.has_asked, &mut self.stall)?;
        self.has_asked = false;
        Some(permit)
    }

    /// Says whether tasks are ready, or wait for memory, and it looks as if nobody will come for them.
    fn is_left_alone(&mut self) -> bool {
        let parallel = self.parallel;
        let heartbeats = parallel.pool.permits().heartbeats();
        let since = self.left_alone_since.take();
        if parallel.run.is_stopped() || !parallel.termination.is_idle() {
            self.stall.reset();
        } else if parallel.queue.has_work() {
            let now = Instant::now();
            let since = *self.left_alone_since.get_or_insert(since.unwrap_or(now));
            if !self.works && now.duration_since(since) >= STALLED_AFTER {
                // Every worker may be inside a task that waits for this run, while others go on without workers.
                self.ask_for_permit(now);
            }
            return self.stall.is_stalled(heartbeats, STALLED_AFTER);
        } else if let Some(memory) = parallel.memory().filter(|memory| memory.has_parked()) {
            return self.is_left_without_memory(memory);
        } else if let Some(limits) = parallel.limits().filter(|limits| limits.has_parked()) {
            // It goes beyond no limit: only those who wait longer may have to wait on.
            if self.stall.is_stalled(heartbeats, STALLED_AFTER)
                || limits.longest_wait() >= STALLED_WITHOUT_RELEASE_AFTER
            {
                limits.let_overtake();
                self.stall.reset();
            }
        } else {
            self.stall.reset();
        }
        self.memory_stall.reset();
        false
    }

    /// Says whether it looks as if nobody will give back the memory that tasks wait for. One of them may then start
    /// without.
    fn is_left_without_memory(&mut self, memory: &RunMemory) -> bool {
        let heartbeats = self.parallel.pool.permits().heartbeats();
        if self.stall.is_stalled(heartbeats, STALLED_WITHOUT_MEMORY_AFTER) {
            memory.note_stall();
            return true;
        }
        let releases = std::iter::once(memory.budget().releases());
        if self.memory_stall.is_unchanged(releases, STALLED_WITHOUT_RELEASE_AFTER) {
            memory.note_stall();
            self.memory_stall.reset();
            // Others go on, so it will be the run's turn.
            self.ask_for_permit(Instant::now());
        }
        false
    }

    /// Goes on with the task that the thread is inside, if it held a permit for it.
    fn return_to_task(self) {
        if let Some(outer) = self.outer {
            outer.resume(self.permit);
        }
    }
}

/// Says whether the calling thread may run the tasks itself.
fn may_work(parallel: &ParallelRun) -> bool {
    let needs_stack = parallel.run.plan().largest_task() > LARGE_TASK;
    parallel.pool.may_run_here(needs_stack)
}

/// What became of a run for which a thread used the permit that is reserved for it.
enum Reserved {
    /// It was not begun: no permit is reserved.
    None,
    /// It is over, and nobody else knows of it.
    IsOver,
    /// Others are to work for it too.
    Left(Option<Permit>),
}

/// Works alone with the permit that is reserved for the calling thread.
fn work_reserved(parallel: &Arc<ParallelRun>, begin: Instant) -> Reserved {
    let Some(in_use) = parallel.pool.permits().begin_reserved(parallel, begin) else {
        return Reserved::None;
    };
    let _entered = parallel.pool.enter();
    if is_over_alone(parallel, begin) {
        in_use.end();
        Reserved::IsOver
    } else {
        Reserved::Left(in_use.stop())
    }
}

/// Works alone, with a permit. Says whether the run is over, and nobody else knows of it.
fn is_over_alone(parallel: &Arc<ParallelRun>, begin: Instant) -> bool {
    let is_whole = solo::work(parallel, begin);
    if !is_whole {
        parallel.attained.add(begin.elapsed());
    }
    is_whole && parallel.unsettled() == 0 && !parallel.has_waited()
}

/// Works for a run on a thread that nothing else is beneath.
pub(super) fn work_with(permit: Permit, parallel: &Arc<ParallelRun>) {
    permit.hold();
    work(parallel);
    drop(Permit::take_held());
}

/// Works for a run on the calling thread. Returns whether it stopped because its turn is over.
fn work(parallel: &Arc<ParallelRun>) -> bool {
    let _entered = parallel.pool.enter();
    parallel.termination.add_worker();
    let is_turn_over = worker::work(parallel, Comes::ToCompute);
    parallel.leave();
    is_turn_over
}

fn is_over(parallel: &ParallelRun) -> bool {
    parallel.unsettled.load(Ordering::SeqCst) == 0
        || (parallel.run.is_stopped() && parallel.termination.is_idle())
}
