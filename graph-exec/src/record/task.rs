//! One task of a record.

use std::{fmt, time::Duration};

use graph_core::{__run::Signature, Function, SourceLocation, TaskState};

use super::{
    analysis::{Analysis, LazyAnalysis, fate::Fate},
    entries::Entry,
    recorder::Detail,
    run_data::RunData,
};
use crate::observe::observer::named;

/// One task of a run: what it is, and when and where it ran.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let finished = Executor::default().run(value(2).map(|n| n * 21))?;
/// let map = finished.record().task(1);
/// assert_eq!(map.function().name, "map");
/// assert_eq!(map.dependencies().collect::<Vec<_>>(), [0]);
/// assert!(map.start() >= finished.record().task(0).end());
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct TaskRecord<'a> {
    data: &'a RunData,
    analysis: &'a LazyAnalysis,
    index: usize,
}

impl<'a> TaskRecord<'a> {
    pub(super) fn new(data: &'a RunData, analysis: &'a LazyAnalysis, index: usize) -> Self {
        TaskRecord { data, analysis, index }
    }

    fn analysis(&self) -> &'a Analysis {
        self.analysis.get(self.data)
    }

    fn entry(&self) -> &'a Entry {
        &self.data.entries[self.index]
    }

    fn detail(&self) -> Option<&'a Detail> {
        self.data.entries.detail(self.index)
    }

    /// Its index among the tasks of the run, in the order in which they were built, from 0. What a task
    /// has made, for `.flatten()` for instance, comes before that task.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The function it runs.
    pub fn function(&self) -> Function {
        (self.entry().function)()
    }

    /// The label that `.named` gave it; `None` without one.
    pub fn label(&self) -> Option<&'a str> {
        self.detail()?.label.as_deref()
    }

    /// Its name for people: function, and label if there is one.
    pub fn name(&self) -> String {
        named(self.function(), self.label())
    }

    /// Where it was built.
    pub fn built_at(&self) -> SourceLocation {
        let Entry { function, caller, .. } = *self.entry();
        Signature { function, caller, label: None }.built_at()
    }

    /// How the run left it: `Done`, `Failed`, or `Cancelled` when it did not start.
    pub fn state(&self) -> TaskState {
        self.entry().state
    }

    /// What became of it in this run.
    pub fn fate(&self) -> Fate {
        self.analysis().fates[self.index]
    }

    /// Number of the worker that ran it, from 0. `None` when it did not run in this run: it had its
    /// result before, another run ran it, or it never started.
    pub fn worker(&self) -> Option<usize> {
        self.entry().ran().then_some(self.entry().worker as usize)
    }

    /// When the last task that it waited for was done, since the run began; for a task that
    /// waited for none, when the run had been planned.
    pub fn ready(&self) -> Duration {
        Duration::from_nanos(self.analysis().ready_ns[self.index])
    }

    /// When it started, since the run began; zero when it did not run. For a task that has made tasks, when
    /// it went on after the last of them, and for one that has waited between its attempts, when the last
    /// one began.
    pub fn start(&self) -> Duration {
        Duration::from_nanos(self.entry().start_ns)
    }

    /// When it ended, since the run began; zero when it did not run.
    pub fn end(&self) -> Duration {
        Duration::from_nanos(self.entry().end_ns)
    }

    /// Time from its start to its end. When it followed right after another task, this includes the
    /// fraction of a microsecond that it took to get from one to the other.
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.entry().duration_ns())
    }

    /// Time from when it was ready until it started; zero when it did not run. Of a task that was tried more
    /// than once, the waits and the attempts in between do not count.
    pub fn queue_wait(&self) -> Duration {
        if !self.entry().ran() {
            return Duration::ZERO;
        }
        let until = match self.data.entries.earlier(self.index).first() {
            Some((_, first)) => Duration::from_nanos(first.start_ns),
            None => self.start(),
        };
        until.saturating_sub(self.ready())
    }

    /// How long it has waited between its attempts, as `backoff` says; zero without.
    pub fn waited_between_attempts(&self) -> Duration {
        self.detail().map_or(Duration::ZERO, |detail| detail.waited)
    }

    /// Its attempts but the last, when it has waited after them: (worker, start, duration), the first one
    /// first. Those that followed each other without a wait are one.
    pub fn earlier_attempts(
        &self,
    ) -> impl ExactSizeIterator<Item = (usize, Duration, Duration)> + use<'a> {
        self.data.entries.earlier(self.index).iter().map(|(_, entry)| {
            let [start, duration] = [entry.start_ns, entry.duration_ns()].map(Duration::from_nanos);
            (entry.worker as usize, start, duration)
        })
    }

    /// How often it was tried: 1, or more when it has `retries`; 0 when it did not run.
    pub fn attempts(&self) -> u32 {
        self.entry().attempts
    }

    /// The bytes that its function declared before it started; `None` when it declares none.
    pub fn bytes(&self) -> Option<u64> {
        self.detail()?.bytes
    }

    /// The bytes that its function declared for its result; `None` when it declares none.
    pub fn result_bytes(&self) -> Option<u64> {
        self.detail()?.result_bytes
    }

    /// The longest time along a path of tasks that wait for each other and end with this one.
    pub fn path(&self) -> Duration {
        Duration::from_nanos(self.analysis().path_ns[self.index])
    }

    /// Indices of the tasks whose results it took.
    pub fn dependencies(&self) -> impl ExactSizeIterator<Item = usize> + 'a {
        let last = self.data.entries.len() - 1;
        let place = (last - self.index) as u32;
        self.data.dependencies.neighbours(place).iter().map(move |&other| last - other as usize)
    }
}

impl fmt::Debug for TaskRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskRecord")
            .field("name", &self.name())
            .field("state", &self.state())
            .field("worker", &self.worker())
            .field("start", &self.start())
            .field("duration", &self.duration())
            .finish_non_exhaustive()
    }
}
