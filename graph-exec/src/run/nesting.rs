//! Which run was started inside which task, and which task each thread is inside.
//!
//! A task may compute another graph. Two things follow from how runs are nested: which work a
//! thread may take up while it waits, and whether a wait would close a circle.

#![expect(unsafe_code, reason = "it names the task that a thread is inside")]

mod current_task;

use std::{
    cell::{Cell, RefCell},
    mem::ManuallyDrop,
    rc::Rc,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use graph_core::{__run::RunningTask, SourceLocation};

#[cfg(feature = "tokio")]
pub(crate) use self::current_task::is_at_work_within;
pub(crate) use self::current_task::{
    WaitGuard, begin_attempt, current_budget, deadline, depth, end_attempt, is_task_cancelled,
    note_other_permit, serial_task, tell_task,
};
use super::cancel_flag::{CancelFlag, TimeLimit};
use crate::limits::memory::budget::MemoryBudget;

/// A run and the tasks it was started inside, innermost first.
pub(crate) struct Nesting {
    /// A number that no other run of the process has.
    run: u64,
    /// How many tasks the run was inside of when it began.
    depth: usize,
    /// Each of them cancels the run.
    cancelled_by: Vec<Arc<CancelFlag>>,
    /// Creation number of the task that waits for the run, and that task's run; empty when no task
    /// does, or not yet.
    inside: OnceLock<(u64, Arc<Nesting>)>,
    /// When the time of that task's attempt is up. Empty when it is not limited.
    attempt_deadline: OnceLock<Instant>,
    /// It is no run, but the end of one, which it is inside of. What is begun there is not cancelled with that run.
    is_end: bool,
}

/// It only gives names, which no model checks, so it is always the real atomic.
static NEXT_RUN: AtomicU64 = AtomicU64::new(1);

/// Held while a task begins to wait for a run that was begun before. Runs are never inside each other in a
/// circle, so whoever follows `inside` comes to an end: of tasks that begin to wait for each other's runs at
/// the same time, one sees the other.
static BEGINNING_TO_WAIT: Mutex<()> = Mutex::new(());

/// A task that would wait for a run that it is part of.
#[derive(Debug)]
pub(crate) struct OwnRun {
    /// The task's name.
    pub(crate) task: String,
    pub(crate) built_at: SourceLocation,
}

impl Nesting {
    /// The nesting of a run that this thread waits for from now on, and that each of `cancelled_by` cancels.
    pub(crate) fn new(cancelled_by: Vec<Arc<CancelFlag>>) -> Arc<Self> {
        Self::with_inside(cancelled_by, Self::around_this_thread(), false)
    }

    /// The nesting of a run that no task waits for.
    pub(crate) fn in_background(cancelled_by: Vec<Arc<CancelFlag>>) -> Arc<Self> {
        Self::with_inside(cancelled_by, None, false)
    }

    fn with_inside(
        cancelled_by: Vec<Arc<CancelFlag>>,
        inside: Option<(u64, Arc<Nesting>)>,
        is_end: bool,
    ) -> Arc<Self> {
        let depth = inside.as_ref().map_or(0, |(_, nesting)| nesting.depth + 1);
        let run = NEXT_RUN.fetch_add(1, Ordering::Relaxed);
        let inside = inside.map(OnceLock::from).unwrap_or_default();
        let attempt_deadline = OnceLock::new();
        let nesting = Nesting { run, depth, cancelled_by, inside, attempt_deadline, is_end };
        if nesting.is_nested() && !is_end {
            nesting.note_attempt_deadline();
        }
        Arc::new(nesting)
    }

    /// Notes when the time of the attempt that this thread is inside is up.
    fn note_attempt_deadline(&self) {
        if let Some(deadline) = with_innermost(Frame::attempt_deadline).flatten() {
            // It can be set before only by the same wait.
            let _ = self.attempt_deadline.set(deadline);
        }
    }

    /// A number that no other run of the process has.
    pub(crate) fn id(&self) -> u64 {
        self.run
    }

    /// Notes that the task that this thread is inside waits for the run. Says whether there is one.
    ///
    /// # Errors
    /// When the task is part of the run, or of one that the run waits for.
    pub(crate) fn begin_wait(&self) -> Result<bool, OwnRun> {
        let Some(inside) = Self::around_this_thread() else { return Ok(false) };
        let begins = self.set_inside(inside).ok_or_else(OwnRun::of_this_thread)?;
        if begins {
            self.note_attempt_deadline();
        }
        Ok(begins)
    }

    /// Notes that a task waits for the run, unless one does already. Says whether it did; `None` when the task is
    /// part of the run, or of one that the run waits for.
    fn set_inside(&self, inside: (u64, Arc<Nesting>)) -> Option<bool> {
        let _beginning = BEGINNING_TO_WAIT.lock().unwrap_or_else(PoisonError::into_inner);
        (!inside.1.is_within(self)).then(|| self.inside.set(inside).is_ok())
    }

    /// Lets what this thread does be part of the end of the run, until the guard is dropped: the run is not over
    /// before, so whoever waits for the run there, or for who waits for it, would wait for ever.
    pub(crate) fn enter_end(self: &Arc<Self>) -> FrameGuard {
        // A task that has cancelled the run waits until its end is over.
        Self::around_this_thread().and_then(|inside| self.set_inside(inside));
        // No task has this number.
        let number = u64::MAX - self.run;
        let end = Self::with_inside(Vec::new(), Some((number, Arc::clone(self))), true);
        let guard = Frame::enter(&end, None);
        guard.set_task(Some(number));
        guard
    }

    /// The task that the thread is inside, and its run; `None` outside every task.
    ///
    /// Between two tasks of a run, an observer may compute a graph. The thread is then inside the task
    /// that waits for that run.
    fn around_this_thread() -> Option<(u64, Arc<Nesting>)> {
        let inside = with_innermost(|frame| {
            std::iter::successors(Some(frame), |frame| frame.outer.as_deref())
                .find_map(|frame| Some((frame.task.get()?, Arc::clone(&frame.nesting))))
        });
        inside.flatten()
    }

    /// Says whether the run was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled_by.iter().any(|flag| flag.is_set())
    }

    /// The time limit of the run that comes first; `None` without one.
    pub(crate) fn time_limit(&self) -> Option<TimeLimit> {
        let limits = self.cancelled_by.iter().filter_map(|flag| flag.limit());
        limits.min_by_key(|limit| limit.deadline)
    }

    /// The time limit that has stopped the run; `None` when none has.
    pub(crate) fn time_limit_reached(&self) -> Option<TimeLimit> {
        self.cancelled_by.iter().find(|flag| flag.is_set()).and_then(|flag| flag.reached())
    }

    /// This run and those around it that it is cancelled with, innermost first.
    fn runs(&self) -> impl Iterator<Item = &Nesting> {
        std::iter::successors(Some(self), |run| {
            run.inside.get().filter(|_| !run.is_end).map(|(_, nesting)| &**nesting)
        })
    }

    pub(crate) fn is_nested(&self) -> bool {
        self.inside.get().is_some()
    }

    /// The tasks that wait for this run, innermost first.
    pub(crate) fn waiting_tasks(&self) -> impl Iterator<Item = u64> + '_ {
        std::iter::successors(self.inside.get(), |(_, nesting)| nesting.inside.get())
            .map(|(task, _)| *task)
    }

    /// Says whether this run is `other` or was started, at any depth, inside it.
    pub(crate) fn is_within(&self, other: &Nesting) -> bool {
        let outer = self.inside.get();
        self.run == other.run
            || std::iter::successors(outer, |(_, nesting)| nesting.inside.get())
                .any(|(_, nesting)| nesting.run == other.run)
    }
}

impl OwnRun {
    /// Names the task that this thread is inside.
    #[cold]
    fn of_this_thread() -> Self {
        let (running, is_end) = with_innermost(|frame| {
            std::iter::successors(Some(frame), |frame| frame.outer.as_deref())
                .find(|frame| frame.task.get().is_some())
                .map(|frame| (frame.running.get(), frame.nesting.is_end))
        })
        .flatten()
        .unwrap_or_default();
        match running {
            Some(running) => {
                // SAFETY: the thread is beneath a call of the task, or of an observer that is told of its end,
                // and what comes after the task is not ready yet (`FrameGuard::forget_running`).
                let (task, built_at) = unsafe { running.describe() };
                OwnRun { task, built_at }
            }
            None => {
                // Only an observer is called then.
                let hook = if is_end { "Observer::finished" } else { "Observer::ready" };
                let (task, file) = (hook.to_owned(), "unknown".to_owned());
                OwnRun { task, built_at: SourceLocation { file, ..SourceLocation::default() } }
            }
        }
    }
}

/// One level of a thread's stack: the work for one run, and the task that it is inside.
pub(crate) struct Frame {
    nesting: Arc<Nesting>,
    /// Creation number of the running task; `None` between tasks.
    task: Cell<Option<u64>>,
    /// What names that task; `None` between tasks, and when it may be gone.
    running: Cell<Option<RunningTask>>,
    /// The task was told that its run is cancelled; `false` between tasks.
    told_cancelled: Cell<bool>,
    /// The time limit of the running attempt; `None` without one.
    attempt: Cell<Option<AttemptLimit>>,
    /// The thread goes on with another permit than that which the task was started with.
    has_other_permit: Cell<bool>,
    /// The task waits for a run, so the thread does not count as active for the budget.
    is_waiting: Cell<bool>,
    /// Present when the run is serial, so that runs nested in its tasks are serial too.
    serial: Option<Serial>,
    /// The budget of the executor that the run is on; `None` without a memory limit.
    budget: Option<Arc<MemoryBudget>>,
    /// The level around this one.
    outer: Option<Rc<Frame>>,
}

/// The time limit of an attempt.
#[derive(Clone, Copy)]
struct AttemptLimit {
    begin: Instant,
    /// `None` for one that no clock can tell.
    deadline: Option<Instant>,
    /// The attempt was told that its time is up.
    was_told: bool,
}

/// How a serial run chooses its tasks.
#[derive(Clone, Copy)]
pub(crate) struct Serial {
    /// By what it chooses among those that are ready; `None` for the order of the schedule.
    pub(crate) seed: Option<u64>,
}

thread_local! {
    /// The innermost level of the thread's stack. It has no destructor, so it is there for the
    /// destructors of other thread-locals, which may compute graphs. A guard for each level sees to it
    /// that none is left.
    static INNERMOST: ManuallyDrop<RefCell<Option<Rc<Frame>>>> =
        const { ManuallyDrop::new(RefCell::new(None)) };
}

fn with_innermost<R>(look: impl FnOnce(&Frame) -> R) -> Option<R> {
    INNERMOST.with(|innermost| innermost.borrow().as_deref().map(look))
}

impl Frame {
    /// Notes that this thread works for a run on a pool, until the guard is dropped.
    pub(crate) fn enter(nesting: &Arc<Nesting>, budget: Option<&Arc<MemoryBudget>>) -> FrameGuard {
        Self::enter_level(nesting, None, budget)
    }

    /// Notes that this thread works for a serial run, until the guard is dropped.
    pub(crate) fn enter_serial(nesting: &Arc<Nesting>, seed: Option<u64>) -> FrameGuard {
        Self::enter_level(nesting, Some(Serial { seed }), None)
    }

    fn enter_level(
        nesting: &Arc<Nesting>,
        serial: Option<Serial>,
        budget: Option<&Arc<MemoryBudget>>,
    ) -> FrameGuard {
        let (nesting, budget) = (Arc::clone(nesting), budget.cloned());
        INNERMOST.with(|innermost| {
            let outer = innermost.borrow().clone();
            let frame = Rc::new(Frame {
                nesting,
                task: Cell::new(None),
                running: Cell::new(None),
                told_cancelled: Cell::new(false),
                attempt: Cell::new(None),
                has_other_permit: Cell::new(false),
                is_waiting: Cell::new(false),
                serial,
                budget,
                outer,
            });
            *innermost.borrow_mut() = Some(Rc::clone(&frame));
            FrameGuard(frame)
        })
    }

    /// Set while the thread is inside a task that was told that its run is cancelled.
    #[inline]
    pub(crate) fn told_cancelled(&self) -> &Cell<bool> {
        &self.told_cancelled
    }

    /// When the time of the running attempt is up; `None` without a limit.
    fn attempt_deadline(&self) -> Option<Instant> {
        self.attempt.get()?.deadline
    }

    /// Says whether the time of the running attempt is up, and notes that it was told so.
    fn is_attempt_over(&self) -> bool {
        let Some(attempt) = self.attempt.get() else { return false };
        let is_over = attempt.deadline.is_some_and(|deadline| deadline <= Instant::now());
        if is_over {
            self.attempt.set(Some(AttemptLimit { was_told: true, ..attempt }));
        }
        is_over
    }
}

/// Leaves the frame when dropped.
pub(crate) struct FrameGuard(Rc<Frame>);

impl FrameGuard {
    /// Notes which task the thread is inside: its creation number, or `None` between tasks.
    #[inline]
    pub(crate) fn set_task(&self, number: Option<u64>) {
        self.0.task.set(number);
        self.0.running.set(None);
        self.0.told_cancelled.set(false);
    }

    /// Notes that the thread is about to run a task, with its creation number and what names it. Where what
    /// comes after the task gets ready, and code of the user's is told so, [`forget_running`] comes first.
    ///
    /// [`forget_running`]: Self::forget_running
    #[inline]
    pub(crate) fn set_running(&self, (number, running): (u64, RunningTask)) {
        self.0.task.set(Some(number));
        self.0.running.set(Some(running));
        self.0.told_cancelled.set(false);
    }

    /// Notes that the task may be gone from now on.
    pub(crate) fn forget_running(&self) {
        self.0.running.set(None);
    }

    /// Says whether the thread has nothing else beneath on its stack.
    pub(crate) fn is_outermost(&self) -> bool {
        self.0.outer.is_none()
    }

    /// Says whether the thread has another permit since this was asked last.
    #[inline]
    pub(crate) fn takes_other_permit(&self) -> bool {
        self.0.has_other_permit.get() && self.0.has_other_permit.replace(false)
    }

    pub(crate) fn frame(&self) -> Rc<Frame> {
        Rc::clone(&self.0)
    }
}

impl Drop for FrameGuard {
    fn drop(&mut self) {
        INNERMOST.with(|innermost| innermost.borrow_mut().clone_from(&self.0.outer));
    }
}
