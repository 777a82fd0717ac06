//! What ran when, as text.

use std::{fmt, time::Duration};

use graph_core::__run::format::{counted, time};

use crate::record::{run_record::RunRecord, task::TaskRecord};

/// What ran when: prints a line for each worker and one for each task that ran, in the order in which they
/// started. [`RunRecord::timeline`] makes it.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let run = Executor::builder().threads(1).build()?.run(value("ibm").map(str::len).named("length"))?;
/// let text = run.record().timeline().to_string();
/// let lines: Vec<&str> = text.lines().collect();
/// assert!(lines[0].starts_with("worker 0 was busy for ") && lines[0].ends_with(" with 2 tasks"));
/// assert!(lines[2].ends_with("value") && lines[3].ends_with("map (length)"));
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Timeline<'a> {
    record: &'a RunRecord,
}

impl RunRecord {
    /// What ran when, to be printed: how long each worker was inside tasks, and each task that ran with its
    /// worker, start, end and duration. It is as long as the run has tasks.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// println!("{}", record.timeline());
    /// # assert_eq!(record.timeline().to_string().lines().count(), 3);
    /// ```
    pub fn timeline(&self) -> Timeline<'_> {
        Timeline { record: self }
    }
}

impl fmt::Display for Timeline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ran: Vec<(usize, TaskRecord<'_>)> =
            self.record.tasks().filter_map(|task| Some((task.worker()?, task))).collect();
        ran.sort_by_key(|(_, task)| (task.start(), task.index()));
        let workers = ran.iter().map(|(worker, _)| worker + 1).max().unwrap_or(0);
        let mut by_worker = vec![(Duration::ZERO, 0); workers.max(self.record.workers())];
        for (worker, task) in &ran {
            by_worker[*worker].0 += task.duration();
            by_worker[*worker].1 += 1;
        }
        let wall = self.record.wall();
        for (worker, (busy, tasks)) in by_worker.iter().enumerate() {
            let share = 100.0 * busy.as_secs_f64() / wall.as_secs_f64().max(f64::MIN_POSITIVE);
            let (busy, wall, tasks) = (time(*busy), time(wall), counted(*tasks, "task"));
            writeln!(
                f,
                "worker {worker} was busy for {busy} of {wall} ({share:.0} %) with {tasks}"
            )?;
        }
        write!(f, "{:>10} {:>10} {:>10} {:>6}  task", "start", "end", "duration", "worker")?;
        for (worker, task) in ran {
            let [start, end, took] = [task.start(), task.end(), task.duration()].map(time);
            write!(f, "\n{start:>10} {end:>10} {took:>10} {worker:>6}  {}", task.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use graph_core::value;

    use crate::{executor::Executor, executor::compute::ComputeShared};

    #[test]
    fn only_what_ran_is_listed_and_in_the_order_of_the_starts() {
        let before = value(1).named("before").shared();
        before.compute().unwrap();
        let later = value(2).named("first").map(|two| two + 1).named("second");
        let run = Executor::serial().run((before, later)).unwrap();
        let text = run.record().timeline().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("worker 0 was busy for "), "{text}");
        assert!(lines[0].ends_with(" with 2 tasks"), "{text}");
        assert!(lines[2].ends_with("  value (first)"), "{text}");
        assert!(lines[3].ends_with("  map (second)"), "{text}");
        assert_eq!(lines.len(), 4, "{text}");
    }
}
