//! Why tasks failed: each distinct failure once, with who needed it.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::Arc,
};

use graph_core::{__run::format::counted, Adjacency, Failure};

use super::{run_data::failure::TaskFailure, run_record::RunRecord, task::TaskRecord};

/// A distinct failure of a run: tasks of one function that failed for the same reason.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// #[delayed]
/// fn check(number: i32) -> Result<i32, String> {
///     if number % 4 == 3 { Err("not allowed".into()) } else { Ok(number) }
/// }
///
/// let numbers: Vec<Delayed<i32>> = (0..10).map(|number| check(number).map(|n| n + 1)).collect();
/// let finished = Executor::default().keep_going().run(numbers)?;
/// let [failure] = &finished.record().failures()[..] else { unreachable!() };
/// assert_eq!((failure.reason.as_str(), failure.tasks.as_slice()), ("not allowed", &[6, 14][..]));
/// assert_eq!(failure.arguments.as_deref(), Some("3"));
/// assert_eq!(failure.needed_by, ["map"]);
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FailureRecord {
    /// Why, with every cause once.
    pub reason: String,
    /// Indices of the tasks that failed so, in the order in which they were built. All but the last field
    /// tell of the first one.
    pub tasks: Vec<usize>,
    /// Which task it is: its name, its constant arguments, and where it was built.
    pub which: String,
    /// Its constant arguments that have a short text; `None` when there are none.
    pub arguments: Option<String>,
    /// Names of the tasks that did not run because of it, from the next one to the output; the middle of
    /// a long path is left out and counted.
    pub needed_by: Vec<String>,
    /// How often it was tried; 0 when it had failed before the run.
    pub attempts: u32,
    /// The failure itself, with the error that the function returned; `None` for a task that would have
    /// waited for ever.
    pub failure: Option<Arc<Failure>>,
}

impl fmt::Display for FailureRecord {
    /// One line: the task, why it failed, who needed it, how often it was tried, and how many others.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.which, self.reason)?;
        if !self.needed_by.is_empty() {
            write!(f, " (needed by {})", self.needed_by.join(" → "))?;
        }
        if self.attempts > 1 {
            write!(f, ", after {} attempts", self.attempts)?;
        }
        match self.tasks.len() - 1 {
            0 => Ok(()),
            others => write!(f, "; so did {} more", counted(others, "task")),
        }
    }
}

impl RunRecord {
    /// The distinct failures of the run, the most frequent first, then the earliest: tasks of one function
    /// that failed for the same reason are one. Empty when no task has failed.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.failures().is_empty());
    /// ```
    pub fn failures(&self) -> Vec<FailureRecord> {
        let mut places: HashMap<(String, String), usize> = HashMap::new();
        let mut failures: Vec<(Vec<usize>, &TaskFailure, String)> = Vec::new();
        for (index, failure) in &self.data.failures {
            let key = (self.task(*index).function().path(), failure.reason());
            let place = *places.entry(key).or_insert_with_key(|(_, reason)| {
                failures.push((Vec::new(), failure, reason.clone()));
                failures.len() - 1
            });
            failures[place].0.push(*index);
        }
        if failures.is_empty() {
            return Vec::new();
        }
        failures.sort_by_key(|(tasks, ..)| (std::cmp::Reverse(tasks.len()), tasks[0]));
        let dependents = self.data.dependencies.inverted();
        failures
            .into_iter()
            .map(|(tasks, failure, reason)| {
                let task = self.task(tasks[0]);
                let failed = match failure {
                    TaskFailure::Failed(failure) => Some(Arc::clone(failure)),
                    TaskFailure::WouldDeadlock(_) => None,
                };
                let which = failed.as_ref().map(|failure| failure.which());
                FailureRecord {
                    reason,
                    which: which.unwrap_or_else(|| which_task(&task)),
                    arguments: failed.as_ref().and_then(|failure| failure.arguments.clone()),
                    needed_by: self.needed_by(&dependents, tasks[0]),
                    attempts: task.attempts(),
                    failure: failed,
                    tasks,
                }
            })
            .collect()
    }

    /// Why a task failed, with every cause once; `None` when it has not, or when nobody told.
    pub(crate) fn reason_of(&self, index: usize) -> Option<String> {
        let place = self.data.failures.binary_search_by_key(&index, |&(task, _)| task).ok()?;
        Some(self.data.failures[place].1.reason())
    }

    /// The constant arguments of a failed task; `None` for others.
    pub(super) fn arguments_of(&self, index: usize) -> Option<String> {
        let place = self.data.failures.binary_search_by_key(&index, |&(task, _)| task).ok()?;
        match &self.data.failures[place].1 {
            TaskFailure::Failed(failure) => failure.arguments.clone(),
            TaskFailure::WouldDeadlock(_) => None,
        }
    }

    /// The names of the tasks after `index` on a shortest path to a task that nobody needs. Time
    /// O(|V| + |E|).
    fn needed_by(&self, dependents: &Adjacency, index: usize) -> Vec<String> {
        const SHOWN_AT_EACH_END: usize = 4;
        let last = self.data.entries.len() - 1;
        let start = (last - index) as u32;
        let mut came_from = HashMap::from([(start, start)]);
        let mut next = VecDeque::from([start]);
        let mut path = Vec::new();
        while let Some(task) = next.pop_front() {
            if dependents.neighbours(task).is_empty() {
                let back = std::iter::successors(Some(task), |task| Some(came_from[task]));
                path = back.take_while(|&task| task != start).collect();
                break;
            }
            for &dependent in dependents.neighbours(task) {
                came_from.entry(dependent).or_insert_with(|| {
                    next.push_back(dependent);
                    task
                });
            }
        }
        path.reverse();
        let name = |&task: &u32| self.task(last - task as usize).name();
        let left_out = path.len().saturating_sub(2 * SHOWN_AT_EACH_END);
        if left_out <= 1 {
            return path.iter().map(name).collect();
        }
        let mut names: Vec<String> = path[..SHOWN_AT_EACH_END].iter().map(name).collect();
        names.push(format!("… {left_out} more …"));
        names.extend(path[path.len() - SHOWN_AT_EACH_END..].iter().map(name));
        names
    }
}

fn which_task(task: &TaskRecord<'_>) -> String {
    format!("task `{}`, built at {},", task.name(), task.built_at())
}
