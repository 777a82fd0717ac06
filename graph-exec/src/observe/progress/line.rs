//! The progress of a run at one moment, as one line of text.

use std::{fmt, time::Duration};

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
        write!(f, "{} of {} tasks", self.settled, self.tasks)?;
        if !self.running.is_empty() {
            write!(f, " · {}", self.functions())?;
        }
        let seconds = self.elapsed.as_secs_f64();
        if self.settled > 0 && seconds > 0.0 {
            let rate = self.settled as f64 / seconds;
            let left = self.tasks.saturating_sub(self.settled) as f64 / rate;
            write!(f, " · {}/s", short_number(rate))?;
            if left >= 1.0 {
                write!(f, " · {} left", clock(left))?;
            }
        }
        if let Some((live, limit)) = self.memory {
            write!(f, " · {} of {}", size(live), size(limit))?;
        }
        Ok(())
    }
}

/// Writes a number with two or three digits, above 10 000 in thousands or millions.
fn short_number(number: f64) -> String {
    if number < 10.0 {
        format!("{number:.1}")
    } else if number < 1e4 {
        format!("{number:.0}")
    } else if number < 1e7 {
        format!("{:.0} k", number / 1e3)
    } else {
        format!("{:.0} M", number / 1e6)
    }
}

/// Writes a time like `42 s`, `3:07 min` or `1:02 h`.
fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes}:{:02} min", seconds % 60),
        _ => format!("{hours}:{minutes:02} h"),
    }
}

fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if unit == 0 || size >= 100.0 {
        format!("{size:.0} {}", UNITS[unit])
    } else {
        format!("{size:.1} {}", UNITS[unit])
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
        let line = "120 of 400 tasks · parse ×2, write, read, 1 more · 60/s · 5 s left · 128 MiB of 1.0 GiB";
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

    #[test]
    fn units_are_those_people_use() {
        assert_eq!([clock(59.4), clock(187.0), clock(3_725.0)], ["59 s", "3:07 min", "1:02 h"]);
        assert_eq!([size(512), size(1536), size(300 << 20)], ["512 B", "1.5 KiB", "300 MiB"]);
        assert_eq!(
            [short_number(0.25), short_number(45.2), short_number(123_456.0)],
            ["0.2", "45", "123 k"]
        );
    }
}
