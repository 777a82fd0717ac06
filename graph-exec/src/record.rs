//! What a run did and when: the data that answers "is it really faster?".

#![expect(unsafe_code, reason = "it names tasks through a plan's pointers")]

use std::{
    fmt,
    sync::Mutex,
    time::{Duration, Instant},
};

use graph_core::{__run::Plan, SourceLocation};

use crate::sync::lock;

/// When one task ran, and where.
pub(crate) struct Span {
    pub(crate) task: u32,
    pub(crate) worker: u32,
    pub(crate) start: Instant,
    pub(crate) end: Instant,
}

/// Collects the spans of a run.
pub(crate) struct Recorder {
    spans: Mutex<Vec<Span>>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Recorder { spans: Mutex::default() }
    }

    pub(crate) fn now(&self) -> Instant {
        Instant::now()
    }

    /// Adds a worker's spans and leaves its list empty.
    pub(crate) fn add(&self, spans: &mut Vec<Span>) {
        if !spans.is_empty() {
            lock(&self.spans).append(spans);
        }
    }

    pub(crate) fn take(&self) -> Vec<Span> {
        std::mem::take(&mut lock(&self.spans))
    }
}

/// The names of a plan's tasks, taken before it runs: a task that has run may be gone.
#[derive(Default)]
pub(crate) struct Names(Vec<(String, Option<String>, SourceLocation)>);

impl Names {
    /// # Safety
    /// Nothing of the plan has started, and the handles that it was made from exist.
    pub(crate) unsafe fn of(plan: &Plan) -> Self {
        // SAFETY: promised by the caller.
        Names((0..plan.len() as u32).map(|task| unsafe { plan.identity(task) }).collect())
    }
}

/// One task of a run.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let finished = Executor::default().run(value(2).map(|n| n * 21))?;
/// let record = finished.record();
/// assert_eq!(record.tasks().len(), 2);
/// assert_eq!(record.tasks()[1].function, "map");
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRecord {
    /// Path of its function.
    pub function: String,
    /// What `.named` gave it.
    pub label: Option<String>,
    /// Where it was built.
    pub built_at: SourceLocation,
    /// Number of the worker that ran it, from 0.
    pub worker: usize,
    /// From the beginning of the run to the task's start.
    pub start: Duration,
    /// From its start to its end.
    pub duration: Duration,
    /// Longest time, ending with this task, along a path of tasks that wait for each other.
    pub path: Duration,
}

/// What a run did: its tasks in the order in which they were built, and its time.
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
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    workers: usize,
    wall: Duration,
    tasks: Vec<TaskRecord>,
}

impl RunRecord {
    pub(crate) fn new(
        workers: usize,
        begin: Instant,
        wall: Duration,
        plan: &Plan,
        names: Names,
        spans: Vec<Span>,
    ) -> Self {
        let mut ran: Vec<Option<Span>> = Vec::new();
        ran.resize_with(plan.len(), || None);
        for span in spans {
            let task = span.task as usize;
            ran[task] = Some(span);
        }
        // A plan lists a task before its dependencies: backwards, every dependency comes first.
        let mut paths = vec![Duration::ZERO; plan.len()];
        let mut before = vec![Vec::new(); plan.len()];
        for &(other, task) in plan.order_edges() {
            before[task as usize].push(other);
        }
        let mut tasks = Vec::with_capacity(plan.len());
        let with_names = ran.into_iter().zip(names.0).enumerate().rev();
        for (task, (span, (function, label, built_at))) in with_names {
            let awaited = plan.dependencies().neighbours(task as u32).iter().chain(&before[task]);
            let path = awaited.map(|&other| paths[other as usize]).max().unwrap_or_default();
            paths[task] = path;
            if let Some(span) = span {
                let duration = span.end - span.start;
                paths[task] += duration;
                tasks.push(TaskRecord {
                    function,
                    label,
                    built_at,
                    worker: span.worker as usize,
                    start: span.start.saturating_duration_since(begin),
                    duration,
                    path: paths[task],
                });
            }
        }
        RunRecord { workers, wall, tasks }
    }

    /// How many workers there were.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.workers(), 1);
    /// ```
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// Time from the beginning of the run to its end.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.wall() >= record.critical_path());
    /// ```
    pub fn wall(&self) -> Duration {
        self.wall
    }

    /// The tasks that ran in this run.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.tasks().len(), 1);
    /// ```
    pub fn tasks(&self) -> &[TaskRecord] {
        &self.tasks
    }

    /// Time inside tasks, over all workers (T₁).
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.work(), record.tasks().iter().map(|task| task.duration).sum());
    /// ```
    pub fn work(&self) -> Duration {
        self.tasks.iter().map(|task| task.duration).sum()
    }

    /// Longest time along a path of tasks that wait for each other (T∞): no number of workers
    /// makes the run shorter.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.critical_path(), record.work());
    /// ```
    pub fn critical_path(&self) -> Duration {
        self.tasks.iter().map(|task| task.path).max().unwrap_or_default()
    }

    /// Work ÷ wall time: how many times faster than one worker at the same speed.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.speed_up() <= 1.0);
    /// ```
    pub fn speed_up(&self) -> f64 {
        ratio(self.work(), self.wall)
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
        parallelism.min(self.workers as f64)
    }
}

fn ratio(numerator: Duration, denominator: Duration) -> f64 {
    if denominator.is_zero() { 1.0 } else { numerator.as_secs_f64() / denominator.as_secs_f64() }
}

impl fmt::Display for RunRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        write!(
            f,
            "{} task{} on {} worker{} took {:.2?}: {:.2}× faster than one; the best possible was {:.2}×",
            self.tasks.len(),
            plural(self.tasks.len()),
            self.workers,
            plural(self.workers),
            self.wall,
            self.speed_up(),
            self.best_possible(),
        )
    }
}

/// The value of a run and the record of what it did.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let finished = Executor::default().run(value(41).map(|n| n + 1))?;
/// println!("{finished}");
/// assert_eq!(finished.into_value(), 42);
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Finished<V> {
    value: V,
    record: RunRecord,
}

impl<V> Finished<V> {
    pub(crate) fn new(value: V, record: RunRecord) -> Self {
        Finished { value, record }
    }

    /// The value.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(*Executor::serial().run(value(1)).unwrap().value(), 1);
    /// ```
    pub fn value(&self) -> &V {
        &self.value
    }

    /// The value, owned.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(Executor::serial().run(value(1)).unwrap().into_value(), 1);
    /// ```
    pub fn into_value(self) -> V {
        self.value
    }

    /// What the run did.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(Executor::serial().run(value(1)).unwrap().record().workers(), 1);
    /// ```
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// What the run did, owned.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(Executor::serial().run(value(1)).unwrap().into_record().tasks().len(), 1);
    /// ```
    pub fn into_record(self) -> RunRecord {
        self.record
    }
}

impl<V> fmt::Display for Finished<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record.fmt(f)
    }
}
