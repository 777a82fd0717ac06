//! How the graph itself left workers without work.

use crate::record::{run_record::RunRecord, task::TaskRecord, verdict::limit::Limit};

/// A task that takes this share of the critical path is named instead of the path; and one is as long as the
/// run from this share of it on.
const ONE_TASK: f64 = 0.7;
/// What takes less of the run than this does not explain why it took so long.
const LEAST_OF_RUN: f64 = 0.3;
/// A task of this share of the longest is about as long.
const ALIKE: f64 = 0.7;
impl RunRecord {
    /// What of the graph left workers without work; `None` when nothing of it takes a good part of the run.
    pub(super) fn limit_of_graph(&self) -> Option<Limit> {
        let (wall, path) = (self.wall(), self.critical_path());
        if path < wall.mul_f64(LEAST_OF_RUN) {
            return None;
        }
        if self.waited_on_critical_path() > path / 2 {
            return Some(Limit::Attempts);
        }
        let longest = self.longest_critical()?;
        if longest.duration() <= path.mul_f64(ONE_TASK) {
            return Some(Limit::Chain);
        }
        if self.as_long_as(&longest) > 1 {
            return Some(Limit::FewTasks);
        }
        let spanned = longest.end().saturating_sub(longest.ready());
        let rest = wall.saturating_sub(self.planning());
        (spanned >= rest.mul_f64(ONE_TASK)).then_some(Limit::OneTask)
    }

    /// The longest task of the critical path.
    pub(super) fn longest_critical(&self) -> Option<TaskRecord<'_>> {
        self.critical_tasks().max_by_key(TaskRecord::duration)
    }

    /// How many tasks took about as long as this one, or longer; it is one of them.
    pub(super) fn as_long_as(&self, task: &TaskRecord<'_>) -> usize {
        let least = task.duration().mul_f64(ALIKE);
        self.tasks().filter(|other| other.worker().is_some() && other.duration() >= least).count()
    }
}
