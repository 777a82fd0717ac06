//! What of a run's planning is worth a word.

use std::time::Duration;

use crate::record::run_record::RunRecord;

/// Planning a task takes some hundred nanoseconds. When it seems to take longer than this, the time went into
/// something else, as into starting the threads in a first run.
const MOST_A_TASK: Duration = Duration::from_micros(5);

/// Overhead of less than this share of the run is not worth a word.
const LEAST_OF_RUN: f64 = 0.1;

impl RunRecord {
    /// The share of workers' time that planning took, which has `planning` in all; zero when it was not the number of
    /// tasks that took it.
    pub(super) fn planning_of_tasks(&self, planning: Duration) -> Duration {
        #[cfg(feature = "cluster")]
        if self.cluster().is_some() {
            // Tasks are encoded and sent.
            return planning;
        }
        let tasks = u32::try_from(self.data.entries.len()).unwrap_or(u32::MAX);
        let by_tasks = self.planning() <= MOST_A_TASK.saturating_mul(tasks);
        if by_tasks { planning } else { Duration::ZERO }
    }

    /// The [overhead](RunRecord::overhead) that larger tasks would lessen; `None` when the run would hardly be
    /// shorter for it.
    pub(super) fn overhead_of_tasks(&self) -> Option<f64> {
        self.overhead()?;
        let (between, work) = (self.between().as_secs_f64(), self.work().as_secs_f64());
        let planning = self.planning_of_tasks(self.planning()).as_secs_f64();
        let is_noticed = between + planning > LEAST_OF_RUN * self.wall().as_secs_f64();
        is_noticed.then(|| (between + planning) / (work + planning))
    }
}
