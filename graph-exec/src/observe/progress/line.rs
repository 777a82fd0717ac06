//! The progress of a run at one moment, as one line of text.

use std::{fmt, time::Duration};

use graph_core::__run::format::{bytes, counted, grouped, per_second, time};

/// The progress of a run at one moment.
pub(super) struct Snapshot {
    /// How many tasks are settled: they have ended, or were skipped.
    pub(super) settled: usize,
    /// How many tasks there are.
    pub(super) tasks: usize,
    /// The name of the function that each busy worker runs.
    pub(super) running: Vec<&'static str>,
    /// Time since the run began.
    pub(super) elapsed: Duration,
    /// The declared bytes that live now, and the limit on them; `None` without a limit.
    pub(super) memory: Option<(u64, u64)>,
}

/// A line names at most this many functions, and counts the rest.
const MOST_NAMED: usize = 3;

impl Snapshot {
    /// The functions that run now, the most frequent first.
    fn functions(&self) -> String {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for &name in &self.running {
            match counts.iter_mut().find(|(known, _)| *known == name) {
                Some((_, count)) => *count += 1,
                None => counts.push((name, 1)),
            }
        }
        counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let named = counts.iter().take(MOST_NAMED).map(|&(name, count)| match count {
            1 => name.to_owned(),
            _ => format!("{name} ×{count}"),
        });
        let mut text = named.collect::<Vec<_>>().join(", ");
        if counts.len() > MOST_NAMED {
            text += &format!(", {} more", counts.len() - MOST_NAMED);
        }
        text
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", grouped(self.settled), counted(self.tasks, "task"))?;
        if !self.running.is_empty() {
            write!(f, " · {}", self.functions())?;
        }
        let seconds = self.elapsed.as_secs_f64();
        if self.settled > 0 && seconds > 0.0 {
            let rate = self.settled as f64 / seconds;
            let left = self.tasks.saturating_sub(self.settled) as f64 / rate;
            write!(f, " · {}", per_second(rate))?;
            if left >= 1.0 {
                // Whole seconds: it is a guess.
                let left = Duration::try_from_secs_f64(left.round()).unwrap_or(Duration::MAX);
                write!(f, " · {} left", time(left))?;
            }
        }
        if let Some((live, limit)) = self.memory {
            write!(f, " · {} of {}", bytes(live), bytes(limit))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_runs_how_fast_and_how_long() {
        let snapshot = Snapshot {
            settled: 120,
            tasks: 400,
            running: vec!["write", "parse", "parse", "read", "index"],
            elapsed: Duration::from_secs(2),
            memory: Some((128 << 20, 1 << 30)),
        };
        let line =
            "120 of 400 tasks · parse ×2, write, read, 1 more · 60/s · 5 s left · 128 MiB of 1 GiB";
        assert_eq!(snapshot.to_string(), line);
    }

    #[test]
    fn a_run_that_has_just_begun_promises_nothing() {
        let snapshot = Snapshot {
            settled: 0,
            tasks: 3,
            running: vec!["read"],
            elapsed: Duration::from_millis(5),
            memory: None,
        };
        assert_eq!(snapshot.to_string(), "0 of 3 tasks · read");
    }
}
