//! What became of each task of a run.

use graph_core::{Adjacency, TaskState};

use crate::record::run_data::RunData;

/// What became of a task in a run.
///
/// ```
/// use graph_exec::{Executor, Fate, prelude::*};
///
/// let broken = value(1).and_then(|_| Err::<i32, _>("no")).map(|n| n + 1);
/// let attempt = Executor::serial().attempt(broken);
/// let fates: Vec<Fate> = attempt.record().tasks().map(|task| task.fate()).collect();
/// assert_eq!(fates, [Fate::Done, Fate::Failed, Fate::Skipped]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fate {
    /// It has its result: it ran in this run, or on a cluster that did not tell when.
    Done,
    /// It had its result before, or another run gave it.
    DoneElsewhere,
    /// It failed.
    Failed,
    /// It was told that the run is cancelled while it ran, and ended without a result.
    Cancelled,
    /// It did not start, because a task that it needs has failed.
    Skipped,
    /// It did not start, because the run had ended before: another task failed, or it was cancelled.
    NotStarted,
}

/// How many tasks of a run had which [`Fate`].
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let broken = value(1).and_then(|_| Err::<i32, _>("no")).map(|n| n + 1);
/// let counts = Executor::serial().attempt(broken).record().counts();
/// assert_eq!((counts.done, counts.failed, counts.skipped), (1, 1, 1));
/// assert_eq!(counts.total(), 3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TaskCounts {
    /// [`Fate::Done`].
    pub done: usize,
    /// [`Fate::DoneElsewhere`].
    pub done_elsewhere: usize,
    /// [`Fate::Failed`].
    pub failed: usize,
    /// [`Fate::Cancelled`].
    pub cancelled: usize,
    /// [`Fate::Skipped`].
    pub skipped: usize,
    /// [`Fate::NotStarted`].
    pub not_started: usize,
}

impl TaskCounts {
    pub(in crate::record) fn new(fates: &[Fate]) -> Self {
        let mut counts = TaskCounts::default();
        for fate in fates {
            *match fate {
                Fate::Done => &mut counts.done,
                Fate::DoneElsewhere => &mut counts.done_elsewhere,
                Fate::Failed => &mut counts.failed,
                Fate::Cancelled => &mut counts.cancelled,
                Fate::Skipped => &mut counts.skipped,
                Fate::NotStarted => &mut counts.not_started,
            } += 1;
        }
        counts
    }

    /// All tasks of the run: every task has one fate.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.counts().total(), record.tasks().len());
    /// ```
    pub fn total(&self) -> usize {
        let TaskCounts { done, done_elsewhere, failed, cancelled, skipped, not_started } = self;
        done + done_elsewhere + failed + cancelled + skipped + not_started
    }
}

/// What became of each task. `before` has, for each task, those that `.after` puts before it. Time
/// O(|V| + |E|).
pub(super) fn fates(data: &RunData, before: &Adjacency) -> Vec<Fate> {
    let count = data.entries.len();
    let mut fates: Vec<Fate> = Vec::with_capacity(count);
    for (index, entry) in data.entries.iter().enumerate() {
        let place = (count - 1 - index) as u32;
        let fate = match entry.state {
            TaskState::Failed => Fate::Failed,
            TaskState::Done if entry.ran() || data.is_untimed(index) => Fate::Done,
            TaskState::Done => Fate::DoneElsewhere,
            _ if entry.ran() => Fate::Cancelled,
            _ => {
                let needed = data.dependencies.neighbours(place).iter();
                let mut needed = needed.chain(before.neighbours(place));
                let lacks = |&other: &u32| {
                    matches!(fates[count - 1 - other as usize], Fate::Failed | Fate::Skipped)
                };
                if needed.any(lacks) { Fate::Skipped } else { Fate::NotStarted }
            }
        };
        fates.push(fate);
    }
    fates
}
