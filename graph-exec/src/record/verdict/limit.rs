//! What kept a run from being faster.

use std::{fmt, time::Duration};

use graph_core::__run::format::{bytes, counted, grouped, time};

use crate::record::run_record::RunRecord;

/// What kept a run from being faster than it was: the reason that took most of its workers' time.
///
/// ```
/// use graph_exec::{Executor, Limit, prelude::*};
/// use std::{thread::sleep, time::Duration};
///
/// let mut chain = value(0);
/// for _ in 0..3 {
///     chain = chain.map(|n| { sleep(Duration::from_millis(5)); n + 1 });
/// }
/// let record = Executor::builder().threads(2).build()?.run(chain)?.into_record();
/// assert_eq!(record.limit(), Some(Limit::Chain)); // the second worker had nothing to do
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Workers waited for a core: there are more workers than cores, or other processes use them.
    Cores,
    /// Workers waited inside tasks for a lock.
    Lock,
    /// Workers waited inside tasks for files.
    Disk,
    /// Workers waited for sockets inside tasks or, on a cluster, for inputs from other workers.
    Network,
    /// One task took most of the run, while other workers had nothing to do.
    OneTask,
    /// Some tasks of about the same length took most of the run, and there were too few of them for the
    /// workers.
    FewTasks,
    /// Tasks waited for each other, while other workers had nothing to do.
    Chain,
    /// A task waited between its attempts, as `backoff` says, and those that need it waited with it.
    Attempts,
    /// Tasks waited for their futures, and no other task was ready.
    Futures,
    /// The memory limit held ready tasks back.
    Memory,
    /// A resource of the executor, or the limit of a function, held ready tasks back.
    Resource,
    /// The tasks are so small that getting from one to the next takes the time.
    TinyTasks,
    /// The time went into collecting and ordering the tasks, before the first one started.
    Planning,
}

impl fmt::Display for Limit {
    /// A word or two in small letters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Limit::Cores => "cores",
            Limit::Lock => "a lock",
            Limit::Disk => "disk",
            Limit::Network => "network",
            Limit::OneTask => "one task",
            Limit::FewTasks => "few tasks",
            Limit::Chain => "a chain of tasks",
            Limit::Attempts => "waits between attempts",
            Limit::Futures => "futures",
            Limit::Memory => "memory limit",
            Limit::Resource => "a resource",
            Limit::TinyTasks => "tiny tasks",
            Limit::Planning => "planning",
        })
    }
}

/// Of a shorter run, starting threads, waking the workers and ending took most of the time, which is nobody's
/// fault.
const SHORTEST_RUN: Duration = Duration::from_millis(5);
/// Tasks that take less than this are about as short as it takes to get from one to the next.
const TINY: Duration = Duration::from_micros(2);
/// Getting to a task takes some microseconds at most. When it seems to take longer than this, the threads came
/// late for another reason.
const MOST_TO_GET_TO_ONE: Duration = Duration::from_micros(100);
/// A reason that took less of the workers' time than this is not named.
const LEAST_NAMED: f64 = 0.1;
/// A task that was ready for this share of the run before it started could have started earlier.
pub(super) const LATE: f64 = 0.1;

impl RunRecord {
    /// What kept the run from being faster; `None` when its workers were in tasks nearly all the time, and
    /// then more workers, or less work, would make it faster; and `None` for a run of less than some
    /// milliseconds, and for one on a cluster of whose tasks some have no times.
    ///
    /// Where tasks were held back, the limit is named when the run would have been shorter without it.
    ///
    /// ```
    /// # use graph_exec::{Executor, Limit, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.limit(), None); // too short
    /// ```
    pub fn limit(&self) -> Option<Limit> {
        if self.wall() < SHORTEST_RUN || self.lacks_times() {
            return None;
        }
        let inside = self.task_time().unwrap_or_default();
        let (idle, explained) = (self.idle(), self.explained());
        let graph = self.limit_of_graph();
        let planning = self.planning_of_tasks(idle.planning);
        // Planning costs a tiny task about as much as getting to it, so both are one reason.
        let planning_tiny = if self.mean_task() < TINY { planning } else { Duration::ZERO };
        let lost = [
            (Limit::Cores, inside.waited_for_core + explained.cores),
            (Limit::Lock, inside.waited_for_lock),
            (Limit::Network, idle.network),
            (graph.unwrap_or(Limit::Chain), graph.map_or(Duration::ZERO, |_| explained.graph)),
            (Limit::Futures, idle.futures),
            (Limit::Memory, explained.memory),
            (Limit::Resource, explained.resource),
            (Limit::TinyTasks, self.getting_to_tasks() + planning_tiny),
            (Limit::Planning, planning),
        ];
        let available = self.wall().mul_f64(self.workers() as f64);
        let most = lost.into_iter().max_by_key(|&(_, time)| time)?;
        if most.1 > available.mul_f64(LEAST_NAMED) {
            return Some(most.0);
        }
        // The workers were in tasks, and there they waited for what one worker would wait for too.
        let waited =
            [(Limit::Disk, inside.waited_for_disk), (Limit::Network, inside.waited_for_network)];
        let most = waited.into_iter().max_by_key(|&(_, time)| time)?;
        (most.1 > self.work() / 2).then_some(most.0)
    }

    /// How long getting from task to task took; zero when that was not the number of tasks.
    fn getting_to_tasks(&self) -> Duration {
        let took = self.between() + self.idle().not_picked_up;
        let tasks = u32::try_from(self.counts().done).unwrap_or(u32::MAX);
        if took <= MOST_TO_GET_TO_ONE.saturating_mul(tasks) { took } else { Duration::ZERO }
    }

    /// The mean time of the tasks that are done.
    fn mean_task(&self) -> Duration {
        self.work() / u32::try_from(self.counts().done.max(1)).unwrap_or(u32::MAX)
    }

    /// What limited the run, as a part of a sentence.
    pub(super) fn limit_in_words(&self) -> Option<String> {
        let workers = self.workers();
        let inside = self.task_time().unwrap_or_default();
        let idle = self.idle();
        // How many workers, on average, something kept from work.
        let kept = |time: Duration| {
            let average = time.as_secs_f64() / self.wall().as_secs_f64().max(1e-9);
            format!("{:.1} of {}", average.min(workers as f64), counted(workers, "worker"))
        };
        Some(match self.limit()? {
            Limit::Cores if inside.waited_for_core < self.explained().cores => {
                let used = inside.computed.as_secs_f64() / self.wall().as_secs_f64().max(1e-9);
                format!("its tasks used {used:.1} of {}", counted(self.cores(), "core"))
            }
            Limit::Cores if workers <= self.cores() => {
                format!(
                    "{} waited for cores that other processes had",
                    kept(inside.waited_for_core)
                )
            }
            Limit::Cores => {
                let cores = counted(self.cores(), "core");
                format!(
                    "{} waited for a core, and the program has {cores}",
                    kept(inside.waited_for_core)
                )
            }
            Limit::Lock => format!("{} waited for a lock", kept(inside.waited_for_lock)),
            Limit::Disk => format!("{} waited for files", kept(inside.waited_for_disk)),
            Limit::Network if idle.network.is_zero() => {
                format!("{} waited for sockets", kept(inside.waited_for_network))
            }
            Limit::Network => {
                format!("{} waited for inputs from other workers", kept(idle.network))
            }
            Limit::OneTask => {
                let task = self.longest_critical()?;
                let mut words =
                    format!("one task, `{}`, took {} of it", task.name(), time(task.duration()));
                if task.queue_wait() > self.wall().mul_f64(LATE) {
                    words += &format!(", and began after {}", time(task.start()));
                }
                words
            }
            Limit::FewTasks => {
                let task = self.longest_critical()?;
                format!(
                    "{} of up to {} each cannot keep {} busy",
                    counted(self.as_long_as(&task), "task"),
                    time(task.duration()),
                    counted(workers, "worker"),
                )
            }
            Limit::Chain => format!(
                "{} that wait for each other took {} of it",
                counted(self.critical_tasks().len(), "task"),
                time(self.critical_path()),
            ),
            Limit::Attempts => {
                let (function, waited) = self.waited_longest()?;
                format!("it waited {} between attempts of `{function}`", time(waited))
            }
            Limit::Futures => {
                format!("{} had nothing to do but wait for futures", kept(idle.futures))
            }
            Limit::Memory => {
                let limit = bytes(self.memory().map_or(0, |memory| memory.limit));
                format!(
                    "the memory limit of {limit} kept {} from ready tasks",
                    kept(idle.memory_limit)
                )
            }
            Limit::Resource => {
                let held_back = self.resources().iter().filter(|one| one.held_back > 0);
                let most = held_back.max_by_key(|one| one.used / one.capacity.max(1))?;
                format!("{} kept {} from ready tasks", most.in_words(), kept(idle.resource))
            }
            Limit::TinyTasks => {
                let (tasks, mean) = (grouped(self.counts().done), time(self.mean_task()));
                let mut words = format!("{tasks} tasks of {mean} are too small for threads");
                let planning = self.planning_of_tasks(self.planning());
                if planning > self.wall().mul_f64(LEAST_NAMED) {
                    words += &format!(", and planning them took {}", time(planning));
                }
                words
            }
            Limit::Planning => format!("planning took {} of it", time(self.planning())),
        })
    }
}
