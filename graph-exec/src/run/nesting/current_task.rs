//! What the task that a thread is inside asks and is told: whether to go on, how long it may take, where it runs.

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use graph_core::__run::Overrun;

use super::{AttemptLimit, Frame, INNERMOST, Nesting, Serial, with_innermost};
use crate::{limits::memory::budget::MemoryBudget, run::cancel_flag::CancelFlag};

/// Says whether the thread works for this run, or for one that was started inside it at any depth.
#[cfg(feature = "tokio")]
pub(crate) fn is_at_work_within(run: &Nesting) -> bool {
    with_innermost(|frame| frame.nesting.is_within(run)).unwrap_or(false)
}

/// How many tasks a run that began now would be inside of.
pub(crate) fn depth() -> usize {
    Nesting::around_this_thread().map_or(0, |(_, nesting)| nesting.depth + 1)
}

/// Says whether the run of the task that the thread is inside was cancelled, or a run around that one, or
/// whether the time of the task's attempt is up, or that of a task around it. The task is then noted as
/// told, and gives no result.
///
/// It looks at the clock itself, but only where there is a limit: a task that listens hears in time of its
/// deadline, whatever keeps the timer from telling its run.
pub(crate) fn is_task_cancelled() -> bool {
    let mut now = None;
    let mut has_come = |deadline| deadline <= *now.get_or_insert_with(Instant::now);
    tell_task_if(|run| {
        run.cancelled_by.iter().any(|flag| flag.is_set_by_now(&mut has_come))
            || run.attempt_deadline.get().is_some_and(|&deadline| has_come(deadline))
    }) || with_innermost(Frame::is_attempt_over).unwrap_or(false)
}

/// Notes that the task that the thread is inside begins an attempt which may take so long.
pub(crate) fn begin_attempt(limit: Duration) {
    let begin = Instant::now();
    let deadline = begin.checked_add(limit);
    let attempt = AttemptLimit { begin, deadline, was_told: false };
    with_innermost(|frame| frame.attempt.set(Some(attempt)));
}

/// Notes that the attempt has ended; `None` when it did in time.
pub(crate) fn end_attempt() -> Option<Overrun> {
    let AttemptLimit { begin, deadline, was_told } =
        with_innermost(|frame| frame.attempt.take()).flatten()?;
    let now = Instant::now();
    (deadline? <= now).then(|| Overrun { elapsed: now - begin, was_told })
}

/// When the time of the task that the thread is inside is up: that of its attempt, of its run, or of a task
/// or run around it.
pub(crate) fn deadline() -> Option<Instant> {
    let of_task = |frame: &Frame| {
        frame.task.get()?;
        let limits = frame.nesting.runs().filter_map(Nesting::time_limit);
        let of_attempts =
            frame.nesting.runs().filter_map(|run| run.attempt_deadline.get().copied());
        let deadlines = limits.map(|limit| limit.deadline).chain(of_attempts);
        deadlines.chain(frame.attempt_deadline()).min()
    };
    with_innermost(of_task).flatten()
}

/// Notes that the task that the thread is inside was told that `flag` is set, if that cancels its run or
/// a run around that one.
pub(crate) fn tell_task(flag: &Arc<CancelFlag>) {
    tell_task_if(|run| run.cancelled_by.iter().any(|other| Arc::ptr_eq(other, flag)));
}

fn tell_task_if(is_cancelled: impl FnMut(&Nesting) -> bool) -> bool {
    let told = with_innermost(|frame| {
        let told = frame.task.get().is_some() && frame.nesting.runs().any(is_cancelled);
        if told {
            frame.told_cancelled.set(true);
        }
        told
    });
    told.unwrap_or(false)
}

/// Notes that the thread goes on with its task with another permit. Serial runs inside the task use none.
pub(crate) fn note_other_permit() {
    with_innermost(|frame| {
        let mut levels = std::iter::successors(Some(frame), |frame| frame.outer.as_deref());
        let of_pool = levels.find(|frame| frame.serial.is_none() && !frame.nesting.is_end);
        of_pool.iter().for_each(|frame| frame.has_other_permit.set(true));
    });
}

/// How the serial run of the task that the thread is inside goes, and those nested in it; `None` outside
/// tasks of serial runs.
pub(crate) fn serial_task() -> Option<Serial> {
    with_innermost(|frame| frame.serial.filter(|_| frame.task.get().is_some())).flatten()
}

/// The memory budget of the executor whose task the thread is inside; `None` outside tasks, and
/// without a memory limit.
pub(crate) fn current_budget() -> Option<Arc<MemoryBudget>> {
    let of_task = |frame: &Frame| frame.task.get().and(frame.budget.clone());
    with_innermost(of_task).flatten()
}

/// While it lives, the tasks that the thread is inside wait for a run, so the thread does not count as
/// active for their memory limits.
pub(crate) struct WaitGuard {
    /// The levels whose budget it has left.
    left: Vec<Rc<Frame>>,
}

impl WaitGuard {
    /// `None` outside tasks.
    #[inline]
    pub(crate) fn begin() -> Option<Self> {
        let innermost = INNERMOST.with(|innermost| innermost.borrow().clone())?;
        Some(Self::within(innermost))
    }

    #[cold]
    fn within(innermost: Rc<Frame>) -> Self {
        let levels = std::iter::successors(Some(innermost), |frame| frame.outer.clone());
        let counts = |frame: &Rc<Frame>| {
            frame.budget.is_some() && frame.task.get().is_some() && !frame.is_waiting.get()
        };
        let left: Vec<Rc<Frame>> = levels.filter(counts).collect();
        for frame in &left {
            frame.is_waiting.set(true);
            frame.budget.iter().for_each(|budget| budget.leave());
        }
        WaitGuard { left }
    }
}

impl Drop for WaitGuard {
    fn drop(&mut self) {
        for frame in &self.left {
            frame.is_waiting.set(false);
            frame.budget.iter().for_each(|budget| budget.enter());
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::run::cancel_flag::TimeLimit;

    /// No timer knows of the limits, so nobody else sets the flags.
    #[test]
    fn a_task_that_asks_hears_of_its_deadline_by_its_own_look_at_the_clock() {
        let now = Instant::now();
        for (deadline, is_over) in [(now, true), (now + Duration::from_secs(3600), false)] {
            let limit = TimeLimit { deadline, length: Duration::ZERO };
            let flag = Arc::new(CancelFlag::with_limit(limit));
            let outer = Frame::enter(&Nesting::new(vec![Arc::clone(&flag)]), None);
            outer.set_task(Some(1));
            let inner = Frame::enter(&Nesting::new(vec![Arc::default()]), None);
            inner.set_task(Some(2));
            assert_eq!(is_task_cancelled(), is_over);
            assert_eq!(inner.0.told_cancelled.get(), is_over);
            assert_eq!(flag.reached().is_some(), is_over);
        }
    }
}
