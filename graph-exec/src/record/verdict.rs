//! A record in words: a verdict, advice, and a table.

use std::fmt;

use graph_core::{
    __run::format::{counted, time},
    TaskState,
};

use super::{entries::Entry, outcome::RunOutcome, run_record::RunRecord};

/// Above this share of overhead, the record advises larger tasks.
const TOO_MUCH_OVERHEAD: f64 = 0.1;

impl RunRecord {
    /// One sentence: how long the run took, how much faster than one worker, and how much faster it
    /// could have been.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.verdict().starts_with("1 task on 1 worker took "));
    /// ```
    pub fn verdict(&self) -> String {
        let ran = self.data.entries.iter().filter(|entry| entry.ran()).count();
        let mut verdict = format!(
            "{} on {} took {}: {:.2}× faster than one; the best possible was {:.2}×",
            counted(ran, "task"),
            counted(self.data.workers, "worker"),
            time(self.data.wall),
            self.speed_up(),
            self.best_possible(),
        );
        let entries = || self.data.entries.iter();
        let failed = entries().filter(|entry| entry.state == TaskState::Failed).count();
        let is_left = |entry: &&Entry| entry.state == TaskState::Cancelled && !entry.ran();
        let cancelled = entries().filter(is_left).count();
        if self.data.outcome == RunOutcome::Cancelled {
            verdict += &format!("; cancelled with {} not started", counted(cancelled, "task"));
        } else if failed > 0 {
            verdict += &format!("; {failed} failed and {cancelled} did not start");
        }
        verdict
    }

    /// What would make the run faster; `None` when the record shows nothing.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// // Tasks that only add a number are much smaller than what it takes to schedule them.
    /// let mut sum = value(0u64);
    /// for n in 0..10_000 {
    ///     sum = sum.map(move |sum| sum + n);
    /// }
    /// let record = Executor::serial().run(sum)?.into_record();
    /// assert!(record.advice().unwrap().contains("let each task do the work of several"));
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn advice(&self) -> Option<String> {
        let overhead = self.overhead().filter(|&overhead| overhead > TOO_MUCH_OVERHEAD)?;
        let ran = self.data.entries.iter().filter(|entry| entry.ran()).count().max(1);
        let mean = self.work() / u32::try_from(ran).unwrap_or(u32::MAX);
        Some(format!(
            "{:.0} % of the time went into scheduling tasks of {}: \
             let each task do the work of several",
            overhead * 100.0,
            time(mean),
        ))
    }
}

/// The verdict, advice if there is any, and a table by function.
impl fmt::Display for RunRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.verdict())?;
        if let Some(advice) = self.advice() {
            write!(f, "\n{advice}")?;
        }
        #[cfg(feature = "cluster")]
        if let Some(cluster) = self.cluster() {
            write!(f, "\n{cluster}")?;
        }
        let rows = self.by_function();
        let width = rows.iter().map(|row| row.function.chars().count()).max().unwrap_or(0).max(8);
        if !rows.is_empty() {
            write!(
                f,
                "\n{:width$} {:>9} {:>10} {:>6} {:>10} {:>10} {:>10} {:>9}",
                "function", "tasks", "total", "share", "median", "p95", "max", "critical"
            )?;
        }
        for row in rows {
            write!(
                f,
                "\n{:width$} {:9} {:>10} {:5.1}% {:>10} {:>10} {:>10} {:8.1}%",
                row.function,
                row.count,
                time(row.total),
                row.share * 100.0,
                time(row.median),
                time(row.p95),
                time(row.max),
                row.critical_share * 100.0,
            )?;
        }
        Ok(())
    }
}
