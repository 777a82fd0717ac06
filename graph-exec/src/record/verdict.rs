//! A record in words: a verdict, advice, and a table.

mod attempts;
mod explained;
mod graph;
pub(crate) mod limit;
mod planning;
pub(crate) mod timeline;

use std::fmt;

use graph_core::__run::format::{bytes, counted, time};

use self::limit::{LATE, Limit};
use super::{outcome::RunOutcome, run_data::resources::ResourceRecord, run_record::RunRecord};

/// How many distinct failures are shown.
const MOST_FAILURES: usize = 10;
/// Above this share of overhead, the record advises larger tasks.
const TOO_MUCH_OVERHEAD: f64 = 0.1;
/// Below this, a run counts as no faster than one worker.
const FASTER: f64 = 1.05;

impl RunRecord {
    /// One sentence: how long the run took, how much faster than one worker, how much faster it could
    /// have been, and what it was that [limited](RunRecord::limit) it. Where the speed-up is not
    /// [known](RunRecord::speed_up), it says how many workers were occupied.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.verdict().starts_with("1 task on 1 worker took "));
    /// ```
    pub fn verdict(&self) -> String {
        let counts = self.counts();
        let ran = counts.done + counts.cancelled + self.ran_and_failed();
        let (tasks, workers) = (counted(ran, "task"), counted(self.workers(), "worker"));
        let mut verdict = format!("{tasks} on {workers} took {}", time(self.wall()));
        let possible = self.best_possible();
        verdict += &match self.speed_up() {
            _ if self.workers() == 1 => String::new(),
            Some(reached) if reached < FASTER => {
                format!(
                    ": no faster than one ({reached:.2}×); the best possible was {possible:.2}×"
                )
            }
            Some(reached) => {
                format!(": {reached:.2}× faster than one; the best possible was {possible:.2}×")
            }
            // What workers did in those tasks is not known, so they cannot be called idle.
            None if self.lacks_times() => String::new(),
            None => format!(" and kept {:.1} of them occupied", self.occupancy()),
        };
        if let Some(limit) = self.limit_in_words() {
            verdict += &format!("; {limit}");
        }
        let left_out: Vec<String> = [
            (counts.failed, "failed"),
            (counts.skipped, "needed that and did not start"),
            (counts.cancelled, "ended early"),
            (counts.not_started, "did not start"),
        ]
        .into_iter()
        .filter(|&(count, _)| count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
        let stopped = match self.outcome() {
            RunOutcome::Cancelled => Some("; cancelled"),
            RunOutcome::TimedOut => Some("; its time was up"),
            RunOutcome::Done | RunOutcome::Failed => None,
        };
        if let Some(stopped) = stopped {
            verdict += stopped;
            if !left_out.is_empty() {
                verdict += &format!(": {}", left_out.join(", "));
            }
        } else if !left_out.is_empty() {
            verdict += &format!("; {}", left_out.join(", "));
        }
        verdict
    }

    /// How many of the failed tasks ran in this run; the others had failed before.
    fn ran_and_failed(&self) -> usize {
        let failed = |entry: &&super::entries::Entry| {
            entry.ran() && entry.state == graph_core::TaskState::Failed
        };
        self.data.entries.iter().filter(failed).count()
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
        let workers = self.workers();
        let overhead = self.overhead_of_tasks();
        if let Some(overhead) = overhead.filter(|&overhead| overhead > TOO_MUCH_OVERHEAD) {
            let mean = self.work() / u32::try_from(self.counts().done.max(1)).unwrap_or(u32::MAX);
            return Some(format!(
                "{:.0} % of the time went into scheduling tasks of {}: \
                 let each task do the work of several",
                overhead * 100.0,
                time(mean),
            ));
        }
        Some(match self.limit()? {
            Limit::Cores if workers > self.cores() => format!(
                "{} compute on {}: as many threads as cores are as fast, and need less memory",
                counted(workers, "worker"),
                counted(self.cores(), "core"),
            ),
            Limit::Lock => {
                "tasks wait for each other at a lock: hold it for a shorter time, give each \
                            task data of its own, or let fewer threads run"
                    .to_owned()
            }
            Limit::OneTask => {
                let longest = self.longest_critical()?;
                match longest.queue_wait() > self.wall().mul_f64(LATE) {
                    true => "split the longest task, or let it start earlier with `.priority(1)`",
                    false => "split the longest task",
                }
                .to_owned()
            }
            Limit::FewTasks => "split the tasks into more and smaller ones".to_owned(),
            Limit::Attempts => {
                "find out why attempts fail, or let `backoff` wait for a shorter time".to_owned()
            }
            Limit::Memory => {
                "raise the memory limit, or split the tasks that declare the most bytes".to_owned()
            }
            Limit::Resource => {
                "let tasks hold what is scarce for a shorter time: do in tasks of their own what \
                                does not need it"
                    .to_owned()
            }
            _ => return None,
        })
    }

    /// What there is to say of the memory limit: who was held back, what went beyond it, and what it
    /// did not see. Empty without a limit, and when there is nothing to say.
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// let executor = Executor::builder().memory_limit(MIB).build()?;
    /// let notes = executor.run(value(vec![0u8; 4 * MIB]))?.into_record().memory_notes();
    /// assert!(notes[0].starts_with("1 of 1 task declares no bytes"), "{notes:?}");
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn memory_notes(&self) -> Vec<String> {
        let Some(memory) = self.memory() else { return Vec::new() };
        let limit = bytes(memory.limit);
        let mut notes = Vec::new();
        if memory.held_back > 0 {
            notes.push(format!(
                "the memory limit of {limit} held back {} for {} in all",
                counted(memory.held_back, "task"),
                time(memory.waited),
            ));
        }
        if memory.overcommitted > 0 {
            notes.push(format!(
                "{} started beyond the memory limit of {limit}, because nothing else could go on: by up \
                 to {}",
                counted(memory.overcommitted, "task"),
                bytes(memory.excess),
            ));
        }
        if memory.undeclared > 0 {
            let ran = self.data.entries.iter().filter(|entry| entry.ran()).count();
            let resident = self.data.samples.iter().flat_map(|samples| &samples.process);
            let most = resident.map(|sample| sample.resident_bytes).max();
            notes.push(format!(
                "{} of {} {} no bytes, so the memory limit of {limit} does not count them{}",
                memory.undeclared,
                counted(ran, "task"),
                if memory.undeclared == 1 { "declares" } else { "declare" },
                most.map(|most| format!("; the process had up to {}", bytes(most)))
                    .unwrap_or_default(),
            ));
        }
        notes
    }

    /// What there is to say of the resources and of the limits of functions that tasks needed: how much was
    /// in use, and who had to wait. Empty when no task needed any.
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// let executor = Executor::builder().resource("gpu", 2).build()?;
    /// let notes = executor.run(value(1).resource("gpu", 1))?.into_record().resource_notes();
    /// assert_eq!(notes, ["the resource `gpu` had up to 1 of 2 in use, and nobody waited for it"]);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn resource_notes(&self) -> Vec<String> {
        let note = |resource: &ResourceRecord| {
            let (what, peak, capacity) = (resource.in_words(), resource.peak, resource.capacity);
            let waited = match resource.held_back {
                0 => "nobody waited for it".to_owned(),
                tasks => {
                    format!(
                        "{} waited for it, {} in all",
                        counted(tasks, "task"),
                        time(resource.waited)
                    )
                }
            };
            format!("{what} had up to {peak} of {capacity} in use, and {waited}")
        };
        self.resources().iter().map(note).collect()
    }
}

/// The verdict, distinct failures, advice if there is any, what there is to say of attempts, memory and
/// resources, and a table by function.
impl fmt::Display for RunRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.verdict())?;
        let failures = self.failures();
        for failure in failures.iter().take(MOST_FAILURES) {
            write!(f, "\n✕ {failure}")?;
        }
        if failures.len() > MOST_FAILURES {
            write!(f, "\n✕ and {} more kinds of failures", failures.len() - MOST_FAILURES)?;
        }
        if let Some(advice) = self.advice() {
            write!(f, "\n{advice}")?;
        }
        for note in [self.attempt_notes(), self.memory_notes(), self.resource_notes()].concat() {
            write!(f, "\n{note}")?;
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
