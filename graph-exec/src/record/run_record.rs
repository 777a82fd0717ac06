//! The record of a run.

use std::time::Duration;

#[cfg(feature = "cluster")]
use super::cluster::ClusterRecord;
use super::{
    analysis::{Analysis, LazyAnalysis},
    by_function::{self, FunctionRecord},
    idle::IdleTime,
    memory::MemoryRecord,
    outcome::RunOutcome,
    recorder::Sample,
    run_data::RunData,
    task::TaskRecord,
};

/// What a run did: its tasks in the order in which they were built, and its time.
///
/// Everything in it was measured. The notes of the workers are put in order when a task is first
/// asked for. What follows from them (paths, idle times, the table by function) is worked out when it
/// is first asked for, in time O(|V| log |V| + |E|).
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let finished = Executor::builder().threads(2).build()?.run(value(1))?;
/// let record = finished.record();
/// assert_eq!(record.workers(), 2);
/// assert!(record.work() <= record.wall() * 2);
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RunRecord {
    pub(super) data: RunData,
    analysis: LazyAnalysis,
}

impl RunRecord {
    pub(crate) fn new(data: RunData) -> Self {
        RunRecord { data, analysis: LazyAnalysis::default() }
    }

    /// The record of a run that could not begin.
    pub(crate) fn empty(workers: usize) -> Self {
        RunRecord::new(RunData::empty(workers))
    }

    fn analysis(&self) -> &Analysis {
        self.analysis.get(&self.data)
    }

    /// How many workers there were. On a cluster, each thread of a dask worker is one.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.workers(), 1);
    /// ```
    pub fn workers(&self) -> usize {
        self.data.workers
    }

    /// How it ended.
    ///
    /// ```
    /// # use graph_exec::{CancelToken, Executor, RunOutcome, prelude::*};
    /// # let token = CancelToken::new();
    /// token.cancel();
    /// let attempt = Executor::serial().with_cancel(&token).attempt(value(1));
    /// assert_eq!(attempt.record().outcome(), RunOutcome::Cancelled);
    /// ```
    pub fn outcome(&self) -> RunOutcome {
        self.data.outcome
    }

    /// Time from the beginning of the run to its end.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.wall() >= record.critical_path());
    /// ```
    pub fn wall(&self) -> Duration {
        self.data.wall
    }

    /// Time from the beginning of the run until the first task could start: the time to collect and
    /// order the tasks.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.planning() <= record.wall());
    /// ```
    pub fn planning(&self) -> Duration {
        self.data.planning
    }

    /// The tasks that the outputs needed, in the order in which they were built, with those that had
    /// their result before and those that did not start.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.tasks().len(), 1);
    /// ```
    pub fn tasks(&self) -> impl ExactSizeIterator<Item = TaskRecord<'_>> + DoubleEndedIterator {
        (0..self.data.entries.len()).map(|index| self.task_at(index))
    }

    /// One of [`tasks`](RunRecord::tasks).
    ///
    /// # Panics
    /// When there is none at `index`.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.task(0).name(), "value");
    /// ```
    pub fn task(&self, index: usize) -> TaskRecord<'_> {
        assert!(
            index < self.data.entries.len(),
            "a record of {} tasks has no task {index}",
            self.data.entries.len()
        );
        self.task_at(index)
    }

    fn task_at(&self, index: usize) -> TaskRecord<'_> {
        TaskRecord::new(&self.data, &self.analysis, index)
    }

    /// Time inside tasks, summed over all workers (T₁).
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.work(), record.tasks().map(|task| task.duration()).sum());
    /// ```
    pub fn work(&self) -> Duration {
        self.analysis().work
    }

    /// The longest time along a path of tasks that wait for each other (T∞). No number of workers
    /// makes the run shorter than this.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.critical_path(), record.work());
    /// ```
    pub fn critical_path(&self) -> Duration {
        self.analysis().critical_path
    }

    /// The tasks along the critical path, the first to start first.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1).map(|n| n + 1)).unwrap().into_record();
    /// let names: Vec<String> = record.critical_tasks().map(|task| task.name()).collect();
    /// assert_eq!(names, ["value", "map"]);
    /// ```
    pub fn critical_tasks(&self) -> impl ExactSizeIterator<Item = TaskRecord<'_>> {
        self.analysis().critical.iter().map(|&index| self.task_at(index as usize))
    }

    /// Work ÷ wall time: how many times faster the run was than one worker of the same speed.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.speed_up() <= 1.0);
    /// ```
    pub fn speed_up(&self) -> f64 {
        ratio(self.work(), self.data.wall)
    }

    /// The best speed-up that this graph allows on these workers:
    /// min(workers, work ÷ critical path).
    ///
    /// Source: Graham, "Bounds for certain multiprocessing anomalies", 1966.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.best_possible(), 1.0);
    /// ```
    pub fn best_possible(&self) -> f64 {
        let parallelism = ratio(self.work(), self.critical_path());
        parallelism.min(self.data.workers as f64)
    }

    /// The time that workers spent outside tasks, by its reason.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// let idle = record.idle();
    /// assert!(idle.nothing_ready + idle.not_picked_up <= record.wall());
    /// ```
    pub fn idle(&self) -> IdleTime {
        self.analysis().idle
    }

    /// How the run got on with the memory limit; `None` when the executor has no limit.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.memory().is_none());
    /// ```
    pub fn memory(&self) -> Option<MemoryRecord> {
        self.data.memory
    }

    /// Where the data of a run on a cluster went; `None` for a run on this machine.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.cluster().is_none());
    /// ```
    #[cfg(feature = "cluster")]
    pub fn cluster(&self) -> Option<&ClusterRecord> {
        self.data.cluster.as_ref()
    }

    /// The share of the time that went into planning and into getting from task to task, from 0 to
    /// 1. It is estimated from one task in 64; `None` when there were too few tasks for that.
    ///
    /// Above 0.1 the tasks are too small: let each do the work of several.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.overhead(), None); // one task
    /// ```
    pub fn overhead(&self) -> Option<f64> {
        let Sample { tasks, whole_ns, inside_ns } = self.data.entries.sample();
        if tasks == 0 || whole_ns == 0 {
            return None;
        }
        let between = whole_ns.saturating_sub(inside_ns) as f64 / whole_ns as f64;
        let (work, planning) = (self.work().as_secs_f64(), self.data.planning.as_secs_f64());
        Some((between * work + planning) / (work + planning))
    }

    /// The time by function, the function with the longest time first.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1).map(|n| n + 1)).unwrap().into_record();
    /// assert_eq!(record.by_function().len(), 2);
    /// ```
    pub fn by_function(&self) -> Vec<FunctionRecord> {
        by_function::table(&self.data, self.analysis())
    }
}

/// 1 when the denominator is zero.
fn ratio(numerator: Duration, denominator: Duration) -> f64 {
    if denominator.is_zero() { 1.0 } else { numerator.as_secs_f64() / denominator.as_secs_f64() }
}
