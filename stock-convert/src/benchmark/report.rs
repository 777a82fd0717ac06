//! Answers "is it really faster, as expected?" from measured numbers.
//!
//! It measures nothing itself: the same numbers always give the same sentences.

use std::fmt;
use std::time::Duration;

use graph_exec::__format as format;

/// The times of the same conversion, repeated by a plain loop on one thread and by the graph on all workers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measured {
    /// The times of a plain loop, at least one.
    pub(crate) sequential: Vec<Duration>,
    /// The times of the graph, at least one.
    pub(crate) parallel: Vec<Duration>,
    /// How many runs each of these times is the mean of, at least one.
    pub(crate) repeats: u32,
    /// How many workers the graph had.
    pub(crate) workers: usize,
    /// The sum of the times of all tasks in a run of the graph.
    pub(crate) work: Duration,
    /// The longest chain of tasks in that run, by time.
    pub(crate) critical_path: Duration,
}

/// The answer in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Faster by more than the runs of one side differ among themselves.
    Faster,
    /// Slower by more than that.
    Slower,
    /// The difference is no larger than that, so that it may be chance.
    CannotTell,
}

impl Measured {
    /// How many times faster the graph is: median of the loop ÷ median of the graph.
    pub(crate) fn speed_up(&self) -> f64 {
        ratio(median(&self.sequential), median(&self.parallel))
    }

    /// The best that any scheduler could do: min(workers, work ÷ critical path).
    pub(crate) fn best_possible(&self) -> f64 {
        ratio(self.work, self.critical_path).min(self.workers as f64)
    }

    /// How far the times of one side lie apart: the larger of the two sides, where of ten times the fastest
    /// and the slowest do not count.
    pub(crate) fn spread(&self) -> Duration {
        let spread = |times: &[Duration]| quantile(times, 0.9).saturating_sub(quantile(times, 0.1));
        spread(&self.sequential).max(spread(&self.parallel))
    }

    /// The answer. Medians that differ by no more than the spread give none.
    pub(crate) fn answer(&self) -> Answer {
        let (sequential, parallel) = (median(&self.sequential), median(&self.parallel));
        if sequential.abs_diff(parallel) <= self.spread() {
            Answer::CannotTell
        } else if parallel < sequential {
            Answer::Faster
        } else {
            Answer::Slower
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sequential, parallel) = (median(&self.sequential), median(&self.parallel));
        let (one, all) = (format::time(sequential), format::time(parallel));
        let spread = format::time(self.spread());
        let speed_up = self.speed_up();
        let workers = match self.workers {
            1 => "1 worker".to_owned(),
            workers => format!("{workers} workers"),
        };
        write!(f, "Is it really faster? ")?;
        match self.answer() {
            Answer::Faster => write!(f, "Yes, {speed_up:.2}× faster: a")?,
            Answer::Slower => write!(f, "No, {:.2}× slower: a", 1.0 / speed_up)?,
            Answer::CannotTell => {
                let gain = format::time(sequential.abs_diff(parallel));
                write!(
                    f,
                    "That cannot be told: the two differ by {gain}, and the times of one side \
                     by {spread}. A"
                )?;
            }
        }
        writeln!(f, " plain loop took {one}, the graph on {workers} {all}.")?;
        let times = match (self.sequential.len(), self.parallel.len()) {
            (one, other) if one == other => format!("{one} times each"),
            (one, other) => format!("{one} and {other} times"),
        };
        let means = match self.repeats {
            1 => String::new(),
            repeats => format!(", each the mean of {repeats} runs"),
        };
        let apart = match self.sequential.len().min(self.parallel.len()) {
            10.. => "8 of 10 of a side lie within",
            _ => "those of a side lie within",
        };
        writeln!(f, "  Measured: medians of {times}{means}; {apart} {spread}.")?;
        let (work, path) = (format::time(self.work), format::time(self.critical_path));
        let best = self.best_possible();
        write!(f, "  The best possible was {best:.2}×, limited by ")?;
        if ratio(self.work, self.critical_path) < self.workers as f64 {
            write!(f, "the longest chain of tasks: it takes {path} of {work} of work.")?;
        } else {
            write!(f, "the {workers}: {work} of work, the longest chain {path}.")?;
        }
        if self.answer() == Answer::Faster && speed_up < 0.9 * best {
            write!(
                f,
                "\n  What is missing went to starting and waiting, to memory and disk that the \
                 workers share, or to other programs."
            )?;
        }
        Ok(())
    }
}

/// `a ÷ b`, or 1 where `b` is zero.
fn ratio(a: Duration, b: Duration) -> f64 {
    if b.is_zero() { 1.0 } else { a.as_secs_f64() / b.as_secs_f64() }
}

/// The middle one; where there are two, their mean.
fn median(times: &[Duration]) -> Duration {
    let times = sorted(times);
    match (times.len(), times.len() / 2) {
        (0, _) => Duration::ZERO,
        (len, middle) if len % 2 == 1 => times[middle],
        (_, middle) => (times[middle - 1] + times[middle]) / 2,
    }
}

/// The smallest time that is not exceeded by `share` of all.
fn quantile(times: &[Duration], share: f64) -> Duration {
    let rank = (share * times.len() as f64).ceil() as usize;
    sorted(times).get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

fn sorted(times: &[Duration]) -> Vec<Duration> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(times: &[u64]) -> Vec<Duration> {
        times.iter().map(|&time| Duration::from_millis(time)).collect()
    }

    fn measured(sequential: &[u64], parallel: &[u64], work: u64, critical_path: u64) -> Measured {
        Measured {
            sequential: ms(sequential),
            parallel: ms(parallel),
            repeats: 1,
            workers: 2,
            work: Duration::from_millis(work),
            critical_path: Duration::from_millis(critical_path),
        }
    }

    #[test]
    fn a_clear_gain_is_a_yes_that_names_the_limit() {
        let text = measured(&[100, 101, 99], &[52, 51, 50], 102, 20).to_string();
        assert_eq!(
            text,
            "Is it really faster? Yes, 1.96× faster: a plain loop took 100 ms, the graph on 2 \
             workers 51 ms.\n  Measured: medians of 3 times each; those of a side lie within \
             2 ms.\n  The best possible was 2.00×, limited by the 2 workers: 102 ms of work, \
             the longest chain 20 ms."
        );
    }

    #[test]
    fn one_long_file_is_named_as_the_limit() {
        let measured = measured(&[100; 3], &[81; 3], 100, 80);
        assert_eq!(measured.best_possible(), 1.25);
        let text = measured.to_string();
        assert!(text.contains("The best possible was 1.25×, limited by the longest chain of tasks: it takes 80 ms of 100 ms of work."), "{text}");
        assert!(!text.contains("What is missing"), "{text}");
    }

    #[test]
    fn a_spread_beyond_the_gain_is_no_answer() {
        let measured = measured(&[100, 90, 130], &[95, 80, 115], 100, 20);
        assert_eq!(measured.answer(), Answer::CannotTell);
        assert_eq!(measured.spread(), Duration::from_millis(40));
        let text = measured.to_string();
        assert!(
            text.contains(
                "That cannot be told: the two differ by 5 ms, and the times of one side by 40 ms."
            ),
            "{text}"
        );
    }

    #[test]
    fn a_loss_is_a_no() {
        let measured = measured(&[10, 10], &[20, 20], 15, 5);
        assert_eq!(measured.answer(), Answer::Slower);
        assert!(measured.to_string().contains("No, 2.00× slower"), "{measured}");
    }

    #[test]
    fn a_gain_far_from_the_bound_says_what_is_missing() {
        let text = measured(&[100; 3], &[70; 3], 120, 20).to_string();
        assert!(text.contains("What is missing went to"), "{text}");
    }

    #[test]
    fn single_outliers_among_many_runs_do_not_count() {
        let mut sequential = vec![100; 19];
        sequential.push(5000);
        let measured = measured(&sequential, &[50; 20], 100, 20);
        assert_eq!(measured.spread(), Duration::ZERO);
        assert_eq!(measured.answer(), Answer::Faster);
        assert!(measured.to_string().contains("8 of 10 of a side lie within"));
    }

    #[test]
    fn nothing_measured_is_no_crash() {
        let nothing = measured(&[], &[], 0, 0);
        assert_eq!((nothing.answer(), nothing.speed_up()), (Answer::CannotTell, 1.0));
        assert!(!nothing.to_string().is_empty());
    }
}
