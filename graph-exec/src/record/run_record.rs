//! The record of a run.

use std::time::Duration;

#[cfg(feature = "cluster")]
use super::cluster::ClusterRecord;
use super::{
    analysis::{
        Analysis, LazyAnalysis, bounds::Bounds, fate::TaskCounts, idle::IdleTime,
        task_time::TaskTime,
    },
    by_function::{self, FunctionRecord},
    outcome::RunOutcome,
    run_data::{RunData, memory::MemoryRecord, origin::Origin, resources::ResourceRecord},
    task::TaskRecord,
};

#[cfg(feature = "report")]
use super::{analysis::task_time::intervals::WaitInterval, run_data::samples::ProcessSample};

/// When more of the work than this was waiting for something unknown, one worker might have waited too,
/// or not.
const MOST_UNKNOWN: f64 = 0.1;
/// When tasks computed for less than this share of what all cores could do, some core was free.
const WELL_USED: f64 = 0.8;
/// When more of the work than this is time between tasks, the estimate is too rough for a speed-up.
const MOST_BETWEEN: f64 = 0.5;

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

    /// When, where and by which program the run was done.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(!record.origin().program.is_empty());
    /// ```
    pub fn origin(&self) -> Origin {
        Origin::new(self.data.began, self.data.command_line.clone())
    }

    /// The same record, whose reports show the whole command line of this program. Without that they show
    /// its name alone, because a command line can hold secrets.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// let record = record.with_command_line();
    /// let origin = record.origin();
    /// assert!(origin.command_line.unwrap().contains(&origin.program));
    /// ```
    #[must_use]
    pub fn with_command_line(mut self) -> Self {
        self.data.command_line = Some(Origin::command_line());
        self
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

    /// How many workers were inside tasks, on average: work ÷ wall time.
    ///
    /// A worker that waits for a core or a lock inside a task is occupied too, so this is not how much
    /// faster the run was; [`speed_up`](RunRecord::speed_up) is.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.occupancy() <= 1.0);
    /// ```
    pub fn occupancy(&self) -> f64 {
        ratio(self.work(), self.data.wall)
    }

    /// How many times faster the run was than one worker alone with the same tasks: the time inside
    /// tasks, without what went into waiting for a core, waiting for a lock and getting from task to
    /// task, ÷ wall time.
    ///
    /// `None` when it is not known: the system does not tell what threads do (all but Linux), the run
    /// took less than some milliseconds, tasks waited for other threads or processes or for futures, other
    /// processes had the cores, or tasks are so small that the time between them is most of it. On a cluster it is
    /// work ÷ wall time, and `None` when no times of some tasks came back.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.speed_up().unwrap() <= 1.0); // one worker is as fast as one worker
    /// ```
    pub fn speed_up(&self) -> Option<f64> {
        let analysis = self.analysis();
        let own = ratio(analysis.own_work, self.data.wall);
        #[cfg(feature = "cluster")]
        if self.data.cluster.is_some() {
            return (!self.lacks_times()).then_some(own);
        }
        if self.data.workers == 1 {
            return Some(self.occupancy().min(1.0));
        }
        self.why_unknown().is_none().then_some(own)
    }

    /// Says whether tasks ran of which nobody told when.
    pub(super) fn lacks_times(&self) -> bool {
        #[cfg(feature = "cluster")]
        let lacks = self.data.cluster.as_ref().is_some_and(|cluster| cluster.untimed() > 0);
        #[cfg(not(feature = "cluster"))]
        let lacks = false;
        lacks
    }

    /// Why no speed-up can be claimed of a run of several workers; `None` when one can.
    pub(crate) fn why_unknown(&self) -> Option<&'static str> {
        if self.lacks_times() {
            return Some("no times came back of some tasks");
        }
        let analysis = self.analysis();
        if self.data.entries.has_waits() {
            // One worker alone would have waited as long, or longer.
            return Some("tasks waited for futures");
        }
        let Some(measured) = &analysis.measured else {
            return Some("it is not known what workers did inside tasks");
        };
        if measured.time.waited_otherwise > analysis.work.mul_f64(MOST_UNKNOWN) {
            Some("tasks waited for other threads or processes")
        } else if analysis.between > Some(analysis.work.mul_f64(MOST_BETWEEN)) {
            Some("the tasks are too small to tell")
        } else if self.cores_were_taken() {
            Some("other processes had the cores")
        } else {
            None
        }
    }

    /// Says whether workers waited for cores that other processes had: the run's own tasks left some of
    /// them free.
    pub(super) fn cores_were_taken(&self) -> bool {
        let Some(time) = self.task_time() else { return false };
        let available = self.data.wall.mul_f64(self.data.cores as f64);
        time.waited_for_core > self.work().mul_f64(MOST_UNKNOWN)
            && time.computed < available.mul_f64(WELL_USED)
    }

    /// The best speed-up that the graph, the workers, the cores, the memory limit and the resources allow: the
    /// time that one worker would need ÷ the longest of these: that time ÷ workers, the time on cores ÷
    /// cores, the longest path, the time of the tasks with declared bytes ÷ how many fit at once, and of each
    /// resource the time in which tasks held some ÷ how much there is.
    ///
    /// Source: Graham, "Bounds for certain multiprocessing anomalies", 1966.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.best_possible(), 1.0);
    /// ```
    pub fn best_possible(&self) -> f64 {
        let analysis = self.analysis();
        let possible = ratio(analysis.own_work, analysis.bounds.shortest());
        // What was measured was possible, whatever the samples say.
        possible.max(self.speed_up().unwrap_or(0.0)).min(self.data.workers as f64).max(1.0)
    }

    /// What workers did inside tasks: computed, or waited, and for what. `None` when that is not known:
    /// on other systems than Linux, for a run of less than some milliseconds, and on a cluster.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.task_time(), None); // too short
    /// ```
    pub fn task_time(&self) -> Option<TaskTime> {
        self.analysis().measured.as_ref().map(|measured| measured.time)
    }

    /// When workers waited inside tasks.
    #[cfg(feature = "report")]
    pub(crate) fn waits(&self) -> &[WaitInterval] {
        self.analysis().measured.as_ref().map_or(&[], |measured| &measured.waits)
    }

    /// What was seen of the process from time to time; empty when the system does not tell.
    #[cfg(feature = "report")]
    pub(crate) fn process(&self) -> &[ProcessSample] {
        self.data.samples.as_ref().map_or(&[], |samples| &samples.process)
    }

    /// How many cores the process could use; on a cluster, one for each worker.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.cores() >= 1);
    /// ```
    pub fn cores(&self) -> usize {
        self.data.cores
    }

    /// How many tasks are done, failed, cancelled, skipped and not started; together all tasks.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.counts().done, 1);
    /// ```
    pub fn counts(&self) -> TaskCounts {
        TaskCounts::new(&self.analysis().fates)
    }

    /// The time that workers spent outside tasks, by its reason.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// let idle = record.idle();
    /// assert!(idle.planning + idle.nothing_ready + idle.not_picked_up <= record.wall());
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

    /// How the run got on with the resources of its executor, and with the limits of its functions: those
    /// that its tasks needed.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.resources().is_empty());
    /// ```
    pub fn resources(&self) -> &[ResourceRecord] {
        &self.data.resources
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

    /// The share of the workers' time that went into planning and into getting from task to task, from
    /// 0 to 1. The time between tasks is that of one task in 64, times the number of tasks; `None` when
    /// there were too few tasks for that.
    ///
    /// Above 0.1 the tasks are too small: let each do the work of several.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.overhead(), None); // one task
    /// ```
    pub fn overhead(&self) -> Option<f64> {
        let between = self.analysis().between?.as_secs_f64();
        let (work, planning) = (self.work().as_secs_f64(), self.data.planning.as_secs_f64());
        Some((between + planning) / (work + planning))
    }

    /// The time between tasks that follow each other on a worker, as estimated from the sampled ones.
    pub(crate) fn between(&self) -> Duration {
        self.analysis().between.unwrap_or_default()
    }

    /// What the run would have taken at least, by each of what limits it.
    pub(super) fn bounds(&self) -> Bounds {
        self.analysis().bounds
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
